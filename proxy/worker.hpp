// One worker: one thread, one io_context, and everything that thread needs, so that nothing is shared on
// the way of a request but the snapshot and the audit log.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <set>

#include "proxy/admin/metrics.hpp"
#include "proxy/audit/attempts.hpp"
#include "proxy/audit/refusal_tally.hpp"
#include "proxy/committer.hpp"
#include "proxy/edition.hpp"
#include "proxy/http/link.hpp"
#include "proxy/jwt/verified_tokens.hpp"
#include "proxy/net/buffers.hpp"
#include "proxy/net/deadlines.hpp"
#include "proxy/net/descriptor_states.hpp"
#include "proxy/forwarding.hpp"
#include "proxy/loop_marks.hpp"
#include "proxy/overload.hpp"
#include "proxy/traffic_metrics.hpp"

namespace bordergate {

/// The event loop of one worker. What waits in it can be dropped while everything that it borrows still exists.
class Loop : public boost::asio::io_context {
  public:
    Loop() : boost::asio::io_context(1) {}
    /// Destroys every handler and coroutine that waits. The loop must not run, now or later.
    void drop_all() { shutdown(); }
};

struct Worker {
    /// `crew`: how many workers there are; they share what is bounded for the process.
    Worker(unsigned index, unsigned crew, EquipmentPtr equipment, AuditLog& log, Metrics& metrics, const TrafficMetrics& traffic,
           const UpstreamMetrics& upstreams, Overload& overload);
    ~Worker() { io.drop_all(); }

    unsigned index;
    Metrics& metrics;
    const TrafficMetrics& traffic;
    Overload& overload;
    std::shared_ptr<const OwnAddresses> own;  ///< set before the worker serves
    std::shared_ptr<const LoopMarks> marks;   ///< the same
    Loop io;
    DescriptorStates states{io};
    Buffers buffers;
    Deadlines deadlines;
    Committer committer;
    UpstreamPool::Means means;  ///< what the pool of every edition is lent
    EditionPtr edition;  ///< the one in use now; exchanges under way may hold an older one
    AttemptIds attempts;
    RefusalTally tally;
    VerifiedTokens tokens;
    std::string line;  ///< scratch for rendering one record
    bool draining = false;
    std::size_t connections = 0;
    std::set<ClientConnection*> clients;  ///< connections that are open; each takes itself out
    std::uint64_t admission = 0;  ///< grows when a listener begins to let in others; of a connection: the one it began under

    /// Puts `next` to use; exchanges under way keep what they began under.
    void change_edition(EquipmentPtr next);
    const Snapshot& snapshot() const { return edition->snapshot(); }
    /// This worker's share of limits.connections.
    std::size_t most_connections() const;
    void count(MetricId id, std::size_t value = 0, std::uint64_t by = 1) { metrics.count(id, index, value, by); }
};

/// Microseconds since the epoch, for records.
std::int64_t wall_clock_us();

}  // namespace bordergate

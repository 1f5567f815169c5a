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
#include "proxy/equipment.hpp"
#include "proxy/http/link.hpp"
#include "proxy/net/buffers.hpp"
#include "proxy/net/deadlines.hpp"
#include "proxy/traffic_metrics.hpp"
#include "proxy/upstream_pool.hpp"

namespace bordergate {

struct Worker {
    Worker(unsigned index, EquipmentPtr equipment, AuditLog& log, Metrics& metrics, const TrafficMetrics& traffic);

    unsigned index;
    EquipmentPtr equipment;
    Metrics& metrics;
    const TrafficMetrics& traffic;
    boost::asio::io_context io{1};
    Buffers buffers;
    Deadlines deadlines;
    Committer committer;
    UpstreamPool pool;
    AttemptIds attempts;
    RefusalTally tally;
    std::string line;  ///< scratch for rendering one record
    bool draining = false;
    std::size_t connections = 0;
    std::set<ClientConnection*> clients;  ///< connections that are open; each takes itself out

    const Snapshot& snapshot() const { return *equipment->snapshot; }
    void count(MetricId id, std::size_t value = 0, std::uint64_t by = 1) { metrics.count(id, index, value, by); }
};

/// Microseconds since the epoch, for records.
std::int64_t wall_clock_us();

}  // namespace bordergate

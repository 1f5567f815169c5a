// An HTTP/2 connection on a byte stream: reads for the session, writes what it produces, and watches the clock. Links
// (h2_client_link, h2_upstream_link) stand on its streams.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "config/settings.hpp"
#include "proxy/http/h2_session.hpp"
#include "proxy/http/link.hpp"
#include "proxy/net/buffers.hpp"
#include "proxy/net/deadlines.hpp"
#include "proxy/net/event.hpp"
#include "proxy/net/stream.hpp"

namespace bordergate {

/// What a connection needs of its worker; all of it outlives the connection.
struct H2Surroundings {
    boost::asio::any_io_executor executor;
    Buffers* buffers = nullptr;
    Deadlines* deadlines = nullptr;
    Timeouts timeouts;
};

/// Not thread-safe. Shared by its run() and the links on its streams; whatever happens to it, their waits end.
class H2Connection final : public ClientConnection, public std::enable_shared_from_this<H2Connection>, private Deadline {
  public:
    H2Connection(H2Session::Role role, StreamPtr stream, const H2Bounds& bounds, H2Surroundings surroundings);

    /// Serves the connection to its end. `on_request`: called for each stream whose head came (server); it may start a
    /// coroutine and must not block. Keeps the connection alive.
    Task<void> run(std::function<void(H2StreamPtr)> on_request);

    H2Session& session() { return session_; }
    /// Writes what the session has, as far as the socket takes it; the rest follows by itself. Not from callbacks.
    void flush();
    /// The same once the coroutines that are ready have had their turn, so that their frames share a write.
    void flush_soon();
    void drain() override;
    /// Ends the connection: streams fail, run() returns.
    void close();
    bool lost() const { return lost_; }
    /// Signals `event` until it is taken back: once the peer has greeted, or the connection is lost.
    void tell_greeting(Event& event) { awaiting_.push_back(&event); }
    void take_back(const Event& event) { std::erase(awaiting_, &event); }

    Peer peer() const;
    const boost::asio::any_io_executor& executor() const { return around_.executor; }
    Deadlines& deadlines() { return *around_.deadlines; }

  private:
    /// What is waited for just now, and so how long.
    enum class Phase : std::uint8_t { none, greeting, head, writing, draining, lingering, idle, leftover };
    void on_expired() override;
    void watch_clock();
    Phase phase() const;
    std::chrono::milliseconds time_for(Phase phase) const;
    Task<ErrorCode> read_some();
    Task<void> write_rest(std::shared_ptr<H2Connection> alive, Want want);
    void finish();
    void say_greeted();
    bool write_out(std::string& bytes, Want& want);

    H2Session::Role role_;
    StreamPtr stream_;
    H2Surroundings around_;
    H2Session session_;
    std::function<void(H2StreamPtr)> on_request_;
    boost::asio::ip::tcp::endpoint address_;
    std::vector<Event*> awaiting_;  ///< who waits for the greeting
    std::string unsent_;     ///< what the socket did not take yet
    bool writing_ = false;   ///< write_rest() is under way
    Phase phase_ = Phase::none;
    std::uint64_t mark_ = 0;     ///< progress within the phase when its time began
    std::uint64_t written_ = 0;  ///< bytes in all
    bool flush_due_ = false, draining_ = false, drained_ = false, finished_ = false, lost_ = false;
};

using H2ConnectionPtr = std::shared_ptr<H2Connection>;

}  // namespace bordergate

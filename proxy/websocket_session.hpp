// A WebSocket session between a client and an upstream, after the upgrade: two connections that know nothing of each
// other, and whole messages that cross between them (websocket_crossing.hpp). Not reading is the back-pressure: a message
// is written before the next one is read. Pings are answered and sent on each connection by itself and never cross.
//
// A message that may not cross, a violation of the protocol, silence, a lost peer and draining end both connections with
// the close code that says why; the client's own close, and the upstream's, cross as they are.
#pragma once

#include <chrono>
#include <optional>

#include "filters/dialect/dialect.hpp"
#include "proxy/attempt.hpp"
#include "proxy/http/link.hpp"
#include "proxy/http/websocket_handshake.hpp"
#include "proxy/net/event.hpp"
#include "proxy/websocket_crossing.hpp"
#include "proxy/worker.hpp"

namespace bordergate {

class WebSocketSession {
  public:
    /// Compression as agreed on with each end.
    struct Agreed {
        std::optional<DeflateTerms> client, upstream;
    };
    /// All references outlive the session. Both links carry bytes as they are. `speaker` tells the client in its own words
    /// why the session ends; null: only the close frame does.
    WebSocketSession(Worker& worker, ClientLink& client, UpstreamLink& upstream, WebSocketCrossing& crossing, Attempt& attempt, const Dialect* speaker, const Agreed& agreed);
    ~WebSocketSession();

    /// Goes on until both connections are over. No value: why the session had to end before its two ends closed it.
    Task<Status> run();
    /// Whether the client has seen the end of the session: its close was answered and its connection is finished.
    bool parted() const;

  private:
    struct Leg;
    struct ClientLeg;
    struct UpstreamLeg;
    using Clock = std::chrono::steady_clock;

    Task<void> pump(Leg& from, Leg& to);
    Task<bool> take(Leg& from, Leg& to, std::string_view bytes);
    Task<void> handle(Leg& from, Leg& to, WebSocketEvent& event);
    Task<void> cross(Leg& from, Leg& to, bool text, std::string& message);
    bool say_rest(Leg& to);
    Task<void> say(Leg& leg);
    Task<void> watch();
    void look(Clock::time_point now);
    void look_at(Leg& leg, Clock::time_point now);
    void say_soon(Leg& leg);
    void spawn(Task<void> task);
    void close(Leg& leg, std::uint16_t code, std::string_view reason);
    void end(const Fault& why, CloseCode to_client, CloseCode to_upstream);
    void end_lost(Leg& leg, const Fault& why);

    Worker& worker_;
    WebSocketCrossing& crossing_;
    Attempt& attempt_;
    const Dialect* speaker_;
    std::unique_ptr<ClientLeg> client_;
    std::unique_ptr<UpstreamLeg> upstream_;
    std::optional<Fault> ended_;
    std::optional<Clock::time_point> close_by_;  ///< set when one end has closed: until then the other must
    std::optional<Clock::time_point> over_by_;   ///< set when the session ended: nobody is waited for beyond it
    boost::asio::steady_timer tick_;
    Event task_ended_;
    unsigned tasks_ = 0;
    bool done_ = false;
};

}  // namespace bordergate

// A client or an upstream that speaks HTTP/2 on a blocking connection of a flow test.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/support/h2_pair.hpp"
#include "tests/support/peers.hpp"

namespace bordergate::testing {

class H2Peer {
  public:
    H2Peer(Connection& connection, H2Session::Role role, const H2Bounds& bounds = {}) : session(role, bounds), connection_(connection) {}

    /// A request with the credential of the sources of flow tests.
    StreamNotes& ask(const std::string& method, const std::string& path, bool last = true) {
        auto head = request_head(method, path);
        head.fields.add("authorization", "Bearer secret");
        head.takes_trailers = true;
        notes.push_back(std::make_unique<StreamNotes>(session, *session.request(head, last ? BodyLength::none() : BodyLength::streamed(), last)));
        flush();
        return *notes.back();
    }

    void answer(StreamNotes& to, unsigned status, std::string_view body, bool last = true) {
        session.respond(*to.stream, response_head(status), BodyLength::streamed(), false);
        to.send(body, last);
        flush();
    }

    /// Moves bytes both ways until `done`; false at the end of the connection. What comes is consumed at once.
    bool until(const std::function<bool()>& done) {
        for (;;) {
            for (auto& stream : session.arrivals()) notes.push_back(std::make_unique<StreamNotes>(session, std::move(stream)));
            for (auto& one : notes) one->consume();
            const bool ready = done();
            const bool said = flush();
            if (ready) return true;
            if (said) continue;  // what was to be sent may have left: `done` may have more
            const auto bytes = connection_.some();
            if (bytes.empty()) {
                session.lose();
                return done();
            }
            (void)session.receive(bytes);
        }
    }
    bool until_end(StreamNotes& of) {
        return until([&of] { return of.end() != "open"; });
    }

    /// False if there was nothing to say.
    bool flush() {
        std::string out;
        session.produce(out, 1 << 20);
        return !out.empty() && connection_.send(out);
    }

    H2Session session;
    std::vector<NotesPtr> notes;  ///< of all streams so far

  private:
    Connection& connection_;
};

/// Serves every request of a connection with `answer`, which is called when a whole request has come.
inline void serve_h2(Connection& connection, const std::function<void(H2Peer&, StreamNotes&)>& answer) {
    H2Peer peer(connection, H2Session::Role::server);
    std::size_t served = 0;
    (void)peer.until([&] {
        for (; served < peer.notes.size() && peer.notes[served]->end() != "open"; ++served) answer(peer, *peer.notes[served]);
        return false;
    });
}

}  // namespace bordergate::testing

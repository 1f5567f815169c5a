// A client's and a server's HTTP/2 session wired together through strings, and owners that note what their streams get.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>

#include "proxy/http/h2_session.hpp"

namespace bordergate::testing {

/// Owns a stream: takes what comes, and consumes it at once unless `greedy` is false.
class StreamNotes final : public H2StreamOwner {
  public:
    StreamNotes(H2Session& session, H2StreamPtr stream, bool greedy = true) : session_(session), stream(std::move(stream)), greedy_(greedy) {
        this->stream->owner = this;
    }
    ~StreamNotes() {
        if (stream->owner == this) session_.leave(*stream);
    }
    StreamNotes(const StreamNotes&) = delete;
    StreamNotes& operator=(const StreamNotes&) = delete;

    void input_came() override { ++inputs; }
    void output_left() override { ++outputs; }

    /// Uses what came, at most `most` bytes.
    void consume(std::size_t most = std::string::npos) {
        const auto taken = std::min(most, stream->in.size());
        body.append(stream->in, 0, taken);
        stream->in.erase(0, taken);
        session_.consumed(*stream, taken);
    }
    void send(std::string_view bytes, bool last) {
        stream->out = bytes;
        stream->out_last = last;
        session_.resume(*stream);
    }
    bool greedy() const { return greedy_; }
    /// How it ended, in a word.
    std::string end() const {
        if (stream->closed && stream->error != 0) return "error " + std::to_string(stream->error);
        return stream->in_ended ? "whole" : "open";
    }

  private:
    H2Session& session_;

  public:
    H2StreamPtr stream;
    std::string body;
    int inputs = 0, outputs = 0;

  private:
    bool greedy_;
};

using NotesPtr = std::unique_ptr<StreamNotes>;

class H2Pair {
  public:
    explicit H2Pair(std::size_t piece = 1 << 20, const H2Bounds& server_bounds = {}, const H2Bounds& client_bounds = {})
        : client(H2Session::Role::client, client_bounds), server(H2Session::Role::server, server_bounds), piece_(piece) {}

    /// Moves bytes both ways until nothing moves any more.
    void settle() {
        for (bool moved = true; moved;) {
            moved = move(client, server, to_server);
            moved = move(server, client, to_client) || moved;
            for (auto& stream : server.arrivals()) arrived.push_back(std::make_unique<StreamNotes>(server, std::move(stream), greedy));
            for (auto* list : {&arrived, &asked})
                for (auto& one : *list)
                    if (one->greedy() && !one->stream->in.empty()) {
                        one->consume();
                        moved = true;
                    }
        }
    }

    StreamNotes& ask(const RequestHead& head, BodyLength length, bool last, bool greedily = true) {
        auto opened = client.request(head, length, last);
        asked.push_back(std::make_unique<StreamNotes>(client, *opened, greedily));
        return *asked.back();
    }

    H2Session client, server;
    std::vector<NotesPtr> arrived, asked;
    std::string to_server, to_client;  ///< all that was said
    bool greedy = true;                ///< owners of arriving streams

  private:
    bool move(H2Session& from, H2Session& to, std::string& said) const {
        std::string bytes;
        from.produce(bytes, 64 * 1024);
        said += bytes;
        for (std::size_t at = 0; at < bytes.size(); at += piece_) (void)to.receive(std::string_view(bytes).substr(at, piece_));
        return !bytes.empty();
    }
    std::size_t piece_;
};

inline RequestHead request_head(std::string method = "GET", std::string path = "/") {
    RequestHead head;
    head.method = std::move(method);
    head.scheme = "http";
    head.authority = "gate";
    head.path = std::move(path);
    return head;
}

inline ResponseHead response_head(unsigned status = 200) {
    ResponseHead head;
    head.status = status;
    return head;
}

}  // namespace bordergate::testing

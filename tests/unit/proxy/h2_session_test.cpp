#include "proxy/http/h2_session.hpp"

#include <catch2/catch.hpp>

#include "tests/support/h2_frames.hpp"
#include "tests/support/h2_pair.hpp"

using namespace bordergate;
using namespace bordergate::testing;
using bordergate::testing::h2::find;

namespace {

/// A post with a body and trailers, answered by an interim response, a head, a body and trailers; what both sides saw.
std::string conversation(H2Pair& pair) {
    auto head = request_head("POST", "/path");
    head.has_query = true;
    head.query = "a=b";
    head.fields.add("X-Name", "value");
    head.takes_trailers = true;
    auto& asked = pair.ask(head, BodyLength::streamed(), false);
    pair.settle();
    asked.stream->out_trailers.add("checksum", "1");
    const std::string up(100'000, 'u'), down(150'000, 'd');
    asked.send(up, true);
    pair.settle();
    auto& arrived = *pair.arrived.at(0);
    pair.server.inform(*arrived.stream, 100);
    pair.server.inform(*arrived.stream, 103);
    auto answer = response_head(201);
    answer.fields.add("Reply", "yes");
    arrived.stream->out_trailers.add("grpc-status", "0");
    pair.server.respond(*arrived.stream, answer, BodyLength::streamed(), false);
    arrived.send(down, true);
    pair.settle();
    const auto& got = arrived.stream->head;
    const auto& back = asked.stream->head;
    std::string seen = got.method + ' ' + got.scheme + "://" + got.authority + got.path + ' ' + std::string(*got.fields.get("x-name")) + " te=" +
                       std::string(*got.fields.get("te")) + ' ' + (arrived.body == up ? "up" : "lost") + ' ' + std::string(arrived.stream->trailers.get("checksum").value_or("?")) +
                       ' ' + arrived.end() + " | " + std::to_string(back.status) + ' ' + std::string(back.fields.get("reply").value_or("?")) + ' ' +
                       (asked.body == down ? "down" : "lost") + ' ' + std::string(asked.stream->trailers.get("grpc-status").value_or("?")) + ' ' + asked.end() + ' ' +
                       std::to_string(asked.stream->interims);
    return seen + ' ' + std::to_string(pair.client.open_streams()) + std::to_string(pair.server.open_streams());
}

constexpr const char* whole_conversation = "POST http://gate/path?a=b value te=trailers up 1 whole | 201 yes down 0 whole 2 00";

/// What a server's session makes of bytes by hand: the frames that it answers.
std::vector<h2::Frame> answer_to(const std::string& bytes, std::size_t split = std::string::npos) {
    H2Session server(H2Session::Role::server, {});
    const std::string_view view(bytes);
    const auto at = std::min(split, bytes.size());
    for (const auto part : {view.substr(0, at), view.substr(at)})
        if (!part.empty()) (void)server.receive(part);
    std::string out;
    server.produce(out, 1 << 20);
    return h2::frames(out);
}

std::string post(std::uint32_t stream, const h2::Lines& more, std::string_view body, std::uint8_t flags = h2::end_stream) {
    return h2::frame(h2::headers, h2::end_headers, stream, h2::block(h2::request("POST", "/", more))) + h2::frame(h2::data, flags, stream, body);
}

}  // namespace

TEST_CASE("h2_session: heads, bodies beyond the windows, interim responses and trailers, whatever the pieces") {
    for (std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{9}, std::size_t{10}, std::size_t{1000}, std::size_t{16'393}, std::size_t{1} << 20}) {
        INFO(piece);
        H2Pair pair(piece);
        CHECK(conversation(pair) == whole_conversation);
    }
}

TEST_CASE("h2_session: a request is the same at every split of its bytes") {
    const auto bytes = h2::hello() + h2::frame(h2::headers, h2::none, 1, h2::block(h2::request("POST", "/x"))) +
                       h2::frame(h2::continuation, h2::end_headers, 1, h2::block({{"a", "b"}, {"cookie", "c"}})) + h2::frame(h2::data, h2::none, 1, "one") +
                       h2::frame(h2::data, h2::none, 1, "two") + h2::frame(h2::headers, h2::end_headers | h2::end_stream, 1, h2::block({{"t", "1"}}));
    for (std::size_t split = 0; split <= bytes.size(); ++split) {
        INFO(split);
        H2Session server(H2Session::Role::server, {});
        CHECK(server.receive(std::string_view(bytes).substr(0, split)).has_value());
        const bool mid_head = server.mid_head();
        CHECK(server.receive(std::string_view(bytes).substr(split)).has_value());
        auto came = server.arrivals();
        REQUIRE(came.size() == 1);
        CHECK(came[0]->head.path == "/x");
        CHECK(*came[0]->head.fields.get("a") == "b");
        CHECK(came[0]->in == "onetwo");
        CHECK(came[0]->in_ended);
        CHECK(*came[0]->trailers.get("t") == "1");
        CHECK_FALSE(server.mid_head());
        const auto first_frame = h2::hello().size() + 9;
        if (split < first_frame) CHECK_FALSE(mid_head);
    }
}

TEST_CASE("h2_session: what is not consumed closes the window, and what is consumed opens it") {
    H2Pair pair;
    pair.greedy = false;
    auto& asked = pair.ask(request_head("POST"), BodyLength::streamed(), false);
    const std::string body(300'000, 'x');
    asked.send(body, true);
    pair.settle();
    auto& arrived = *pair.arrived.at(0);
    CHECK(arrived.stream->in.size() == H2Bounds{}.stream_window);
    CHECK(asked.stream->out.size() == body.size() - H2Bounds{}.stream_window);
    CHECK(asked.outputs == 0);
    for (int i = 0; i < 100 && !arrived.stream->in_ended; ++i) {
        arrived.consume(40'000);
        pair.settle();
        CHECK(arrived.stream->in.size() <= H2Bounds{}.stream_window);
    }
    arrived.consume();
    CHECK(arrived.body == body);
    CHECK(asked.outputs > 0);
}

TEST_CASE("h2_session: a client that reads one answer is not stopped by twenty that it does not read") {
    H2Bounds bounds;
    bounds.stream_window = 64 * 1024;
    H2Pair pair(1 << 20, bounds, bounds);
    const std::string body(200'000, 'x');
    for (int i = 0; i < 21; ++i) pair.ask(request_head(), BodyLength::none(), true, i == 20);
    pair.settle();
    REQUIRE(pair.arrived.size() == 21);
    for (auto& one : pair.arrived) {
        pair.server.respond(*one->stream, response_head(), BodyLength::streamed(), false);
        one->send(body, true);
    }
    pair.settle();
    CHECK(pair.asked[0]->end() == "open");
    CHECK(pair.asked[20]->body.size() == body.size());
    CHECK(pair.asked[20]->end() == "whole");
}

TEST_CASE("h2_session: resets are errors for the other side, never an end") {
    for (const bool by_client : {true, false}) {
        INFO(by_client);
        H2Pair pair;
        auto& asked = pair.ask(request_head("POST"), BodyLength::streamed(), false);
        asked.send("some", false);
        pair.settle();
        auto& arrived = *pair.arrived.at(0);
        pair.server.respond(*arrived.stream, response_head(), BodyLength::streamed(), false);
        arrived.send("part", false);
        pair.settle();
        CHECK(asked.body == "part");
        if (by_client)
            pair.client.reset(*asked.stream, H2Reset::cancel);
        else
            pair.server.reset(*arrived.stream, H2Reset::internal_error);
        pair.settle();
        CHECK(asked.end() == (by_client ? "error 8" : "error 2"));
        CHECK(arrived.end() == (by_client ? "error 8" : "error 2"));
        CHECK_FALSE(asked.stream->in_ended);
        CHECK(pair.client.open_streams() + pair.server.open_streams() == 0);
    }
}

TEST_CASE("h2_session: a frame that was measured and whose bytes were given up is reset, not filled with others'") {
    H2Pair pair;
    pair.settle();
    auto& first = pair.ask(request_head(), BodyLength::none(), true);
    auto& second = pair.ask(request_head(), BodyLength::none(), true);
    pair.settle();
    const std::string lost(12'000, 'l'), kept(12'000, 'k');
    for (auto& one : pair.arrived) pair.server.respond(*one->stream, response_head(), BodyLength::streamed(), false);
    pair.arrived[0]->send(lost, true);
    pair.arrived[1]->send(kept, true);
    // Produced a little at a time, so that a frame is measured and has to wait.
    std::string out;
    for (std::size_t most = 100; out.size() < 12'000; most += 100) pair.server.produce(out, most);
    const bool first_waits = !pair.arrived[0]->stream->out.empty();
    auto& given_up = *pair.arrived[first_waits ? 0 : 1]->stream;
    given_up.out = {};
    given_up.out_dropped = true;
    pair.server.produce(out, 1 << 20);
    REQUIRE(pair.client.receive(out).has_value());
    auto& broken = first_waits ? first : second;
    auto& good = first_waits ? second : first;
    good.consume();
    CHECK(good.body.size() == 12'000);
    CHECK(good.end() == "whole");
    CHECK(broken.end() == "error 2");
    CHECK(broken.body.find_first_not_of("lk") == std::string::npos);
}

TEST_CASE("h2_session: more streams than are allowed are refused as unprocessed") {
    H2Bounds bounds;
    bounds.streams = 2;
    H2Pair pair(1 << 20, bounds);
    // Before the server's settings came, the client does not know.
    for (int i = 0; i < 4; ++i) pair.ask(request_head(), BodyLength::none(), true);
    pair.settle();
    int refused = 0;
    for (const auto& one : pair.asked) refused += one->stream->unprocessed ? 1 : 0;
    CHECK(pair.arrived.size() + static_cast<std::size_t>(refused) == 4);
    CHECK(pair.arrived.size() == 2);
    CHECK_FALSE(pair.client.has_room());
}

TEST_CASE("h2_session: a drain takes what is under way and refuses what comes later") {
    H2Pair pair;
    auto& asked = pair.ask(request_head(), BodyLength::none(), true);
    pair.settle();
    pair.server.announce_drain();
    pair.settle();
    CHECK_FALSE(pair.client.has_room());
    CHECK(asked.end() == "open");
    pair.server.drain();
    pair.settle();
    CHECK_FALSE(pair.server.over());
    pair.server.respond(*pair.arrived[0]->stream, response_head(204), BodyLength::none(), true);
    pair.settle();
    CHECK(asked.end() == "whole");
    CHECK(pair.server.over());
}

TEST_CASE("h2_session: a goodbye tells requests that were not taken from those that were") {
    H2Session client(H2Session::Role::client, {});
    std::string said;
    const auto first = *client.request(request_head(), BodyLength::none(), true), second = *client.request(request_head(), BodyLength::none(), true);
    client.produce(said, 1 << 20);
    REQUIRE(client.receive(h2::frame(h2::settings, 0, 0) + h2::frame(h2::goaway, 0, 0, h2::number(1) + h2::number(0))).has_value());
    CHECK_FALSE(first->closed);
    CHECK(second->closed);
    CHECK(second->unprocessed);
    CHECK_FALSE(client.has_room());
    client.lose();
    CHECK(first->closed);
    CHECK_FALSE(first->unprocessed);
    CHECK(first->error != 0);
}

TEST_CASE("h2_session: a lost connection ends every stream with an error, and says nothing more") {
    H2Pair pair;
    auto& asked = pair.ask(request_head("POST"), BodyLength::streamed(), false);
    asked.send("x", false);
    pair.settle();
    const std::string body(10'000, 'x');
    asked.send(body, true);
    pair.client.lose();
    CHECK(asked.stream->closed);
    CHECK(asked.end() != "whole");
    std::string out;
    pair.client.produce(out, 1 << 20);
    CHECK(out.empty());
    CHECK(pair.client.receive("x").has_error());
}

TEST_CASE("h2_session: heads that are too long are counted and not kept; far too long, and trailers, are reset") {
    H2Bounds bounds;
    bounds.head_bytes = 1000;
    const auto lines = [](int count) {
        h2::Lines all;
        for (int i = 0; i < count; ++i) all.emplace_back("n" + std::to_string(i), std::string(100, 'v'));
        return all;
    };
    for (const auto& [count, arrives] : {std::pair{3, true}, {12, true}, {60, false}}) {
        INFO(count);
        H2Session server(H2Session::Role::server, bounds);
        (void)server.receive(h2::hello() + h2::frame(h2::headers, h2::end_headers | h2::end_stream, 1, h2::block(h2::request("GET", "/", lines(count)))));
        const auto came = server.arrivals();
        CHECK(came.size() == (arrives ? 1U : 0U));
        if (arrives) CHECK((came[0]->head.bytes > bounds.head_bytes) == (count == 12));
        if (arrives) CHECK(came[0]->head.fields.size() < 10);
        std::string out;
        server.produce(out, 1 << 20);
        CHECK((find(h2::frames(out), h2::rst_stream) != nullptr) == !arrives);
    }
    H2Session server(H2Session::Role::server, bounds);
    (void)server.receive(h2::hello() + post(1, {}, "body", h2::none) + h2::frame(h2::headers, h2::end_headers | h2::end_stream, 1, h2::block(lines(12))));
    const auto came = server.arrivals();
    REQUIRE(came.size() == 1);
    std::string out;
    server.produce(out, 1 << 20);
    CHECK(find(h2::frames(out), h2::rst_stream) != nullptr);
    CHECK(came[0]->closed);
    CHECK(came[0]->error != 0);
    CHECK_FALSE(came[0]->in_ended);
}

TEST_CASE("h2_session: a body that differs from its content-length is an error") {
    const auto reset = [](const std::string& length, std::string_view body) {
        const auto* found = find(answer_to(h2::hello() + post(1, {{"content-length", length}}, body)), h2::rst_stream);
        return found != nullptr;
    };
    CHECK_FALSE(reset("3", "abc"));
    CHECK(reset("4", "abc"));
    CHECK(reset("2", "abc"));
    CHECK(reset("0", "abc"));
    CHECK(reset("-3", "abc"));
    CHECK(reset("3, 3", "abc"));
    CHECK(find(answer_to(h2::hello() + h2::frame(h2::headers, h2::end_headers | h2::end_stream, 1, h2::block(h2::request("POST", "/", {{"content-length", "3"}})))), h2::rst_stream) != nullptr);

    H2Session client(H2Session::Role::client, {});
    const auto asked = *client.request(request_head(), BodyLength::none(), true);
    std::string said;
    client.produce(said, 1 << 20);
    (void)client.receive(h2::frame(h2::settings, 0, 0) + h2::frame(h2::headers, h2::end_headers, 1, h2::block({{":status", "200"}, {"content-length", "5"}})) +
                         h2::frame(h2::data, h2::end_stream, 1, "abc"));
    client.produce(said, 1 << 20);
    CHECK(asked->closed);
    CHECK_FALSE(asked->in_ended);
}

TEST_CASE("h2_session: the answer to HEAD has a length and no body") {
    H2Session client(H2Session::Role::client, {});
    const auto good = *client.request(request_head("HEAD"), BodyLength::none(), true), bad = *client.request(request_head("HEAD"), BodyLength::none(), true);
    std::string said;
    client.produce(said, 1 << 20);
    const auto head = h2::block({{":status", "200"}, {"content-length", "5"}});
    (void)client.receive(h2::frame(h2::settings, 0, 0) + h2::frame(h2::headers, h2::end_headers | h2::end_stream, 1, head) + h2::frame(h2::headers, h2::end_headers, 3, head) +
                         h2::frame(h2::data, h2::end_stream, 3, "abcde"));
    client.produce(said, 1 << 20);
    CHECK(good->in_ended);
    CHECK(bad->closed);
    CHECK_FALSE(bad->in_ended);
}

TEST_CASE("h2_session: too many interim responses, a 101, and an end in an interim one are errors") {
    const auto after = [](const std::string& frames) {
        H2Session client(H2Session::Role::client, {});
        const auto asked = *client.request(request_head(), BodyLength::none(), true);
        std::string said;
        client.produce(said, 1 << 20);
        (void)client.receive(h2::frame(h2::settings, 0, 0) + frames);
        client.produce(said, 1 << 20);
        return asked->closed ? "closed" : asked->has_head ? "head" : "waits";
    };
    const auto interim = [](const char* status, std::uint8_t flags = h2::end_headers) { return h2::frame(h2::headers, flags, 1, h2::block({{":status", status}})); };
    std::string many;
    for (int i = 0; i < 20; ++i) many += interim("103");
    CHECK(after(interim("100") + interim("103")) == std::string("waits"));
    CHECK(after(interim("100") + interim("200")) == std::string("head"));
    CHECK(after(many) == std::string("closed"));
    CHECK(after(interim("101")) == std::string("closed"));
    CHECK(after(interim("100", h2::end_headers | h2::end_stream)) == std::string("closed"));
    CHECK(after(interim("99")) == std::string("closed"));
    CHECK(after(interim("2000")) == std::string("closed"));
}

TEST_CASE("h2_session: extended CONNECT is offered, and carries bytes both ways") {
    H2Pair pair;
    pair.settle();
    CHECK(pair.client.takes_extended_connect());
    auto head = request_head("GET", "/chat");
    head.upgrade = "websocket";
    auto& asked = pair.ask(head, BodyLength::none(), false);
    pair.settle();
    auto& arrived = *pair.arrived.at(0);
    CHECK(arrived.stream->head.method == "CONNECT");
    CHECK(arrived.stream->head.protocol == "websocket");
    CHECK(arrived.stream->head.path == "/chat");
    pair.server.respond(*arrived.stream, response_head(), BodyLength::streamed(), false);
    asked.send("up", false);
    arrived.send("down", false);
    pair.settle();
    CHECK(arrived.body == "up");
    CHECK(asked.body == "down");
    CHECK(asked.end() == "open");
}

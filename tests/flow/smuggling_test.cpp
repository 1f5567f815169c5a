// Request smuggling and desync: what reaches an upstream that records every byte, and what comes back of its games. The
// same bytes go to nginx, HAProxy, Traffic Server and mitmproxy where they are installed: what they
// forward and hand back is printed beside ours. Ours is asserted, and forwards nothing that one of them keeps back.
#include "tests/flow/smuggling_cases.hpp"

#include <catch2/catch.hpp>
#include <cstdio>
#include <future>
#include <map>
#include <mutex>

#include "tests/support/gate.hpp"
#include "tests/support/h2_peer.hpp"
#include "tests/support/rivals.hpp"

using namespace bordergate;
using namespace bordergate::testing;
using Catch::Contains;

namespace {

struct Seen {
    std::string first_line, body;
};

/// Takes a whole request off `raw`, read as strictly as RFC 9112 lets one; false if none is there.
bool take_request(std::string& raw, Seen& out) {
    const auto head_end = raw.find("\r\n\r\n");
    if (head_end == std::string::npos) return false;
    std::string head = raw.substr(0, head_end + 2);
    out.first_line = head.substr(0, head.find("\r\n"));
    for (char& c : head) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    auto at = head_end + 4;
    out.body.clear();
    if (head.find("\r\ntransfer-encoding: chunked\r\n") != std::string::npos) {
        for (;;) {
            const auto line = raw.find("\r\n", at);
            if (line == std::string::npos) return false;
            const auto size = std::strtoull(raw.c_str() + at, nullptr, 16);
            if (raw.size() < line + 2 + size + 2) return false;
            out.body += raw.substr(line + 2, size);
            at = line + 2 + size + 2;
            if (size == 0) break;
        }
    } else if (const auto length = head.find("\r\ncontent-length: "); length != std::string::npos) {
        const auto size = std::strtoull(head.c_str() + length + 18, nullptr, 10);
        if (raw.size() < at + size) return false;
        out.body = raw.substr(at, size);
        at += size;
    }
    raw.erase(0, at);
    return true;
}

/// The upstream: keeps every request that came whole, and answers `/gN` with the N-th answer.
class Recorder {
  public:
    explicit Recorder(std::vector<AnswerCase> answers = {})
        : answers_(std::move(answers)), upstream_([this](Connection& connection) { serve(connection); }) {}
    std::uint16_t port() const { return upstream_.port(); }
    std::vector<Seen> take() {
        const std::lock_guard lock(mutex_);
        return std::exchange(seen_, {});
    }

  private:
    void serve(Connection& connection) {
        std::string raw;
        for (std::string more; !(more = connection.some()).empty();) {
            raw += more;
            for (Seen one; take_request(raw, one);) {
                const auto at = one.first_line.find(" /g");
                const auto game = at == std::string::npos ? answers_.size() : static_cast<std::size_t>(std::atoi(one.first_line.c_str() + at + 3));
                {
                    const std::lock_guard lock(mutex_);
                    seen_.push_back(one);
                }
                connection.send(game < answers_.size() ? answers_[game].bytes : "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                if (game < answers_.size() && answers_[game].name.starts_with("closes")) return;
            }
        }
    }
    std::vector<AnswerCase> answers_;
    std::mutex mutex_;
    std::vector<Seen> seen_;
    Upstream upstream_;
};

std::string named(std::string bytes, const std::string& name) {
    for (std::size_t at = 0; (at = bytes.find('@', at)) != std::string::npos; at += name.size())
        if (bytes.compare(at, 6, "@other") != 0) bytes.replace(at, 1, name);
    return bytes;
}

/// The path of the case: as long as its mark, so that frames and chunks keep their lengths.
std::string mark_of(std::size_t index) { return std::string(1, static_cast<char>((index < 26 ? 'a' : index < 52 ? 'A' - 26 : '0' - 52) + static_cast<int>(index))); }

/// How many whole requests of each case came through a proxy at `port`, and the body of the last.
struct Outcome {
    int requests = 0;
    bool smuggled = false;
    std::string body;
};

/// Who has said nothing for so long says nothing more: everybody here loses patience after a second.
constexpr std::chrono::milliseconds silence{1200};

std::vector<Outcome> send_all(const std::vector<SmugglingCase>& cases, std::uint16_t port, Recorder& recorder) {
    (void)recorder.take();
    std::vector<Outcome> outcomes(cases.size());
    // In batches, each case on a connection of its own, told apart by a path of one letter.
    for (std::size_t begin = 0; begin < cases.size(); begin += 60) {
        const auto end = std::min(cases.size(), begin + 60);
        std::vector<Connection> connections;
        for (auto i = begin; i < end; ++i) {
            connections.emplace_back(port);
            connections.back().send(named(cases[i].bytes, mark_of(i - begin)));
        }
        (void)Connection::all(connections, silence);
        for (const auto& seen : recorder.take())
            for (auto i = begin; i < end; ++i) {
                const auto path = "/" + mark_of(i - begin);
                const auto& line = seen.first_line;
                const auto at = line.find(path);
                if (at == std::string::npos || (line[at + 2] != ' ' && line[at + 2] != '-' && line[at + 2] != '#' && line[at + 2] != '\t')) continue;
                if (line.substr(0, at).find('/') != std::string::npos && line.substr(0, at).find("http://") == std::string::npos) continue;
                ++outcomes[i].requests;
                outcomes[i].smuggled = outcomes[i].smuggled || line[at + 2] == '-';
                outcomes[i].body = seen.body;
            }
    }
    return outcomes;
}

GateSettings before(std::uint16_t upstream) {
    GateSettings settings;
    settings.destination_url = "http://127.0.0.1:" + std::to_string(upstream);
    settings.listener_more = "    protocols: [http1, http2]\n";
    settings.more = "timeouts: {head: 1s, body: 1s, first_byte: 1s, idle: 1s}\n";
    return settings;
}

/// A cell of a table, as wide as the name above it.
std::string cell(std::string text, const std::string& name) {
    text.resize(std::max(text.size(), name.size()), ' ');
    return "  " + text;
}

void compare(const std::vector<SmugglingCase>& cases, bool h2) {
    Recorder recorder;
    Gate gate(before(recorder.port()));
    const auto ours = send_all(cases, gate.port(), recorder);
    const auto rivals = start_rivals(recorder.port());
    std::vector<std::vector<Outcome>> theirs;
    std::string table = "requests that reached the upstream (! smuggled, - cannot be asked)\n  ours";
    for (const auto& rival : rivals) {
        const auto port = h2 ? rival.h2 : rival.h1;
        theirs.push_back(port ? send_all(cases, *port, recorder) : std::vector<Outcome>());
        table += "  " + rival.name;
    }
    for (std::size_t i = 0; i < cases.size(); ++i) {
        INFO(cases[i].name);
        CHECK(ours[i].requests == cases[i].requests);
        CHECK_FALSE(ours[i].smuggled);
        if (cases[i].requests == 1) CHECK(ours[i].body == cases[i].body);
        table += "\n" + cell(std::to_string(ours[i].requests), "ours");
        for (std::size_t j = 0; j < rivals.size(); ++j) {
            if (theirs[j].empty()) {
                table += cell("-", rivals[j].name);
                continue;
            }
            table += cell(std::to_string(theirs[j][i].requests) + (theirs[j][i].smuggled ? "!" : ""), rivals[j].name);
            // Never laxer: what a peer keeps back is not sent on by us.
            INFO(rivals[j].name);
            CHECK(ours[i].requests <= theirs[j][i].requests);
        }
        table += "  " + cases[i].name;
    }
    std::printf("%s\n", table.c_str());
}

/// What a client got of a game, and whether the next one, who asks on a connection of its own, got its own answer.
struct Played {
    std::string answer;
    bool next_is_own = false;
};

std::vector<Played> play_all(std::size_t games, std::uint16_t port) {
    const auto ask = [port](const std::string& first) {
        std::vector<Connection> one;
        one.emplace_back(port);
        one[0].send(first + " HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer secret\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        return Connection::all(one, silence)[0];
    };
    std::vector<Played> played(games);
    for (std::size_t i = 0; i < games; ++i) {
        played[i].answer = ask("POST /g" + std::to_string(i));
        const auto next = ask("GET /next");
        played[i].next_is_own = next.starts_with("HTTP/1.1 200") && body_of(next) == "ok";
    }
    return played;
}

/// Whether an answer ends where its head says; one that ends with its connection always does.
bool is_whole(const std::string& head, const std::string& rest) {
    std::string folded = head;
    for (char& c : folded) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (folded.find("\r\ntransfer-encoding: chunked\r\n") != std::string::npos) return rest == "0\r\n\r\n" || rest.ends_with("\r\n0\r\n\r\n");
    const auto length = folded.find("\r\ncontent-length: ");
    const bool bodiless = folded.starts_with("http/1.1 204") || folded.starts_with("http/1.1 304");
    return bodiless || length == std::string::npos || std::strtoull(folded.c_str() + length + 18, nullptr, 10) == rest.size();
}

/// What was played in a few characters: `+N` interim answers, the status and the bytes of the body, `~` without its end, `!`
/// with what nobody may get.
std::string shape(const Played& played) {
    std::string text = played.answer, shape;
    int interim = 0;
    for (std::size_t end; text.starts_with("HTTP/1.1 1") && !text.starts_with("HTTP/1.1 101") && (end = text.find("\r\n\r\n")) != std::string::npos; ++interim) text.erase(0, end + 4);
    if (interim > 0) shape = "+" + std::to_string(interim) + " ";
    const auto end = text.find("\r\n\r\n");
    if (end == std::string::npos) return shape + (text.empty() ? "nothing" : "half a head") + (played.next_is_own ? "" : "!");
    const auto head = text.substr(0, end + 2), rest = text.substr(end + 4);
    const bool foul = text.find("smuggled") != std::string::npos || text.find("Set-Cookie") != std::string::npos || rest.find("HTTP/1.1 200 OK\r\n") != std::string::npos || !played.next_is_own;
    return shape + text.substr(9, 3) + " " + std::to_string(body_of(text).size()) + (is_whole(head, rest) ? "" : "~") + (foul ? "!" : "");
}

/// What became of each game before nginx and the others, beside ours.
void print_games(const std::vector<AnswerCase>& cases, const std::vector<Played>& ours, std::uint16_t upstream) {
    const std::string wide(13, ' ');
    std::string table = "what the client got (+N interim answers, status, bytes of body, ~ no end, ! what is not its own)\n" + cell("ours", wide);
    std::vector<std::vector<Played>> columns{ours};
    const auto rivals = start_rivals(upstream);
    std::vector<std::future<std::vector<Played>>> playing;  // at once, for some of them are silent for long
    for (const auto& rival : rivals) playing.push_back(std::async(std::launch::async, play_all, cases.size(), rival.h1));
    for (std::size_t i = 0; i < rivals.size(); ++i) {
        columns.push_back(playing[i].get());
        table += cell(rivals[i].name, wide);
    }
    for (std::size_t i = 0; i < cases.size(); ++i) {
        table += "\n";
        for (const auto& column : columns) table += cell(shape(column[i]), wide);
        table += "  " + cases[i].name;
    }
    std::printf("%s\n", table.c_str());
}

}  // namespace

TEST_CASE("smuggling: what two could read in two ways reaches no upstream over HTTP/1.1") { compare(h1_cases(), false); }

TEST_CASE("smuggling: nothing is hidden in what HTTP/2 carries by length") { compare(h2_cases(), true); }

TEST_CASE("smuggling: an upstream's games reach no client as a whole answer, and no other client at all") {
    const auto cases = answer_cases();
    Recorder recorder(cases);
    Gate gate(before(recorder.port()));
    const auto ours = play_all(cases.size(), gate.port());
    for (std::size_t i = 0; i < cases.size(); ++i) {
        INFO(cases[i].name);
        const auto path = "/g" + std::to_string(i);
        const auto& answer = ours[i].answer;
        CHECK(ours[i].next_is_own);
        const bool cut = cases[i].becomes == "cut";
        CHECK_THAT(answer, Catch::StartsWith("HTTP/1.1 " + (cut ? "200" : cases[i].becomes)) || (cut ? Catch::StartsWith("HTTP/1.1 502") : Catch::StartsWith("HTTP/1.1 " + cases[i].becomes)));
        CHECK_THAT(answer, !Contains("smuggled") && !Contains("Set-Cookie"));
        CHECK(answer.find("HTTP/1.1", 1) == std::string::npos);
        if (cut) CHECK_THAT(answer, !Catch::EndsWith("0\r\n\r\n"));

        Connection connection(gate.port());
        H2Peer client(connection, H2Session::Role::client);
        auto& asked = client.ask("POST", path);
        CHECK(client.until_end(asked));
        if (cut && asked.stream->head.status == 200)
            CHECK_THAT(asked.end(), Catch::StartsWith("error"));
        else
            CHECK(std::to_string(asked.stream->head.status) == (cut ? "502" : cases[i].becomes));
        CHECK_THAT(asked.body, !Contains("smuggled"));

        // Whoever comes next gets an answer of its own.
        auto& next = client.ask("GET", "/next");
        CHECK(client.until_end(next));
        CHECK(next.body == "ok");
    }
    print_games(cases, ours, recorder.port());
}

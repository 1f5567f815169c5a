// Memory does not grow with who is idle or slow: ten thousand connections that wait, and a body that is read slowly. What they
// needed is there for others, and goes back to the machine when nobody comes.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <random>
#include <string_view>

#include "tests/support/gate.hpp"
#include "tests/support/peers.hpp"
#include "tests/support/skip.hpp"

using namespace bordergate::testing;
using Catch::StartsWith;

namespace {

// Under sanitizers every byte costs more, in time and in room.
constexpr long scale = room > 1 ? 8 : 1;
constexpr std::size_t most_connections = 10'000 / scale, fewest_connections = 2'000 / scale;
constexpr std::size_t body_bytes = (std::size_t{1} << 30) / scale;
constexpr long idle_kilobytes = 8;
constexpr long slow_kilobytes = 8 * 1024;
constexpr long left_kilobytes = 8 * 1024;  ///< above what was there before anybody came

/// The body without its end: bytes without a pattern, again and again. Its period fits no buffer, so that a piece which is lost,
/// doubled or moved shows.
class Stream {
  public:
    Stream() {
        std::minstd_rand random;
        for (auto& byte : bytes_) byte = static_cast<char>(random() >> 8);
        for (std::size_t i = period; i < bytes_.size(); ++i) bytes_[i] = bytes_[i - period];
    }
    /// At most `most_piece` bytes.
    std::string_view piece(std::size_t from, std::size_t size) const { return std::string_view(bytes_).substr(from % period, size); }
    static constexpr std::size_t most_piece = 256 * 1024;

  private:
    static constexpr std::size_t period = 65521;
    std::string bytes_ = std::string(period + most_piece, '\0');
};

/// As many as this process, which holds one end of each, may open.
std::size_t connections_allowed() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    limit.rlim_cur = limit.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &limit);
    (void)::getrlimit(RLIMIT_NOFILE, &limit);
    constexpr std::size_t others = 200;
    return limit.rlim_cur > others ? std::min<std::size_t>(most_connections, limit.rlim_cur - others) : 0;
}

/// Sends `body_bytes` that are made as they go.
struct Endless {
    const Stream& stream;
    std::atomic<std::size_t> sent{0};
    void operator()(Connection& connection) {
        for (auto asked = connection.message(); !asked.empty(); asked = connection.message()) {
            if (!asked.starts_with("GET /v1/big ")) {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                continue;
            }
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: " + std::to_string(body_bytes) + "\r\n\r\n");
            constexpr std::size_t piece = 64 * 1024;
            for (sent = 0; sent < body_bytes; sent += piece)
                if (!connection.send(std::string(stream.piece(sent, piece)))) return;
        }
    }
    /// Waits until nothing more has gone for a while: everything between here and the reader is full.
    bool stalls() const {
        std::size_t before = 0;
        for (int i = 0, still = 0; i < 1000; ++i) {
            ::usleep(10'000);
            const std::size_t now = sent;
            still = now == before ? still + 1 : 0;
            before = now;
            if (now > 0 && still == 20) return now < body_bytes;
        }
        return false;
    }
};

/// Opens `count` connections; some of them have had an answer and are kept alive.
void open(const Gate& gate, std::size_t count, std::vector<Connection>& idle) {
    idle.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        idle.emplace_back(gate.port());
        if (i % 8 != 0) continue;
        idle.back().send(request("GET", "/v1/x"));
        if (!idle.back().message().starts_with("HTTP/1.1 200")) FAIL("connection " << i << " was not served");
    }
}

/// Waits until a process holds no more than this: what is free is given back every ten seconds.
bool falls_to(int pid, long kilobytes) {
    for (int tries = 0; tries < 1500; ++tries) {
        if (resident(pid) <= kilobytes) return true;
        ::usleep(10'000);
    }
    WARN("it still holds " << resident(pid) << " KiB, not " << kilobytes);
    return false;
}

}  // namespace

TEST_CASE("ten thousand idle connections and a slow reader of a gibibyte hold memory flat") {
    const auto connections = connections_allowed();
    if (connections < fewest_connections) SKIP("this process may open only " + std::to_string(connections) + " connections");
    const Stream stream;
    Endless endless{stream};
    Upstream upstream([&](Connection& connection) { endless(connection); });
    GateSettings settings;
    settings.destination_url = "http://127.0.0.1:" + std::to_string(upstream.port());
    settings.more = "limits: {connections: 20000}\ntimeouts: {idle: 10m, head: 10m}\n";
    Gate gate(settings);
    const int pid = gate.process().pid();
    {
        Connection warm(gate.port());
        warm.send(request("GET", "/v1/x"));
        REQUIRE_THAT(warm.message(), StartsWith("HTTP/1.1 200"));
    }
    const long before = resident(pid);
    std::vector<Connection> idle;
    open(gate, connections, idle);
    const long waiting = resident(pid);
    INFO(connections << " connections: " << before << " KiB before, " << waiting << " KiB while they wait");
    CHECK(waiting - before < static_cast<long>(connections) * idle_kilobytes * room);

    Connection reader(gate.port());
    reader.send(request("GET", "/v1/big"));
    CHECK_THAT(reader.head(), StartsWith("HTTP/1.1 200"));
    std::size_t got = 0;
    const auto read = [&] {
        const auto piece = reader.some();
        REQUIRE_FALSE(piece.empty());
        if (piece != stream.piece(got, piece.size())) FAIL("other bytes came than were sent, after " << got);
        got += piece.size();
    };
    for (int rounds = 0; rounds < 3; ++rounds) {
        const auto enough = got + 1024 * 1024;
        while (got < enough) read();
        REQUIRE(endless.stalls());
        const long slow = resident(pid);
        INFO("slow reading: " << slow << " KiB");
        CHECK(slow - waiting < slow_kilobytes * room);
    }
    while (got < body_bytes) read();
    CHECK(got == body_bytes);
    CHECK(resident(pid) - waiting < slow_kilobytes * room);

    // What they needed serves those that come after them.
    idle.clear();
    open(gate, connections / 2, idle);
    INFO("with others in their place: " << resident(pid) << " KiB");
    CHECK(resident(pid) - waiting < slow_kilobytes * room);

    // And is given back when all have gone.
    idle.clear();
    CHECK(falls_to(pid, before + left_kilobytes * room));
}

// One query per name whoever waits, numeric names without any, limits kept.
#include "proxy/upstream/names.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

using namespace bordergate;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

/// Answers when the test says so.
struct StagedResolver final : Resolver {
    explicit StagedResolver(asio::io_context& io) : gate(io, asio::steady_timer::time_point::max()) {}
    Task<Result<Resolution>> resolve(std::string host) override {
        asked.push_back(host);
        co_await gate.async_wait(resumed);
        co_return answer;
    }
    asio::steady_timer gate;
    std::vector<std::string> asked;
    Result<Resolution> answer = Resolution{{asio::ip::make_address("192.0.2.1")}, 60s};
};

struct Fixture {
    void ask(std::string host, std::chrono::milliseconds limit = 10s) {
        auto asking = [this, host, limit]() -> Task<void> {
            const auto found = co_await names->addresses(host, limit);
            said.push_back(found.has_value() ? found->front().to_string() : std::string(info(found.error().code).name));
        };
        spawn(io, std::move(asking), [](std::exception_ptr failure) { CHECK(failure == nullptr); });
        run();
    }
    void run() {
        io.restart();
        io.poll();
    }
    asio::io_context io;
    std::unique_ptr<StagedResolver> owned = std::make_unique<StagedResolver>(io);
    StagedResolver& resolver = *owned;
    DnsSettings settings;
    std::shared_ptr<Names> names = std::make_shared<Names>(io.get_executor(), std::move(owned), settings);
    std::vector<std::string> said;
};

using Said = std::vector<std::string>;

}  // namespace

TEST_CASE_METHOD(Fixture, "all who wait for a name share one query, and later ones need none") {
    for (int i = 0; i < 3; ++i) ask("one.test");
    CHECK(resolver.asked == Said{"one.test"});
    CHECK(said.empty());
    resolver.gate.cancel();
    run();
    CHECK(said == Said(3, "192.0.2.1"));
    ask("one.test");
    CHECK(resolver.asked.size() == 1);
    CHECK(said.size() == 4);
}

TEST_CASE_METHOD(Fixture, "a numeric name stands for itself") {
    ask("10.1.2.3");
    ask("2001:db8::1");
    CHECK(said == Said{"10.1.2.3", "2001:db8::1"});
    CHECK(resolver.asked.empty());
}

TEST_CASE_METHOD(Fixture, "who waits too long is told so, and the answer still serves others") {
    ask("slow.test", 1ms);
    io.restart();
    io.run_one_for(1s);
    io.poll();
    CHECK(said == Said{"upstream_timeout"});
    resolver.gate.cancel();
    run();
    ask("slow.test");
    CHECK(said.back() == "192.0.2.1");
    CHECK(resolver.asked.size() == 1);
}

TEST_CASE_METHOD(Fixture, "a name without an address is unreachable, and not asked for again at once") {
    resolver.answer = Resolution{};
    ask("none.test");
    resolver.gate.cancel();
    run();
    ask("none.test");
    CHECK(said == Said{"upstream_unreachable", "upstream_unreachable"});
    CHECK(resolver.asked.size() == 1);
}

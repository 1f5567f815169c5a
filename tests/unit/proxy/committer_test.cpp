// The worker's wait for the audit log: woken on its own thread, told the fate of its own record.
#include "proxy/committer.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <map>
#include <set>

using namespace bordergate;

namespace {

/// A log of one lane, whose commits the test decides.
struct StagedLog final : AuditLog {
    struct Lane final : AuditLane {
        explicit Lane(StagedLog& log) : log(log) {}
        ~Lane() override { log.listener = nullptr; }
        Result<Ticket> append(std::string_view, bool unidentified) override {
            if (!log.taking) return fault(Code::unauditable, "no");
            CHECK_FALSE(unidentified);
            return ++log.last;
        }
        Result<Ticket> append_wanted(std::string_view line) override {
            const auto ticket = append(line, false);
            if (ticket.has_value()) wanted(*ticket);
            return ticket;
        }
        void wanted(Ticket ticket) override { log.most_wanted = std::max(log.most_wanted, ticket); }
        Fate fate(Ticket ticket) const override {
            if (ticket > log.decided) return Fate::pending;
            return log.lost.contains(ticket) ? Fate::lost : Fate::durable;
        }
        StagedLog& log;
    };
    std::unique_ptr<AuditLane> lane(CommitListener* one) override {
        listener = one;
        return std::make_unique<Lane>(*this);
    }
    bool healthy() const override { return taking; }
    void close() override {}
    const std::string& epoch() const override { return name; }
    void commit(Ticket upto) {
        decided = upto;
        if (listener) listener->committed(upto);
    }
    bool taking = true;
    Ticket last = 0, decided = 0, most_wanted = 0;
    std::set<Ticket> lost;
    CommitListener* listener = nullptr;
    std::string name = "epoch";
};

struct Fixture {
    /// Starts to wait for `ticket`; its end stands in `ended` as "ok" or the code of its fault.
    void wait(Ticket ticket) {
        auto waiting = [this, ticket]() -> Task<void> {
            const Status status = co_await committer->durable(ticket);
            order.push_back(ticket);
            ended[ticket] = status.has_value() ? "ok" : std::string(info(status.error().code).name);
        };
        spawn(io, std::move(waiting), [](std::exception_ptr failure) { CHECK(failure == nullptr); });
        run();
    }
    void run() {
        io.restart();
        io.poll();
    }
    StagedLog log;
    boost::asio::io_context io{1};
    std::unique_ptr<Committer> committer = std::make_unique<Committer>(log, io.get_executor());
    std::map<Ticket, std::string> ended;
    std::vector<Ticket> order;
};

}  // namespace

TEST_CASE("a waiter is woken when its record is durable, and not before") {
    Fixture fixture;
    const auto first = *fixture.committer->append("a\n"), second = *fixture.committer->append("b\n");
    fixture.wait(first);
    fixture.wait(second);
    CHECK(fixture.log.most_wanted == second);
    CHECK(fixture.ended.empty());
    fixture.log.commit(first);
    // Woken on its own thread: nothing happens until the worker runs.
    CHECK(fixture.ended.empty());
    fixture.run();
    CHECK(fixture.ended == std::map<Ticket, std::string>{{first, "ok"}});
    fixture.log.commit(second);
    fixture.run();
    CHECK(fixture.ended.at(second) == "ok");
}

TEST_CASE("one commit wakes all its waiters in order") {
    Fixture fixture;
    for (Ticket i = 1; i <= 50; ++i) fixture.wait(*fixture.committer->append("x\n"));
    fixture.log.commit(50);
    fixture.run();
    REQUIRE(fixture.order.size() == 50);
    CHECK(std::is_sorted(fixture.order.begin(), fixture.order.end()));
}

TEST_CASE("a record that was lost is a fault for its waiter alone") {
    Fixture fixture;
    for (int i = 0; i < 3; ++i) fixture.wait(*fixture.committer->append("x\n"));
    fixture.log.lost = {2};
    fixture.log.commit(3);
    fixture.run();
    CHECK(fixture.ended == std::map<Ticket, std::string>{{1, "ok"}, {2, "unauditable"}, {3, "ok"}});
}

TEST_CASE("a record that is decided already is not waited for") {
    Fixture fixture;
    const auto kept = *fixture.committer->append("x\n"), lost = *fixture.committer->append("x\n");
    fixture.log.lost = {lost};
    fixture.log.commit(lost);
    fixture.wait(kept);
    fixture.wait(lost);
    CHECK(fixture.ended == std::map<Ticket, std::string>{{kept, "ok"}, {lost, "unauditable"}});
    CHECK(fixture.log.most_wanted == 0);
}

TEST_CASE("queueing and waiting in one asks for the commit and tells the record's own fate") {
    Fixture fixture;
    std::vector<std::string> ended;
    const auto begin = [&fixture, &ended] {
        auto committing = [&fixture, &ended]() -> Task<void> {
            const Status status = co_await fixture.committer->commit("x\n");
            ended.push_back(status.has_value() ? "ok" : std::string(info(status.error().code).name));
        };
        spawn(fixture.io, std::move(committing), [](std::exception_ptr failure) { CHECK(failure == nullptr); });
        fixture.run();
    };
    begin();
    begin();
    CHECK(fixture.log.last == 2);
    CHECK(fixture.log.most_wanted == 2);
    CHECK(ended.empty());
    fixture.log.lost = {2};
    fixture.log.commit(2);
    fixture.run();
    CHECK(ended == std::vector<std::string>{"ok", "unauditable"});
    fixture.log.taking = false;
    begin();
    CHECK(ended.back() == "unauditable");
}

TEST_CASE("a log that takes nothing is a fault at once") {
    Fixture fixture;
    fixture.log.taking = false;
    CHECK(fixture.committer->append("x\n").error().code == Code::unauditable);
}

TEST_CASE("a commit that arrives after the worker's end wakes nobody") {
    Fixture fixture;
    (void)fixture.committer->append("x\n");
    fixture.log.commit(1);
    fixture.committer.reset();
    CHECK(fixture.log.listener == nullptr);
    fixture.run();
    CHECK(fixture.ended.empty());
}

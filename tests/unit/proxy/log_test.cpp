// The audit log with a failure injected at every step of its files.
#include "proxy/audit/log.hpp"

#include <catch2/catch.hpp>
#include <cerrno>
#include <condition_variable>
#include <map>
#include <thread>
#include <mutex>
#include <sstream>

using namespace bordergate;

namespace {

/// Files in memory that fail when told to. What was not synced is not durable.
struct MemoryFiles final : LogFiles {
    struct Disk {
        std::mutex mutex;
        std::map<std::string, std::string> written, durable;
        std::vector<std::string> names;
        int syncs = 0;
        bool fail_open = false, fail_write = false, fail_sync = false, short_writes = false;
        std::int64_t free = 1 << 30;
    };
    explicit MemoryFiles(Disk& disk) : disk(disk) {}
    int open_segment(const std::string& name) override {
        const std::lock_guard guard(disk.mutex);
        if (disk.fail_open) return errno = EACCES, -1;
        disk.names.push_back(name);
        return static_cast<int>(disk.names.size()) - 1;
    }
    long write(int file, std::string_view bytes) override {
        const std::lock_guard guard(disk.mutex);
        if (disk.fail_write) return errno = ENOSPC, -1;
        if (disk.short_writes) bytes = bytes.substr(0, 7);
        disk.written[disk.names[static_cast<std::size_t>(file)]].append(bytes);
        return static_cast<long>(bytes.size());
    }
    int sync(int file) override {
        const std::lock_guard guard(disk.mutex);
        ++disk.syncs;
        if (disk.fail_sync) return errno = EIO, -1;
        const auto& name = disk.names[static_cast<std::size_t>(file)];
        disk.durable[name] = disk.written[name];
        return 0;
    }
    int close(int) override { return 0; }
    std::int64_t free_bytes() override {
        const std::lock_guard guard(disk.mutex);
        return disk.free;
    }
    Disk& disk;
};

/// Waits for tickets to be decided.
struct Waiter final : CommitListener {
    void committed(Ticket upto) override {
        const std::lock_guard guard(mutex);
        decided = std::max(decided, upto);
        wake.notify_all();
    }
    bool until(Ticket ticket) {
        std::unique_lock guard(mutex);
        return wake.wait_for(guard, std::chrono::seconds(10), [&] { return decided >= ticket; });
    }
    std::mutex mutex;
    std::condition_variable wake;
    Ticket decided = 0;
};

struct Fixture {
    explicit Fixture(bool start = true) {
        settings.directory = "unused";
        settings.commit_interval = std::chrono::microseconds(500);
        if (start) open();
    }
    void open() {
        auto made = AuditLog::open(settings, "test", std::make_unique<MemoryFiles>(disk));
        REQUIRE(made.has_value());
        log = std::move(*made);
        lane = log->lane(&waiter);
    }
    Ticket append(std::string_view line) {
        const auto ticket = lane->append(line, false);
        REQUIRE(ticket.has_value());
        lane->wanted(*ticket);
        REQUIRE(waiter.until(*ticket));
        return *ticket;
    }
    std::string durable() {
        const std::lock_guard guard(disk.mutex);
        std::string all;
        for (const auto& [name, content] : disk.durable) all += content;
        return all;
    }
    void set(bool MemoryFiles::Disk::*what, bool value) {
        const std::lock_guard guard(disk.mutex);
        disk.*what = value;
    }
    bool healthy_again() {
        for (int tries = 0; tries < 500 && !log->healthy(); ++tries) std::this_thread::sleep_for(std::chrono::milliseconds(10));
        return log->healthy();
    }
    MemoryFiles::Disk disk;
    AuditSettings settings;
    Waiter waiter;
    std::unique_ptr<AuditLog> log;
    std::unique_ptr<AuditLane> lane;  // gone before its log
};

}  // namespace

TEST_CASE("records are durable when the log says so, in order, many to a commit") {
    Fixture fixture;
    std::string expected;
    Ticket last = 0;
    for (int i = 0; i < 1000; ++i) {
        const std::string line = "{\"n\":" + std::to_string(i) + "}\n";
        expected += line;
        last = *fixture.lane->append(line, false);
    }
    fixture.lane->wanted(last);
    REQUIRE(fixture.waiter.until(last));
    CHECK(fixture.lane->fate(last) == Fate::durable);
    CHECK(fixture.durable() == expected);
    CHECK(fixture.disk.syncs < 100);
}

TEST_CASE("a record nobody waits for is written all the same") {
    Fixture fixture;
    const auto ticket = fixture.lane->append("{}\n", false);
    REQUIRE(fixture.waiter.until(*ticket));
    CHECK(fixture.durable() == "{}\n");
}

TEST_CASE("short writes are completed") {
    Fixture fixture;
    fixture.set(&MemoryFiles::Disk::short_writes, true);
    fixture.append("{\"a\":\"long enough to need several writes\"}\n");
    CHECK(fixture.durable() == "{\"a\":\"long enough to need several writes\"}\n");
}

TEST_CASE("after a failed write or sync the record is lost, traffic is refused, and a new segment heals it") {
    for (auto what : {&MemoryFiles::Disk::fail_write, &MemoryFiles::Disk::fail_sync}) {
        Fixture fixture;
        const auto before = fixture.append("{\"before\":1}\n");
        fixture.set(what, true);
        const auto lost = fixture.append("{\"lost\":1}\n");
        CHECK(fixture.lane->fate(before) == Fate::durable);
        CHECK(fixture.lane->fate(lost) == Fate::lost);
        CHECK_FALSE(fixture.log->healthy());
        CHECK(fixture.lane->append("{}\n", false).error().code == Code::unauditable);
        fixture.set(what, false);
        REQUIRE(fixture.healthy_again());
        const auto after = fixture.append("{\"after\":1}\n");
        CHECK(fixture.lane->fate(after) == Fate::durable);
        CHECK(fixture.lane->fate(lost) == Fate::lost);
        CHECK(fixture.disk.names.size() >= 2);
        // Never retried on the same pages: what was lost stands in no durable file after the failure.
        CHECK_THAT(fixture.disk.durable[fixture.disk.names.back()], Catch::Contains("after") && !Catch::Contains("lost"));
    }
}

TEST_CASE("a segment that cannot be opened stops the start, and is tried again later") {
    Fixture fixture(false);
    fixture.disk.fail_open = true;
    CHECK(AuditLog::open(fixture.settings, "test", std::make_unique<MemoryFiles>(fixture.disk)).has_error());
    fixture.disk.fail_open = false;
    fixture.open();
    fixture.set(&MemoryFiles::Disk::fail_sync, true);
    fixture.set(&MemoryFiles::Disk::fail_open, true);
    fixture.append("{}\n");
    fixture.set(&MemoryFiles::Disk::fail_sync, false);
    CHECK_FALSE(fixture.log->healthy());
    fixture.set(&MemoryFiles::Disk::fail_open, false);
    CHECK(fixture.healthy_again());
}

TEST_CASE("the last part of the disk is kept for identified sources, and a full disk refuses all") {
    Fixture fixture(false);
    fixture.settings.reserve_bytes = 16 * 1024 * 1024;
    fixture.disk.free = 8 * 1024 * 1024;
    fixture.open();
    CHECK(fixture.lane->append("{}\n", true).error().code == Code::unauditable);
    CHECK(fixture.lane->append("{}\n", false).has_value());
    Fixture full(false);
    full.disk.free = 1000;
    full.open();
    CHECK(full.lane->append("{}\n", false).error().code == Code::unauditable);
}

TEST_CASE("segments rotate by size") {
    Fixture fixture(false);
    fixture.settings.segment_bytes = 100;
    fixture.open();
    for (int i = 0; i < 5; ++i) fixture.append("{\"a\":\"" + std::string(60, 'x') + "\"}\n");
    CHECK(fixture.disk.names.size() == 5);
    CHECK(fixture.disk.names[0] < fixture.disk.names[1]);
}

TEST_CASE("closing commits what is queued") {
    Fixture fixture;
    (void)fixture.lane->append("{\"last\":1}\n", false);
    fixture.log->close();
    CHECK(fixture.durable() == "{\"last\":1}\n");
    CHECK(fixture.lane->append("{}\n", false).has_error());
}

TEST_CASE("lanes do not wait for each other: each keeps its order, and is told of its own records") {
    Fixture fixture;
    constexpr int producers = 4, records = 20'000;
    std::vector<std::thread> threads;
    std::vector<Waiter> waiters(producers);
    for (int p = 0; p < producers; ++p)
        threads.emplace_back([&fixture, &waiter = waiters[static_cast<std::size_t>(p)], p] {
            const auto lane = fixture.log->lane(&waiter);
            Ticket last = 0;
            for (int i = 0; i < records; ++i) {
                const auto line = std::to_string(p) + ' ' + std::to_string(i) + '\n';
                const auto ticket = i % 100 == 99 ? lane->append_wanted(line) : lane->append(line);
                if (!ticket.has_value() || *ticket != ++last) return;
                if (i % 1000 == 999 && (!waiter.until(last) || lane->fate(last) != Fate::durable)) return;
            }
        });
    for (auto& thread : threads) thread.join();
    fixture.log->close();
    std::vector<int> next(producers, 0);
    std::istringstream lines(fixture.durable());
    bool in_order = true;
    for (int p = 0, i = 0; lines >> p >> i;) in_order = in_order && next[static_cast<std::size_t>(p)]++ == i;
    CHECK(in_order);
    CHECK(next == std::vector<int>(producers, records));
}

TEST_CASE("what was queued by a producer that left is written, and nobody is told") {
    Fixture fixture;
    Waiter waiter;
    {
        const auto lane = fixture.log->lane(&waiter);
        REQUIRE(lane->append("{\"left\":1}\n").has_value());
    }
    fixture.append("{\"stays\":1}\n");
    fixture.log->close();
    CHECK_THAT(fixture.durable(), Catch::Contains("left") && Catch::Contains("stays"));
}

TEST_CASE("a failure loses what every lane had queued, and each knows which of its records") {
    Fixture fixture;
    Waiter waiter;
    const auto other = fixture.log->lane(&waiter);
    fixture.set(&MemoryFiles::Disk::fail_sync, true);
    const auto mine = fixture.append("{\"mine\":1}\n");
    CHECK(fixture.lane->fate(mine) == Fate::lost);
    fixture.set(&MemoryFiles::Disk::fail_sync, false);
    REQUIRE(fixture.healthy_again());
    const auto theirs = other->append_wanted("{\"theirs\":1}\n");
    REQUIRE(theirs.has_value());
    REQUIRE(waiter.until(*theirs));
    // Tickets are counted by lane: the same number, another fate.
    CHECK(*theirs == mine);
    CHECK(other->fate(*theirs) == Fate::durable);
    CHECK(fixture.lane->fate(mine) == Fate::lost);
}

TEST_CASE("a lane that is too far behind refuses, and takes again when the disk has caught up") {
    Fixture fixture;
    const std::string line(60'000, 'x');
    Ticket last = 0;
    {
        // The disk stands still.
        const std::lock_guard still(fixture.disk.mutex);
        Result<Ticket> ticket = Ticket{0};
        for (int i = 0; i < 2000 && ticket.has_value(); ++i) {
            ticket = fixture.lane->append_wanted(line + '\n');
            if (ticket.has_value()) last = *ticket;
        }
        REQUIRE(ticket.has_error());
        CHECK_THAT(ticket.error().detail, Catch::Contains("too far behind"));
    }
    REQUIRE(fixture.waiter.until(last));
    CHECK(fixture.lane->append("{}\n").has_value());
}

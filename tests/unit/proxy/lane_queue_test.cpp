// One producer and one writer: nothing is lost between them, whoever comes when.
#include "proxy/audit/lane_queue.hpp"

#include <catch2/catch.hpp>
#include <thread>

using namespace bordergate;

TEST_CASE("what was put is taken once, in order, with the last ticket and whether somebody waits") {
    LaneQueue queue;
    LaneBatch taken;
    std::size_t records = 0;
    queue.take(taken);
    CHECK(taken.records == 0);
    CHECK(queue.put("a\n", false, records) == 1);
    CHECK(queue.put("b\n", false, records) == 2);
    CHECK(records == 2);
    queue.take(taken);
    CHECK(taken.lines == "a\nb\n");
    CHECK_FALSE(taken.wanted);
    // What is taken and not yet decided is added to.
    CHECK(queue.put("c\n", true, records) == 3);
    CHECK(records == 1);
    queue.take(taken);
    queue.take(taken);
    CHECK(taken.lines == "a\nb\nc\n");
    CHECK(taken.records == 3);
    CHECK(taken.last == 3);
    CHECK(taken.wanted);
    CHECK(queue.bytes_put() == 6);
}

TEST_CASE("somebody may wait for what the writer has taken already") {
    LaneQueue queue;
    LaneBatch taken;
    std::size_t records = 0;
    queue.put("a\n", false, records);
    queue.take(taken);
    queue.want();
    queue.take(taken);
    CHECK(taken.wanted);
    CHECK(taken.last == 1);
    CHECK(taken.records == 1);
}

TEST_CASE("a writer that takes all the time misses nothing") {
    LaneQueue queue;
    constexpr int records = 200'000;
    std::thread producer([&queue] {
        std::size_t lying = 0;
        for (int i = 0; i < records; ++i) queue.put(std::to_string(i) + '\n', false, lying);
    });
    LaneBatch taken;
    while (taken.last < records) queue.take(taken);
    producer.join();
    std::string expected;
    for (int i = 0; i < records; ++i) expected += std::to_string(i) + '\n';
    CHECK(taken.lines == expected);
    CHECK(taken.records == records);
}

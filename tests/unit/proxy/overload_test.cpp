// Overload: what is held is counted over all exchanges, and the bound of memory is the least that holds.
#include "proxy/overload.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/config/written_folder.hpp"

using namespace bordergate;
using bordergate::testing::WrittenFolder;
using Reason = Overload::Reason;

TEST_CASE("new requests are shed while the process holds more memory than it may", "[overload]") {
    std::uint64_t resident = 0;
    Overload overload([&resident] { return resident; }, 1000);
    Limits limits;
    for (auto [bytes, sheds] : {std::pair{0U, false}, {950U, false}, {951U, true}, {100U, false}}) {
        resident = bytes;
        overload.look();
        CHECK(overload.sheds(limits).has_value() == sheds);
    }
    limits.memory_bytes = 99;
    CHECK(overload.sheds(limits) == Reason::memory);
    limits.memory_bytes = 2000;
    resident = 1999;
    overload.look();
    CHECK_FALSE(overload.sheds(limits));
}

TEST_CASE("held bytes count over all exchanges and go with each", "[overload]") {
    Overload overload([] { return std::uint64_t{0}; }, 1000);
    Limits limits;
    limits.held_total_bytes = 100;
    {
        HeldBytes first(overload);
        first.set(60);
        CHECK_FALSE(overload.sheds(limits));
        {
            HeldBytes second(overload);
            second.set(50);
            CHECK(overload.sheds(limits) == Reason::held);
            second.set(40);
            CHECK_FALSE(overload.sheds(limits));
            second.set(41);
            CHECK(overload.sheds(limits) == Reason::held);
        }
        CHECK_FALSE(overload.sheds(limits));
        limits.held_total_bytes.reset();  // a quarter of what there is
        CHECK_FALSE(overload.sheds(limits));
        first.set(240);
        CHECK(overload.sheds(limits) == Reason::held);
    }
    CHECK_FALSE(overload.sheds(limits));
}

TEST_CASE("the bound of memory is the least of the machine's and of every group's", "[overload]") {
    const WrittenFolder folder;
    constexpr auto none = std::numeric_limits<std::uint64_t>::max();
    CHECK(memory_bound(folder.path()) == none);
    folder.write("proc/meminfo", "MemTotal:       1000 kB\nMemFree: 1 kB\n");
    CHECK(memory_bound(folder.path()) == 1'024'000);
    folder.write("proc/self/cgroup", "0::/a/b\n");
    folder.write("sys/fs/cgroup/a/b/memory.max", "max\n");
    CHECK(memory_bound(folder.path()) == 1'024'000);
    folder.write("sys/fs/cgroup/a/memory.max", "5000\n");
    CHECK(memory_bound(folder.path()) == 5000);
    folder.write("sys/fs/cgroup/memory.max", "4000\n");
    CHECK(memory_bound(folder.path()) == 4000);
    folder.write("proc/self/cgroup", "5:memory:/c\n2:cpu:/d\n");
    folder.write("sys/fs/cgroup/memory/c/memory.limit_in_bytes", "3000\n");
    CHECK(memory_bound(folder.path()) == 3000);
    CHECK(memory_bound() > 0);
    CHECK(resident_bytes() > 100'000);
}

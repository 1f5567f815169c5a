// Memory of coroutine frames: kept by size for the next, and given back when nobody wants it any more.
#include "proxy/task_frames.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <vector>

using namespace bordergate;

namespace {

/// Allocates `count` frames of `size` bytes, writes them full, and frees them.
void rush(std::size_t count, std::size_t size) {
    std::vector<void*> frames;
    for (std::size_t i = 0; i < count; ++i) {
        frames.push_back(allocate_frame(size));
        std::memset(frames.back(), 1, size);
    }
    for (void* one : frames) free_frame(one, size);
}

/// Other tests of this thread left frames behind.
void give_back_all() {
    while (give_back_frames() > 0) {
    }
}

// Under AddressSanitizer none is kept.
bool some_are_kept() {
    give_back_all();
    rush(1, 100);
    (void)give_back_frames();
    return give_back_frames() > 0;
}

}  // namespace

TEST_CASE("task frames: what a rush needed is given back once it is over, what is still in use is kept") {
    const std::size_t kept = some_are_kept() ? 1 : 0;
    give_back_all();
    rush(10, 100);
    CHECK(give_back_frames() == 0);  // all of them were needed
    rush(3, 100);
    CHECK(give_back_frames() == kept * 7 * 128);  // sizes are rounded up
    rush(10, 100);
    CHECK(give_back_frames() == 0);
    CHECK(give_back_frames() == kept * 10 * 128);
    CHECK(give_back_frames() == 0);
}

TEST_CASE("task frames: each size is kept for itself, and large ones not at all") {
    const std::size_t kept = some_are_kept() ? 1 : 0;
    give_back_all();
    rush(4, 64);
    rush(2, 1024);
    rush(5, 64 * 1024);
    CHECK(give_back_frames() == 0);
    rush(4, 64);
    CHECK(give_back_frames() == kept * 2 * 1024);
    give_back_all();
}

#include "proxy/task_frames.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <new>
#include <utility>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BORDERGATE_FRAMES_ARE_WATCHED
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define BORDERGATE_FRAMES_ARE_WATCHED
#endif

namespace bordergate {

#if defined(BORDERGATE_FRAMES_ARE_WATCHED)

void* allocate_frame(std::size_t size) { return ::operator new(size); }
void free_frame(void* memory, std::size_t) noexcept { ::operator delete(memory); }
std::size_t give_back_frames() noexcept { return 0; }

#else

namespace {

constexpr std::size_t step = 64;          ///< sizes are rounded up to this
constexpr std::size_t sizes = 64;         ///< frames of 4 KiB and more are not kept
constexpr std::uint16_t most_kept = 128;  ///< of each size

struct Free {
    Free* next;
};

/// The frames that one thread has freed; given back when the thread ends.
struct Kept {
    std::array<Free*, sizes> first{};
    std::array<std::uint16_t, sizes> count{};
    std::array<std::uint16_t, sizes> least{};  ///< that were kept since frames were last given back
    ~Kept() {
        for (auto*& one : first)
            while (one) ::operator delete(std::exchange(one, one->next));
        count.fill(most_kept);  // whatever is still freed on this thread is not kept
    }
};

constinit thread_local Kept kept;

}  // namespace

void* allocate_frame(std::size_t size) {
    const auto of = (size - 1) / step;
    if (of >= sizes) return ::operator new(size);
    if (Free* one = kept.first[of]) {
        kept.first[of] = one->next;
        kept.least[of] = std::min(kept.least[of], --kept.count[of]);
        return one;
    }
    return ::operator new((of + 1) * step);
}

void free_frame(void* memory, std::size_t size) noexcept {
    const auto of = (size - 1) / step;
    if (of >= sizes || kept.count[of] >= most_kept) {
        ::operator delete(memory);
        return;
    }
    kept.first[of] = new (memory) Free{kept.first[of]};
    ++kept.count[of];
}

std::size_t give_back_frames() noexcept {
    std::size_t bytes = 0;
    for (std::size_t of = 0; of < sizes; ++of) {
        auto*& first = kept.first[of];
        for (; kept.least[of] > 0; --kept.least[of], --kept.count[of]) {
            ::operator delete(std::exchange(first, first->next));
            bytes += (of + 1) * step;
        }
        kept.least[of] = kept.count[of];
    }
    return bytes;
}

#endif

}  // namespace bordergate

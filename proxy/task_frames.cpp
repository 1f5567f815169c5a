#include "proxy/task_frames.hpp"

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
        --kept.count[of];
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

#endif

}  // namespace bordergate

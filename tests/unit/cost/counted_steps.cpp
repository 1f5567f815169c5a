#include "tests/unit/cost/counted_steps.hpp"

#include <cstddef>

namespace {

// Plain, so that counting runs no code that counts.
thread_local std::uint64_t steps = 0;

}  // namespace

namespace bordergate::testing {
std::uint64_t steps_taken() { return steps; }
}  // namespace bordergate::testing

extern "C" {

void __sanitizer_cov_trace_pc();
void __sanitizer_cov_trace_pc() { ++steps; }

// Under AddressSanitizer these are its own.
#if defined(__GNUC__) && !defined(__clang__)
#define NOT_ITSELF __attribute__((optimize("no-tree-loop-distribute-patterns")))

NOT_ITSELF void* memmove(void* to, const void* from, std::size_t size) {
    steps += size / 8;
    auto* const out = static_cast<unsigned char*>(to);
    const auto* const in = static_cast<const unsigned char*>(from);
    if (out <= in)
        for (std::size_t i = 0; i < size; ++i) out[i] = in[i];
    else
        for (std::size_t i = size; i > 0; --i) out[i - 1] = in[i - 1];
    return to;
}
NOT_ITSELF void* memcpy(void* to, const void* from, std::size_t size) { return memmove(to, from, size); }
NOT_ITSELF void* memchr(const void* in, int wanted, std::size_t size) {
    const auto* const bytes = static_cast<const unsigned char*>(in);
    std::size_t i = 0;
    while (i < size && bytes[i] != static_cast<unsigned char>(wanted)) ++i;
    steps += i / 8;
    return i == size ? nullptr : const_cast<unsigned char*>(bytes + i);
}
NOT_ITSELF int memcmp(const void* a, const void* b, std::size_t size) {
    const auto* const left = static_cast<const unsigned char*>(a);
    const auto* const right = static_cast<const unsigned char*>(b);
    std::size_t i = 0;
    while (i < size && left[i] == right[i]) ++i;
    steps += i / 8;
    return i == size ? 0 : left[i] - right[i];
}
#endif
}

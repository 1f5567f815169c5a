// Finding the next byte that matters, sixteen at a time. Most of a body is text in which nothing happens.
#pragma once

#include <bit>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace bordergate {

/// True for what ends a run of plain bytes inside a JSON string: its quote, a backslash, a control character.
constexpr bool stops_string(char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; }

/// The first byte in [at, end) that stops_string, or `end`. Sets `non_ascii` if it passes over a byte that is not ASCII
/// (perhaps also for one a little further on).
inline const char* find_string_stop(const char* at, const char* end, bool& non_ascii) {
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), last_control = _mm_set1_epi8(0x1f);
    for (; end - at >= 16; at += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, last_control), bytes);
        const __m128i hit = _mm_or_si128(control, _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)));
        if (_mm_movemask_epi8(bytes) != 0) non_ascii = true;
        if (const auto bits = static_cast<unsigned>(_mm_movemask_epi8(hit)); bits != 0) return at + std::countr_zero(bits);
    }
#endif
    for (; at < end && !stops_string(*at); ++at) non_ascii = non_ascii || static_cast<unsigned char>(*at) >= 0x80;
    return at;
}

/// True for the bytes at which a recogniser may have something to look at: `0`-`9`, `:`, `@`, `+` and `(`.
constexpr bool is_cue(char c) { return (c >= '0' && c <= ':') || c == '@' || c == '+' || c == '('; }

/// The first byte in [at, end) that is_cue, or `end`.
inline const char* find_cue(const char* at, const char* end) {
#if defined(__SSE2__)
    const __m128i at_sign = _mm_set1_epi8('@'), plus = _mm_set1_epi8('+'), opening = _mm_set1_epi8('(');
    const __m128i zero = _mm_set1_epi8('0'), span = _mm_set1_epi8(':' - '0');
    for (; end - at >= 16; at += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        const __m128i above = _mm_sub_epi8(bytes, zero);
        const __m128i digit = _mm_cmpeq_epi8(_mm_min_epu8(above, span), above);
        const __m128i sign = _mm_or_si128(_mm_cmpeq_epi8(bytes, at_sign), _mm_or_si128(_mm_cmpeq_epi8(bytes, plus), _mm_cmpeq_epi8(bytes, opening)));
        if (const auto bits = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(digit, sign))); bits != 0) return at + std::countr_zero(bits);
    }
#endif
    while (at < end && !is_cue(*at)) ++at;
    return at;
}

}  // namespace bordergate

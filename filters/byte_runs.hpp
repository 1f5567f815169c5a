// Finding the next byte that matters, sixteen at a time. Most of a body is text in which nothing happens.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

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

/// True for the bytes at which a recogniser may have something to look at: `0`-`9`, `:`, `@`, `+`, `(`, and the first
/// byte of full-width forms.
constexpr bool is_cue(char c) { return (c >= '0' && c <= ':') || c == '@' || c == '+' || c == '(' || c == '\xef'; }

/// The first byte in [at, end) that is_cue, or `end`.
inline const char* find_cue(const char* at, const char* end) {
#if defined(__SSE2__)
    const __m128i at_sign = _mm_set1_epi8('@'), plus = _mm_set1_epi8('+'), opening = _mm_set1_epi8('('), wide = _mm_set1_epi8('\xef');
    const __m128i zero = _mm_set1_epi8('0'), span = _mm_set1_epi8(':' - '0');
    for (; end - at >= 16; at += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        const __m128i above = _mm_sub_epi8(bytes, zero);
        const __m128i digit = _mm_cmpeq_epi8(_mm_min_epu8(above, span), above);
        const __m128i sign = _mm_or_si128(_mm_cmpeq_epi8(bytes, at_sign), _mm_or_si128(_mm_cmpeq_epi8(bytes, plus), _mm_cmpeq_epi8(bytes, opening)));
        const __m128i other = _mm_or_si128(digit, _mm_cmpeq_epi8(bytes, wide));
        if (const auto bits = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(other, sign))); bits != 0) return at + std::countr_zero(bits);
    }
#endif
    while (at < end && !is_cue(*at)) ++at;
    return at;
}

/// The first `%` or backslash in [at, end), or `end`.
inline const char* find_escape(const char* at, const char* end) {
#if defined(__SSE2__)
    const __m128i percent = _mm_set1_epi8('%'), backslash = _mm_set1_epi8('\\');
    for (; end - at >= 16; at += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        const __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(bytes, percent), _mm_cmpeq_epi8(bytes, backslash));
        if (const auto bits = static_cast<unsigned>(_mm_movemask_epi8(hit)); bits != 0) return at + std::countr_zero(bits);
    }
#endif
    while (at < end && *at != '%' && *at != '\\') ++at;
    return at;
}

/// What tokens and encodings are made of: letters, digits and a few signs.
enum class RunAlphabet { base64, token };

/// True for A-Z, a-z, 0-9, `+`, `/`, `-` and `_`; of tokens also for `.`, `=` and `~`.
template <RunAlphabet alphabet>
constexpr bool in_run(char c) {
    const bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool joins = c == '+' || c == '/' || c == '-' || c == '_';
    return word || joins || (alphabet == RunAlphabet::token && (c == '.' || c == '=' || c == '~'));
}

/// The shortest run that find_long_run looks for.
inline constexpr std::size_t long_run = 16;

/// Where the first run of at least long_run characters of `alphabet` begins, of what begins at `at` or later; what stands
/// before `at` is not looked at. std::string_view::npos: there is none. Linear, and fast where there are few.
template <RunAlphabet alphabet>
std::size_t find_long_run(std::string_view text, std::size_t at) {
    const char* const begin = text.data();
#if defined(__SSE2__)
    const auto classify = [](const char* from) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
        const auto within = [](__m128i value, char first, char last) {
            const __m128i above = _mm_sub_epi8(value, _mm_set1_epi8(first));
            return _mm_cmpeq_epi8(_mm_min_epu8(above, _mm_set1_epi8(static_cast<char>(last - first))), above);
        };
        const auto is = [bytes](char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
        __m128i hit = _mm_or_si128(within(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 'z'), _mm_or_si128(is('+'), is('_')));
        if constexpr (alphabet == RunAlphabet::token)
            hit = _mm_or_si128(hit, _mm_or_si128(within(bytes, '-', '9'), _mm_or_si128(is('='), is('~'))));
        else
            hit = _mm_or_si128(hit, _mm_or_si128(within(bytes, '/', '9'), is('-')));
        return static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(hit)));
    };
    constexpr std::size_t window = 64, step = window - long_run + 1;
    for (; at + window <= text.size(); at += step) {
        std::uint64_t run = classify(begin + at) | classify(begin + at + 16) << 16 | classify(begin + at + 32) << 32 | classify(begin + at + 48) << 48;
        run &= run >> 1;
        run &= run >> 2;
        run &= run >> 4;
        run &= run >> 8;
        if (run != 0) return at + static_cast<std::size_t>(std::countr_zero(run));
    }
#endif
    while (at + long_run <= text.size()) {
        std::size_t probe = at + long_run;
        while (probe > at && in_run<alphabet>(begin[probe - 1])) --probe;
        if (probe == at) return at;
        at = probe;
    }
    return std::string_view::npos;
}

}  // namespace bordergate

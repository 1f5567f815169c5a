#include "filters/detect/recognisers.hpp"

namespace bordergate::recognise {

std::optional<Found> mac(std::string_view text, std::size_t at) {
    constexpr std::size_t size = 17;  // six octets and what stands between them (IEEE 802, 8.1)
    const auto joins = [](char c) { return c == ':' || c == '-'; };
    std::size_t begin = at;
    while (begin > 0 && at - begin < size && (is_hex(text[begin - 1]) || joins(text[begin - 1]))) --begin;
    if (at - begin >= size || begin + size > text.size() || word_before(text, begin) || word_at(text, begin + size)) return std::nullopt;
    const char joint = text[begin + 2];
    // What goes on in the same way is something longer, such as a fingerprint.
    if (!joins(joint) || at_or_space(text, begin + size) == joint) return std::nullopt;
    for (std::size_t i = 0; i < size; ++i)
        if (i % 3 == 2 ? text[begin + i] != joint : !is_hex(text[begin + i])) return std::nullopt;
    return Found{begin, begin + size, 0.95F};
}

}  // namespace bordergate::recognise

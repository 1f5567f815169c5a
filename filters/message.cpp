#include "filters/message.hpp"

#include <algorithm>
#include <cstring>

#include "filters/ascii.hpp"

namespace bordergate {

namespace {

/// The same for eight characters at once: a byte from `A` to `Z`, and no other, gets the bit that makes it lower case.
constexpr std::uint64_t lower(std::uint64_t word) {
    constexpr std::uint64_t ones = 0x0101010101010101, tops = 0x80 * ones;
    const std::uint64_t low = word & ~tops;
    const std::uint64_t from_a = low + (0x80 - 'A') * ones, after_z = low + (0x7f - 'Z') * ones;
    return word | ((~word & (from_a ^ after_z) & tops) >> 2);
}

std::uint64_t eight(const char* at) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    return word;
}

/// Of names that compare at all nearly every one is the same text, or differs in its first bytes by more than case.
bool same_eight(const char* a, const char* b) {
    const std::uint64_t left = eight(a), right = eight(b);
    return left == right || lower(left) == lower(right);
}

}  // namespace

bool equal_fold_sized(const char* a, const char* b, std::size_t size) {
    if (size < 8) {
        for (std::size_t i = 0; i < size; ++i)
            if (a[i] != b[i] && lower(a[i]) != lower(b[i])) return false;
        return true;
    }
    for (std::size_t i = 0; i + 8 < size; i += 8)
        if (!same_eight(a + i, b + i)) return false;
    // The last eight at once, some of them for the second time.
    return same_eight(a + size - 8, b + size - 8);
}

void Fields::add(std::string_view name, std::string_view value) {
    Span span;
    span.name = static_cast<std::uint32_t>(text_.size());
    span.name_size = static_cast<std::uint32_t>(name.size());
    span.value = span.name + span.name_size;
    span.value_size = static_cast<std::uint32_t>(value.size());
    const auto size = text_.size() + name.size() + value.size();
    if (size > text_.capacity()) {
        // Views into our own text would dangle while the text grows: it grows beside the old one.
        std::string grown;
        grown.reserve(std::max<std::size_t>(2 * size, 256));
        grown.append(text_).append(name).append(value);
        text_.swap(grown);
    } else {
        text_.append(name).append(value);
    }
    spans_.push_back(span);
}

void Fields::set(std::string_view name, std::string_view value) {
    // Erasing moves no text, so that even views into our own stay good; add() looks after the value.
    erase(name);
    add(name, value);
}

std::size_t Fields::erase(std::string_view name) {
    const auto before = spans_.size();
    if (count(name) == 0) return 0;
    retain([name](const Line& line) { return !equal_fold(line.name, name); });
    return before - spans_.size();
}

void Fields::clear() {
    text_.clear();
    spans_.clear();
}

void Fields::hold(std::string_view text) {
    text_.assign(text);
    spans_.clear();
}

std::optional<std::string_view> Fields::get(std::string_view name) const {
    for (std::size_t i = 0; i < spans_.size(); ++i)
        if (spans_[i].name_size == name.size() && equal_fold((*this)[i].name, name)) return (*this)[i].value;
    return std::nullopt;
}

std::size_t Fields::count(std::string_view name) const {
    std::size_t found = 0;
    for (std::size_t i = 0; i < spans_.size(); ++i) found += spans_[i].name_size == name.size() && equal_fold((*this)[i].name, name) ? 1 : 0;
    return found;
}

void RequestHead::clear() {
    method.clear();
    scheme.clear();
    authority.clear();
    path.clear();
    query.clear();
    has_query = false;
    upgrade.clear();
    takes_trailers = false;
    fields.clear();
}

void ResponseHead::clear() {
    status = 0;
    reason.clear();
    fields.clear();
}

}  // namespace bordergate

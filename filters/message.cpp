#include "filters/message.hpp"

#include <algorithm>
#include <cstring>

namespace bordergate {

namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

}  // namespace

bool equal_fold_sized(const char* a, const char* b, std::size_t size) {
    std::size_t i = 0;
    // Eight at a time: most names that are compared are alike, or differ by more than case in their first bytes.
    for (; i + 8 <= size; i += 8) {
        std::uint64_t left = 0, right = 0;
        std::memcpy(&left, a + i, sizeof left);
        std::memcpy(&right, b + i, sizeof right);
        if (left == right) continue;
        if (((left ^ right) & 0xdfdfdfdfdfdfdfdf) != 0) return false;
        for (std::size_t k = i; k < i + 8; ++k)
            if (lower(a[k]) != lower(b[k])) return false;
    }
    for (; i < size; ++i)
        if (a[i] != b[i] && lower(a[i]) != lower(b[i])) return false;
    return true;
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

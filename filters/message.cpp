#include "filters/message.hpp"

namespace bordergate {

namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

}  // namespace

bool equal_fold(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (lower(a[i]) != lower(b[i])) return false;
    return true;
}

void Fields::add(std::string_view name, std::string_view value) {
    Span span;
    span.name = static_cast<std::uint32_t>(text_.size());
    span.name_size = static_cast<std::uint32_t>(name.size());
    // A view into our own text would dangle while the text grows.
    const bool own = !text_.empty() && value.data() >= text_.data() && value.data() < text_.data() + text_.size();
    const std::string copy = own ? std::string(value) : std::string();
    text_.append(name);
    span.value = static_cast<std::uint32_t>(text_.size());
    span.value_size = static_cast<std::uint32_t>(value.size());
    text_.append(own ? std::string_view(copy) : value);
    spans_.push_back(span);
}

void Fields::set(std::string_view name, std::string_view value) {
    const std::string kept_name(name), kept_value(value);
    erase(kept_name);
    add(kept_name, kept_value);
}

std::size_t Fields::erase(std::string_view name) {
    const auto before = spans_.size();
    retain([name](const Line& line) { return !equal_fold(line.name, name); });
    return before - spans_.size();
}

void Fields::clear() {
    text_.clear();
    spans_.clear();
}

Fields::Line Fields::operator[](std::size_t index) const {
    const auto& span = spans_[index];
    const std::string_view text = text_;
    return {text.substr(span.name, span.name_size), text.substr(span.value, span.value_size)};
}

std::optional<std::string_view> Fields::get(std::string_view name) const {
    for (std::size_t i = 0; i < spans_.size(); ++i) {
        const auto line = (*this)[i];
        if (equal_fold(line.name, name)) return line.value;
    }
    return std::nullopt;
}

std::size_t Fields::count(std::string_view name) const {
    std::size_t found = 0;
    for (std::size_t i = 0; i < spans_.size(); ++i) found += equal_fold((*this)[i].name, name) ? 1 : 0;
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

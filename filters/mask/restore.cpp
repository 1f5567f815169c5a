// Restoring labels in text that arrives in parts. A label is a maximal run of [A-Za-z0-9_]; so nothing
// but such a run, at the end of what has come, is ever held back.
#include "filters/mask/labels.hpp"

namespace bordergate {

namespace {

constexpr bool in_label(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

constexpr std::size_t underscores = 4;  ///< of markdown around a label

constexpr bool ends_url(char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '\'' || c == '<' || c == '>' || c == '`' || c == ')' || c == ']' || c == '}';
}

}  // namespace

Restore::Restore(const Labels& labels, std::uint64_t& restored, std::uint64_t& foreign)
    : labels_(&labels), restored_(&restored), foreign_(&foreign) {}

void Restore::settle(std::string& out) {
    if (held_.empty()) return;
    // Markdown may wrap a label in underscores, which are label characters too.
    std::string_view label = held_;
    while (label.starts_with('_')) label.remove_prefix(1);
    while (label.ends_with('_')) label.remove_suffix(1);
    const std::string* value = in_url_ ? nullptr : labels_->find(label);
    if (value) {
        ++*restored_;
        const auto before = static_cast<std::size_t>(label.data() - held_.data());
        out.append(held_, 0, before).append(*value).append(held_, before + label.size());
    } else {
        if (!in_url_ && Labels::looks_like_label(held_)) ++*foreign_;
        out.append(held_);
    }
    held_.clear();
}

void Restore::feed(std::string_view text, std::string& out) {
    for (char c : text) {
        if (in_label(c)) {
            slashes_ = 0;
            if (overlong_) {
                out += c;
                continue;
            }
            held_ += c;
            if (held_.size() <= labels_->longest() + underscores) continue;
            // Longer than any label issued here: nothing of it needs to wait.
            out.append(held_);
            held_.clear();
            overlong_ = true;
            continue;
        }
        settle(out);
        overlong_ = false;
        out += c;
        // `://` opens a URL; whitespace, quotes and brackets end it.
        if (c == ':') {
            slashes_ = 1;
        } else if (c == '/' && slashes_ > 0) {
            if (++slashes_ == 3) in_url_ = true;
        } else {
            slashes_ = 0;
        }
        if (in_url_ && ends_url(c)) in_url_ = false;
    }
}

void Restore::finish(std::string& out) { settle(out); }

}  // namespace bordergate

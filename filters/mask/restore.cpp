// Restoring labels in text that arrives in parts. A label is a maximal run of [A-Za-z0-9_], where a backslash may stand
// before an underscore (markdown); so nothing but such a run, at the end of what has come, is ever held back.
#include <utility>

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

/// `run` without the backslashes that markdown puts before underscores.
std::string unescaped(std::string_view run) {
    std::string plain;
    for (char c : run)
        if (c != '\\') plain += c;
    return plain;
}

/// The same, where it is known whether there is any; `plain` owns the answer then.
std::string_view without_backslashes(std::string_view run, std::size_t backslashes, std::string& plain) {
    if (backslashes == 0) return run;
    plain = unescaped(run);
    return plain;
}

}  // namespace

Restore::Restore(const Labels& labels, std::uint64_t& restored, std::uint64_t& foreign)
    : labels_(&labels), restored_(&restored), foreign_(&foreign) {}

void Restore::settle(std::string& out) {
    if (held_.empty()) return;
    // Markdown may wrap a label in underscores, which are label characters too, and escape each with a backslash.
    std::string_view label = held_;
    while (label.starts_with('_') || label.starts_with("\\_")) label.remove_prefix(label.front() == '_' ? 1 : 2);
    while (label.ends_with('_')) label.remove_suffix(label.ends_with("\\_") ? 2 : 1);
    std::string plain;
    const std::string* value = in_url_ ? nullptr : labels_->find(without_backslashes(label, backslashes_, plain));
    if (value) {
        ++*restored_;
        const auto before = static_cast<std::size_t>(label.data() - held_.data());
        out.append(held_, 0, before).append(*value).append(held_, before + label.size());
    } else {
        if (!in_url_ && Labels::looks_like_label(without_backslashes(held_, backslashes_, plain))) ++*foreign_;
        out.append(held_);
    }
    held_.clear();
    backslashes_ = 0;
}

/// `piece` belongs to the run: a label character, or an underscore with its backslash.
void Restore::extend(std::string_view piece, std::string& out) {
    slashes_ = 0;
    if (overlong_) {
        out.append(piece);
        return;
    }
    held_.append(piece);
    backslashes_ += piece.size() - 1;
    if (held_.size() - backslashes_ <= labels_->longest() + underscores) return;
    // Longer than any label issued here: nothing of it needs to wait.
    out.append(held_);
    held_.clear();
    backslashes_ = 0;
    overlong_ = true;
}

/// A character that ends the run. `://` opens a URL; whitespace, quotes and brackets end it.
void Restore::pass(char c, std::string& out) {
    settle(out);
    overlong_ = false;
    out += c;
    if (c == ':') {
        slashes_ = 1;
    } else if (c == '/' && slashes_ > 0) {
        if (++slashes_ == 3) in_url_ = true;
    } else {
        slashes_ = 0;
    }
    if (in_url_ && ends_url(c)) in_url_ = false;
}

void Restore::feed(std::string_view text, std::string& out) {
    for (char c : text) {
        const bool escaped = std::exchange(after_backslash_, false);
        if (escaped && c == '_') {
            extend("\\_", out);
            continue;
        }
        if (escaped) pass('\\', out);
        if (c == '\\') after_backslash_ = true;
        else if (in_label(c)) extend({&c, 1}, out);
        else pass(c, out);
    }
}

void Restore::finish(std::string& out) {
    if (std::exchange(after_backslash_, false)) pass('\\', out);
    settle(out);
}

}  // namespace bordergate

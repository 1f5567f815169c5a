// Restoring labels in text that arrives in parts. A label is found wherever it ends: what stands beside it may be a letter
// too, since values stand behind escapes (`%20`, `\n`) and beside underscores. A backslash may stand before an underscore
// (markdown). Nothing but the end of a run of [A-Za-z0-9_], no longer than a label, is ever held back, save from where a token
// begins: it ends with its run.
#include <utility>

#include "filters/body/json_string.hpp"
#include "filters/mask/label_characters.hpp"
#include "filters/mask/labels.hpp"

namespace bordergate {

Restore::Restore(const Labels& labels, std::uint64_t& restored, std::uint64_t& foreign, bool in_json)
    : labels_(&labels), restored_(&restored), foreign_(&foreign), in_json_(in_json) {}

void Restore::say(const std::string& value, std::string& out) const {
    if (in_json_) escape_json(value, out);
    else out.append(value);
}

void Restore::settle(std::string& out) {
    if (!url_.inside() && whole_ && Labels::looks_like_label(plain_)) ++*foreign_;
    if (!open_token(out)) out.append(held_);
    forget();
}

void Restore::forget() {
    held_.clear();
    plain_.clear();
    characters_ = 0;
    token_ = std::string::npos;
}

/// True if a token stood at the end of the run, the underscores of markdown aside, and opened: all of the run is said.
bool Restore::open_token(std::string& out) {
    if (url_.inside() || token_ == std::string::npos) return false;
    const auto end = plain_.find_last_not_of('_') + 1;
    if (end <= token_) return false;
    const std::string* value = labels_->find(std::string_view(plain_).substr(token_, end - token_));
    if (!value) return false;
    ++*restored_;
    const auto behind = bytes_of_last(held_, plain_.size() - end), from = bytes_of_last(held_, plain_.size() - token_);
    out.append(held_, 0, held_.size() - from);
    say(*value, out);
    out.append(held_, held_.size() - behind);
    return true;
}

/// `piece` belongs to the run: a label character, or an underscore with its backslash.
void Restore::extend(std::string_view piece, std::string& out) {
    url_.pass(piece.back());
    held_.append(piece);
    plain_ += upper(piece.back());
    ++characters_;
    if (const auto label = url_.inside() ? IssuedLabel{} : labels_->ending(plain_); label.value && label.size <= characters_) {
        ++*restored_;
        out.append(held_, 0, held_.size() - bytes_of_last(held_, label.size));
        say(*label.value, out);
        forget();
        whole_ = false;
    }
    if (token_ == std::string::npos && characters_ >= token_version.size() && labels_->opens_tokens() && plain_.ends_with(token_version)) token_ = plain_.size() - token_version.size();
    if (token_ != std::string::npos && plain_.size() - token_ <= longest_token) return;
    token_ = std::string::npos;
    // What is further back than any label issued here is long does not need to wait.
    if (plain_.size() <= labels_->longest()) return;
    plain_.erase(0, plain_.size() - labels_->longest());
    whole_ = false;
    let_go(out, plain_.size());
}

/// Says what is held, but for as many characters.
void Restore::let_go(std::string& out, std::size_t characters) {
    if (characters >= characters_) return;
    characters_ = characters;
    const auto bytes = bytes_of_last(held_, characters);
    out.append(held_, 0, held_.size() - bytes);
    held_.erase(0, held_.size() - bytes);
}

/// No more waits than may begin a label.
void Restore::keep_beginning(std::string& out) {
    if (token_ != std::string::npos || held_.empty()) return;
    std::size_t kept = plain_.size();
    while (kept > 0 && !labels_->begins(std::string_view(plain_).substr(plain_.size() - kept))) --kept;
    let_go(out, kept);
}

/// A character that ends the run.
void Restore::pass(char c, std::string& out) {
    settle(out);
    whole_ = true;
    out += c;
    url_.pass(c);
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
    keep_beginning(out);
}

void Restore::finish(std::string& out) {
    if (std::exchange(after_backslash_, false)) pass('\\', out);
    settle(out);
}

}  // namespace bordergate

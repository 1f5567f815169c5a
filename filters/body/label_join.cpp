#include "filters/body/label_join.hpp"

#include <set>
#include <utility>

namespace bordergate {

namespace {

constexpr auto none = std::string_view::npos;

constexpr bool in_label(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

/// Where the run of label characters at the end of `text` begins. As in restore.cpp, a backslash may stand before an
/// underscore; one at the very end may belong to the next piece.
std::size_t run_at_end(std::string_view text) {
    std::size_t at = text.size();
    if (text.ends_with('\\')) --at;
    while (at > 0 && in_label(text[at - 1])) {
        const bool underscore = text[--at] == '_';
        if (underscore && at > 0 && text[at - 1] == '\\') --at;
    }
    return at;
}

/// How long the run of label characters at the front of `text` is.
std::size_t run_at_front(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const bool escape = text[at] == '\\' && (at + 1 == text.size() || text[at + 1] == '_');
        if (!escape && !in_label(text[at])) break;
        ++at;
    }
    return at;
}

/// A run without markdown's underscores around it and the backslashes before them.
std::string bare(std::string_view run, bool at_end) {
    std::string plain;
    for (const char c : run)
        if (c != '\\' && (c != '_' || !plain.empty())) plain += c;
    while (at_end && plain.ends_with('_')) plain.pop_back();
    return plain;
}

}  // namespace

std::size_t LabelJoin::beginning_in(std::string_view text, UrlWatch watch) const {
    const auto at = run_at_end(text);
    if (at == text.size() || text.size() - at > 2 * labels_.longest()) return none;
    if (!labels_.begins(bare(text.substr(at), false))) return none;
    for (const char c : text.substr(0, at)) watch.pass(c);
    return watch.inside() || urls_.size() > most_urls ? none : at;
}

/// Notes where a text leaves its thread.
void LabelJoin::watch(ProtoThread thread, std::string_view text, UrlWatch from) {
    for (const char c : text) from.pass(c);
    if (from.usual()) urls_.erase(thread);
    else if (urls_.size() <= most_urls) urls_[thread] = from;
}

bool LabelJoin::passes(std::string_view plain) {
    read_.clear();
    crowded_ = false;
    std::set<ProtoThread> begun;
    std::size_t places = 0;
    const ProtoTextVisit look = [&](ProtoThread thread, std::string_view text) {
        const std::size_t place = places++;
        const auto known = urls_.find(thread);
        const UrlWatch from = known == urls_.end() ? UrlWatch() : known->second;
        const auto beginning = beginning_in(text, from);
        watch(thread, text, from);
        if (crowded_ || (beginning == none && !begun.contains(thread) && !opens_.contains(thread))) return nullptr;
        crowded_ = read_.size() == most_texts;
        if (crowded_) return nullptr;
        if (beginning != none) begun.insert(thread);
        read_.push_back({thread, place, std::string(text), beginning, false});
        return nullptr;
    };
    std::string unchanged;
    (void)visit_proto_texts(plain, type_, look, unchanged);
    if (crowded_) read_ = {};
    return queue_.empty() && (begun.empty() || crowded_);
}

void LabelJoin::feed(Message message, std::vector<Message>& out) {
    while (crowded_ && !opens_.empty()) close(opens_.begin());
    Waiting& waiting = queue_.emplace_back();
    waiting.bytes = message.frame.size() + message.plain.size();
    waiting.message = std::move(message);
    waiting.texts = std::exchange(read_, {});
    for (const auto& text : waiting.texts) waiting.bytes += text_bytes + text.text.size();
    bytes_ += waiting.bytes;
    for (std::size_t at = 0; at < waiting.texts.size(); ++at) take(waiting, at);
    release(out);
    while (!queue_.empty() && (queue_.size() > most_messages || bytes_ > most_bytes_)) {
        give_up_oldest();
        release(out);
    }
}

void LabelJoin::finish(std::vector<Message>& out) {
    while (!opens_.empty()) close(opens_.begin());
    release(out);
}

/// One text: the end of a label, the middle of one, or the beginning.
void LabelJoin::take(Waiting& message, std::size_t at) {
    Text& text = message.texts[at];
    const auto open = opens_.find(text.thread);
    if (open != opens_.end()) {
        if (goes_on(open->second, message, at)) return;
        close(open);
    }
    if (text.beginning == none) return;
    Open begun{text.text.substr(text.beginning), {{&message, at, text.text.size() - text.beginning}}};
    opens_.emplace(text.thread, std::move(begun));
    ++message.opens;
}

/// True if the label that was begun is not whole yet and all of the text belongs to it. Else it has ended: gathered, if it
/// was one.
bool LabelJoin::goes_on(Open& open, Waiting& message, std::size_t at) {
    Text& text = message.texts[at];
    const auto lead = run_at_front(text.text);
    const std::string run = open.run + text.text.substr(0, lead);
    const auto label = bare(run, true);
    if (labels_.find(label)) {
        gather(open, text, lead);
        message.message.changed = true;
        for (const auto& piece : open.pieces) piece.in->message.changed = true;
        return false;
    }
    if (lead < text.text.size() || !labels_.begins(bare(run, false))) return false;
    open.run = run;
    open.pieces.push_back({&message, at, lead});
    ++message.opens;
    return true;
}

/// All of the label goes where it began. `lead`: how much of `last` belongs to it.
void LabelJoin::gather(const Open& open, Text& last, std::size_t lead) {
    const Piece& first = open.pieces.front();
    std::string rest = open.run.substr(first.size);
    rest.append(last.text, 0, lead);
    for (const auto& piece : open.pieces) {
        Text& text = piece.in->texts[piece.text];
        text.edited = true;
        if (&piece != &first) text.text.resize(text.text.size() - piece.size);
    }
    first.in->texts[first.text].text.append(rest);
    last.text.erase(0, lead);
    last.edited = true;
    if (last.beginning != none) last.beginning = last.beginning < lead ? none : last.beginning - lead;
}

void LabelJoin::close(Opens::iterator open) {
    for (const auto& piece : open->second.pieces) --piece.in->opens;
    opens_.erase(open);
}

void LabelJoin::give_up_oldest() {
    for (auto open = opens_.begin(); open != opens_.end();) {
        const auto next = std::next(open);
        if (open->second.pieces.front().in == &queue_.front()) close(open);
        open = next;
    }
}

void LabelJoin::release(std::vector<Message>& out) {
    while (!queue_.empty() && queue_.front().opens == 0) {
        Waiting& first = queue_.front();
        bytes_ -= first.bytes;
        if (first.message.changed) {
            std::size_t place = 0, at = 0;
            const ProtoTextVisit put = [&](ProtoThread, std::string_view) -> const std::string* {
                if (at == first.texts.size() || first.texts[at].place != place++) return nullptr;
                const Text& text = first.texts[at++];
                return text.edited ? &text.text : nullptr;
            };
            std::string made;
            if (visit_proto_texts(first.message.plain, type_, put, made)) first.message.plain = std::move(made);
        }
        out.push_back(std::move(first.message));
        queue_.pop_front();
    }
}

}  // namespace bordergate

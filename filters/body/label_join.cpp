#include "filters/body/label_join.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "filters/mask/label_characters.hpp"

namespace bordergate {

namespace {

constexpr auto none = std::string_view::npos;

/// Where the run of label characters at the end of `text` begins, or its last `most` characters. A backslash at the very end
/// may belong to an underscore of the next piece.
std::size_t run_at_end(std::string_view text, std::size_t most) {
    std::size_t at = text.size();
    if (text.ends_with('\\')) --at;
    for (; most > 0 && at > 0 && in_label(text[at - 1]); --most) {
        const bool underscore = text[--at] == '_';
        if (underscore && at > 0 && text[at - 1] == '\\') --at;
    }
    return at;
}

/// How many bytes at the end of a run its last `characters` are, with a backslash that follows them.
std::size_t bytes_at_end(std::string_view run, std::size_t characters) {
    const bool more = run.ends_with('\\');
    if (more) run.remove_suffix(1);
    return bytes_of_last(run, characters) + (more ? 1 : 0);
}

/// Whether something in the text is in a URL, though nothing in the text alone says so.
bool goes_on_in_url(std::string_view text, UrlWatch from) {
    UrlWatch alone;
    for (const char c : text) {
        from.pass(c);
        alone.pass(c);
        if (in_label(c) && from.inside() && !alone.inside()) return true;
    }
    return false;
}

}  // namespace

/// How many characters at the end of a run may be the beginning of a label, whatever stands before them, as Restore has it.
std::size_t LabelJoin::longest_beginning(std::string_view plain) const {
    std::size_t size = std::min(plain.size(), labels_.longest());
    while (size > 0 && !labels_.begins(plain.substr(plain.size() - size))) --size;
    return size;
}

std::size_t LabelJoin::beginning_in(std::string_view text, UrlWatch watch) const {
    // Far enough back to see of every label that could end where one may begin that it is whole.
    const auto run = text.substr(run_at_end(text, 2 * labels_.longest()));
    std::string plain;
    for (const char c : run) {
        if (c == '\\') continue;
        plain += upper(c);
        if (labels_.ending(plain).value) plain.clear();
    }
    const auto begun = longest_beginning(plain);
    if (begun == 0) return none;
    const auto at = text.size() - bytes_at_end(run, begun);
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
    crowded_ = in_url_ = false;
    std::set<ProtoThread> begun;
    std::size_t places = 0;
    const ProtoTextVisit look = [&](ProtoThread thread, std::string_view text) {
        const std::size_t place = places++;
        const auto known = urls_.find(thread);
        const UrlWatch from = known == urls_.end() ? UrlWatch() : known->second;
        in_url_ = in_url_ || (known == urls_.end() ? urls_.size() > most_urls : goes_on_in_url(text, from));
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
    message.in_url = in_url_;
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
    Open begun{text.text.substr(text.beginning), {}, {{&message, at, text.text.size() - text.beginning}}};
    for (const char c : begun.run)
        if (c != '\\') begun.plain += upper(c);
    opens_.emplace(text.thread, std::move(begun));
    ++message.opens;
}

/// Of what is open only the last `characters` may still be of a label.
void LabelJoin::keep(Open& open, std::size_t characters) {
    auto gone = open.run.size() - bytes_at_end(open.run, characters);
    open.run.erase(0, gone);
    open.plain.erase(0, open.plain.size() - characters);
    auto first = open.pieces.begin();
    for (; first != open.pieces.end() && first->size <= gone; ++first) {
        gone -= first->size;
        --first->in->opens;
    }
    open.pieces.erase(open.pieces.begin(), first);
    open.pieces.front().size -= gone;
}

/// True if the label that was begun is not whole yet and all of the text may belong to it. Else it has ended: gathered, if
/// it was one.
bool LabelJoin::goes_on(Open& open, Waiting& message, std::size_t at) {
    Text& text = message.texts[at];
    std::size_t lead = 0, characters = 0;  // of the text that the run has
    for (; lead < text.text.size(); ++lead) {
        const char c = text.text[lead];
        const bool escapes = open.run.ends_with('\\');
        if (escapes ? c != '_' : c != '\\' && !in_label(c)) return false;
        open.run += c;
        if (c == '\\') continue;
        open.plain += upper(c);
        // A label that begins in this text is none of ours.
        if (++characters == labels_.longest()) return false;
        const auto label = labels_.ending(open.plain);
        if (!label.value) continue;
        if (label.size <= characters) return false;
        keep(open, label.size);
        gather(open, text, lead + 1);
        text.beginning = beginning_in(text.text, {});
        message.message.changed = true;
        for (const auto& piece : open.pieces) piece.in->message.changed = true;
        return false;
    }
    const auto begun = longest_beginning(open.plain);
    if (begun <= characters) return false;
    keep(open, begun);
    open.pieces.push_back({&message, at, lead});
    ++message.opens;
    return true;
}

/// All of the label, which is what is open, goes where it began. `lead`: how much of `last` belongs to it.
void LabelJoin::gather(const Open& open, Text& last, std::size_t lead) {
    const Piece& first = open.pieces.front();
    const auto rest = std::string_view(open.run).substr(first.size);
    for (const auto& piece : open.pieces) {
        Text& text = piece.in->texts[piece.text];
        text.edited = true;
        if (&piece != &first) text.text.resize(text.text.size() - piece.size);
    }
    first.in->texts[first.text].text.append(rest);
    last.text.erase(0, lead);
    last.edited = true;
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

#include "filters/body/streamed_texts.hpp"

#include <algorithm>

#include "filters/body/json_string.hpp"
#include "filters/body/text.hpp"
#include "filters/body/text_rewrite.hpp"
#include "filters/detect/scanner.hpp"

namespace bordergate {

namespace {

/// Fresh text that is looked at once: as little as lets every value be seen whole before it goes on.
constexpr std::size_t window = 4 * Scanner::reach;

/// Text in which labels give way to their values, and nothing else changes.
class Restored final : public Transform {
  public:
    Restored(const Labels& labels, Findings& findings, bool in_json) : restore_(labels, findings.restored, findings.foreign_labels, in_json) {}
    Status feed(std::string_view in, std::string& out) override { return restore_.feed(in, out), Status{}; }
    Status finish(std::string& out) override { return restore_.finish(out), Status{}; }
    std::size_t held() const override { return restore_.held(); }

  private:
    Restore restore_;
};

/// Text that somebody signed: it goes as it is, or not at all.
class Signed final : public Transform {
  public:
    explicit Signed(TransformPtr looked_at) : looked_at_(std::move(looked_at)) {}
    Status feed(std::string_view in, std::string& out) override {
        unsaid_.append(in);
        const auto before = out.size();
        const Status fed = looked_at_->feed(in, out);
        return fed.has_error() ? fed : same(std::string_view(out).substr(before));
    }
    Status finish(std::string& out) override {
        const auto before = out.size();
        const Status ended = looked_at_->finish(out);
        return ended.has_error() ? ended : same(std::string_view(out).substr(before));
    }
    std::size_t held() const override { return unsaid_.size(); }

  private:
    Status same(std::string_view said) {
        if (!unsaid_.starts_with(said)) return fault(Code::place_cannot_carry, "a signed text holds what may not go in clear, and changing it would break its signature");
        unsaid_.erase(0, said.size());
        return {};
    }
    TransformPtr looked_at_;
    std::string unsaid_;
};

}  // namespace

/// One piece of a text, in an event that has not gone on.
struct StreamedTexts::Piece {
    std::size_t begin = 0, end = 0, bytes_begin = 0, bytes_end = 0;
    std::string came, text;  ///< what it was, and what it is now
};

/// The end of `before` that waited, and now stands at the front of `here` as it came, stays where it was.
void StreamedTexts::give_back(Piece& before, Piece& here) {
    if (!before.came.starts_with(before.text)) return;
    const auto rest = std::string_view(before.came).substr(before.text.size());
    if (!here.text.starts_with(rest)) return;
    here.text.erase(0, rest.size());
    before.text = before.came;
}

struct StreamedTexts::Waiting {
    Event event;
    std::vector<Piece> pieces;
    std::size_t open = 0;   ///< pieces whose text is not all said
    std::size_t bytes = 0;
    bool read = false;      ///< it is JSON
};

class StreamedTexts::Thread {
  public:
    Thread(const TextPiece& piece, const StreamPiece& rule_, std::string ids_) : name(piece.thread), ids(std::move(ids_)), rule(rule_) {}

    std::string name, ids;
    const StreamPiece& rule;
    TransformPtr text;     ///< null: nothing can become of it
    Findings unrecorded;   ///< of a text that repeats another one
    Treatment treatment;
    std::string said;      ///< the end of what came of it, which a later part is looked at with
    bool begun = false;    ///< something has come since it was last settled
    Waiting* last = nullptr;  ///< the event whose piece has the end of the text, if more may come of it
    std::size_t piece = 0;
};

StreamedTexts::StreamedTexts(StreamSpec spec) : spec_(std::move(spec)) {}
StreamedTexts::~StreamedTexts() = default;

Result<StreamedTexts::Thread*> StreamedTexts::thread_of(const TextPiece& piece, const StreamEvent& event) {
    const auto known = threads_.find(piece.thread);
    if (known != threads_.end()) return known->second.get();
    if (threads_.size() >= most_texts) std::erase_if(threads_, [](const auto& one) { return !one.second->begun && !one.second->last; });
    if (threads_.size() >= most_texts) return fault(Code::upstream_invalid, "the stream has too many texts at once");
    const auto& rule = spec_.rules->pieces[piece.rule].rule;
    auto& made = *threads_.emplace(piece.thread, std::make_unique<Thread>(piece, rule, event.ids(rule))).first->second;
    made.treatment = *spec_.event.treatment;
    // Tokens repeat a text that is recorded by itself.
    if (rule.holds == StreamPiece::Holds::tokens) made.treatment.findings = &made.unrecorded;
    begin(made);
    return &made;
}

void StreamedTexts::begin(Thread& thread) {
    using Holds = StreamPiece::Holds;
    const auto holds = thread.rule.holds;
    const bool restores = spec_.event.labels && holds != Holds::signed_text && (!thread.rule.in_tool || spec_.event.restore_in_tool_arguments);
    const Labels* labels = restores ? spec_.event.labels : nullptr;
    thread.begun = false;
    thread.text.reset();
    if (holds == Holds::signed_text) {
        if (looks()) thread.text = std::make_unique<Signed>(make_text(thread.treatment, nullptr, window, true, thread.said));
    } else if (looks() && holds == Holds::json) {
        JsonRewriteSpec inner;
        inner.treatment = &thread.treatment;
        inner.labels = labels;
        inner.bounds = spec_.event.bounds;
        inner.nesting = 1;
        thread.text = make_json_rewrite(inner);
    } else if (looks()) {
        thread.text = make_text(thread.treatment, labels, window, true, thread.said);
    } else if (labels) {
        thread.text = std::make_unique<Restored>(*labels, *thread.treatment.findings, holds == Holds::json);
    }
}

Status StreamedTexts::take(Waiting& waiting, const StreamEvent& event) {
    for (const auto& piece : event.pieces) {
        auto found = thread_of(piece, event);
        if (found.has_error()) return found.error();
        Thread& thread = **found;
        Piece& here = waiting.pieces.emplace_back();
        here.begin = piece.begin;
        here.end = piece.end;
        here.bytes_begin = piece.bytes_begin;
        here.bytes_end = piece.bytes_end;
        unescape_json(std::string_view(waiting.event.json).substr(piece.begin, piece.end - piece.begin), true, here.came);
        if (!thread.text || here.came.empty()) {
            here.text = here.came;
            continue;
        }
        const Status fed = thread.text->feed(here.came, here.text);
        if (fed.has_error()) return fed;
        thread.begun = true;
        thread.said.append(here.came);
        thread.said.assign(window_context(thread.said, thread.said.size()));
        // What the text still held is said by this piece, or later; where it stood, if nothing has changed it.
        if (thread.last) {
            give_back(thread.last->pieces[thread.piece], here);
            --thread.last->open;
        }
        // What is looked at does not tell what it holds.
        thread.last = looks() || thread.text->held() > 0 ? &waiting : nullptr;
        thread.piece = waiting.pieces.size() - 1;
        if (thread.last) ++waiting.open;
    }
    const Status others = settle_others(event);
    if (others.has_error()) return others;
    const bool ends = !event.ended.empty() || std::any_of(spec_.rules->pieces.begin(), spec_.rules->pieces.end(), [&](const auto& one) { return event.is(one.rule.done); });
    for (const auto& [name, thread] : threads_) {
        if (!ends) break;
        if (!thread->begun || !event.ends(name, thread->ids, thread->rule)) continue;
        const Status settled = settle(*thread);
        if (settled.has_error()) return settled;
    }
    return {};
}

/// A text without an end of its own ends when another one of its element begins: reasoning before the answer, one call of a
/// tool before the next. Tokens go beside their text.
Status StreamedTexts::settle_others(const StreamEvent& event) {
    const auto element = [](std::string_view thread) { return thread.substr(0, thread.find('/', std::min(thread.find('#'), thread.find('\n')))); };
    for (const auto& piece : event.pieces) {
        const auto& rule = spec_.rules->pieces[piece.rule].rule;
        if (rule.holds == StreamPiece::Holds::tokens || !rule.done.empty() || piece.begin == piece.end) continue;
        for (const auto& [name, thread] : threads_) {
            if (!thread->last || thread->rule.holds == StreamPiece::Holds::tokens || element(name) != element(piece.thread)) continue;
            const bool goes_on = std::any_of(event.pieces.begin(), event.pieces.end(), [&](const auto& one) { return one.thread == name && one.begin != one.end; });
            if (goes_on) continue;
            const Status settled = settle(*thread);
            if (settled.has_error()) return settled;
        }
    }
    return {};
}

/// What the text still holds is said where it ends. Should it go on, it begins anew, behind what was said.
Status StreamedTexts::settle(Thread& thread) {
    std::string rest;
    // Arguments of a tool that takes none may be no JSON at all.
    const Status finished = thread.text && thread.begun ? thread.text->finish(rest) : Status{};
    if (finished.has_error()) return finished;
    begin(thread);
    if (!thread.last) return {};
    thread.last->pieces[thread.piece].text.append(rest);
    --thread.last->open;
    thread.last = nullptr;
    return {};
}

/// The first event waits no longer.
Status StreamedTexts::settle_front() {
    for (const auto& [name, thread] : threads_) {
        if (thread->last != &queue_.front()) continue;
        const Status settled = settle(*thread);
        if (settled.has_error()) return settled;
    }
    return {};
}

Status StreamedTexts::settle_all() {
    for (const auto& [name, thread] : threads_) {
        const Status settled = settle(*thread);
        if (settled.has_error()) return settled;
    }
    return {};
}

Status StreamedTexts::feed(Event event, std::vector<Event>& out) {
    Waiting& waiting = queue_.emplace_back();
    waiting.bytes = event.frame.size() + 2 * event.json.size();
    waiting.event = std::move(event);
    bytes_ += waiting.bytes;
    if (!waiting.event.json.empty()) {
        const auto read = read_stream_event(waiting.event.json, *spec_.rules, waiting.event.type, spec_.event.bounds.depth);
        if (read.has_error() && read.error().code == Code::upstream_invalid) return read.error();
        if (read.has_value()) {
            if (read->repeats && looks()) return fault(Code::upstream_invalid, "an event of the stream repeats a key of a text");
            waiting.read = true;
            const Status taken = take(waiting, *read);
            if (taken.has_error()) return taken;
        }
    }
    Status released = release(out);
    while (released.has_value() && (queue_.size() > most_events || bytes_ > spec_.most_held)) {
        released = settle_front();
        if (released.has_value()) released = release(out);
    }
    return released;
}

Status StreamedTexts::finish(std::vector<Event>& out) {
    const Status settled = settle_all();
    return settled.has_error() ? settled : release(out);
}

bool StreamedTexts::append_to_last(std::string_view bytes) {
    if (queue_.empty()) return false;
    queue_.back().event.frame.append(bytes);
    return true;
}

Status StreamedTexts::release(std::vector<Event>& out) {
    while (!queue_.empty() && queue_.front().open == 0) {
        Waiting& first = queue_.front();
        const Status given = give(first);
        if (given.has_error()) return given;
        bytes_ -= first.bytes;
        out.push_back(std::move(first.event));
        queue_.pop_front();
    }
    return {};
}

/// The event with its pieces as they are now, and the rest of it treated by itself.
Status StreamedTexts::give(Waiting& waiting) {
    std::string& json = waiting.event.json;
    if (json.empty()) return {};
    std::string treated;
    if (!waiting.read) {
        const Status done = rewrite_text(json, NamedPlace("event"), {}, *spec_.event.treatment, treated);
        if (done.has_error()) return done;
        waiting.event.changed = treated != json;
        json = std::move(treated);
        return {};
    }
    std::string pieced;
    std::vector<std::uint64_t> left;  // where the pieces begin now
    std::size_t done = 0;
    for (const auto& piece : waiting.pieces) {
        const bool changed = piece.text != piece.came;
        if (changed && piece.bytes_begin != piece.bytes_end && piece.bytes_begin < piece.begin) {
            pieced.append(json, done, piece.bytes_begin - done).append("null");
            done = piece.bytes_end;
        }
        pieced.append(json, done, piece.begin - done);
        left.push_back(pieced.size());
        if (changed) escape_json(piece.text, pieced);
        else pieced.append(json, piece.begin, piece.end - piece.begin);
        done = piece.end;
        if (changed && piece.bytes_begin > piece.begin) {
            pieced.append(json, done, piece.bytes_begin - done).append("null");
            done = piece.bytes_end;
        }
    }
    pieced.append(json, done);
    JsonRewriteSpec spec = spec_.event;
    spec.left = left;
    const auto rewrite = make_json_rewrite(spec);
    Status rest = rewrite->feed(pieced, treated);
    if (rest.has_value()) rest = rewrite->finish(treated);
    if (rest.has_error()) return rest;
    waiting.event.changed = treated != json;
    json = std::move(treated);
    return {};
}

}  // namespace bordergate

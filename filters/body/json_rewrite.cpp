#include "filters/body/json_rewrite.hpp"

#include <algorithm>

#include "filters/body/json_keys.hpp"
#include "filters/body/json_string.hpp"
#include "filters/body/json_tracker.hpp"
#include "filters/body/text_rewrite.hpp"

namespace bordergate {

namespace {

constexpr unsigned most_nesting = 4;
constexpr std::size_t fewest_digits = 8;  ///< of a number; shorter ones identify nobody

class JsonRewrite final : public Transform, private JsonReader, private Place {
  public:
    explicit JsonRewrite(JsonRewriteSpec spec);
    JsonRewrite(const JsonRewrite&) = delete;
    JsonRewrite& operator=(const JsonRewrite&) = delete;

    Status feed(std::string_view in, std::string& out) override {
        out_ = &out;
        return read(in);
    }
    Status finish(std::string& out) override;

  private:
    // What the paths of the spec are for; selectors follow, by index.
    enum Use : std::size_t { model_path, tool_path, first_selector };

    // --- hooks of the reader ---------------------------------------------------------------
    Status copy(std::string_view bytes) override;
    Status begin_value() override;
    Status open(char bracket) override;
    Status close(char bracket) override;
    Status string(std::string_view raw) override;
    Status key(std::string_view raw) override;
    Status scalar(std::string_view token) override;
    Status long_string(std::string& raw) override;

    // --- Place: the JSON Pointer (RFC 6901) of the current value ---------------------------
    std::string text() const override;

    Status classified();
    Status classified_if(const Result<std::size_t>& found) { return found.has_error() ? Status(found.error()) : *found == 0 ? Status{} : classified(); }
    Status begin_capture(ClassSet declared);
    Status end_capture();
    void gather(std::string_view text);
    Status last_window(std::string_view raw);
    Status nested(std::string_view text, bool& done);
    std::string_view text_of(std::string_view raw);
    Result<bool> treated(std::string_view raw, std::string_view text, bool restorable);
    void restore(std::string_view text);
    bool restores_here() const { return spec_.labels && !spec_.labels->empty() && (!tool_arguments_ || spec_.restore_in_tool_arguments); }
    bool goes_in_clear(ClassSet classes) const { return treatment_.observe || treatment_.judgement->lowest(classes).form == Form::clear; }

    const JsonRewriteSpec spec_;
    const Treatment& treatment_;
    JsonTracker tracker_;
    JsonKeys keys_;
    std::string* out_ = nullptr;
    ClassSet declared_;  ///< of the current value
    bool is_model_ = false, tool_arguments_ = false;
    bool capturing_ = false;  ///< inside a declared container that gives way as a whole
    std::size_t capture_depth_ = 0;
    ClassSet captured_classes_;
    std::string captured_;
    std::string text_;     ///< of a string that has escapes
    std::string written_;  ///< what stands for the current string
    std::vector<Replacement> replacements_;
    std::vector<Match> matches_;
    std::string context_;  ///< end of the text that windows of this string have given out
    std::optional<Restore> window_restore_;
};

JsonRewrite::JsonRewrite(JsonRewriteSpec spec) : JsonReader(spec.bounds), spec_(std::move(spec)), treatment_(*spec_.treatment) {
    if (spec_.model) tracker_.add(*spec_.model, model_path);
    for (const auto& path : spec_.tool_arguments) tracker_.add(path, tool_path);
    for (std::size_t i = 0; i < spec_.selectors.size(); ++i) tracker_.add(spec_.selectors[i].path, first_selector + i);
}

Status JsonRewrite::finish(std::string& out) {
    out_ = &out;
    const Status ended = end();
    if (ended.has_error()) return ended;
    if (spec_.nesting == 0 && treatment_.findings->classes.empty()) treatment_.findings->classes.add(ClassTree::plain);
    return {};
}

/// A name as a record may show it. One that could be a value itself (an address, a number, a sentence) is not shown.
std::string_view shown(std::string_view name) {
    constexpr std::size_t longest = 40, most_digits = 4;
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-'; };
    std::size_t digits = 0;
    for (char c : name) {
        const bool digit = c >= '0' && c <= '9';
        digits += digit ? 1 : 0;
        if ((!digit && !letter(c)) || digits > most_digits) return "*";
    }
    return name.empty() || name.size() > longest ? "*" : name;
}

std::string JsonRewrite::text() const {
    std::string pointer = spec_.within ? spec_.within->text() : std::string();
    for (const auto& step : steps()) (pointer += '/') += step.in_array ? std::to_string(step.index) : std::string(shown(step.name));
    return pointer;
}

Status JsonRewrite::copy(std::string_view bytes) {
    if (!capturing_) {
        out_->append(bytes);
        return {};
    }
    if (captured_.size() + bytes.size() > spec_.bounds.hold_back) return fault(Code::body_too_large, "a declared value is longer than hold_back");
    captured_.append(bytes);
    return {};
}

/// The current value has a class, and so has everything it stands in.
Status JsonRewrite::classified() {
    if (keys_.classified()) return {};
    return fault(Code::body_invalid, "an object repeats a key whose value has a class, or has too many keys to tell; which value counts is not certain");
}

Status JsonRewrite::begin_value() {
    declared_ = {};
    is_model_ = tool_arguments_ = false;
    if (tracker_.empty()) return {};
    if (depth() == 0)
        tracker_.at_root();
    else
        tracker_.at(step());
    tracker_.selected([this](std::size_t use) {
        if (use == model_path) is_model_ = true;
        else if (use == tool_path) tool_arguments_ = true;
        else declared_ |= spec_.selectors[use - first_selector].data;
    });
    if (capturing_) captured_classes_ |= declared_;
    return declared_.empty() && !is_model_ ? Status{} : classified();
}

Status JsonRewrite::open(char bracket) {
    Status begun;
    if (!declared_.empty() && !capturing_) begun = begin_capture(declared_);
    if (bracket == '{') keys_.open();
    if (!tracker_.empty()) tracker_.open();
    return begun;
}

/// A declared container begins. In clear its values are looked at one by one.
Status JsonRewrite::begin_capture(ClassSet declared) {
    if (goes_in_clear(declared)) {
        treatment_.findings->saw(declared, {}, text());
        return {};
    }
    if (treatment_.judgement->lowest(declared).form == Form::refuse) return refuse_class(treatment_, declared, *this);
    const Status before = settle(0);
    capturing_ = true;
    capture_depth_ = depth();
    captured_classes_ = declared;
    captured_.clear();
    return before;
}

Status JsonRewrite::close(char bracket) {
    if (bracket == '}') keys_.close();
    if (!tracker_.empty()) tracker_.close();
    return capturing_ && depth() == capture_depth_ ? end_capture() : Status{};
}

Status JsonRewrite::end_capture() {
    const Status rest = settle(1);
    if (rest.has_error()) return rest;
    capturing_ = false;
    replacements_.clear();
    const auto found = treat_text(captured_, *this, captured_classes_, treatment_, replacements_);
    if (found.has_error()) return found.error();
    if (replacements_.empty()) return copy(captured_);
    written_ = '"';
    escape_json(replacements_.front().text, written_);
    return copy(written_ += '"');
}

/// What a captured container holds counts for it.
void JsonRewrite::gather(std::string_view text) {
    if (!treatment_.scanner) return;
    matches_.clear();
    treatment_.scanner->scan(text, matches_);
    for (const auto& match : matches_) captured_classes_.add(match.data);
}

std::string_view JsonRewrite::text_of(std::string_view raw) {
    if (!escaped()) return raw;
    text_.clear();
    (void)unescape_json(raw, true, text_);  // the reader has checked it
    return text_;
}

Status JsonRewrite::key(std::string_view raw) {
    if (!keys_.key(step().name)) return classified();
    const auto text = text_of(raw);
    if (capturing_) {
        gather(text);
        return {};
    }
    replacements_.clear();
    const Status found = classified_if(treat_text(text, *this, {}, treatment_, replacements_));
    if (found.has_error()) return found;
    const auto changed = treated(raw, text, false);
    return *changed ? replace(written_) : Status{};
}

Status JsonRewrite::string(std::string_view raw) {
    if (windowed()) return last_window(raw);
    const auto text = text_of(raw);
    if (is_model_) treatment_.findings->model = text;
    if (capturing_) {
        gather(text);
        return {};
    }
    if (declared_.empty()) {
        bool done = false;
        const Status inner = nested(text, done);
        if (done || inner.has_error()) return inner;
    }
    replacements_.clear();
    const Status found = classified_if(treat_text(text, *this, declared_, treatment_, replacements_));
    if (found.has_error()) return found;
    const auto changed = treated(raw, text, true);
    return *changed ? replace(written_) : Status{};
}

/// Puts what shall stand for `raw` into written_, and says whether it is anything else.
Result<bool> JsonRewrite::treated(std::string_view raw, std::string_view text, bool restorable) {
    const bool restoring = restorable && restores_here();
    const bool may_hold_label = restoring && (window_restore_ || text.find('_') != std::string_view::npos);
    if (replacements_.empty() && !may_hold_label) return false;
    written_.clear();
    if (!may_hold_label) {
        RawCursor cursor(raw);
        std::size_t done = 0;
        for (const auto& one : replacements_) {
            const auto begin = escaped() ? cursor.advance(one.begin) : one.begin;
            written_.append(raw.substr(done, begin - done));
            escape_json(one.text, written_);
            done = escaped() ? cursor.advance(one.end) : one.end;
        }
        written_.append(raw.substr(done));
        return true;
    }
    std::string shown_text;
    std::size_t done = 0;
    for (const auto& one : replacements_) {
        shown_text.append(text.substr(done, one.begin - done)).append(one.text);
        done = one.end;
    }
    shown_text.append(text.substr(done));
    const auto before = treatment_.findings->restored;
    restore(shown_text);
    return window_restore_ || !replacements_.empty() || treatment_.findings->restored != before;
}

/// Labels in `text` restored, escaped into written_.
void JsonRewrite::restore(std::string_view text) {
    std::string restored;
    if (window_restore_) {
        window_restore_->feed(text, restored);
    } else {
        Restore whole(*spec_.labels, treatment_.findings->restored, treatment_.findings->foreign_labels);
        whole.feed(text, restored);
        whole.finish(restored);
    }
    escape_json(restored, written_);
}

/// A string that is itself a JSON object or array is treated as one. `done` stays false if it is not.
Status JsonRewrite::nested(std::string_view text, bool& done) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || (text[first] != '{' && text[first] != '[') || spec_.nesting >= most_nesting) return {};
    JsonReader validator(spec_.bounds);
    if (validator.read(text).has_error() || validator.end().has_error()) return {};
    done = true;
    JsonRewriteSpec inner;
    inner.treatment = &treatment_;
    inner.labels = restores_here() ? spec_.labels : nullptr;
    inner.restore_in_tool_arguments = spec_.restore_in_tool_arguments;
    inner.bounds = spec_.bounds;
    inner.nesting = spec_.nesting + 1;
    inner.within = this;
    const auto values = treatment_.findings->values;
    JsonRewrite rewrite(std::move(inner));
    std::string out;
    Status status = rewrite.feed(text, out);
    if (status.has_value()) status = rewrite.finish(out);
    if (status.has_value() && treatment_.findings->values != values) status = classified();
    if (status.has_error() || out == text) return status;
    written_.clear();
    escape_json(out, written_);
    return replace(written_);
}

/// Digits before the point or exponent: what follows those is a fraction, and identifies nobody.
std::size_t whole_digits(std::string_view token) {
    const auto from = token.find_first_not_of('-');
    const auto to = std::min(token.find_first_of(".eE"), token.size());
    return to - std::min(from, to);
}

Status JsonRewrite::scalar(std::string_view token) {
    const bool number = token.front() < 'a';
    const bool look = (!declared_.empty() && token != "null") || (number && whole_digits(token) >= fewest_digits);
    if (!look) return {};
    if (capturing_) {
        gather(token);
        return {};
    }
    replacements_.clear();
    const Status found = classified_if(treat_text(token, *this, declared_, treatment_, replacements_));
    if (found.has_error() || replacements_.empty()) return found;
    std::string shown_text;
    std::size_t done = 0;
    for (const auto& one : replacements_) {
        shown_text.append(token.substr(done, one.begin - done)).append(one.text);
        done = one.end;
    }
    shown_text.append(token.substr(done));
    written_ = '"';
    escape_json(shown_text, written_);
    return replace(written_ += '"');
}

/// The front of a long string: everything that no later byte can change the treatment of.
Status JsonRewrite::long_string(std::string& raw) {
    const bool first = context_.empty();
    if (capturing_ || (!declared_.empty() && !goes_in_clear(declared_))) return fault(Code::body_too_large, "a declared value is longer than hold_back");
    if (first && !declared_.empty()) treatment_.findings->saw(declared_, {}, text());
    if (first && restores_here()) window_restore_.emplace(*spec_.labels, treatment_.findings->restored, treatment_.findings->foreign_labels);
    std::string text = context_;
    const auto used = unescape_json_front(raw, text);
    if (used == std::string_view::npos) return invalid("a string is not UTF-8, or has a malformed escape");
    const auto from = context_.size();
    std::size_t cut = 0;
    replacements_.clear();
    const Status found = classified_if(treat_window(text, from, false, *this, treatment_, replacements_, cut));
    if (found.has_error()) return found;
    for (auto& one : replacements_) one.begin -= from, one.end -= from;
    RawCursor cursor(raw);
    const auto given = cursor.advance(cut - from);
    const auto changed = treated(std::string_view(raw).substr(0, given), std::string_view(text).substr(from, cut - from), true);
    const Status sent = copy(*changed ? std::string_view(written_) : std::string_view(raw).substr(0, given));
    context_ = window_context(text, cut);
    raw.erase(0, given);
    return sent;
}

Status JsonRewrite::last_window(std::string_view raw) {
    const std::string text = context_ + std::string(text_of(raw));
    const auto from = context_.size();
    std::size_t cut = 0;
    replacements_.clear();
    const Status found = classified_if(treat_window(text, from, true, *this, treatment_, replacements_, cut));
    context_.clear();
    if (found.has_error()) return found;
    for (auto& one : replacements_) one.begin -= from, one.end -= from;
    const auto changed = treated(raw, std::string_view(text).substr(from), true);
    if (!window_restore_) return *changed ? replace(written_) : Status{};
    std::string rest;
    window_restore_->finish(rest);
    window_restore_.reset();
    escape_json(rest, written_);
    return replace(written_);
}

}  // namespace

TransformPtr make_json_rewrite(JsonRewriteSpec spec) { return std::make_unique<JsonRewrite>(std::move(spec)); }

}  // namespace bordergate

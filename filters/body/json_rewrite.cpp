#include "filters/body/json_rewrite.hpp"

#include <algorithm>

#include "filters/body/json_filtered.hpp"
#include "filters/body/json_keys.hpp"
#include "filters/body/json_marks.hpp"
#include "filters/body/json_number.hpp"
#include "filters/body/json_pointer.hpp"
#include "filters/body/json_string.hpp"
#include "filters/body/sealed_body.hpp"
#include "filters/body/text_rewrite.hpp"
#include "filters/detect/deep_scan.hpp"
#include "config/utf8.hpp"

namespace bordergate {

namespace {

constexpr unsigned most_nesting = 4;
constexpr std::string_view jwe_start = "eyJ";  ///< `{"` in base64: every compact JWE
constexpr std::size_t fewest_digits = 8;  ///< of a number; shorter ones identify nobody

// What the treater asks of the places in a document that stands in no other.
std::span<const JsonPath> subjects(const JsonRewriteSpec& spec) {
    return spec.treatment->treater && spec.nesting == 0 ? spec.treatment->treater->subjects() : std::span<const JsonPath>();
}
std::span<const JsonPath* const> choices(const JsonRewriteSpec& spec) {
    return spec.treatment->treater && spec.nesting == 0 ? spec.treatment->treater->filtered_choices() : std::span<const JsonPath* const>();
}

class JsonRewrite final : public Transform, private JsonReader, private Place {
  public:
    /// `answers`: see JsonMarks.
    explicit JsonRewrite(JsonRewriteSpec spec, JsonAnswers* answers = nullptr);
    JsonRewrite(const JsonRewrite&) = delete;
    JsonRewrite& operator=(const JsonRewrite&) = delete;

    Status feed(std::string_view in, std::string& out) override {
        out_ = &out;
        return read(in);
    }
    Status finish(std::string& out) override;

  private:
    // --- hooks of the reader ---------------------------------------------------------------
    bool copy(std::string_view bytes) override;
    bool begin_value() override;
    bool open(char bracket) override;
    bool close(char bracket) override;
    bool string(std::string_view raw) override;
    bool key(std::string_view raw) override;
    bool scalar(std::string_view token) override;
    bool long_string(std::string& raw) override;

    // --- Place: the JSON Pointer (RFC 6901) of the current value ---------------------------
    std::string text() const override;
    std::string_view name() const override { return nearest_key(steps()); }
    std::size_t selected_depth(const JsonPath& path) const override {
        if (spec_.nesting > 0) return spec_.within ? spec_.within->selected_depth(path) : 0;
        return path.filtered() ? marks_.selected_depth(path) : path.selected_depth(steps());
    }
    const std::string* subject(const JsonPath& path) const override { return spec_.nesting > 0 && spec_.within ? spec_.within->subject(path) : marks_.subject(path); }
    bool is_number() const override { return in_number_; }

    bool classified();
    bool classified_if(const Result<std::size_t>& found) { return found.has_error() ? fail(found.error()) : *found == 0 || classified(); }
    bool begin_capture(ClassSet declared);
    bool end_capture();
    /// What a captured container holds counts for it.
    bool gather(std::string_view text) { return captured_classes_ |= classes_in(text), true; }
    ClassSet classes_in(std::string_view text);
    std::string_view text_of(std::string_view raw);
    bool changed(std::string_view raw, std::string_view text, bool restorable);
    bool restored(std::string_view text);
    bool begins_json(std::string_view raw) const;
    bool nested(std::string_view text);
    bool uninspected();
    bool signed_block(std::string_view text);
    bool unsealed(std::string_view token, bool& opened);
    bool treat_piece(std::string_view text, std::size_t from, bool last, std::size_t& cut);
    bool last_window(std::string_view raw);
    /// Labels and sealed values give way to what they stand for, save in tool arguments: those act by themselves.
    bool says_values_here() const { return !marks_.tool_arguments() || spec_.restore_in_tool_arguments; }
    bool restores_here() const { return spec_.labels && !spec_.labels->empty() && says_values_here(); }
    bool goes_in_clear(ClassSet classes) const { return treatment_.observe || treatment_.judgement->lowest(classes).form == Form::clear; }

    const JsonRewriteSpec spec_;
    const Treatment& treatment_;
    JsonMarks marks_;
    JsonKeys keys_;
    std::string* out_ = nullptr;
    bool in_number_ = false;
    std::size_t lefts_ = 0;  ///< of spec_.left, those that have gone by
    bool left_ = false;      ///< the current value is one of them
    bool capturing_ = false;  ///< inside a declared container that gives way as a whole
    std::size_t capture_depth_ = 0;
    ClassSet captured_classes_;
    std::string captured_;
    std::string text_;     ///< of a string that has escapes
    std::string written_;  ///< what stands for the current string
    std::vector<Replacement> replacements_;
    std::vector<Finding> findings_;
    std::string context_;  ///< end of the text that windows of this string have given out
    std::optional<Restore> window_restore_;
};

JsonRewrite::JsonRewrite(JsonRewriteSpec spec, JsonAnswers* answers)
    : JsonReader(spec.bounds, spec.treatment->unsealer != nullptr), spec_(std::move(spec)), treatment_(*spec_.treatment),
      marks_(spec_.paths, subjects(spec_), choices(spec_), answers) {}

Status JsonRewrite::finish(std::string& out) {
    out_ = &out;
    const Status ended = end();
    if (ended.has_error()) return ended;
    if (spec_.nesting == 0 && treatment_.findings->classes.empty()) treatment_.findings->classes.add(ClassTree::plain);
    return {};
}

std::string JsonRewrite::text() const {
    std::string pointer = spec_.within ? spec_.within->text() : std::string();
    append_pointer(steps(), pointer);
    return pointer;
}

bool JsonRewrite::copy(std::string_view bytes) {
    if (!capturing_) {
        out_->append(bytes);
        return true;
    }
    if (captured_.size() + bytes.size() > spec_.bounds.hold_back) return fail(fault(Code::body_too_large, "a declared value is longer than hold_back"));
    captured_.append(bytes);
    return true;
}

/// The current value has a class, and so has everything it stands in.
bool JsonRewrite::classified() {
    if (keys_.classified()) return true;
    return fail(fault(Code::body_invalid, "an object repeats a key whose value has a class, or has too many keys to tell; which value counts is not certain"));
}

bool JsonRewrite::begin_value() {
    left_ = lefts_ < spec_.left.size() && position() + 1 == spec_.left[lefts_];
    if (left_) ++lefts_;
    if (!marks_.any()) return true;
    marks_.at(steps(), position());
    if (capturing_) captured_classes_ |= marks_.declared();
    return !marks_.decides() || classified();
}

bool JsonRewrite::open(char bracket) {
    if (!marks_.declared().empty() && !capturing_ && !begin_capture(marks_.declared())) return false;
    if (bracket == '{') keys_.open();
    if (marks_.any()) marks_.open(depth());
    return true;
}

/// A declared container begins. In clear its values are looked at one by one.
bool JsonRewrite::begin_capture(ClassSet declared) {
    if (goes_in_clear(declared)) {
        treatment_.findings->saw(declared, {}, text());
        return true;
    }
    if (treatment_.judgement->lowest(declared).form == Form::refuse) return fail(refuse_class(treatment_, declared, *this));
    if (!settle(0)) return false;
    capturing_ = true;
    capture_depth_ = depth();
    captured_classes_ = declared;
    captured_.clear();
    return true;
}

bool JsonRewrite::close(char bracket) {
    if (bracket == '}') keys_.close();
    if (marks_.any()) marks_.close(depth());
    return !capturing_ || depth() != capture_depth_ || end_capture();
}

bool JsonRewrite::end_capture() {
    if (!settle(1)) return false;
    capturing_ = false;
    replacements_.clear();
    const auto found = treat_text(captured_, *this, captured_classes_, treatment_, replacements_, sealed_json);
    if (found.has_error()) return fail(found.error());
    if (replacements_.empty()) return copy(captured_);
    written_ = '"';
    escape_json(replacements_.front().text, written_);
    return copy(written_ += '"');
}

ClassSet JsonRewrite::classes_in(std::string_view text) {
    ClassSet classes;
    findings_.clear();
    if (treatment_.scanner) deep_scan(*treatment_.scanner, text, findings_, name(), {}, treatment_.analyses);
    for (const auto& one : findings_) classes |= one.data;
    return classes;
}

std::string_view JsonRewrite::text_of(std::string_view raw) {
    if (!escaped()) return raw;
    text_.clear();
    (void)unescape_json(raw, true, text_);  // the reader has checked it
    return text_;
}

bool JsonRewrite::key(std::string_view raw) {
    marks_.key(depth());
    if (!keys_.key(step().name)) return classified();
    const auto text = text_of(raw);
    if (capturing_) return gather(text);
    replacements_.clear();
    return classified_if(treat_text(text, *this, {}, treatment_, replacements_)) && (!changed(raw, text, false) || replace(written_));
}

bool JsonRewrite::string(std::string_view raw) {
    if (left_) return true;
    if (windowed() && marks_.is_signed()) return fail(fault(Code::body_too_large, "a signed block is longer than hold_back"));
    if (windowed()) return last_window(raw);
    const auto text = text_of(raw);
    if (marks_.is_model()) treatment_.findings->model = text;
    marks_.says(depth(), text);
    if (capturing_) return gather(text);
    if (marks_.is_signed() && marks_.declared().empty()) return signed_block(text);
    if (treatment_.unsealer && says_values_here() && text.starts_with(jwe_start)) {
        bool opened = false;
        if (!unsealed(text, opened)) return false;
        if (opened) return true;
    }
    if ((marks_.declared().empty() || goes_in_clear(marks_.declared())) && is_json_container(text, spec_.bounds)) {
        if (!marks_.declared().empty()) treatment_.findings->saw(marks_.declared(), {}, this->text());
        return spec_.nesting < most_nesting ? nested(text) : uninspected();
    }
    replacements_.clear();
    return classified_if(treat_text(text, *this, marks_.declared(), treatment_, replacements_)) && (!changed(raw, text, true) || replace(written_));
}

/// Whether anything but `raw` shall stand in its place; if so, that is in written_.
bool JsonRewrite::changed(std::string_view raw, std::string_view text, bool restorable) {
    const bool may_hold_label = restorable && restores_here() && (window_restore_ || text.find('_') != std::string_view::npos);
    if (may_hold_label) return restored(text);
    if (replacements_.empty()) return false;
    written_.clear();
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

/// The same where labels are restored after the treatment. Then the string is escaped anew.
bool JsonRewrite::restored(std::string_view text) {
    const auto before = treatment_.findings->restored;
    std::string restored;
    if (window_restore_) {
        window_restore_->feed(with_replacements(text, replacements_), restored);
    } else {
        Restore whole(*spec_.labels, treatment_.findings->restored, treatment_.findings->foreign_labels);
        whole.feed(with_replacements(text, replacements_), restored);
        whole.finish(restored);
        if (replacements_.empty() && treatment_.findings->restored == before) return false;
    }
    written_.clear();
    escape_json(restored, written_);
    return true;
}

/// Opens a string that is a sealed value, if the reader may have it, and puts in its place what was sealed: a text, or
/// whatever other JSON value it was.
bool JsonRewrite::unsealed(std::string_view token, bool& opened) {
    std::string plain, content_type;
    const auto done = treatment_.unsealer->open(token, plain, content_type);
    if (done.has_error()) return fail(done.error());
    opened = *done;
    if (!opened) return true;
    if (find_invalid_utf8(plain) != std::string_view::npos) return fail(fault(Code::key_unavailable, "a sealed value is not text"));
    ++treatment_.findings->unsealed;
    if (content_type == sealed_json && is_json_value(plain, {plain.size() + 1, spec_.bounds.depth})) return replace_value(plain);
    written_.clear();
    escape_json(plain, written_);
    return replace(written_);
}

/// Whether the front of a long string could become a JSON object or array.
bool JsonRewrite::begins_json(std::string_view raw) const {
    std::string text;
    (void)unescape_json_front(raw, text);
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string::npos || (text[first] != '{' && text[first] != '[')) return false;
    JsonReader validator({text.size() + 1, spec_.bounds.depth});
    return validator.read(text).has_value();
}

/// The current string cannot be decoded to the end: too long, or too deep.
bool JsonRewrite::uninspected() {
    constexpr ClassSet opaque{ClassTree::opaque};
    treatment_.findings->saw(opaque, encoded_entity, text());
    if (!classified()) return false;
    return goes_in_clear(opaque) || fail(refuse_class(treatment_, opaque, *this));
}

/// What somebody has signed for the one who will read it. A seal shows nothing: it is only told that there is one.
bool JsonRewrite::signed_block(std::string_view text) {
    treatment_.findings->signed_blocks = true;
    ClassSet classes = classes_in(text);
    classes.remove(ClassTree::opaque);
    if (treatment_.signed_elsewhere) classes.add(ClassTree::opaque);
    if (classes.empty()) return true;
    treatment_.findings->saw(classes, {}, this->text());
    if (!classified() || goes_in_clear(classes)) return classified();
    if (treatment_.judgement->lowest(classes).form == Form::refuse) return fail(refuse_class(treatment_, classes, *this));
    return fail(fault(Code::place_cannot_carry, "the signed block at " + this->text() + " holds what may not go in clear, and changing it would break its signature"));
}

bool JsonRewrite::nested(std::string_view text) {
    JsonRewriteSpec inner;
    Treatment treatment = treatment_;
    if (!says_values_here()) treatment.unsealer = nullptr;
    inner.treatment = &treatment;
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
    if (status.has_error()) return fail(std::move(status).error());
    if (treatment_.findings->values != values && !classified()) return false;
    if (out == text) return true;
    written_.clear();
    escape_json(out, written_);
    return replace(written_);
}

bool JsonRewrite::scalar(std::string_view token) {
    marks_.says(depth(), token);
    const std::string digits = token.front() < 'a' ? whole_number(token) : std::string();
    const bool long_enough = digits.size() >= fewest_digits;
    if (!long_enough && (marks_.declared().empty() || token == "null")) return true;
    if (capturing_) return gather(digits.empty() ? token : digits);
    ClassSet classes = marks_.declared();
    // Written with a point or an exponent it is the same number.
    if (long_enough && digits != token) classes |= classes_in(digits);
    // Sealed in part it would come home as no number.
    if (const auto all = long_enough ? classes | classes_in(token) : classes; !all.empty() && seals_whole(treatment_, all)) classes = all;
    replacements_.clear();
    const bool number = token.front() < 'a';  // else a literal
    in_number_ = number;
    const auto found = treat_text(token, *this, classes, treatment_, replacements_, sealed_json);
    in_number_ = false;
    if (!classified_if(found)) return false;
    if (replacements_.empty()) return true;
    const std::string made = with_replacements(token, replacements_);
    if (number && is_whole_number(made)) return replace(made);
    written_ = '"';
    escape_json(made, written_);
    return replace(written_ += '"');
}

/// The front of a long string: everything that no later byte can change the treatment of.
bool JsonRewrite::long_string(std::string& raw) {
    if (left_) {
        if (!copy(raw)) return false;
        raw.clear();
        return true;
    }
    if (capturing_ || (!marks_.declared().empty() && !goes_in_clear(marks_.declared()))) return fail(fault(Code::body_too_large, "a declared value is longer than hold_back"));
    if (marks_.is_model()) return fail(fault(Code::body_too_large, "the model's name is longer than hold_back"));
    if (context_.empty()) {
        if (begins_json(raw) && !uninspected()) return false;
        if (!marks_.declared().empty()) treatment_.findings->saw(marks_.declared(), {}, text());
        if (restores_here()) window_restore_.emplace(*spec_.labels, treatment_.findings->restored, treatment_.findings->foreign_labels);
    }
    std::string text = context_;
    if (unescape_json_front(raw, text) == std::string_view::npos) return invalid("a string is not UTF-8, or has a malformed escape");
    const auto from = context_.size();
    std::size_t cut = 0;
    if (!treat_piece(text, from, false, cut)) return false;
    RawCursor cursor(raw);
    const auto given = std::string_view(raw).substr(0, cursor.advance(cut - from));
    if (!copy(changed(given, std::string_view(text).substr(from, cut - from), true) ? std::string_view(written_) : given)) return false;
    raw.erase(0, given.size());
    context_ = window_context(text, cut);
    return true;
}

bool JsonRewrite::last_window(std::string_view raw) {
    const std::string text = context_ + std::string(text_of(raw));
    const auto from = context_.size();
    std::size_t cut = 0;
    context_.clear();
    if (!treat_piece(text, from, true, cut)) return false;
    const bool other = changed(raw, std::string_view(text).substr(from), true);
    if (!window_restore_) return !other || replace(written_);
    std::string rest;
    window_restore_->finish(rest);
    window_restore_.reset();
    escape_json(rest, written_);
    return replace(written_);
}

/// Treats a window of a long string; replacements_ then count from `from`.
bool JsonRewrite::treat_piece(std::string_view text, std::size_t from, bool last, std::size_t& cut) {
    replacements_.clear();
    if (!classified_if(treat_window(text, from, last, *this, treatment_, replacements_, cut))) return false;
    for (auto& one : replacements_) one.begin -= from, one.end -= from;
    return true;
}

}  // namespace

TransformPtr make_json_rewrite(JsonRewriteSpec spec) {
    auto ahead = read_ahead(spec.paths, subjects(spec), choices(spec), spec.bounds);
    if (!ahead) return std::make_unique<JsonRewrite>(std::move(spec));
    auto* answers = &ahead->answers();
    return make_json_filtered(std::move(ahead), std::make_unique<JsonRewrite>(std::move(spec), answers));
}

}  // namespace bordergate

#include "filters/body/json_rewriter.hpp"

#include "filters/body/json_number.hpp"
#include "filters/body/json_string.hpp"
#include "filters/body/sealed_body.hpp"

namespace bordergate {

namespace {

constexpr std::size_t fewest_digits = 8;  ///< of a number; shorter ones identify nobody

}  // namespace

std::span<const JsonPath> asked_subjects(const JsonRewriteSpec& spec) {
    return spec.treatment->treater && spec.nesting == 0 ? spec.treatment->treater->subjects() : std::span<const JsonPath>();
}

std::span<const JsonPath* const> asked_choices(const JsonRewriteSpec& spec) {
    return spec.treatment->treater && spec.nesting == 0 ? spec.treatment->treater->filtered_choices() : std::span<const JsonPath* const>();
}

JsonRewriter::JsonRewriter(JsonRewriteSpec spec, JsonAnswers* answers)
    : JsonReader(spec.bounds, spec.treatment->unsealer != nullptr), spec_(std::move(spec)), treatment_(*spec_.treatment),
      marks_(spec_.paths, asked_subjects(spec_), asked_choices(spec_), answers) {}

Status JsonRewriter::finish(std::string& out) {
    out_ = &out;
    const Status ended = end();
    if (ended.has_error()) return ended;
    if (spec_.nesting == 0 && treatment_.findings->classes.empty()) treatment_.findings->classes.add(ClassTree::plain);
    return {};
}

std::string JsonRewriter::text() const {
    std::string pointer = spec_.within ? spec_.within->text() : std::string();
    append_pointer(steps(), pointer);
    return pointer;
}

bool JsonRewriter::copy(std::string_view bytes) {
    if (!capturing_) {
        out_->append(bytes);
        return true;
    }
    if (captured_.size() + bytes.size() > spec_.bounds.hold_back) return fail(fault(Code::body_too_large, "a declared value is longer than hold_back"));
    captured_.append(bytes);
    return true;
}

/// The current value has a class, and so has everything it stands in.
bool JsonRewriter::classified() {
    if (keys_.classified()) return true;
    return fail(fault(Code::body_invalid, "an object repeats a key whose value has a class, or has too many keys to tell; which value counts is not certain"));
}

bool JsonRewriter::begin_value() {
    left_ = lefts_ < spec_.left.size() && position() + 1 == spec_.left[lefts_];
    if (left_) ++lefts_;
    if (!marks_.any()) return true;
    marks_.at(steps(), position());
    if (capturing_) captured_classes_ |= marks_.declared();
    return !marks_.decides() || classified();
}

bool JsonRewriter::open(char bracket) {
    if (!marks_.declared().empty() && !capturing_ && !begin_capture(marks_.declared())) return false;
    if (bracket == '{') keys_.open();
    if (marks_.any()) marks_.open(depth());
    return true;
}

/// A declared container begins. In clear its values are looked at one by one.
bool JsonRewriter::begin_capture(ClassSet declared) {
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

bool JsonRewriter::close(char bracket) {
    if (bracket == '}') keys_.close();
    if (marks_.any()) marks_.close(depth());
    return !capturing_ || depth() != capture_depth_ || end_capture();
}

bool JsonRewriter::end_capture() {
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

ClassSet JsonRewriter::classes_in(std::string_view text) {
    ClassSet classes;
    findings_.clear();
    if (treatment_.scanner) deep_scan(*treatment_.scanner, text, findings_, name(), {}, treatment_.analyses);
    for (const auto& one : findings_) classes |= one.data;
    return classes;
}

bool JsonRewriter::key(std::string_view raw) {
    marks_.key(depth());
    if (!keys_.key(step().name)) return classified();
    const auto text = text_of(raw);
    if (capturing_) return gather(text);
    replacements_.clear();
    return classified_if(treat_text(text, *this, {}, treatment_, replacements_)) && (!changed(raw, text, false) || replace(written_));
}

bool JsonRewriter::scalar(std::string_view token) {
    marks_.says(depth(), token);
    if (marks_.is_correlation()) treatment_.findings->correlation = token;
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

}  // namespace bordergate

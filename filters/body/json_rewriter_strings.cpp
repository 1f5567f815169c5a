#include "config/utf8.hpp"
#include "filters/body/json_rewriter.hpp"
#include "filters/body/json_string.hpp"

namespace bordergate {

namespace {

constexpr unsigned most_nesting = 4;
constexpr std::string_view jwe_start = "eyJ";  ///< `{"` in base64: every compact JWE

}  // namespace

std::string_view JsonRewriter::text_of(std::string_view raw) {
    if (!escaped()) return raw;
    text_.clear();
    (void)unescape_json(raw, true, text_);  // the reader has checked it
    return text_;
}

bool JsonRewriter::string(std::string_view raw) {
    if (left_) return true;
    if (windowed() && marks_.is_signed()) return fail(fault(Code::body_too_large, "a signed block is longer than hold_back"));
    if (windowed()) return last_window(raw);
    const auto text = text_of(raw);
    if (marks_.is_model()) treatment_.findings->model = text;
    if (marks_.is_correlation()) treatment_.findings->correlation.assign(1, '"').append(raw).append(1, '"');
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
bool JsonRewriter::changed(std::string_view raw, std::string_view text, bool restorable) {
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
bool JsonRewriter::restored(std::string_view text) {
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
bool JsonRewriter::unsealed(std::string_view token, bool& opened) {
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
bool JsonRewriter::begins_json(std::string_view raw) const {
    std::string text;
    (void)unescape_json_front(raw, text);
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string::npos || (text[first] != '{' && text[first] != '[')) return false;
    JsonReader validator({text.size() + 1, spec_.bounds.depth});
    return validator.read(text).has_value();
}

/// The current string cannot be decoded to the end: too long, or too deep.
bool JsonRewriter::uninspected() {
    constexpr ClassSet opaque{ClassTree::opaque};
    treatment_.findings->saw(opaque, encoded_entity, text());
    if (!classified()) return false;
    return goes_in_clear(opaque) || fail(refuse_class(treatment_, opaque, *this));
}

/// What somebody has signed for the one who will read it. A seal shows nothing: it is only told that there is one.
bool JsonRewriter::signed_block(std::string_view text) {
    treatment_.findings->signed_blocks = true;
    ClassSet classes = classes_in(text);
    classes.remove(ClassTree::opaque);
    if (treatment_.signed_elsewhere) classes.add(ClassTree::opaque);
    if (classes.empty()) return true;
    treatment_.findings->saw(classes, {}, this->text());
    if (!classified()) return false;
    if (goes_in_clear(classes)) return true;
    if (treatment_.judgement->lowest(classes).form == Form::refuse) return fail(refuse_class(treatment_, classes, *this));
    return fail(fault(Code::place_cannot_carry, "the signed block at " + this->text() + " holds what may not go in clear, and changing it would break its signature"));
}

bool JsonRewriter::nested(std::string_view text) {
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
    JsonRewriter rewrite(std::move(inner));
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

/// The front of a long string: everything that no later byte can change the treatment of.
bool JsonRewriter::long_string(std::string& raw) {
    if (left_) return copy(raw) && (raw.clear(), true);
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

bool JsonRewriter::last_window(std::string_view raw) {
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
bool JsonRewriter::treat_piece(std::string_view text, std::size_t from, bool last, std::size_t& cut) {
    replacements_.clear();
    if (!classified_if(treat_window(text, from, last, *this, treatment_, replacements_, cut))) return false;
    for (auto& one : replacements_) one.begin -= from, one.end -= from;
    return true;
}

}  // namespace bordergate

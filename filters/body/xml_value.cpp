#include "filters/body/xml_value.hpp"

#include <algorithm>

#include "config/utf8.hpp"
#include "filters/body/text_value.hpp"
#include "filters/body/xml_reader.hpp"
#include "filters/body/xml_second_reading.hpp"
#include "filters/detect/deep_scan.hpp"

namespace bordergate {

namespace {

constexpr unsigned most_nesting = 4;
constexpr std::string_view jwe_start = "eyJ";  ///< `{"` in base64: every compact JWE

/// Whether a character would be parted there.
bool within_character(std::string_view text, std::size_t at) { return at < text.size() && continues_utf8(text[at]); }

/// Only what differs gives way, at the bounds of characters.
Replacement narrowed(std::string_view before, std::string_view after) {
    const auto both = std::min(before.size(), after.size());
    std::size_t front = 0, back = 0;
    while (front < both && before[front] == after[front]) ++front;
    while (front > 0 && (within_character(before, front) || within_character(after, front))) --front;
    while (back < both - front && before[before.size() - back - 1] == after[after.size() - back - 1]) ++back;
    while (back > 0 && (within_character(before, before.size() - back) || within_character(after, after.size() - back))) --back;
    // Where something is only added, there must be a place for it.
    if (front + back == before.size()) (front > 0 ? front : back) = 0;
    return {front, before.size() - back, std::string(after.substr(front, after.size() - back - front))};
}

/// Opens a text that is a sealed value, if the reader may have it; white space may stand around it. What comes in its place is what was
/// sealed.
Result<bool> unsealed(XmlRun& run, bool content, const XmlRewriteSpec& spec, std::string& out) {
    const auto text = run.text(), token = without_xml_space(text);
    if (!spec.treatment->unsealer || !token.starts_with(jwe_start)) return false;
    std::string plain, content_type;
    const auto opened = spec.treatment->unsealer->open(token, plain, content_type);
    if (opened.has_error() || !*opened) return opened;
    if (find_invalid_utf8(plain) != std::string_view::npos) return fault(Code::key_unavailable, "a sealed value is not text");
    ++spec.treatment->findings->unsealed;
    if (content && content_type == sealed_xml && run.plain() && is_xml_document("<x>" + plain + "</x>", {plain.size() + 8, spec.bounds.depth})) {
        run.give_instead(plain, out);
        return true;
    }
    const auto begin = static_cast<std::size_t>(token.data() - text.data());
    const Status given = run.give(text.size(), true, {{begin, begin + token.size(), std::move(plain)}}, nullptr, out);
    if (given.has_error()) return given.error();
    return true;
}

/// A text that is a document itself is treated as one; `made` then is what it becomes.
Result<bool> document(std::string_view text, ClassSet declared, const Place& place, const XmlRewriteSpec& spec, std::string& made) {
    if (is_json_container(text, spec.bounds)) {
        const auto changed = rewrite_value(text, place, declared, {spec.treatment, spec.labels, spec.bounds}, made);
        if (changed.has_error()) return changed.error();
        if (!*changed) made = text;
        return true;
    }
    // A document's declaration must be its beginning.
    const auto inner = without_xml_space(text);
    if (!is_xml_document(inner, spec.bounds)) return false;
    if (!declared.empty()) spec.treatment->findings->saw(declared, {}, place.text());
    made = text;
    if (spec.nesting >= most_nesting) {
        const Status done = treat_uninspected(place, *spec.treatment);
        if (done.has_error()) return done.error();
        return true;
    }
    XmlRewriteSpec within = spec;
    within.selectors = nullptr;
    within.charset = nullptr;  // its characters are those of the text
    ++within.nesting;
    within.within = &place;
    const auto rewrite = make_xml_rewrite(within);
    std::string out;
    const Status done = pass_through(*rewrite, inner, true, out);
    if (done.has_error()) return done.error();
    made.replace(static_cast<std::size_t>(inner.data() - text.data()), inner.size(), out);
    return true;
}

/// Gives a text out in which labels may stand.
Status give_restored(XmlRun& run, const std::vector<Replacement>& replacements, const XmlRewriteSpec& spec, std::string& out) {
    auto& findings = *spec.treatment->findings;
    const auto before = findings.restored;
    std::string restored;
    Restore looking(*spec.labels, findings.restored, findings.foreign_labels);
    looking.feed(with_replacements(run.text(), replacements), restored);
    looking.finish(restored);
    std::uint64_t counted = 0;  // they are already
    Restore restore(*spec.labels, counted, counted);
    return run.give(run.text().size(), true, replacements, findings.restored != before ? &restore : nullptr, out);
}

}  // namespace

bool goes_in_clear(const Treatment& treatment, ClassSet classes) {
    return classes.empty() || treatment.observe || treatment.judgement->lowest(classes).form == Form::clear;
}

Status treat_uninspected(const Place& place, const Treatment& treatment) {
    constexpr ClassSet opaque{ClassTree::opaque};
    treatment.findings->saw(opaque, encoded_entity, place.text());
    return goes_in_clear(treatment, opaque) ? Status{} : Status(refuse_class(treatment, opaque, place));
}

Status treat_xml_value(XmlRun& run, bool content, ClassSet declared, const Place& place, const XmlRewriteSpec& spec, std::string& out) {
    const auto text = run.text();
    const auto size = text.size();
    std::vector<Replacement> replacements;
    if (is_xml_space(text)) return run.give(size, true, replacements, nullptr, out);
    const auto opened = unsealed(run, content, spec, out);
    if (opened.has_error()) return opened.error();
    if (*opened) return {};
    if (goes_in_clear(*spec.treatment, declared)) {
        std::string made;
        const auto was_one = document(text, declared, place, spec, made);
        if (was_one.has_error()) return was_one.error();
        if (*was_one && made != text) replacements.push_back(narrowed(text, made));
        if (*was_one) return run.give(size, true, replacements, nullptr, out);
    }
    if (!declared.empty() && text.find('&') != std::string_view::npos) {
        const auto quoted = quoted_classes(text, place.name(), *spec.treatment);
        if (quoted.has_error()) return quoted.error();
        declared |= *quoted;
    }
    const auto treated = declared.empty() ? treat_quoted(text, place, *spec.treatment, replacements) : treat_text(text, place, declared, *spec.treatment, replacements);
    if (treated.has_error()) return treated.error();
    const bool may_hold_label = spec.labels && !spec.labels->empty() && text.find('_') != std::string_view::npos;
    return may_hold_label ? give_restored(run, replacements, spec, out) : run.give(size, true, replacements, nullptr, out);
}

}  // namespace bordergate

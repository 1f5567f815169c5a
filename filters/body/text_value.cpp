#include "filters/body/text_value.hpp"

#include "config/utf8.hpp"
#include "filters/body/json_rewrite.hpp"

namespace bordergate {

namespace {

constexpr std::string_view jwe_start = "eyJ";  ///< `{"` in base64: every compact JWE

Result<bool> opened(std::string_view token, const Treatment& treatment, std::string& out) {
    std::string plain, content_type;
    const auto done = treatment.unsealer->open(token, plain, content_type);
    if (done.has_error() || !*done) return done;
    if (find_invalid_utf8(plain) != std::string::npos) return fault(Code::key_unavailable, "a sealed value is not text");
    out = std::move(plain);
    ++treatment.findings->unsealed;
    return true;
}

Result<bool> document(std::string_view text, const Place& place, const TextValue& how, std::string& out) {
    JsonRewriteSpec spec;
    spec.treatment = how.treatment;
    spec.labels = how.labels && !how.labels->empty() ? how.labels : nullptr;
    spec.bounds = how.bounds;
    spec.nesting = 1;
    spec.within = &place;
    const auto rewrite = make_json_rewrite(std::move(spec));
    std::string made;
    const Status done = pass_through(*rewrite, text, true, made);
    if (done.has_error()) return done.error();
    if (made == text) return false;
    out = std::move(made);
    return true;
}

}  // namespace

Result<bool> rewrite_value(std::string_view text, const Place& place, ClassSet declared, const TextValue& how, std::string& out) {
    const Treatment& treatment = *how.treatment;
    if (treatment.unsealer && text.starts_with(jwe_start)) {
        const auto done = opened(text, treatment, out);
        if (done.has_error() || *done) return done;
    }
    const bool in_clear = declared.empty() || treatment.observe || treatment.judgement->lowest(declared).form == Form::clear;
    if (in_clear && is_json_container(text, how.bounds)) {
        if (!declared.empty()) treatment.findings->saw(declared, {}, place.text());
        return document(text, place, how, out);
    }
    std::vector<Replacement> replacements;
    const auto treated = treat_text(text, place, declared, treatment, replacements);
    if (treated.has_error()) return treated.error();
    const bool may_hold_label = how.labels && !how.labels->empty() && text.find('_') != std::string_view::npos;
    if (!may_hold_label) {
        if (!replacements.empty()) out = with_replacements(text, replacements);
        return !replacements.empty();
    }
    const auto before = treatment.findings->restored;
    std::string restored;
    Restore restore(*how.labels, treatment.findings->restored, treatment.findings->foreign_labels);
    restore.feed(with_replacements(text, replacements), restored);
    restore.finish(restored);
    if (replacements.empty() && treatment.findings->restored == before) return false;
    out = std::move(restored);
    return true;
}

}  // namespace bordergate

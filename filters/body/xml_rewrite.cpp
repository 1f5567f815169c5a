#include "filters/body/xml_rewrite.hpp"

#include <algorithm>
#include <optional>

#include "config/utf8.hpp"
#include "filters/body/json_pointer.hpp"
#include "filters/body/text_rewrite.hpp"
#include "filters/body/xml_reader.hpp"
#include "filters/body/xml_run.hpp"
#include "filters/body/xml_second_reading.hpp"
#include "filters/body/xml_unescaped.hpp"
#include "filters/body/xml_value.hpp"

namespace bordergate {

namespace {

constexpr std::size_t least_window = 4096;  ///< of text, where references make it far shorter than its bytes

class XmlRewrite final : public Transform, private XmlReader, private Place {
  public:
    explicit XmlRewrite(XmlRewriteSpec spec)
        : XmlReader(spec.bounds, spec.charset), spec_(spec), treatment_(*spec_.treatment), marks_(spec_.selectors), unescaped_(treatment_) {}
    XmlRewrite(const XmlRewrite&) = delete;
    XmlRewrite& operator=(const XmlRewrite&) = delete;

    Status feed(std::string_view in, std::string& out) override {
        out_ = &out;
        return read(in);
    }
    Status finish(std::string& out) override {
        out_ = &out;
        const Status ended = end();
        if (ended.has_value() && spec_.nesting == 0 && treatment_.findings->classes.empty()) treatment_.findings->classes.add(ClassTree::plain);
        return ended;
    }

  private:
    // --- hooks of the reader ---------------------------------------------------------------
    bool outside(std::string_view raw) override { return copy(raw); }
    bool comment(std::string_view raw) override { return aside(raw, 4, 3); }
    bool instruction(std::string_view raw) override { return aside(raw, 2, 2); }
    bool open(const XmlTag& tag) override;
    bool close(std::string_view raw) override;
    bool section(std::string_view raw) override;
    bool characters(std::string_view raw) override;
    bool reference(std::string_view raw, std::string_view meant) override;
    std::size_t room() const override;

    // --- Place: the names on the way, as a JSON Pointer has them ---------------------------
    std::string text() const override;
    std::string_view name() const override { return xml_local_name(!attribute_.empty() ? attribute_ : elements().empty() ? std::string_view() : elements().back()); }

    std::span<const std::string> elements() const { return XmlReader::names(); }
    bool copy(std::string_view bytes);
    bool passed(const Status& status) { return status.has_value() || fail(status.error()); }
    bool restores() const { return spec_.labels && !spec_.labels->empty(); }
    /// What a captured element holds counts for it.
    bool gather(std::string_view text);
    bool aside(std::string_view raw, std::size_t before, std::size_t behind);
    bool markup_came();
    bool write_tag(const XmlTag& tag, ClassSet declared);
    bool write_value(const XmlAttribute& attribute, ClassSet declared, std::string& out);
    bool begin_element(ClassSet declared, bool empty);
    bool end_capture();
    bool text_came();
    bool window();
    bool end_text();
    bool last_window();
    bool begins_json(std::string_view text) const;

    const XmlRewriteSpec spec_;
    const Treatment& treatment_;
    XmlMarks marks_;
    XmlUnescaped unescaped_;
    std::string* out_ = nullptr;
    std::vector<std::string> renamed_;  ///< of the open elements: as they leave; empty: as they came
    std::string_view attribute_;        ///< whose value or name is treated; empty: none
    XmlRun run_;
    std::optional<Restore> window_restore_;
    bool capturing_ = false;            ///< inside a declared element whose content gives way as a whole
    bool only_text_ = false;            ///< nothing but text has come of it
    std::size_t capture_depth_ = 0;
    ClassSet captured_classes_;
    std::string captured_;
    std::string written_;               ///< what stands for the current token
    std::vector<Replacement> replacements_;
};

std::string XmlRewrite::text() const {
    std::string pointer = spec_.within ? spec_.within->text() : std::string();
    std::vector<JsonStep> steps;
    for (const auto& name : elements()) steps.push_back({xml_local_name(name), 0, false});
    if (!attribute_.empty()) steps.push_back({xml_local_name(attribute_), 0, false});
    append_pointer(steps, pointer);
    return pointer.empty() ? "body" : pointer;
}

bool XmlRewrite::copy(std::string_view bytes) {
    if (!capturing_) {
        out_->append(bytes);
        return true;
    }
    if (captured_.size() + bytes.size() > spec_.bounds.hold_back) return fail(fault(Code::body_too_large, "a declared element is longer than hold_back"));
    captured_.append(bytes);
    return true;
}

bool XmlRewrite::gather(std::string_view text) {
    const auto found = quoted_classes(text, name(), treatment_);
    if (found.has_error()) return fail(found.error());
    captured_classes_ |= *found;
    return true;
}

/// A comment or an instruction: its content stands `before` its first byte and `behind` its last one.
bool XmlRewrite::aside(std::string_view raw, std::size_t before, std::size_t behind) {
    const auto content = raw.substr(before, raw.size() - before - behind);
    if (capturing_) {
        only_text_ = false;
        return gather(content) && copy(raw);
    }
    written_ = raw.substr(0, before);
    const Status treated = before == 4 ? unescaped_.treat_comment(content, *this, written_) : unescaped_.treat_instruction(content, *this, written_);
    if (!passed(treated)) return false;
    written_.append(raw.substr(raw.size() - behind));
    if (run_.empty()) return copy(written_);
    run_.markup(written_);
    return markup_came();
}

/// What parts a text, and says nothing of it, is bounded by itself. Not within a section, which would begin again.
bool XmlRewrite::markup_came() {
    if (run_.raw_markup() <= spec_.bounds.hold_back) return true;
    // A value could have begun before it.
    if (!is_xml_space(run_.text())) return fail(fault(Code::body_too_large, "comments and sections within a text of the XML are longer than hold_back"));
    if (run_.context() > 0) return last_window();
    written_.clear();
    return passed(run_.give(run_.text().size(), true, {}, nullptr, written_)) && copy(written_);
}

bool XmlRewrite::open(const XmlTag& tag) {
    if (!end_text()) return false;
    marks_.open(xml_local_name(tag.name));
    renamed_.emplace_back();
    const auto declared = marks_.element();
    if (!capturing_) return write_tag(tag, declared) && begin_element(declared, tag.empty);
    only_text_ = false;
    captured_classes_ |= declared;
    if (!gather(tag.name)) return false;
    for (const auto& one : tag.attributes) {
        attribute_ = one.name;
        if (!declares_namespace(one.name)) captured_classes_ |= marks_.attribute(xml_local_name(one.name));
        XmlRun value(XmlPosition::in_quotes);
        (void)read_attribute_value(one.value, [&](std::string_view raw) { value.literal(raw); }, [&](std::string_view raw, std::string_view meant) { value.reference(raw, meant); });
        if (!gather(one.name) || !gather(value.text())) return false;
    }
    attribute_ = {};
    return copy(tag.raw);
}

/// A declared element has begun. In clear it is looked at piece by piece.
bool XmlRewrite::begin_element(ClassSet declared, bool empty) {
    if (declared.empty()) return true;
    if (goes_in_clear(treatment_, declared)) {
        treatment_.findings->saw(declared, {}, text());
        return true;
    }
    if (empty) return true;
    if (treatment_.judgement->lowest(declared).form == Form::refuse) return fail(refuse_class(treatment_, declared, *this));
    capturing_ = only_text_ = true;
    capture_depth_ = elements().size();
    captured_classes_ = declared;
    captured_.clear();
    return true;
}

bool XmlRewrite::write_tag(const XmlTag& tag, ClassSet declared) {
    const auto at = [&tag](std::string_view part) { return static_cast<std::size_t>(part.data() - tag.raw.data()); };
    if (goes_in_clear(treatment_, declared)) declared = {};
    std::string made, other;
    std::size_t done = 0;
    const auto write_name = [&](std::string_view name) {
        const auto changed = unescaped_.treat_name(name, *this, other);
        if (changed.has_error()) return fail(changed.error());
        if (!*changed) other.clear();
        made.append(tag.raw.substr(done, at(name) - done)).append(*changed ? std::string_view(other) : name);
        done = at(name) + name.size();
        return true;
    };
    if (!write_name(tag.name)) return false;
    renamed_.back() = other;
    bool renamed = false;
    for (const auto& one : tag.attributes) {
        attribute_ = one.name;
        if (!write_name(one.name)) return false;
        renamed = renamed || !other.empty();
        made.append(tag.raw.substr(done, at(one.value) - done));
        done = at(one.value) + one.value.size();
        const ClassSet classes = declares_namespace(one.name) ? ClassSet{} : declared | marks_.attribute(xml_local_name(one.name));
        if (!write_value(one, classes, made)) return false;
    }
    attribute_ = {};
    made.append(tag.raw.substr(done));
    // Two names that became alike are what no reader accepts.
    if (renamed && !is_xml_document(tag.empty ? made : made.substr(0, made.size() - 1) + "/>", {made.size() + 2, 1})) return fail(unescaped_.cannot_carry());
    return copy(made);
}

bool XmlRewrite::write_value(const XmlAttribute& attribute, ClassSet declared, std::string& out) {
    XmlRun value(attribute.quote == '"' ? XmlPosition::in_quotes : XmlPosition::in_apostrophes);
    (void)read_attribute_value(attribute.value, [&](std::string_view raw) { value.literal(raw); }, [&](std::string_view raw, std::string_view meant) { value.reference(raw, meant); });
    if (!declares_namespace(attribute.name)) return passed(treat_xml_value(value, false, declared, *this, spec_, out));
    out.append(attribute.value);
    return passed(unescaped_.check_namespace(value.text(), *this));
}

bool XmlRewrite::close(std::string_view raw) {
    if (capturing_ && elements().size() == capture_depth_) {
        if (!end_capture()) return false;
    } else if (!end_text()) {
        return false;
    }
    marks_.close();
    const std::string renamed = std::move(renamed_.back());
    renamed_.pop_back();
    if (renamed.empty() || raw.empty()) return copy(raw);
    return copy("</" + renamed) && copy(raw.substr(2 + elements().back().size()));
}

bool XmlRewrite::end_capture() {
    capturing_ = false;
    replacements_.clear();
    if (only_text_) {
        if (is_xml_space(run_.text())) return end_text();
        // As it stands it is looked at as it is treated.
        if (run_.text().find('&') != std::string_view::npos && !gather(run_.text())) return false;
        const auto treated = treat_text(run_.text(), *this, captured_classes_, treatment_, replacements_);
        if (treated.has_error()) return fail(treated.error());
        written_.clear();
        return passed(run_.give(run_.text().size(), true, replacements_, nullptr, written_)) && copy(written_);
    }
    if (!run_.empty()) {
        if (!gather(run_.text())) return false;
        run_.clear();
    }
    const auto treated = treat_text(captured_, *this, captured_classes_, treatment_, replacements_, sealed_xml);
    if (treated.has_error()) return fail(treated.error());
    if (replacements_.empty()) return copy(captured_);
    written_.clear();
    if (!XmlWriter(XmlPosition::text).write(replacements_.front().text, written_)) return fail(unescaped_.cannot_carry());
    return copy(written_);
}

bool XmlRewrite::section(std::string_view raw) {
    run_.section(raw);
    if (capturing_) return copy(raw);
    return raw.front() == '<' || markup_came();
}

bool XmlRewrite::characters(std::string_view raw) {
    run_.literal(raw);
    return (!capturing_ || copy(raw)) && text_came();
}

bool XmlRewrite::reference(std::string_view raw, std::string_view meant) {
    run_.reference(raw, meant);
    return (!capturing_ || copy(raw)) && text_came();
}

/// How much text may come before a window is treated, so that windows do not depend on reads.
std::size_t XmlRewrite::room() const {
    const auto hold_back = spec_.bounds.hold_back, fresh = run_.text().size() - run_.context();
    const auto least = std::min(hold_back, least_window);
    return std::max<std::size_t>({1, hold_back - std::min(hold_back, run_.raw_text()), least - std::min(least, fresh)});
}

bool XmlRewrite::text_came() {
    const auto hold_back = spec_.bounds.hold_back, fresh = run_.text().size() - run_.context();
    return run_.raw_text() < hold_back || fresh < std::min(hold_back, least_window) || window();
}

/// The front of a long text: everything that no later byte can change the treatment of.
bool XmlRewrite::window() {
    const auto declared = marks_.text();
    if (capturing_ || !goes_in_clear(treatment_, declared)) return fail(fault(Code::body_too_large, "a declared value is longer than hold_back"));
    const auto from = run_.context();
    const auto text = run_.text().substr(0, run_.text().size() - incomplete_utf8_tail(run_.text()));
    if (from == 0) {
        if (begins_json(text) && !passed(treat_uninspected(*this, treatment_))) return false;
        if (!declared.empty()) treatment_.findings->saw(declared, {}, this->text());
        if (restores()) window_restore_.emplace(*spec_.labels, treatment_.findings->restored, treatment_.findings->foreign_labels);
    }
    if (find_invalid_utf8(text.substr(from)) != std::string_view::npos) return invalid("a text is not UTF-8");
    replacements_.clear();
    std::size_t cut = 0;
    const auto treated = treat_quoted_window(text, from, false, *this, treatment_, replacements_, cut);
    if (treated.has_error()) return fail(treated.error());
    written_.clear();
    return passed(run_.give(cut, false, replacements_, window_restore_ ? &*window_restore_ : nullptr, written_)) && copy(written_);
}

bool XmlRewrite::last_window() {
    replacements_.clear();
    std::size_t cut = 0;
    const auto treated = treat_quoted_window(run_.text(), run_.context(), true, *this, treatment_, replacements_, cut);
    if (treated.has_error()) return fail(treated.error());
    written_.clear();
    const Status given = run_.give(run_.text().size(), true, replacements_, window_restore_ ? &*window_restore_ : nullptr, written_);
    window_restore_.reset();
    return passed(given) && copy(written_);
}

/// A tag ends the text before it.
bool XmlRewrite::end_text() {
    if (run_.empty()) return true;
    if (capturing_) {
        const bool gathered = gather(run_.text());
        run_.clear();
        return gathered;
    }
    if (run_.context() > 0) return last_window();
    written_.clear();
    return passed(treat_xml_value(run_, true, marks_.text(), *this, spec_, written_)) && copy(written_);
}

/// Whether the front of a long text could become a JSON object or array.
bool XmlRewrite::begins_json(std::string_view text) const {
    const auto inner = without_xml_space(text);
    if (inner.empty() || (inner.front() != '{' && inner.front() != '[')) return false;
    JsonReader validator({text.size() + 1, spec_.bounds.depth});
    return validator.read(text).has_value();
}

}  // namespace

TransformPtr make_xml_rewrite(XmlRewriteSpec spec) { return std::make_unique<XmlRewrite>(spec); }

}  // namespace bordergate

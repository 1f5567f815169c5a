#include "filters/body/named_values.hpp"

#include <array>

#include "config/utf8.hpp"
#include "filters/body/json_pointer.hpp"

namespace bordergate {

namespace {

/// Of the path of the model; the others are selectors, by index.
constexpr std::size_t model = static_cast<std::size_t>(-1);

class FieldPlace final : public Place {
  public:
    explicit FieldPlace(std::string_view name) : name_(name) {}
    std::string text() const override {
        const std::array<JsonStep, 1> steps{JsonStep{name_, 0, false}};
        std::string pointer;
        append_pointer(steps, pointer);
        return pointer;
    }
    std::string_view name() const override { return name_; }

  private:
    std::string_view name_;
};

Status check_text(std::string_view text) {
    if (find_invalid_utf8(text) != std::string_view::npos) return fault(Code::body_invalid, "a name or value is not UTF-8");
    return text.find('\0') == std::string_view::npos ? Status{} : Status(fault(Code::body_invalid, "a name or value has a NUL"));
}

}  // namespace

NamedValues::NamedValues(const NamedValuesSpec& spec) : spec_(spec) {
    if (spec_.paths && spec_.paths->model) tracker_.add(*spec_.paths->model, model);
    if (spec_.paths)
        for (std::size_t i = 0; i < spec_.paths->selectors.size(); ++i) tracker_.add(spec_.paths->selectors[i].path, i);
    if (tracker_.empty()) return;
    tracker_.at_root();
    tracker_.open();
}

ClassSet NamedValues::declared(std::string_view name, std::string_view value, bool& is_model) {
    ClassSet classes;
    if (tracker_.empty() || name.empty()) return classes;
    tracker_.at(JsonStep{name, 0, false}, [&](const JsonPath& path) { return path.answers_for(value); });
    tracker_.selected([&](std::size_t selector) {
        if (selector == model) is_model = true;
        else classes |= spec_.paths->selectors[selector].data;
    });
    return classes;
}

Result<bool> NamedValues::treat(std::string_view name, std::string_view value, std::string& out) {
    const Status sound = check_text(value);
    if (sound.has_error()) return sound.error();
    const FieldPlace place(name);
    bool is_model = false;
    const auto classes = declared(name, value, is_model);
    if (is_model && !spec_.treatment->findings->model.empty() && spec_.treatment->findings->model != value)
        return fault(Code::body_invalid, "the model is named twice, and not alike");
    if (is_model) spec_.treatment->findings->model = value;
    return rewrite_value(value, place, classes, {spec_.treatment, spec_.labels, spec_.bounds}, out);
}

Result<bool> NamedValues::treat_name(std::string_view name, std::string& out) {
    const Status sound = check_text(name);
    if (sound.has_error()) return sound.error();
    const FieldPlace place(name);
    TextValue how{spec_.treatment, nullptr, spec_.bounds};
    return rewrite_value(name, place, {}, how, out);
}

void NamedValues::finish() {
    auto& classes = spec_.treatment->findings->classes;
    if (classes.empty()) classes.add(ClassTree::plain);
}

}  // namespace bordergate

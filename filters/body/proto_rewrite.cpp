#include "filters/body/proto_rewrite.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <limits>

#include "config/utf8.hpp"
#include "filters/body/json_number.hpp"
#include "filters/body/proto_edits.hpp"
#include "filters/body/proto_tensors.hpp"
#include "filters/body/text_rewrite.hpp"
#include "filters/body/text_value.hpp"
#include "filters/detect/deep_scan.hpp"

namespace bordergate {

namespace {

using Kind = ProtoField::Kind;
using Role = ProtoMessage::Role;

constexpr std::size_t fewest_digits = 8;  ///< of a number; shorter ones identify nobody
constexpr ClassSet opaque{ClassTree::opaque};

/// Where the walk is: a message, and what holds for all in it.
struct Level {
    const ProtoMessage* type = nullptr;
    const ProtoFields* fields = nullptr;
    ClassSet declared;
    std::size_t depth = 0;
    bool text_tensor = false;
};

/// What must be known of a message before its fields are looked at.
struct Ahead {
    const ProtoMessage* any = nullptr;  ///< the type of what an Any holds
    std::vector<bool> text;             ///< of raw tensors
    std::size_t raw = 0;                ///< how many raw tensors have been seen
    std::vector<const ProtoField*> once;  ///< seen, and may not come again
};

class ProtoWalk final : private Place {
  public:
    explicit ProtoWalk(const ProtoRewriteSpec& spec) : spec_(spec), treatment_(*spec.treatment), blind_(*spec.treatment) {
        blind_.scanner = nullptr;
        how_ = {&treatment_, spec.labels, spec.bounds};
    }

    Result<bool> walk(const Level& level, std::string_view message, std::string& out);

  private:
    // --- Place: names of fields, as declared paths have them -------------------------------
    std::string text() const override;
    std::string_view name() const override { return steps_.empty() ? std::string_view() : std::string_view(steps_.back()->name); }

    Status field(const Level& level, Ahead& ahead, const WireField& field, ProtoEdits& edits);
    Status bytes_field(const Level& level, Ahead& ahead, const ProtoField& known, const WireField& field, ProtoEdits& edits);
    Status number_field(const ProtoField& known, const WireField& field, ClassSet declared, ProtoEdits& edits);
    Status message_field(const Level& inner, const WireField& field, ProtoEdits& edits);
    Status comes_once(Ahead& ahead, const ProtoField& known) const;
    Result<bool> packed(const ProtoField& known, std::string_view values, ClassSet declared, std::string& out);
    Result<bool> vanishes(const ProtoField& known, std::uint64_t raw, ClassSet declared);
    Result<bool> bytes(std::string_view value, ClassSet declared, std::string& out);
    Result<bool> raw_strings(std::string_view value, ClassSet declared, std::string& out);
    Status uninspected(ClassSet classes);
    Ahead look_ahead(const Level& level, std::string_view message) const;
    bool goes_in_clear(ClassSet classes) const { return treatment_.observe || treatment_.judgement->lowest(classes).form == Form::clear; }

    const ProtoRewriteSpec& spec_;
    const Treatment& treatment_;
    Treatment blind_;  ///< for what is no text
    TextValue how_;
    std::vector<const ProtoField*> steps_;
};

Fault malformed(const Level& level) { return fault(Code::body_invalid, "a message is not well-formed " + level.type->name); }

std::string ProtoWalk::text() const {
    std::string path;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        const bool values = i > 0 && steps_[i - 1]->is_map() && steps_[i]->number == 2;
        if (!path.empty()) path += '.';
        path.append(values ? "*" : steps_[i]->name);
        if (steps_[i]->repeated && !steps_[i]->is_map()) path.append("[]");
    }
    return path.empty() ? "message" : path;
}

Result<bool> ProtoWalk::walk(const Level& level, std::string_view message, std::string& out) {
    if (level.depth > deepest_message) return fault(Code::body_invalid, "a message is nested deeper than " + std::to_string(deepest_message) + " levels");
    if (level.type->role == Role::message_set) {
        const Status done = message.empty() ? Status{} : uninspected(level.declared | opaque);
        if (done.has_error()) return done.error();
        return false;
    }
    Ahead ahead = look_ahead(level, message);
    ProtoEdits edits(message, out);
    for (std::string_view rest = message; !rest.empty();) {
        const auto next = take_field(rest, deepest_message - level.depth);
        if (!next || next->type == WireType::end_group) return malformed(level);
        const Status done = field(level, ahead, *next, edits);
        if (done.has_error()) return done.error();
    }
    return edits.finish();
}

Ahead ProtoWalk::look_ahead(const Level& level, std::string_view message) const {
    constexpr std::uint32_t type_url = 1, value = 2;
    Ahead ahead;
    if (level.type->role == Role::infer_request) ahead.text = text_raw_contents(message, kserve::raw_input);
    if (level.type->role == Role::infer_response) ahead.text = text_raw_contents(message, kserve::raw_output);
    if (level.type->role != Role::any) return ahead;
    std::size_t urls = 0, values = 0;
    while (!message.empty()) {
        const auto field = take_field(message);
        if (!field || field->type != WireType::bytes) return {};
        if (field->number == value) ++values;
        if (field->number != type_url) continue;
        ++urls;
        ahead.any = spec_.schema->message(field->value.substr(field->value.rfind('/') + 1));
    }
    // Which of two counts is for its reader to say.
    if (urls != 1 || values > 1) ahead.any = nullptr;
    return ahead;
}

Status ProtoWalk::field(const Level& level, Ahead& ahead, const WireField& field, ProtoEdits& edits) {
    const ProtoField* known = level.type->field(field.number);
    const bool is_packed = known && known->is_number() && known->repeated && field.type == WireType::bytes;
    if (!known || (known->wire != field.type && !is_packed)) return uninspected(level.declared | opaque);
    steps_.push_back(known);
    const ProtoFields* fields = level.fields ? level.fields->at(field.number) : nullptr;
    const Level inner{known->message, fields, fields ? level.declared | fields->data : level.declared, level.depth + 1, false};
    Status done;
    if (known->is_number()) {
        if (level.type->role == Role::infer_contents && inner.declared.empty())
            done = field.value.empty() ? Status{} : uninspected(opaque);
        else
            done = number_field(*known, field, inner.declared, edits);
    } else if (known->message) {
        Level tensor = inner;
        tensor.text_tensor = known->message->role == Role::infer_contents ? level.text_tensor : known->message->role == Role::infer_tensor && is_text_tensor(field.value);
        done = comes_once(ahead, *known);
        if (done.has_value()) done = message_field(tensor, field, edits);
    } else {
        Level here = level;
        here.declared = inner.declared;
        done = bytes_field(here, ahead, *known, field, edits);
    }
    steps_.pop_back();
    return done;
}

/// Readers put the occurrences of a field that does not repeat together to one message. Field by field that is nothing
/// but what was judged; of two Anys it is the type of one with the value of the other.
Status ProtoWalk::comes_once(Ahead& ahead, const ProtoField& known) const {
    if (known.repeated || !known.message->has_any) return {};
    if (std::find(ahead.once.begin(), ahead.once.end(), &known) != ahead.once.end()) return fault(Code::body_invalid, "the field " + text() + " stands twice and holds an Any");
    ahead.once.push_back(&known);
    return {};
}

Status ProtoWalk::message_field(const Level& inner, const WireField& field, ProtoEdits& edits) {
    std::string made;
    const auto changed = walk(inner, field.value, made);
    if (changed.has_error()) return changed.error();
    if (!*changed) return {};
    edits.replace_message(field, made);
    return {};
}

/// Strings and bytes; `level` has the classes declared for this very field.
Status ProtoWalk::bytes_field(const Level& level, Ahead& ahead, const ProtoField& known, const WireField& field, ProtoEdits& edits) {
    const auto role = level.type->role;
    std::string made;
    Result<bool> changed = false;
    if (known.kind == Kind::text) {
        const bool is_utf8 = find_invalid_utf8(field.value) == std::string_view::npos;
        if (!is_utf8 && known.utf8) return fault(Code::body_invalid, "the string " + text() + " is not UTF-8");
        if (role == Role::infer_request && field.number == kserve::model_name) {
            // The destination is chosen by one name: a second would be served where it may not be.
            std::string& model = treatment_.findings->model;
            if (!model.empty() && model != field.value) return fault(Code::body_invalid, "the body names more than one model");
            model = field.value;
        }
        changed = is_utf8 ? rewrite_value(field.value, *this, level.declared, how_, made) : bytes(field.value, level.declared, made);
    } else if (role == Role::any && ahead.any) {
        const Level inner{ahead.any, nullptr, level.declared, level.depth + 1, false};
        changed = walk(inner, field.value, made);
    } else if (role == Role::infer_request || role == Role::infer_response) {
        const bool strings = ahead.raw < ahead.text.size() && ahead.text[ahead.raw];
        ++ahead.raw;
        changed = strings ? raw_strings(field.value, level.declared, made) : bytes(field.value, level.declared, made);
    } else if (role == Role::infer_contents && level.text_tensor && find_invalid_utf8(field.value) == std::string_view::npos) {
        changed = rewrite_value(field.value, *this, level.declared, how_, made);
    } else {
        changed = bytes(field.value, level.declared, made);
    }
    if (changed.has_error()) return changed.error();
    if (*changed) edits.replace_value(field, made);
    return {};
}

/// Bytes of declared classes are of those; others cannot be inspected.
Result<bool> ProtoWalk::bytes(std::string_view value, ClassSet declared, std::string& out) {
    if (value.empty()) return false;
    const bool is_text = !declared.empty() && find_invalid_utf8(value) == std::string_view::npos;
    const ClassSet classes = declared.empty() ? opaque : declared;
    if (!is_text && !goes_in_clear(classes)) {
        const Cell& cell = treatment_.judgement->lowest(classes);
        // What stands for them is text, and is given back as text.
        bool wants_text = false;
        classes.each([&](ClassId id) {
            const Cell& one = treatment_.judgement->cells[static_cast<unsigned>(id)];
            wants_text = wants_text || (one.form == Form::mask && treatment_.policy->any_mask(one, [](const MaskSpec& with) { return needs_text(with.kind); }));
        });
        if (cell.form == Form::mask && wants_text) return fault(Code::place_cannot_carry, "the bytes " + text() + " are no text, which the operator that masks them needs");
    }
    std::vector<Replacement> replacements;
    const auto treated = treat_text(value, *this, classes, is_text ? treatment_ : blind_, replacements);
    if (treated.has_error()) return treated.error();
    if (!replacements.empty()) out = with_replacements(value, replacements);
    return !replacements.empty();
}

Result<bool> ProtoWalk::raw_strings(std::string_view value, ClassSet declared, std::string& out) {
    const auto elements = raw_elements(value);
    if (!elements) return bytes(value, declared, out);
    for (const auto& one : *elements)
        if (find_invalid_utf8(one) != std::string_view::npos) return bytes(value, declared, out);
    std::string made, element;
    bool changed = false;
    for (const auto& one : *elements) {
        const auto other = rewrite_value(one, *this, declared, how_, element);
        if (other.has_error()) return other.error();
        changed = changed || *other;
        append_raw_element(*other ? std::string_view(element) : one, made);
    }
    if (changed) out = std::move(made);
    return changed;
}

Status ProtoWalk::number_field(const ProtoField& known, const WireField& field, ClassSet declared, ProtoEdits& edits) {
    if (field.type == WireType::bytes) {
        std::string made;
        const auto changed = packed(known, field.value, declared, made);
        if (changed.has_error()) return changed.error();
        if (*changed) edits.replace_value(field, made);
        return {};
    }
    const auto zero = vanishes(known, field.scalar, declared);
    if (zero.has_error()) return zero.error();
    if (!*zero) return {};
    std::string& out = edits.replace(field.whole).append(field.tag);
    if (known.wire == WireType::varint)
        append_varint(0, out);
    else
        append_fixed(0, known.wire == WireType::fixed64 ? 8 : 4, out);
    return {};
}

Result<bool> ProtoWalk::packed(const ProtoField& known, std::string_view values, ClassSet declared, std::string& out) {
    ProtoEdits edits(values, out);
    while (!values.empty()) {
        const std::string_view before = values;
        const auto raw = known.wire == WireType::varint ? take_varint(values) : take_fixed(values, known.wire == WireType::fixed64 ? 8 : 4);
        if (!raw) return fault(Code::body_invalid, "the packed numbers " + text() + " are malformed");
        const auto zero = vanishes(known, *raw, declared);
        if (zero.has_error()) return zero.error();
        const auto whole = before.substr(0, before.size() - values.size());
        if (!*zero) continue;
        if (known.wire == WireType::varint)
            append_varint(0, edits.replace(whole));
        else
            append_fixed(0, whole.size(), edits.replace(whole));
    }
    return edits.finish();
}

/// Readers cut a varint to the width of its field (the encoding guide, "Integer types"), so what is wider is read as
/// another number than it is. A negative one is as long as 64 bits make it.
bool fits(const ProtoField& known, std::uint64_t raw) {
    if (known.wire != WireType::varint || known.bits == 64) return true;
    if (known.kind != Kind::signed_number) return raw >> known.bits == 0;
    const auto number = static_cast<std::int64_t>(raw);
    return number >= std::numeric_limits<std::int32_t>::min() && number <= std::numeric_limits<std::int32_t>::max();
}

/// The digits of the whole part of a number.
std::string digits_of(const ProtoField& known, std::uint64_t raw) {
    if (known.kind == Kind::double_number || known.kind == Kind::float_number) {
        const double value = known.kind == Kind::double_number ? std::bit_cast<double>(raw) : static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(raw)));
        if (!std::isfinite(value)) return {};
        std::array<char, 32> written{};
        const int size = std::snprintf(written.data(), written.size(), "%.17g", value);
        return whole_number(std::string_view(written.data(), static_cast<std::size_t>(size)));
    }
    if (known.kind == Kind::zigzag_number) return std::to_string((raw >> 1) + (raw & 1));
    std::int64_t number = static_cast<std::int64_t>(raw);
    if (known.wire == WireType::fixed32) number = static_cast<std::int32_t>(static_cast<std::uint32_t>(raw));
    const bool negative = known.kind == Kind::signed_number && number < 0;
    return std::to_string(negative ? ~static_cast<std::uint64_t>(number) + 1 : raw);
}

/// Whether a number must give way to 0; nothing else can stand for one.
Result<bool> ProtoWalk::vanishes(const ProtoField& known, std::uint64_t raw, ClassSet declared) {
    constexpr std::uint64_t shortest = 10'000'000;  // of eight digits
    if (!fits(known, raw)) return fault(Code::body_invalid, "the number " + text() + " is wider than its field");
    const bool fraction = known.kind == Kind::double_number || known.kind == Kind::float_number;
    if (declared.empty() && !fraction && raw < shortest) return false;
    std::string digits = digits_of(known, raw);
    if (digits.size() < fewest_digits && declared.empty()) return false;
    if (digits.empty()) digits = "0";
    std::vector<Replacement> replacements;
    const auto found = treat_text(digits, *this, declared, treatment_, replacements);
    if (found.has_error()) return found.error();
    for (const auto& one : replacements)
        if (!one.text.empty()) return fault(Code::place_cannot_carry, "the number " + text() + " cannot carry the form that its value must take; only redact makes a number of it");
    return !replacements.empty();
}

/// Something that no recogniser can read goes as it is, or not at all.
Status ProtoWalk::uninspected(ClassSet classes) {
    treatment_.findings->saw(classes, {}, text());
    if (goes_in_clear(classes)) return {};
    return refuse_class(treatment_, classes, *this);
}

}  // namespace

Result<bool> rewrite_proto(std::string_view message, const ProtoRewriteSpec& spec, std::string& out) {
    ProtoWalk walk(spec);
    const Level top{spec.type, spec.fields, spec.fields ? spec.fields->data : ClassSet{}, 0, false};
    return walk.walk(top, message, out);
}

}  // namespace bordergate

#include "filters/body/proto_texts.hpp"

#include <map>

#include "filters/body/proto_edits.hpp"
#include "filters/body/proto_tensors.hpp"
#include "filters/utf8.hpp"

namespace bordergate {

namespace {

using Kind = ProtoField::Kind;
using Role = ProtoMessage::Role;

bool is_text(std::string_view value) { return find_invalid_utf8(value) == std::string_view::npos; }

/// Where the walk is.
struct Level {
    const ProtoMessage* type = nullptr;
    std::string thread;
    std::size_t depth = 0;
    bool text_tensor = false;
    Role within = Role::ordinary;  ///< of the message around it
};

class TextWalk {
  public:
    explicit TextWalk(const ProtoTextVisit& visit) : visit_(visit) {}

    /// True if the message changed and stands in `out`.
    bool walk(const Level& level, std::string_view message, std::string& out);
    bool sound() const { return sound_; }

  private:
    void field(const Level& level, const ProtoField& known, const WireField& field, ProtoEdits& edits);
    void text(const std::string& thread, const WireField& field, ProtoEdits& edits) const;
    void raw_tensor(const std::string& thread, const WireField& field, ProtoEdits& edits) const;

    const ProtoTextVisit& visit_;
    bool sound_ = true;
    std::size_t raw_seen_ = 0;
    std::vector<bool> raw_text_;
};

/// What a message says of itself that tells its texts from those of others at the same place.
std::string identity(const ProtoMessage& type, std::string_view message) {
    const ProtoField* index = type.field("index");
    const ProtoField* id = type.role == Role::infer_response ? type.field("id") : nullptr;
    if (index && (index->wire != WireType::varint || index->repeated)) index = nullptr;
    if (!index && !id) return {};
    std::string told = index ? "#0" : "#";  // proto3 leaves out a 0
    while (!message.empty()) {
        const auto field = take_field(message);
        if (!field) return told;
        if (index && field->number == index->number && field->type == WireType::varint) told = '#' + std::to_string(field->scalar);
        if (id && field->number == id->number && field->type == WireType::bytes) told = '#' + std::string(field->value);
    }
    return told;
}

bool TextWalk::walk(const Level& level, std::string_view message, std::string& out) {
    const Role role = level.type->role;
    if (level.depth > deepest_message || role == Role::message_set || role == Role::any || role == Role::map_entry) return false;
    if (role == Role::infer_response) {
        raw_text_ = text_raw_contents(message, kserve::raw_output);
        raw_seen_ = 0;
    }
    ProtoEdits edits(message, out);
    std::map<std::uint32_t, std::size_t> positions;
    for (std::string_view rest = message; !rest.empty() && sound_;) {
        const auto next = take_field(rest, deepest_message - level.depth);
        sound_ = next && next->type != WireType::end_group;
        const ProtoField* known = sound_ ? level.type->field(next->number) : nullptr;
        if (!known || known->wire != next->type || known->is_number()) continue;
        Level inner{known->message, level.thread + '/' + std::to_string(known->number), level.depth + 1, level.text_tensor, role};
        const std::string told = known->message ? identity(*known->message, next->value) : std::string();
        const std::size_t position = positions[known->number]++;
        inner.thread += told.empty() ? '[' + std::to_string(position) + ']' : told;
        field(inner, *known, *next, edits);
        if (known->kind == Kind::bytes && role == Role::infer_response) ++raw_seen_;
    }
    return edits.finish();
}

/// `level`: of what the field holds.
void TextWalk::field(const Level& level, const ProtoField& known, const WireField& field, ProtoEdits& edits) {
    if (known.message) {
        Level inner = level;
        if (known.message->role == Role::infer_tensor) inner.text_tensor = is_text_tensor(field.value);
        else if (known.message->role != Role::infer_contents) inner.text_tensor = false;
        std::string made;
        if (walk(inner, field.value, made)) edits.replace_message(field, made);
        return;
    }
    const bool raw = level.within == Role::infer_response && raw_seen_ < raw_text_.size() && raw_text_[raw_seen_];
    if (known.kind == Kind::text || (level.within == Role::infer_contents && level.text_tensor)) text(level.thread, field, edits);
    else if (raw) raw_tensor(level.thread, field, edits);
}

void TextWalk::text(const std::string& thread, const WireField& field, ProtoEdits& edits) const {
    if (!is_text(field.value)) return;
    if (const std::string* other = visit_(thread, field.value)) edits.replace_value(field, *other);
}

void TextWalk::raw_tensor(const std::string& thread, const WireField& field, ProtoEdits& edits) const {
    const auto elements = raw_elements(field.value);
    if (!elements) return;
    for (const auto& one : *elements)
        if (!is_text(one)) return;
    std::string made;
    bool changed = false;
    for (std::size_t i = 0; i < elements->size(); ++i) {
        const auto* other = visit_(thread + '[' + std::to_string(i) + ']', (*elements)[i]);
        changed = changed || other;
        append_raw_element(other ? std::string_view(*other) : (*elements)[i], made);
    }
    if (changed) edits.replace_value(field, made);
}

}  // namespace

bool visit_proto_texts(std::string_view message, const ProtoMessage& type, const ProtoTextVisit& visit, std::string& out) {
    TextWalk walk(visit);
    const std::size_t before = out.size();
    const Level top{&type, identity(type, message), 0, false, Role::ordinary};
    const bool changed = walk.walk(top, message, out);
    if (!walk.sound()) out.resize(before);
    return changed && walk.sound();
}

}  // namespace bordergate

#include "filters/body/proto_texts.hpp"

#include <array>
#include <map>

#include "config/utf8.hpp"
#include "filters/body/proto_edits.hpp"
#include "filters/body/proto_tensors.hpp"
#include "filters/sip_hash.hpp"

namespace bordergate {

namespace {

using Kind = ProtoField::Kind;
using Role = ProtoMessage::Role;

bool is_text(std::string_view value) { return find_invalid_utf8(value) == std::string_view::npos; }

/// What tells a text from others at the same level.
enum class Told : std::uint64_t { position, index, id, element };

/// The thread of what stands in `thread`, at `field`.
ProtoThread step(ProtoThread thread, std::uint32_t field, Told by, std::uint64_t value) {
    std::array<char, 32> bytes{};
    std::size_t at = 0;
    for (const std::uint64_t word : {thread, std::uint64_t{field}, static_cast<std::uint64_t>(by), value})
        for (int shift = 0; shift < 64; shift += 8) bytes[at++] = static_cast<char>(word >> shift & 0xffU);
    return sip_hash(process_sip_key(), {bytes.data(), bytes.size()});
}

/// Where the walk is.
struct Level {
    const ProtoMessage* type = nullptr;
    ProtoThread thread = 0;
    bool apart = false;  ///< its texts are nobody's pieces
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
    void text(ProtoThread thread, const WireField& field, ProtoEdits& edits) const;
    void raw_tensor(ProtoThread thread, const WireField& field, ProtoEdits& edits) const;

    const ProtoTextVisit& visit_;
    bool sound_ = true;
    std::size_t raw_seen_ = 0;
    std::vector<bool> raw_text_;
};

/// What a message says of itself that tells its texts from those of others at the same place.
struct Identity {
    Told by = Told::position;
    std::uint64_t value = 0;
    bool apart = false;
};

Identity identity(const ProtoMessage& type, std::string_view message) {
    const ProtoField* index = type.field("index");
    const ProtoField* id = type.role == Role::infer_response ? type.field("id") : nullptr;
    if (index && (index->wire != WireType::varint || index->repeated)) index = nullptr;
    if (!index && !id) return {};
    Identity told{index ? Told::index : Told::id};  // proto3 leaves out a 0, and what is empty
    std::string_view name;
    while (!message.empty()) {
        const auto field = take_field(message);
        if (!field) break;
        if (index && field->number == index->number && field->type == WireType::varint) told.value = field->scalar;
        if (id && field->number == id->number && field->type == WireType::bytes) name = field->value;
    }
    if (!index) told.value = sip_hash(process_sip_key(), name.substr(0, longest_text_id));
    told.apart = name.size() > longest_text_id;
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
        Identity told = known->message ? identity(*known->message, next->value) : Identity();
        const std::size_t position = positions[known->number]++;
        if (told.by == Told::position) told.value = position;
        const Level inner{known->message, step(level.thread, known->number, told.by, told.value), level.apart || told.apart, level.depth + 1, level.text_tensor, role};
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
    if (level.apart) return;
    const bool raw = level.within == Role::infer_response && raw_seen_ < raw_text_.size() && raw_text_[raw_seen_];
    if (known.kind == Kind::text || (level.within == Role::infer_contents && level.text_tensor)) text(level.thread, field, edits);
    else if (raw) raw_tensor(level.thread, field, edits);
}

void TextWalk::text(ProtoThread thread, const WireField& field, ProtoEdits& edits) const {
    if (!is_text(field.value)) return;
    if (const std::string* other = visit_(thread, field.value)) edits.replace_value(field, *other);
}

void TextWalk::raw_tensor(ProtoThread thread, const WireField& field, ProtoEdits& edits) const {
    const auto elements = raw_elements(field.value);
    if (!elements) return;
    for (const auto& one : *elements)
        if (!is_text(one)) return;
    std::string made;
    bool changed = false;
    for (std::size_t i = 0; i < elements->size(); ++i) {
        const auto* other = visit_(step(thread, 0, Told::element, i), (*elements)[i]);
        changed = changed || other;
        append_raw_element(other ? std::string_view(*other) : (*elements)[i], made);
    }
    if (changed) edits.replace_value(field, made);
}

}  // namespace

bool visit_proto_texts(std::string_view message, const ProtoMessage& type, const ProtoTextVisit& visit, std::string& out) {
    TextWalk walk(visit);
    const std::size_t before = out.size();
    const Identity told = identity(type, message);
    const Level top{&type, step(0, 0, told.by, told.value), told.apart, 0, false, Role::ordinary};
    const bool changed = walk.walk(top, message, out);
    if (!walk.sound()) out.resize(before);
    return changed && walk.sound();
}

}  // namespace bordergate

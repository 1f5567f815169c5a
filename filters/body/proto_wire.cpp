#include "filters/body/proto_wire.hpp"

namespace bordergate {

namespace {

struct Tag {
    std::uint32_t number;
    WireType type;
};

std::optional<Tag> take_tag(std::string_view& bytes) {
    const auto raw = take_varint(bytes);
    // Field numbers have 29 bits; readers differ in what they make of more.
    if (!raw || *raw > 0xffffffffU || (*raw >> 3) == 0 || (*raw & 7) > 5) return std::nullopt;
    return Tag{static_cast<std::uint32_t>(*raw >> 3), static_cast<WireType>(*raw & 7)};
}

}  // namespace

std::optional<std::uint64_t> take_varint(std::string_view& bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size() && i < 10; ++i) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        if (i == 9 && byte > 1) return std::nullopt;  // more than 64 bits
        value |= static_cast<std::uint64_t>(byte & 0x7fU) << (7 * i);
        if (byte >= 0x80) continue;
        bytes.remove_prefix(i + 1);
        return value;
    }
    return std::nullopt;
}

std::optional<std::uint64_t> take_fixed(std::string_view& bytes, std::size_t size) {
    if (bytes.size() < size) return std::nullopt;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    bytes.remove_prefix(size);
    return value;
}

void append_varint(std::uint64_t value, std::string& out) {
    for (; value >= 0x80; value >>= 7) out += static_cast<char>((value & 0x7fU) | 0x80U);
    out += static_cast<char>(value);
}

void append_fixed(std::uint64_t value, std::size_t size, std::string& out) {
    for (std::size_t i = 0; i < size; ++i) out += static_cast<char>((value >> (8 * i)) & 0xffU);
}

std::optional<WireField> take_field(std::string_view& message, std::size_t depth) {
    const std::string_view before = message;
    std::string_view rest = message;
    const auto tag = take_tag(rest);
    if (!tag) return std::nullopt;
    WireField field;
    field.number = tag->number;
    field.type = tag->type;
    field.tag = before.substr(0, before.size() - rest.size());
    const std::string_view body = rest;
    switch (tag->type) {
        case WireType::varint:
        case WireType::fixed64:
        case WireType::fixed32: {
            const auto value = tag->type == WireType::varint ? take_varint(rest) : take_fixed(rest, tag->type == WireType::fixed64 ? 8 : 4);
            if (!value) return std::nullopt;
            field.scalar = *value;
            field.value = body.substr(0, body.size() - rest.size());
            break;
        }
        case WireType::bytes: {
            const auto length = take_varint(rest);
            if (!length || *length > rest.size()) return std::nullopt;
            field.value = rest.substr(0, static_cast<std::size_t>(*length));
            rest.remove_prefix(field.value.size());
            break;
        }
        case WireType::group: {
            if (depth == 0) return std::nullopt;
            for (;;) {
                const auto inner = rest.empty() ? std::nullopt : take_field(rest, depth - 1);
                if (!inner) return std::nullopt;
                if (inner->type != WireType::end_group) continue;
                if (inner->number != field.number) return std::nullopt;
                field.end_tag = inner->tag;
                field.value = body.substr(0, static_cast<std::size_t>(inner->tag.data() - body.data()));
                break;
            }
            break;
        }
        case WireType::end_group: break;  // the caller's: outside of a group it is none
    }
    field.whole = before.substr(0, before.size() - rest.size());
    message = rest;
    return field;
}

}  // namespace bordergate

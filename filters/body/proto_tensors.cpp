#include "filters/body/proto_tensors.hpp"

namespace bordergate {

bool is_text_tensor(std::string_view tensor) {
    bool text = false;
    while (!tensor.empty()) {
        const auto field = take_field(tensor);
        if (!field) return false;
        if (field->number != kserve::datatype) continue;
        // Of a field that stands twice readers take the last; two that differ are one too many for us.
        if (field->type != WireType::bytes || field->value != "BYTES") return false;
        text = true;
    }
    return text;
}

std::vector<bool> text_raw_contents(std::string_view message, std::uint32_t raw_field) {
    std::vector<bool> text;
    std::size_t raw = 0;
    while (!message.empty()) {
        const auto field = take_field(message);
        if (!field) return {};
        if (field->type != WireType::bytes) continue;
        if (field->number == kserve::tensors) text.push_back(is_text_tensor(field->value));
        if (field->number == raw_field) ++raw;
    }
    if (raw != text.size()) text.assign(raw, false);
    return text;
}

std::optional<std::vector<std::string_view>> raw_elements(std::string_view raw) {
    std::vector<std::string_view> elements;
    while (!raw.empty()) {
        const auto length = take_fixed(raw, 4);
        if (!length || *length > raw.size()) return std::nullopt;
        elements.push_back(raw.substr(0, static_cast<std::size_t>(*length)));
        raw.remove_prefix(elements.back().size());
    }
    return elements;
}

void append_raw_element(std::string_view element, std::string& raw) {
    append_fixed(element.size(), 4, raw);
    raw.append(element);
}

}  // namespace bordergate

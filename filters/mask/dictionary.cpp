#include "filters/mask/dictionary.hpp"

#include "filters/mask/operators.hpp"

namespace bordergate {

Status replace_dictionary(const MaskParameters& how, const std::array<std::uint8_t, 64>& key, std::string_view entity, std::string_view value, std::string& out) {
    const auto& words = how.words;
    if (words.empty() || (words.size() == 1 && words.front() == value)) return fault(Code::internal, "replace_dictionary has no word that could stand for a value");
    // What 64 bits leave uneven over a list is nothing that can be seen.
    auto chosen = keyed_number(key, entity, value) % words.size();
    if (words[chosen] == value) chosen = (chosen + 1) % words.size();
    out += words[chosen];
    return {};
}

}  // namespace bordergate

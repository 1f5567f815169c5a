// The entities that recognisers know by name, with the class each one yields unless the operator says
// otherwise. Shared by the loader, which checks names, and the scanner, which finds them.
#pragma once

#include <array>
#include <string_view>

namespace bordergate {

struct EntityInfo {
    std::string_view entity;  ///< Presidio's name where it has the entity
    std::string_view data;    ///< class in config/packs/classes.yaml
};

inline constexpr std::array builtin_entities{
    EntityInfo{"EMAIL_ADDRESS", "contact"}, EntityInfo{"IBAN_CODE", "account"},     EntityInfo{"CREDIT_CARD", "card"},
    EntityInfo{"PHONE_NUMBER", "contact"},  EntityInfo{"IP_ADDRESS", "identifier"},
};

}  // namespace bordergate

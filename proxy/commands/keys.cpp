#include "proxy/commands/keys.hpp"

#include <boost/json.hpp>
#include <ostream>

#include "config/jurisdiction.hpp"
#include "proxy/commands/exit_codes.hpp"
#include "proxy/keys/file_keys.hpp"

namespace bordergate {

int keys_create_command(const std::filesystem::path& directory, const std::string& jurisdiction, std::ostream& out, std::ostream& errors) {
    const auto place = Atlas::builtin().find(jurisdiction);
    if (place && !place->possible.only()) {
        errors << "bordergate: \"" << jurisdiction
               << "\" is a group of countries; keys are made for one country or subdivision\n";
        return exit_usage;
    }
    if (!place) {
        const auto nearest = Atlas::builtin().nearest(jurisdiction);
        errors << "bordergate: \"" << jurisdiction << "\" is no country or subdivision" << (nearest.empty() ? "" : "; did you mean " + std::string(nearest) + "?") << "\n";
        return exit_usage;
    }
    const auto made = create_keys(directory, jurisdiction);
    if (made.has_error()) {
        errors << "bordergate: " << made.error().detail << "\n";
        return exit_io;
    }
    for (const auto& file : *made) out << "made " << file.string() << "\n";
    return exit_ok;
}

int keys_list_command(const std::filesystem::path& directory, bool as_json, std::ostream& out, std::ostream& errors) {
    const auto rings = load_key_rings(directory);
    if (rings.has_error()) {
        errors << "bordergate: " << rings.error().detail << "\n";
        return exit_io;
    }
    boost::json::array list;
    for (const auto& [jurisdiction, ring] : *rings) {
        const auto* key = ring->sealing();
        const std::string seals = key ? key->kid : "";
        const bool masks = ring->derive("label", "", "").has_value();
        if (as_json)
            list.push_back(boost::json::object{{"jurisdiction", jurisdiction}, {"seals_with", seals}, {"masks", masks}});
        else
            out << jurisdiction << "  seals with " << (key ? seals : "nothing") << (masks ? "  masks" : "  has no masking secret") << "\n";
    }
    if (as_json) out << boost::json::serialize(list) << "\n";
    return exit_ok;
}

}  // namespace bordergate

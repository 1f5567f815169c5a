#include "filters/body/xml_unescaped.hpp"

#include <algorithm>

#include "filters/ascii.hpp"
#include "filters/body/xml_second_reading.hpp"
#include "filters/body/xml_text.hpp"

namespace bordergate {

namespace {

constexpr std::string_view unfit = "a name, comment or instruction of the XML cannot carry the form that its text must take";
constexpr std::size_t most_harmless = 256, longest_harmless = 64;

constexpr bool begins_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
constexpr bool in_name(char c) { return begins_name(c) || is_digit(c) || c == '-' || c == '.'; }

/// Whether a name with these replacements is one, of the same prefix.
bool stays_name(std::string_view name, const std::vector<Replacement>& replacements, std::string_view made) {
    const auto local = static_cast<std::size_t>(xml_local_name(name).data() - name.data());
    if (declares_namespace(name) || replacements.front().begin < local || made.size() <= local) return false;
    if (replacements.front().begin == local && !begins_name(made[local])) return false;
    return std::all_of(replacements.begin(), replacements.end(), [](const Replacement& one) { return std::all_of(one.text.begin(), one.text.end(), in_name); });
}

}  // namespace

XmlUnescaped::XmlUnescaped(const Treatment& treatment) : treatment_(treatment) {
    if (treatment_.treater) treatment_.treater = &mask_only_.emplace(*treatment_.treater, unfit);
}

Fault XmlUnescaped::cannot_carry() { return fault(Code::place_cannot_carry, std::string(unfit)); }

Result<bool> XmlUnescaped::treat_name(std::string_view name, const Place& place, std::string& out) {
    if (harmless_.contains(name)) return false;
    std::vector<Replacement> replacements;
    const auto found = treat_text(name, place, {}, treatment_, replacements);
    if (found.has_error()) return found.error();
    if (*found == 0 && harmless_.size() < most_harmless && name.size() <= longest_harmless) harmless_.emplace(name);
    if (replacements.empty()) return false;
    out = with_replacements(name, replacements);
    if (!stays_name(name, replacements, out)) return cannot_carry();
    return true;
}

Status XmlUnescaped::treat_comment(std::string_view content, const Place& place, std::string& out) {
    std::vector<Replacement> replacements;
    const auto found = treat_quoted(content, place, treatment_, replacements);
    if (found.has_error()) return found.error();
    const auto made = with_replacements(content, replacements);
    if (!replacements.empty() && (made.find("--") != std::string::npos || made.ends_with('-') || !fits_xml(made))) return cannot_carry();
    out.append(made);
    return {};
}

Status XmlUnescaped::treat_instruction(std::string_view content, const Place& place, std::string& out) {
    std::vector<Replacement> replacements;
    const auto found = treat_quoted(content, place, treatment_, replacements);
    if (found.has_error()) return found.error();
    const auto made = with_replacements(content, replacements);
    const auto target = std::find_if(content.begin(), content.end(), [](char c) { return is_xml_space(c); }) - content.begin();
    if (!replacements.empty() && (replacements.front().begin <= static_cast<std::size_t>(target) || made.find("?>") != std::string::npos || made.ends_with('?') || !fits_xml(made))) return cannot_carry();
    out.append(made);
    return {};
}

Status XmlUnescaped::check_namespace(std::string_view name, const Place& place) {
    std::vector<Replacement> replacements;
    const auto found = treat_text(name, place, {}, treatment_, replacements);
    if (found.has_error()) return found.error();
    return replacements.empty() ? Status{} : Status(cannot_carry());
}

}  // namespace bordergate

#include "filters/seal/unsealer.hpp"

#include "config/binding.hpp"
#include "filters/seal/jwe.hpp"

namespace bordergate {

namespace {

/// The classes of a list such as `health,contact`; empty if one of them is not known here.
ClassSet classes_of(const ClassTree& tree, std::string_view list) {
    ClassSet classes;
    while (!list.empty()) {
        const auto comma = std::min(list.find(','), list.size());
        const auto id = tree.find(list.substr(0, comma));
        if (!id) return {};
        classes.add(*id);
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return classes;
}

}  // namespace

bool ExchangeUnsealer::lawful(std::string_view jurisdiction, std::string_view list) const {
    const auto place = atlas_.find(jurisdiction);
    const auto inside = [&](const Standing& standing) { return standing.location_known && place->sure.covers(standing.location); };
    if (!place || !inside(*reader_.standing) || !inside(*reader_.node)) return false;
    const ClassSet classes = classes_of(policy_.classes(), list);
    if (classes.empty()) return false;
    Standing kept = *reader_.standing;  // its own data, under the law of where it was sealed
    kept.location = place->sure;
    const auto laws = binding_laws(atlas_, kept);
    Crossing crossing;
    crossing.laws = laws;
    crossing.from = &kept;
    crossing.may_carry = classes;
    crossing.purposes = reader_.purposes;
    crossing.instant = reader_.instant;
    bool clear = true;
    classes.each([&](ClassId id) {
        for (const Standing* to : {reader_.standing, reader_.node}) clear = clear && policy_.judge(crossing, *to, id).form == Form::clear;
    });
    return clear;
}

Result<bool> ExchangeUnsealer::open(std::string_view token, std::string& out, std::string& content_type) {
    const auto claims = claims_of(token);
    if (claims.has_error()) return false;
    const auto ring = rings_.find(claims->context.jurisdiction);
    if (ring == rings_.end() || claims->context.tenant != reader_.tenant || !lawful(claims->context.jurisdiction, claims->context.data)) return false;
    if (open_jwe(*ring->second, claims->context, token, out).has_error()) return false;
    content_type = claims->context.content_type;
    return true;
}

std::optional<std::string> ExchangeUnsealer::open_token(std::string_view token) {
    for (const auto& [jurisdiction, ring] : rings_) {
        if (!made_under(token, jurisdiction)) continue;
        auto key = token_keys_.find(jurisdiction);
        if (key == token_keys_.end()) {
            const auto made = ring->derive(token_key_use, reader_.tenant, {});
            if (made.has_error()) continue;
            key = token_keys_.emplace(jurisdiction, *made).first;
        }
        auto content = bordergate::open_token(key->second, {jurisdiction, reader_.tenant, reader_.source, reader_.destination}, token);
        if (content.has_value() && lawful(jurisdiction, content->classes)) return std::move(content->value);
    }
    return std::nullopt;
}

}  // namespace bordergate

#include "proxy/http/hop_by_hop.hpp"

#include <algorithm>
#include <vector>

#include "filters/ascii.hpp"
#include "filters/name_set.hpp"

namespace bordergate {

namespace {

constexpr NameSet<21> ends_here{{
    "cdn-loop",          "connection",        "content-length",  "expect",           "forwarded",         "host",
    "keep-alive",        "proxy-authenticate", "proxy-authentication-info", "proxy-authorization",
    "proxy-connection",  "te",              "trailer",          "transfer-encoding", "upgrade",
    "via",               "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip",
    "bordergate-purpose"}};

constexpr NameSet<6> credentials{{"authorization", "proxy-authorization", "x-api-key", "api-key", "x-goog-api-key",
                                  "x-amz-security-token"}};

/// Say how a message is read or who sends it: no trailer may add them when that is settled.
constexpr NameSet<9> before_the_body{{"authorization", "cache-control", "content-encoding", "content-range", "content-type",
                                      "cookie",        "range",         "set-cookie",       "www-authenticate"}};

void add_nominated(std::vector<std::string>& names, std::string_view list) {
    while (!list.empty()) {
        const auto comma = std::min(list.find(','), list.size());
        const auto name = trimmed(list.substr(0, comma));
        if (!name.empty() && !equal_fold(name, "close") && !equal_fold(name, "keep-alive")) names.emplace_back(name);
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
}

}  // namespace

void strip_hop_by_hop(Fields& fields) {
    std::vector<std::string> nominated;
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (equal_fold(fields[i].name, "connection")) add_nominated(nominated, fields[i].value);
    fields.retain([&nominated](const Fields::Line& line) {
        if (ends_here.has(line.name)) return false;
        return nominated.empty() || std::none_of(nominated.begin(), nominated.end(),
                            [&line](const auto& name) { return equal_fold(name, line.name); });
    });
}

bool lists_token(const Fields& fields, std::string_view name, std::string_view token) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (!equal_fold(fields[i].name, name)) continue;
        std::string_view rest = fields[i].value;
        while (!rest.empty()) {
            const auto comma = std::min(rest.find(','), rest.size());
            if (equal_fold(trimmed(rest.substr(0, comma)), token)) return true;
            rest.remove_prefix(std::min(comma + 1, rest.size()));
        }
    }
    return false;
}

void strip_forbidden_trailers(Fields& trailers) {
    strip_hop_by_hop(trailers);
    strip_credentials(trailers);
    trailers.retain([](const Fields::Line& line) { return !before_the_body.has(line.name); });
}

bool is_credential_field(std::string_view name) { return credentials.has(name); }

void strip_credentials(Fields& fields) {
    fields.retain([](const Fields::Line& line) { return !is_credential_field(line.name); });
}

}  // namespace bordergate

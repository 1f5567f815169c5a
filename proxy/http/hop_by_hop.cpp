#include "proxy/http/hop_by_hop.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace bordergate {

namespace {

constexpr std::array<std::string_view, 20> ends_here{
    "connection",        "content-length",  "expect",           "forwarded",         "host",
    "keep-alive",        "proxy-authenticate", "proxy-authentication-info", "proxy-authorization",
    "proxy-connection",  "te",              "trailer",          "transfer-encoding", "upgrade",
    "via",               "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip",
    "bordergate-purpose"};

constexpr std::array<std::string_view, 6> credentials{"authorization", "proxy-authorization", "x-api-key", "api-key",
                                                      "x-goog-api-key", "x-amz-security-token"};

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

template <std::size_t size>
bool is_one_of(const std::array<std::string_view, size>& names, std::string_view name) {
    return std::any_of(names.begin(), names.end(), [name](auto one) { return equal_fold(one, name); });
}

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
        if (is_one_of(ends_here, line.name)) return false;
        return std::none_of(nominated.begin(), nominated.end(),
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
    constexpr std::array<std::string_view, 9> before_the_body{"authorization", "cache-control", "content-encoding", "content-range", "content-type",
                                                              "cookie",        "range",         "set-cookie",       "www-authenticate"};
    strip_hop_by_hop(trailers);
    strip_credentials(trailers);
    trailers.retain([&before_the_body](const Fields::Line& line) { return !is_one_of(before_the_body, line.name); });
}

bool is_credential_field(std::string_view name) { return is_one_of(credentials, name); }

void strip_credentials(Fields& fields) {
    fields.retain([](const Fields::Line& line) { return !is_credential_field(line.name); });
}

}  // namespace bordergate

#include "filters/dialect/endpoint_path.hpp"

#include <algorithm>

namespace bordergate {

namespace {

/// `text` without its percent-encoding. Nothing if it is malformed.
std::optional<std::string> decoded(std::string_view text) {
    const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; };
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            plain += text[i];
            continue;
        }
        if (i + 2 >= text.size() || digit(text[i + 1]) < 0 || digit(text[i + 2]) < 0) return std::nullopt;
        plain += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
        i += 2;
    }
    return plain;
}

/// The one parameter of that name in a query; empty if there is none. Fault if it is not certain which one counts.
Result<std::string> query_value(std::string_view query, std::string_view name) {
    std::string value;
    bool found = false;
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const auto one = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        const auto equals = std::min(one.find('='), one.size());
        const auto its_name = one.substr(0, equals);
        const bool same = its_name == name;
        if ((same && found) || its_name.find_first_of("%+") != std::string_view::npos)
            return fault(Code::framing_invalid, "the query must name the model once, and its names must not be encoded");
        if (!same) continue;
        found = true;
        value = one.substr(std::min(equals + 1, one.size()));
    }
    return value;
}

}  // namespace

std::optional<std::string_view> match_endpoint(std::string_view pattern, std::string_view path) {
    const auto star = pattern.find('*');
    if (star == std::string_view::npos) return path.ends_with(pattern) ? std::optional(std::string_view()) : std::nullopt;
    const auto before = pattern.substr(0, star), after = pattern.substr(star + 1);
    if (path.size() < pattern.size() || !path.ends_with(after)) return std::nullopt;
    path.remove_suffix(after.size());
    const auto begin = after.empty() ? path.find(before) : path.rfind(before);
    if (begin == std::string_view::npos) return std::nullopt;
    const auto named = path.substr(begin + before.size());
    const bool one = !named.empty() && (after.empty() || named.find('/') == std::string_view::npos);
    return one ? std::optional(named) : std::nullopt;
}

const DialectEndpoint* find_endpoint(std::span<const DialectEndpoint> endpoints, std::string_view method, std::string_view path) {
    const auto found = std::find_if(endpoints.begin(), endpoints.end(), [&](const auto& one) { return one.method == method && match_endpoint(one.path, path); });
    return found == endpoints.end() ? nullptr : &*found;
}

Result<std::optional<std::string>> model_in_head(const DialectEndpoint& endpoint, std::string_view path, std::string_view query) {
    if (!endpoint.model_query.empty()) {
        auto value = query_value(query, endpoint.model_query);
        if (value.has_error()) return value.error();
        return std::optional(std::move(*value));
    }
    if (endpoint.path.find('*') == std::string_view::npos) return std::optional<std::string>();
    const auto named = match_endpoint(endpoint.path, path);
    auto model = named ? decoded(*named) : std::nullopt;
    if (!model) return fault(Code::framing_invalid, "the path does not name a model that can be read");
    return model;
}

}  // namespace bordergate

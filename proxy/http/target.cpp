#include "proxy/http/target.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include "filters/ascii.hpp"

namespace bordergate {

namespace {

Fault refuse(std::string_view why) { return fault(Code::framing_invalid, std::string(why)); }

bool is_unreserved(unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

/// Undoes escapes of unreserved characters, writes the others in upper case. Refuses what is ambiguous.
Result<std::string> normal_escapes(std::string_view text, bool in_path) {
    static constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\\' && in_path) return refuse("the path holds a backslash");
        if (c == '#') return refuse("the target holds a fragment");
        if (c != '%') {
            out += c;
            continue;
        }
        const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
        if (high < 0 || low < 0) return refuse("the target holds a broken escape");
        const auto byte = static_cast<unsigned char>(high * 16 + low);
        i += 2;
        if (in_path && (byte == '/' || byte == '\\')) return refuse("the path holds an escaped slash");
        if (byte < 0x20 || byte == 0x7f) {
            if (in_path || byte == 0) return refuse("the target holds an escaped control character");
        }
        if (is_unreserved(byte)) {
            out += static_cast<char>(byte);
        } else {
            out += '%';
            out += digits[byte >> 4];
            out += digits[byte & 15];
        }
    }
    return out;
}

bool is_host_character(unsigned char c) { return is_unreserved(c); }

Result<std::string> check_host(std::string_view host) {
    if (!host.empty() && host.back() == '.') host.remove_suffix(1);
    if (host.empty() || host.size() > 253) return refuse("the host is empty or too long");
    std::string lower(host);
    for (auto& c : lower) {
        if (!is_host_character(static_cast<unsigned char>(c))) return refuse("the host holds a character it may not");
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

std::uint16_t default_port(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

/// True if both name the same host and port under `scheme`.
bool same_authority(const HostPort& a, const HostPort& b, std::string_view scheme) {
    return a.host == b.host && a.port.value_or(default_port(scheme)) == b.port.value_or(default_port(scheme));
}

Status split_path(RequestHead& head, std::string_view target) {
    const auto question = target.find('?');
    auto path = canonical_path(target.substr(0, question));
    if (path.has_error()) return path.error();
    head.path = std::move(*path);
    head.has_query = question != std::string_view::npos;
    if (head.has_query) {
        auto query = normal_escapes(target.substr(question + 1), false);
        if (query.has_error()) return query.error();
        head.query = std::move(*query);
    }
    return {};
}

Status set_absolute(RequestHead& head, std::string_view target, const HostPort& host) {
    const auto scheme_end = target.find("://");
    std::string scheme(target.substr(0, scheme_end));
    std::transform(scheme.begin(), scheme.end(), scheme.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (scheme != "http" && scheme != "https") return refuse("the target's scheme is not http or https");
    target.remove_prefix(scheme_end + 3);
    const auto authority_end = std::min(target.find('/'), target.find('?'));
    const auto authority = parse_authority(target.substr(0, authority_end));
    if (authority.has_error()) return authority.error();
    if (!same_authority(*authority, host, scheme)) return refuse("the target contradicts Host");
    head.scheme = scheme;
    head.authority = canonical_authority(*authority, scheme);
    return split_path(head, authority_end == std::string_view::npos ? "/" : target.substr(authority_end));
}

}  // namespace

Result<HostPort> parse_authority(std::string_view authority) {
    HostPort parsed;
    if (authority.find('@') != std::string_view::npos) return refuse("the authority holds user information");
    std::string_view port;
    if (!authority.empty() && authority.front() == '[') {
        const auto end = authority.find(']');
        if (end == std::string_view::npos) return refuse("the IPv6 address has no closing bracket");
        parsed.host = authority.substr(1, end - 1);
        for (auto& c : parsed.host) {
            if (hex_value(c) < 0 && c != ':' && c != '.') return refuse("the IPv6 address is malformed");
            if (c >= 'A' && c <= 'F') c = static_cast<char>(c + 32);
        }
        port = authority.substr(end + 1);
        if (!port.empty() && port.front() != ':') return refuse("the authority is malformed");
        if (!port.empty()) port.remove_prefix(1);
    } else {
        const auto colon = authority.find(':');
        auto host = check_host(authority.substr(0, colon));
        if (host.has_error()) return host.error();
        parsed.host = std::move(*host);
        if (colon != std::string_view::npos) port = authority.substr(colon + 1);
    }
    if (!port.empty()) {
        std::uint16_t number = 0;
        const auto* end = port.data() + port.size();
        const auto [stop, error] = std::from_chars(port.data(), end, number);
        if (stop != end || error != std::errc{} || number == 0) return refuse("the port is not a number");
        parsed.port = number;
    }
    return parsed;
}

std::string canonical_authority(const HostPort& authority, std::string_view scheme) {
    std::string text = authority.host.find(':') == std::string::npos ? authority.host : '[' + authority.host + ']';
    if (authority.port && (scheme.empty() || *authority.port != default_port(scheme)))
        text += ':' + std::to_string(*authority.port);
    return text;
}

Result<std::string> canonical_path(std::string_view path) {
    if (path.empty()) return std::string("/");
    if (path.front() != '/') return refuse("the path does not start with a slash");
    auto normal = normal_escapes(path, true);
    if (normal.has_error()) return normal.error();
    if (normal->find("//") == std::string::npos && normal->find("/.") == std::string::npos) return normal;
    std::vector<std::string_view> kept;
    std::string_view rest = *normal;
    bool directory = false;
    while (!rest.empty()) {
        rest.remove_prefix(1);
        const auto segment = rest.substr(0, rest.find('/'));
        rest.remove_prefix(segment.size());
        directory = rest.empty() && (segment.empty() || segment == "." || segment == "..");
        if (segment.empty() || segment == ".") continue;
        if (segment != "..") {
            kept.push_back(segment);
        } else if (kept.empty()) {
            return refuse("the path leaves its root");
        } else {
            kept.pop_back();
        }
    }
    std::string out;
    for (auto segment : kept) (out += '/') += segment;
    if (directory || out.empty()) out += '/';
    return out;
}

Status set_target(RequestHead& head, std::string_view target, bool& absolute) {
    absolute = false;
    const auto host = parse_authority(head.fields.get("host").value_or(""));
    if (host.has_error()) return host.error();
    if (head.method == "CONNECT") {
        const auto named = parse_authority(target);
        if (named.has_error()) return named.error();
        if (!named->port) return refuse("CONNECT names no port");
        if (!same_authority(*named, *host, "https")) return refuse("the target contradicts Host");
        absolute = true;
        head.authority = canonical_authority(*named, "");
        return {};
    }
    if (target.front() == '/') {
        head.authority = canonical_authority(*host, head.scheme);
        return split_path(head, target);
    }
    if (target == "*") {
        if (head.method != "OPTIONS") return refuse("the target * is for OPTIONS");
        head.authority = canonical_authority(*host, head.scheme);
        head.path = "*";
        return {};
    }
    if (target.find("://") == std::string_view::npos) return refuse("the target is neither a path nor a URL");
    absolute = true;
    return set_absolute(head, target, *host);
}

}  // namespace bordergate

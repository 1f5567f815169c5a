#include "config/yaml_formats.hpp"

#include <arpa/inet.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>

namespace bordergate {

namespace {

/// A number and the unit after it.
std::optional<std::pair<std::uint64_t, std::string_view>> number_and_unit(std::string_view text) {
    std::uint64_t number = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || stop == text.data()) return std::nullopt;
    return std::pair{number, std::string_view(stop, static_cast<std::size_t>(end - stop))};
}

template <std::size_t size>
std::optional<std::uint64_t> scaled(
    std::string_view text,
    const std::array<std::pair<std::string_view, std::uint64_t>, size>& units) {
    const auto parsed = number_and_unit(text);
    if (!parsed) return std::nullopt;
    for (const auto& [unit, factor] : units) {
        if (unit != parsed->second) continue;
        if (parsed->first > UINT64_MAX / 2 / factor) return std::nullopt;
        return parsed->first * factor;
    }
    return std::nullopt;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (text.empty() || error != std::errc{} || stop != text.data() + text.size())
        return std::nullopt;
    return port;
}

std::optional<std::array<std::uint8_t, 16>> parse_address(const std::string& text, bool& v4) {
    std::array<std::uint8_t, 16> bytes{};
    v4 = inet_pton(AF_INET, text.c_str(), bytes.data() + 12) == 1;
    if (v4) {
        bytes[10] = bytes[11] = 0xff;
        return bytes;
    }
    if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return bytes;
    return std::nullopt;
}

bool is_host(std::string_view host) {
    return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    });
}

}  // namespace

std::optional<std::size_t> parse_size(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, std::uint64_t>, 9> units{
        {{"", 1},
         {"B", 1},
         {"KB", 1000},
         {"MB", 1000'000},
         {"GB", 1000'000'000},
         {"KiB", 1024},
         {"MiB", 1048576},
         {"GiB", 1073741824},
         {"TiB", 1ULL << 40}}};
    return scaled(text, units);
}

std::optional<std::chrono::microseconds> parse_duration(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, std::uint64_t>, 5> units{
        {{"us", 1}, {"ms", 1000}, {"s", 1000'000}, {"m", 60'000'000}, {"h", 3'600'000'000}}};
    const auto micros = scaled(text, units);
    if (!micros) return std::nullopt;
    return std::chrono::microseconds(static_cast<std::int64_t>(*micros));
}

std::optional<RateLimit> parse_rate(std::string_view text) {
    const auto parsed = number_and_unit(text);
    if (!parsed || parsed->first == 0 || parsed->first > most_requests) return std::nullopt;
    for (const auto& [unit, per] : {std::pair{"/s", 1}, {"/m", 60}, {"/h", 3600}})
        if (parsed->second == unit) return RateLimit{parsed->first, std::chrono::seconds(per), parsed->first};
    return std::nullopt;
}

std::optional<Endpoint> parse_endpoint(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    auto host = text.substr(0, colon);
    if (host.size() > 1 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
    const auto port = parse_port(text.substr(colon + 1));
    bool v4 = false;
    if (!port || !parse_address(std::string(host), v4)) return std::nullopt;
    return Endpoint{std::string(host), *port};
}

std::optional<SecretRef> parse_secret(std::string_view text) {
    for (auto [prefix, kind] : {std::pair{std::string_view("file:"), SecretRef::Kind::file},
                                std::pair{std::string_view("env:"), SecretRef::Kind::env}})
        if (text.starts_with(prefix) && text.size() > prefix.size())
            return SecretRef{kind, std::string(text.substr(prefix.size()))};
    return std::nullopt;
}

std::optional<Network> parse_network(std::string_view text) {
    const auto slash = text.find('/');
    bool v4 = false;
    const auto address = parse_address(std::string(text.substr(0, slash)), v4);
    if (!address) return std::nullopt;
    const unsigned most = v4 ? 32 : 128;
    Network network{*address, 128};
    if (slash != std::string_view::npos) {
        const auto prefix = parse_port(text.substr(slash + 1));
        if (!prefix || *prefix > most) return std::nullopt;
        network.prefix = 128 - most + *prefix;
    }
    return network;
}

std::optional<std::array<std::uint8_t, 32>> parse_pin(std::string_view text) {
    constexpr std::string_view prefix = "sha256/";
    constexpr std::size_t size = 44;  // 32 bytes in base64, with one =
    if (!text.starts_with(prefix)) return std::nullopt;
    text.remove_prefix(prefix.size());
    if (text.size() != size || text.find('=') != size - 1) return std::nullopt;
    std::array<std::uint8_t, 33> decoded{};
    if (EVP_DecodeBlock(decoded.data(), reinterpret_cast<const unsigned char*>(text.data()), size) != 33)
        return std::nullopt;
    std::array<std::uint8_t, 32> pin{};
    std::copy_n(decoded.begin(), pin.size(), pin.begin());
    return pin;
}

std::optional<std::int64_t> parse_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    int year = 0;
    unsigned month = 0, day = 0;
    const auto whole = [](std::string_view part, auto& value) {
        const auto [stop, error] = std::from_chars(part.data(), part.data() + part.size(), value);
        return error == std::errc{} && stop == part.data() + part.size();
    };
    if (!whole(text.substr(0, 4), year) || !whole(text.substr(5, 2), month) ||
        !whole(text.substr(8, 2), day))
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                           std::chrono::day(day)};
    if (!date.ok()) return std::nullopt;
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::sys_days(date).time_since_epoch())
        .count();
}

std::optional<Url> parse_url(std::string_view text) {
    Url url;
    url.tls = text.starts_with("https://");
    if (!url.tls && !text.starts_with("http://")) return std::nullopt;
    text.remove_prefix(url.tls ? 8 : 7);
    if (text.find_first_of("?#@ ") != std::string_view::npos) return std::nullopt;
    const auto slash = text.find('/');
    auto authority = text.substr(0, slash);
    if (slash != std::string_view::npos) url.path = text.substr(slash);
    while (!url.path.empty() && url.path.back() == '/') url.path.pop_back();
    url.port = url.tls ? 443 : 80;
    const auto bracket = authority.rfind(']');
    const auto colon = authority.rfind(':');
    if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
        const auto port = parse_port(authority.substr(colon + 1));
        if (!port || *port == 0) return std::nullopt;
        url.port = *port;
        authority = authority.substr(0, colon);
    }
    bool v4 = false;
    if (authority.size() > 2 && authority.front() == '[' && authority.back() == ']') {
        url.host = authority.substr(1, authority.size() - 2);
        if (!parse_address(url.host, v4) || v4) return std::nullopt;
        return url;
    }
    url.host = authority;
    std::transform(url.host.begin(), url.host.end(), url.host.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (!is_host(url.host)) return std::nullopt;
    return url;
}

bool is_sha256_hex(std::string_view text) {
    return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
           });
}

bool is_loopback(std::string_view host) {
    return host.starts_with("127.") || host == "::1";
}

bool is_private(std::string_view host) {
    if (host == "localhost") return true;
    bool v4 = false;
    const auto address = parse_address(std::string(host), v4);
    if (!address) return false;
    const auto* tail = address->data() + 12;
    if (v4)
        return tail[0] == 127 || tail[0] == 10 || (tail[0] == 172 && (tail[1] & 0xf0) == 16) ||
               (tail[0] == 192 && tail[1] == 168);
    return host == "::1" || ((*address)[0] & 0xfe) == 0xfc;
}

}  // namespace bordergate

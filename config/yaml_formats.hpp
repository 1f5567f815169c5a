// The small languages inside YAML scalars: sizes, durations, addresses, URLs, networks, dates.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/settings.hpp"

namespace bordergate {

/// `512`, `64KiB`, `8MiB`, `1GiB`, or with KB, MB, GB; in bytes.
std::optional<std::size_t> parse_size(std::string_view text);
/// `250us`, `2ms`, `75s`, `5m`, `1h`; in microseconds.
std::optional<std::chrono::microseconds> parse_duration(std::string_view text);
/// `127.0.0.1:8080`, `[::1]:0`.
std::optional<Endpoint> parse_endpoint(std::string_view text);
/// `file:PATH` or `env:NAME`; the path as written.
std::optional<SecretRef> parse_secret(std::string_view text);
/// `10.0.0.0/8`, `2001:db8::/32`, or one address.
std::optional<Network> parse_network(std::string_view text);
/// `2026-11-24` as seconds since the epoch, 00:00 UTC.
std::optional<std::int64_t> parse_date(std::string_view text);

struct Url {
    bool tls = false;
    std::string host;
    std::uint16_t port = 0;
    std::string path;  ///< "" or "/something", never ending in /
};
/// `https://host[:port][/path]`, without query, fragment or user.
std::optional<Url> parse_url(std::string_view text);

/// True for 64 hexadecimal digits.
bool is_sha256_hex(std::string_view text);
/// True for an address of this machine's own loopback.
bool is_loopback(std::string_view host);

}  // namespace bordergate

// The small languages inside YAML scalars: sizes, durations, addresses, URLs, networks, dates, and
// the names that refer to something else in the file or in the packs.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"

namespace bordergate {

/// What a scalar must look like.
enum class Format {
    any,
    name,       ///< any text that is not empty
    word,       ///< without spaces, slashes, quotes or control characters
    character,  ///< one printable ASCII character
    size,
    duration,
    rate,
    endpoint,
    secret,
    api_key,  ///< a SHA-256, or where it stands
    network,
    url,
    host,
    path,       ///< of a URL
    field_path,  ///< its first character only; the filters read the rest
    method,
    field,  ///< the name of an HTTP field
    spiffe,
    pin,  ///< SHA-256 of a public key
    date,
    place,      ///< a country, subdivision or group
    territory,  ///< a country or a subdivision, no group
    place_or_anywhere,
    class_name,
    destination,  ///< the id of a destination
    listener,     ///< the name of a listener
};

/// The names that a file may refer to: those of the packs, and those it gives itself.
struct Vocabulary {
    std::vector<std::string> classes, destinations, listeners;
};

/// What is wrong with a scalar: one sentence, and what would be right. Nothing: it fits.
struct Misfit {
    std::string what, suggestion;
};
std::optional<Misfit> misfit(Format format, const std::string& text, const Vocabulary& vocabulary);

/// What a format looks like, in words with an example.
std::string_view describe(Format format);
/// A regular expression that every value of the format matches; empty: any text.
std::string_view pattern(Format format);

/// `word` in quotes, for a message: shortened if long, control characters as \xNN.
std::string in_quotes(std::string_view word);
/// `did you mean "x"?`; or the words themselves, if none is near and they are few.
std::string suggest(std::string_view word, const std::vector<std::string>& words);

/// `512`, `64KiB`, `8MiB`, `1GiB`, or with KB, MB, GB; in bytes.
std::optional<std::size_t> parse_size(std::string_view text);
/// `250us`, `2ms`, `75s`, `5m`, `1h`; in microseconds.
std::optional<std::chrono::microseconds> parse_duration(std::string_view text);
/// `100/s`, `6000/m`, `10/h`; at most most_requests. The burst is the same number.
std::optional<RateLimit> parse_rate(std::string_view text);
inline constexpr long long most_requests = 10'000'000;  ///< of a rate or a burst
/// `127.0.0.1:8080`, `[::1]:0`.
std::optional<Endpoint> parse_endpoint(std::string_view text);
/// `file:PATH` or `env:NAME`; the path as written.
std::optional<SecretRef> parse_secret(std::string_view text);
/// `10.0.0.0/8`, `2001:db8::/32`, or one address.
std::optional<Network> parse_network(std::string_view text);
/// `sha256/BASE64`, as HPKP wrote pins (RFC 7469, 2.4).
std::optional<std::array<std::uint8_t, 32>> parse_pin(std::string_view text);
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
/// True for a numeric address that is loopback or private (RFC 1918, RFC 4193), and for
/// `localhost`.
bool is_private(std::string_view host);

}  // namespace bordergate

#include "filters/sign/sigv4.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <span>

#include "config/digest.hpp"
#include "filters/ascii.hpp"

namespace bordergate {

namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256", terminator = "aws4_request";
constexpr std::size_t day_size = 8;  ///< of a time: YYYYMMDD

/// Fields that are a signature, or that only one explains.
constexpr std::array<std::string_view, 4> own_fields{"authorization", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token"};
/// Query parameters of a presigned URL, in lower case.
constexpr std::array<std::string_view, 8> own_parameters{"x-amz-algorithm",     "x-amz-credential", "x-amz-date",           "x-amz-expires",
                                                         "x-amz-signedheaders", "x-amz-signature",  "x-amz-security-token", "x-amz-content-sha256"};

using Digest = std::array<unsigned char, 32>;

bool hmac(std::span<const unsigned char> key, std::string_view text, Digest& made) {
    unsigned size = 0;
    return HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()), text.size(), made.data(), &size) != nullptr &&
           size == made.size();
}

std::string to_hex(const Digest& digest) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (auto byte : digest) (text += digits[byte >> 4]) += digits[byte & 15];
    return text;
}

bool is_unreserved(char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~'; }

/// Percent-encodes all that is not unreserved (RFC 3986, 2.3).
void append_encoded(std::string_view text, std::string& out) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (char c : text) {
        if (is_unreserved(c)) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            ((out += '%') += digits[byte >> 4]) += digits[byte & 15];
        }
    }
}

std::string decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int high = i + 2 < text.size() && text[i] == '%' ? hex_value(text[i + 1]) : -1;
        const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
        if (low < 0) {
            out += text[i];
        } else {
            out += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    return out;
}

/// Takes what stands before `separator` off the front of `rest`.
std::string_view take(std::string_view& rest, char separator) {
    const auto end = std::min(rest.find(separator), rest.size());
    const auto part = rest.substr(0, end);
    rest.remove_prefix(std::min(rest.size(), end + 1));
    return part;
}

/// Without empty and dot segments, each segment encoded.
std::string canonical_path(std::string_view path) {
    std::vector<std::string_view> segments;
    const bool slash_ends = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
    while (!path.empty()) {
        const auto segment = take(path, '/');
        if (segment == "..") {
            if (!segments.empty()) segments.pop_back();
        } else if (!segment.empty() && segment != ".") {
            segments.push_back(segment);
        }
    }
    std::string made;
    for (auto segment : segments) append_encoded(segment, made += '/');
    if (slash_ends || segments.empty()) made += '/';
    return made;
}

std::string canonical_query(std::string_view query) {
    std::vector<std::pair<std::string, std::string>> parameters;
    while (!query.empty()) {
        auto parameter = take(query, '&');
        if (parameter.empty()) continue;
        const auto name = take(parameter, '=');
        auto& [encoded_name, encoded_value] = parameters.emplace_back();
        append_encoded(decoded(name), encoded_name);
        append_encoded(decoded(parameter), encoded_value);
    }
    std::sort(parameters.begin(), parameters.end());
    std::string made;
    for (const auto& [name, value] : parameters) (made.append(made.empty() ? "" : "&").append(name) += '=').append(value);
    return made;
}

/// Without spaces around it, and with one where several follow each other.
void append_value(std::string_view value, std::string& out) {
    bool space = false;
    for (char c : trimmed(value)) {
        const bool is_space = c == ' ' || c == '\t';
        if (!is_space) out += c;
        else if (!space) out += ' ';
        space = is_space;
    }
}

std::string joined(const std::vector<std::string>& names) {
    std::string list;
    for (const auto& name : names) list.append(list.empty() ? "" : ";").append(name);
    return list;
}

std::string scope_of(std::string_view time, const Sigv4Scope& scope) {
    return std::string(time.substr(0, day_size)) + "/" + scope.region + "/" + scope.service + "/" + std::string(terminator);
}

/// HMAC by HMAC from the secret to the day, the region, the service and the signature.
Result<std::string> signature(std::string_view time, const Sigv4Keys& keys, const Sigv4Scope& scope, std::string_view text) {
    std::string secret = "AWS4" + keys.secret_key;
    Digest key{};
    bool good = hmac({reinterpret_cast<const unsigned char*>(secret.data()), secret.size()}, time.substr(0, day_size), key);
    for (auto part : {std::string_view(scope.region), std::string_view(scope.service), terminator, text}) {
        Digest next{};
        good = good && hmac(key, part, next);
        OPENSSL_cleanse(key.data(), key.size());
        key = next;
        OPENSSL_cleanse(next.data(), next.size());
    }
    OPENSSL_cleanse(secret.data(), secret.size());
    if (!good) return fault(Code::internal, "the request could not be signed");
    return to_hex(key);
}

}  // namespace

std::string sigv4_time(std::int64_t seconds) {
    const auto at = static_cast<std::time_t>(seconds);
    std::tm utc{};
    ::gmtime_r(&at, &utc);
    std::array<char, 32> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &utc)};
}

std::string sigv4_canonical_request(const RequestHead& head, const std::vector<std::string>& names, std::string_view body_hash) {
    std::string text = head.method + "\n" + canonical_path(head.path) + "\n" + canonical_query(head.query) + "\n";
    for (const auto& name : names) {
        text.append(name) += ':';
        bool first = true;
        if (name == "host") append_value(head.authority, text);
        for (std::size_t i = 0; name != "host" && i < head.fields.size(); ++i) {
            if (!equal_fold(head.fields[i].name, name)) continue;
            if (!std::exchange(first, false)) text += ',';
            append_value(head.fields[i].value, text);
        }
        text += '\n';
    }
    return text.append("\n").append(joined(names)).append("\n").append(body_hash);
}

std::string sigv4_string_to_sign(std::string_view time, const Sigv4Scope& scope, std::string_view canonical_request) {
    std::string text(algorithm);
    return text.append("\n").append(time).append("\n").append(scope_of(time, scope)).append("\n").append(sha256_hex(canonical_request));
}

Result<std::string> sigv4_authorization(const RequestHead& head, const std::vector<std::string>& names, std::string_view body_hash, std::string_view time,
                                        const Sigv4Keys& keys, const Sigv4Scope& scope) {
    const auto text = sigv4_string_to_sign(time, scope, sigv4_canonical_request(head, names, body_hash));
    const auto made = signature(time, keys, scope, text);
    if (made.has_error()) return made.error();
    return std::string(algorithm) + " Credential=" + keys.access_key + "/" + scope_of(time, scope) + ", SignedHeaders=" + joined(names) + ", Signature=" + *made;
}

Status sigv4_sign(RequestHead& head, std::string_view body, const Sigv4Keys& keys, const Sigv4Scope& scope, std::int64_t seconds) {
    const auto time = sigv4_time(seconds);
    const auto hash = sha256_hex(body);
    for (auto name : own_fields) head.fields.erase(name);
    head.fields.add("x-amz-date", time);
    head.fields.add("x-amz-content-sha256", hash);
    if (!keys.session_token.empty()) head.fields.add("x-amz-security-token", keys.session_token);
    std::vector<std::string> names{"host"};
    for (std::size_t i = 0; i < head.fields.size(); ++i)
        if (auto name = lower(head.fields[i].name); name == "content-type" || name.starts_with("x-amz")) names.push_back(std::move(name));
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    const auto made = sigv4_authorization(head, names, hash, time, keys, scope);
    if (made.has_error()) return made.error();
    head.fields.add("authorization", *made);
    return {};
}

void strip_sigv4(RequestHead& head) {
    for (auto name : own_fields) head.fields.erase(name);
    std::string kept;
    bool stripped = false;
    for (std::string_view rest = head.query; !rest.empty();) {
        const auto parameter = take(rest, '&');
        auto name = lower(decoded(parameter.substr(0, parameter.find('='))));
        if (std::find(own_parameters.begin(), own_parameters.end(), name) != own_parameters.end())
            stripped = true;
        else
            kept.append(kept.empty() ? "" : "&").append(parameter);
    }
    if (!stripped) return;
    head.query = std::move(kept);
    head.has_query = !head.query.empty();
}

}  // namespace bordergate

#include "proxy/loop_marks.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

#include "filters/ascii.hpp"
#include "proxy/http/websocket_codec.hpp"

namespace bordergate {

namespace {

constexpr std::string_view field_name = "cdn-loop";
constexpr std::size_t nonce_bytes = 8, proof_bytes = 8;
constexpr std::size_t nonce_size = 2 * nonce_bytes, mark_size = nonce_size + 2 * proof_bytes;

std::string hex(std::span<const std::uint8_t> bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const auto byte : bytes) (text += digits[byte >> 4]) += digits[byte & 15];
    return text;
}

bool has_shape(std::string_view mark) {
    return mark.size() == mark_size && std::all_of(mark.begin(), mark.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

Result<std::shared_ptr<const LoopMarks>> LoopMarks::make() {
    std::shared_ptr<LoopMarks> made(new LoopMarks);
    if (!system_randomness(made->key_)) return fault(Code::internal, "there is no randomness for the marks of forwarding loops");
    return std::shared_ptr<const LoopMarks>(std::move(made));
}

LoopMarks::~LoopMarks() { OPENSSL_cleanse(key_.data(), key_.size()); }

std::string LoopMarks::proof_of(std::string_view nonce) const {
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    const auto* text = reinterpret_cast<const std::uint8_t*>(nonce.data());
    if (!HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), text, nonce.size(), digest.data(), &size) || size < proof_bytes) return {};
    return hex(std::span(digest).first(proof_bytes));
}

bool LoopMarks::is_own(std::string_view mark) const {
    const auto proof = proof_of(mark.substr(0, nonce_size));
    // One that cannot be checked may be ours.
    return proof.empty() || mark.substr(nonce_size) == proof;
}

Result<std::string> LoopMarks::issue() const {
    std::array<std::uint8_t, nonce_bytes> nonce{};
    if (!system_randomness(nonce)) return fault(Code::internal, "there is no randomness for a mark of forwarding loops");
    std::string mark = hex(nonce);
    const auto proof = proof_of(mark);
    if (proof.empty()) return fault(Code::internal, "a mark of forwarding loops cannot be computed");
    return mark + proof;
}

Result<std::string> LoopMarks::read(const Fields& fields) const {
    std::string before;
    std::size_t hops = 0;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (!equal_fold(fields[i].name, field_name)) continue;
        for (std::string_view rest = fields[i].value; !rest.empty();) {
            const auto comma = std::min(rest.find(','), rest.size());
            const auto element = rest.substr(0, comma);
            rest.remove_prefix(std::min(comma + 1, rest.size()));
            const auto mark = trimmed(element.substr(0, element.find(';')));
            if (!has_shape(mark)) continue;
            if (++hops >= most_hops) return fault(Code::forwarding_loop, "the request has passed " + std::to_string(most_hops) + " gateways");
            if (is_own(mark)) return fault(Code::forwarding_loop, "the request has passed this Bordergate before: a gateway that it was sent to sent it back");
            (before += before.empty() ? "" : ", ") += mark;
        }
    }
    return before;
}

Status LoopMarks::add(std::string_view before, Fields& fields) const {
    const auto mark = issue();
    if (mark.has_error()) return mark.error();
    std::string list(before);
    (list += list.empty() ? "" : ", ") += *mark;
    fields.add(field_name, list);
    return {};
}

}  // namespace bordergate

#include "filters/mask/labels.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

namespace bordergate {

namespace {

/// Crockford's base32: no I, L, O or U, so that a label survives being read aloud or retyped.
constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t suffix_size = 14;  // 13 characters of 65 bits, and the check character

constexpr char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

std::string fold(std::string_view text) {
    std::string folded(text);
    std::transform(folded.begin(), folded.end(), folded.begin(), upper);
    return folded;
}

std::size_t value_of(char c) { return alphabet.find(c); }

/// Weighted sum over the suffix: finds every single wrong character and every swap of neighbours.
char check_character(std::string_view suffix) {
    std::size_t sum = 0;
    for (std::size_t i = 0; i < suffix.size(); ++i) sum += (2 * i + 1) * value_of(suffix[i]);
    return alphabet[sum % 32];
}

}  // namespace

LabelKey::LabelKey(std::span<const std::uint8_t, 32> bytes) { std::copy(bytes.begin(), bytes.end(), bytes_.begin()); }
LabelKey::~LabelKey() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

Labels::Labels(const LabelKey& key) : key_(&key) {}

Result<std::string> Labels::issue(std::string_view entity, std::string_view value) {
    std::string message;
    message.append(entity) += '\0';
    message.append(value);
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> mac{};
    unsigned size = 0;
    const auto secret = key_->bytes();
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), reinterpret_cast<const unsigned char*>(message.data()), message.size(), mac.data(), &size);
    OPENSSL_cleanse(message.data(), message.size());
    std::string label(entity);
    label += '_';
    const auto start = label.size();
    std::uint32_t window = 0;
    unsigned bits = 0;
    for (std::size_t i = 0, made = 0; made < suffix_size - 1;) {
        if (bits < 5) {
            window = window << 8 | mac[i++];
            bits += 8;
        }
        bits -= 5;
        label += alphabet[window >> bits & 31];
        ++made;
    }
    label += check_character(std::string_view(label).substr(start));
    const auto [known, fresh] = issued_.try_emplace(label, value);
    if (!fresh && known->second != value) return fault(Code::internal, "two values of one exchange have the same label");
    longest_ = std::max(longest_, label.size());
    return label;
}

const std::string* Labels::find(std::string_view label) const {
    const auto found = issued_.find(fold(label));
    return found == issued_.end() ? nullptr : &found->second;
}

bool Labels::looks_like_label(std::string_view text) {
    if (text.size() < suffix_size + 2 || text[text.size() - suffix_size - 1] != '_') return false;
    const std::string suffix = fold(text.substr(text.size() - suffix_size));
    if (suffix.find_first_not_of(alphabet) != std::string::npos) return false;
    return check_character(std::string_view(suffix).substr(0, suffix_size - 1)) == suffix.back();
}

}  // namespace bordergate

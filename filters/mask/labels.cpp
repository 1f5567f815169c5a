#include "filters/mask/labels.hpp"

#include <openssl/crypto.h>

#include "filters/mask/base32.hpp"
#include "filters/mask/operators.hpp"

namespace bordergate {

namespace {

constexpr std::size_t suffix_size = 14;  // 13 characters of 65 bits, and the check character

std::string fold(std::string_view text) {
    std::string folded(text);
    for (auto& c : folded) c = upper(c);
    return folded;
}

std::size_t value_of(char c) { return base32_alphabet.find(c); }

/// Weighted sum over the suffix: finds every single wrong character and every swap of neighbours.
char check_character(std::string_view suffix) {
    std::size_t sum = 0;
    for (std::size_t i = 0; i < suffix.size(); ++i) sum += (2 * i + 1) * value_of(suffix[i]);
    return base32_alphabet[sum % 32];
}

}  // namespace

LabelKey::LabelKey(std::span<const std::uint8_t, 32> bytes) { std::copy(bytes.begin(), bytes.end(), bytes_.begin()); }
LabelKey::~LabelKey() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

Labels::Labels(const LabelKey& key, std::size_t most_bytes) : key_(&key), most_bytes_(most_bytes) {}

Result<std::string> Labels::issue(std::string_view entity, std::string_view value) {
    const auto mac = keyed_hash(key_->bytes(), entity, value);
    std::string label(entity);
    label += '_';
    const auto start = label.size();
    append_base32(std::span(mac).first(9), label);
    label.resize(start + suffix_size - 1);
    label += check_character(std::string_view(label).substr(start));
    longest_ = std::max(longest_, label.size());
    if (!words_.contains(entity)) words_.emplace(entity);
    if (const auto known = issued_.find(label); known != issued_.end()) {
        if (known->second->value != value) return fault(Code::internal, "two values of one exchange have the same label");
        entries_.splice(entries_.begin(), entries_, known->second);
        return label;
    }
    remember(label, std::string(value));
    return label;
}

void Labels::remember(std::string label, std::string value) const {
    const std::size_t needed = entry_bytes + 2 * label.size() + value.size();
    if (needed > most_bytes_) {
        // It alone is more than all may be: it is not even begun to be remembered.
        ++forgotten_;
        return;
    }
    forget_beyond(most_bytes_ - needed);
    entries_.push_front({label, std::move(value)});
    issued_.emplace(std::move(label), entries_.begin());
    bytes_ += needed;
}

/// Forgets the longest unused until the rest takes at most `most` bytes.
void Labels::forget_beyond(std::size_t most) const {
    while (bytes_ > most) {
        Entry& last = entries_.back();
        bytes_ -= last.bytes();
        OPENSSL_cleanse(last.value.data(), last.value.size());
        issued_.erase(last.label);
        entries_.pop_back();
        ++forgotten_;
    }
}

const std::string* Labels::find(std::string_view label) const {
    const auto folded = fold(label);
    auto found = issued_.find(folded);
    if (found == issued_.end() && opener_ && looks_like_token(label)) {
        auto value = opener_->open_token(label);
        if (!value) return nullptr;
        remember(folded, std::move(*value));
        found = issued_.find(folded);
    }
    if (found == issued_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return &found->second->value;
}

IssuedLabel Labels::ending(std::string_view text) const {
    // Hardly any text gets beyond this line, and next to none beyond the check character.
    if (text.size() < suffix_size + 2 || text[text.size() - suffix_size - 1] != '_' || !looks_like_label(text)) return {};
    const auto before = text.substr(0, text.size() - suffix_size - 1);
    IssuedLabel longest;
    for (const auto& word : words_) {
        if (word.size() + suffix_size + 1 <= longest.size || !before.ends_with(word)) continue;
        const auto size = word.size() + 1 + suffix_size;
        if (const auto* const value = find(text.substr(text.size() - size))) longest = {value, size};
    }
    return longest;
}

bool Labels::begins(std::string_view part) const {
    if (part.empty() || part.size() >= longest()) return false;
    const auto folded = fold(part);
    if (opener_ && folded.size() < token_version.size() && token_version.starts_with(folded)) return true;
    const auto next = issued_.lower_bound(folded);
    return next != issued_.end() && next->first.size() > folded.size() && next->first.starts_with(folded);
}

bool Labels::looks_like_label(std::string_view text) {
    if (text.size() < suffix_size + 2 || text[text.size() - suffix_size - 1] != '_') return false;
    const std::string suffix = fold(text.substr(text.size() - suffix_size));
    if (suffix.find_first_not_of(base32_alphabet) != std::string::npos) return false;
    return check_character(std::string_view(suffix).substr(0, suffix_size - 1)) == suffix.back();
}

}  // namespace bordergate

// Labels: short typed stand-ins (`EMAIL_ADDRESS_k7f3…`) that a model can talk about, issued by one exchange
// and restored only by it. Keyed by tenant and destination, so that every turn of a conversation and
// every replica with the region's key computes the same one.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <list>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "filters/fault.hpp"
#include "filters/mask/tokens.hpp"
#include "filters/mask/url_watch.hpp"

namespace bordergate {

/// 32 bytes from which labels are computed: HKDF of the jurisdiction's masking secret over tenant and
/// destination (see KeyRing::derive). Zeroised on destruction.
class LabelKey {
  public:
    explicit LabelKey(std::span<const std::uint8_t, 32> bytes);
    ~LabelKey();
    LabelKey(const LabelKey&) = delete;
    LabelKey& operator=(const LabelKey&) = delete;
    std::span<const std::uint8_t, 32> bytes() const { return bytes_; }

  private:
    std::array<std::uint8_t, 32> bytes_;
};

/// A label at the end of a text, and the value behind it; null: there is none.
struct IssuedLabel {
    const std::string* value = nullptr;  ///< valid until the next issue
    std::size_t size = 0;
};

/// The labels one exchange has issued. Not shared between exchanges, nor between threads. What they remember is bounded:
/// beyond it the label that was longest neither issued nor restored is forgotten, and stays a label wherever it stands.
/// Grammar of a label: ENTITY `_` SUFFIX, SUFFIX = 13 characters of Crockford base32 carrying 64 keyed
/// bits, then one check character; so no label is a prefix of another and a damaged one is recognised.
class Labels {
  public:
    static constexpr std::size_t usual_bytes = 16 << 20;
    static constexpr std::size_t entry_bytes = 256;  ///< that each takes beside its label and value

    /// `key` is borrowed and outlives this. `most_bytes` bounds values, labels and what keeping them takes.
    explicit Labels(const LabelKey& key, std::size_t most_bytes = usual_bytes);
    Labels(const Labels&) = delete;
    Labels& operator=(const Labels&) = delete;

    /// The label for `value`, the same for equal values. Fault (internal) if two different values of this
    /// exchange collide. A label that a user types can only be restored if this exchange issues the same one,
    /// that is, if the user holds the value or guesses 64 keyed bits.
    Result<std::string> issue(std::string_view entity, std::string_view value);
    /// The value behind a label issued here, or a token that opens here; tolerant of case. Null if it was not issued here, is
    /// forgotten, or stays closed. Valid until the next call.
    const std::string* find(std::string_view label) const;
    /// True if `part` is the beginning of a label issued here, or of a token where they open, and not all of one; tolerant of
    /// case.
    bool begins(std::string_view part) const;
    /// The label that `text`, in upper case, ends with, and its value; of several the longest. Not a word with a label's ending.
    IssuedLabel ending(std::string_view text) const;
    /// Deterministic tokens are restored too, by `opener` (borrowed; outlives this).
    void open_with(TokenOpener* opener) { opener_ = opener; }
    bool opens_tokens() const { return opener_ != nullptr; }
    /// True if nothing can be restored.
    bool empty() const { return issued_.empty() && opener_ == nullptr; }
    /// How many were forgotten; one that is issued again and forgotten again counts again.
    std::uint64_t forgotten() const { return forgotten_; }
    /// The longest label issued, in bytes: what a restore must hold back at most of a run in which no token begins.
    std::size_t longest() const { return opener_ ? std::max(longest_, token_version.size()) : longest_; }
    /// True if `text` has the shape of a label and its check character fits, whoever issued it.
    static bool looks_like_label(std::string_view text);

  private:
    struct Entry {
        std::string label;  // folded
        std::string value;
        std::size_t bytes() const { return entry_bytes + 2 * label.size() + value.size(); }
    };
    using Entries = std::list<Entry>;
    void forget_beyond(std::size_t most) const;
    void remember(std::string label, std::string value) const;

    const LabelKey* key_;
    std::size_t most_bytes_;
    mutable Entries entries_;  // the latest used first
    mutable std::map<std::string, Entries::iterator, std::less<>> issued_;  // by folded label
    mutable std::size_t bytes_ = 0;
    mutable std::uint64_t forgotten_ = 0;
    TokenOpener* opener_ = nullptr;
    std::size_t longest_ = 0;
    std::set<std::string, std::less<>> words_;  // that labels begin with; as few as there are entities
};

/// Restores labels and tokens in a piece of text that arrives in parts. Chunk-invariant; holds back at most one label's
/// length, and where a token begins at most a token's.
class Restore {
  public:
    /// `labels` is borrowed. `foreign` counts what looked like a label and was not issued here. `in_json`: the text is JSON,
    /// in the strings of which labels stand: values are escaped.
    Restore(const Labels& labels, std::uint64_t& restored, std::uint64_t& foreign, bool in_json = false);
    /// Appends the text that is now certain.
    void feed(std::string_view text, std::string& out);
    /// Appends what was held back.
    void finish(std::string& out);
    std::size_t held() const { return held_.size() + (after_backslash_ ? 1 : 0); }

  private:
    const Labels* labels_;
    std::uint64_t* restored_;
    std::uint64_t* foreign_;
    void settle(std::string& out);
    bool open_token(std::string& out);
    void extend(std::string_view piece, std::string& out);
    void pass(char c, std::string& out);
    void say(const std::string& value, std::string& out) const;
    void let_go(std::string& out, std::size_t characters);
    void forget();
    void keep_beginning(std::string& out);
    bool in_json_;
    std::string held_;       // the end of a run of label characters that a label may begin with, as it came
    std::size_t characters_ = 0;  // that held_ stands for
    std::string plain_;      // the run without the backslashes of markdown, in upper case; of a long one its end
    bool after_backslash_ = false;  // one has come last; it belongs to the run if an underscore follows
    std::size_t token_ = std::string::npos;  // where a token begins in plain_; npos: none does
    bool whole_ = true;      // the run from its beginning is held
    UrlWatch url_;           // inside a URL nothing is restored
};

}  // namespace bordergate

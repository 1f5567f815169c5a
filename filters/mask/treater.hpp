// The Treater of one crossing: applies the mask operator or the key that a cell names.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "filters/mask/labels.hpp"
#include "filters/mask/mask_paths.hpp"
#include "filters/seal/jwe.hpp"
#include "filters/treatment.hpp"

namespace bordergate {

/// What the operators are keyed and bound by in one exchange. Rings are looked up ahead by the exchange
/// (the key service is asynchronous), so that masking itself never waits.
struct TreatmentKeys {
    std::string tenant;
    std::string destination;
    std::string policy_digest;
    std::string jurisdiction;                        ///< whose masking secret is used: the source's location
    const KeyRings* rings = nullptr;  ///< borrowed; null: there are none
    std::string exchange = {};  ///< names the exchange: dates without a subject are moved by it; empty: by nothing that can be known again
    const MaskPaths* paths = nullptr;  ///< borrowed, of the policy; null: its masks name no paths
    std::size_t label_bytes = Labels::usual_bytes;  ///< that the labels of the exchange may remember
    std::string source = {};  ///< for whom tokens are made, and open again
};

/// Masks and seals for one exchange. Owns the labels that this exchange issued.
class ExchangeTreater final : public Treater {
  public:
    /// `policy` and `findings` outlive this. Missing keys surface when they are first needed (key_unavailable).
    ExchangeTreater(const Policy& policy, TreatmentKeys keys, Findings& findings);
    ~ExchangeTreater() override;
    Status mask(const Masking& how, std::string_view value, std::string& out) override;
    Status seal(const Cell& cell, const Sealing& sealing, std::string_view value, std::string& out) override;
    std::span<const JsonPath> subjects() const override;
    std::span<const JsonPath* const> filtered_choices() const override;
    /// Makes the labels ready if `judgement` may ask for some, so that an answer that comes before the first is issued
    /// can be restored all the same. A missing key surfaces when a label is needed.
    void prepare_labels(const Judgement& judgement);
    /// Tokens in answers are opened by `opener` (borrowed; outlives this), whether or not labels are issued. Without a
    /// key they stay closed.
    void open_tokens(TokenOpener& opener);
    /// Labels issued so far; null if none was and none was prepared for.
    const Labels* labels() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace bordergate

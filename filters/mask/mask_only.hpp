// A treater for places whose syntax a sealed value would break.
#pragma once

#include <span>
#include <string_view>

#include "filters/treatment.hpp"

namespace bordergate {

/// Masks as the treater of the crossing does, and seals nothing: a JWE has dots and is long, and could end a comment by chance.
class MaskOnly final : public Treater {
  public:
    /// `treater` is borrowed, and so is `why`: the reason of the fault place_cannot_carry that a value to be sealed is.
    MaskOnly(Treater& treater, std::string_view why) : treater_(treater), why_(why) {}
    Status mask(const Masking& how, std::string_view value, std::string& out) override { return treater_.mask(how, value, out); }
    Status seal(const Cell&, const Sealing&, std::string_view, std::string&) override { return fault(Code::place_cannot_carry, std::string(why_)); }
    std::span<const JsonPath> subjects() const override { return treater_.subjects(); }
    std::span<const JsonPath* const> filtered_choices() const override { return treater_.filtered_choices(); }

  private:
    Treater& treater_;
    std::string_view why_;
};

}  // namespace bordergate

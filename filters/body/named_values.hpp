// Values that stand under names in one level, as those of forms and rows of tables do: which of them are declared, and what
// becomes of each. Shared by the formats that are made of them.
#pragma once

#include <string>
#include <string_view>

#include "filters/body/json_rewrite.hpp"
#include "filters/body/json_tracker.hpp"
#include "filters/body/text_value.hpp"

namespace bordergate {

struct NamedValuesSpec {
    const Treatment* treatment = nullptr;  ///< borrowed
    const JsonPaths* paths = nullptr;      ///< borrowed; null: none. `$.name` and `$..name` select the value called `name`;
                                           ///< to filters each value is a string
    const Labels* labels = nullptr;        ///< borrowed; set where labels are to be restored
    JsonBounds bounds;                     ///< of a value, and of JSON in it
};

class NamedValues {
  public:
    explicit NamedValues(const NamedValuesSpec& spec);

    /// Treats the value called `name` (empty: it has none). True if `out`, which is overwritten then, shall stand in its
    /// place. Fault body_invalid if it is not UTF-8 or has a NUL: text has none.
    Result<bool> treat(std::string_view name, std::string_view value, std::string& out);
    /// The same of the name itself: it is text like any other.
    Result<bool> treat_name(std::string_view name, std::string& out);
    /// The message has ended: if nothing was found in it, it is plain.
    void finish();
    const NamedValuesSpec& spec() const { return spec_; }

  private:
    ClassSet declared(std::string_view name, std::string_view value, bool& is_model);
    NamedValuesSpec spec_;
    JsonTracker tracker_;
};

}  // namespace bordergate

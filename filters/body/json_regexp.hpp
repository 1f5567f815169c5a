// I-Regexp (RFC 9485): the regular expressions of JSONPath filters, matched in time linear in the text.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "filters/fault.hpp"

namespace bordergate {

/// Immutable. `^` and `$` stand for the ends of the text outside of classes, as the compliance tests of RFC 9535 have it.
class JsonRegexp {
  public:
    /// Fault (internal) with the reason, for what is no I-Regexp, or repeats something more than a thousand times.
    static Result<JsonRegexp> compile(std::string_view pattern);

    /// Whether it matches all of `text` (valid UTF-8), or some of it.
    bool matches(std::string_view text) const;
    bool finds(std::string_view text) const;

  private:
    struct Compiled;
    std::shared_ptr<const Compiled> compiled_;
};

}  // namespace bordergate

// Media types (RFC 9110, 8.3.1) and the parameters of fields (5.6.6), read in this one place. Copies what it reads; of what is
// not of that grammar, and of a parameter that is given twice, it is not certain what it means: a fault.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "filters/fault.hpp"

namespace bordergate {

/// The parameters of a field, quotes and escapes resolved.
class Parameters {
  public:
    /// `text`: what follows the field's first word, blank or from its first `;` on. Fault body_invalid, without the field's name.
    static Result<Parameters> read(std::string_view text);

    /// The value of the parameter called so, in any case; null if there is none. Valid as long as these are.
    const std::string* find(std::string_view name) const;

  private:
    struct Parameter {
        std::string name, value;
    };
    std::vector<Parameter> all_;
};

struct MediaType {
    std::string name;  ///< `type/subtype` in lower case
    Parameters parameters;

    /// Reads a Content-Type. Fault body_invalid.
    static Result<MediaType> read(std::string_view field);
};

/// The `type/subtype` that a Content-Type begins with, as it stands there, whatever its parameters are.
std::string_view media_type_name(std::string_view field);

}  // namespace bordergate

// The places of an XML document that know no escapes: names, comments, instructions, and names of namespaces. Their text is
// scanned like any other; what such a place cannot carry is refused (place_cannot_carry).
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "filters/body/text_rewrite.hpp"
#include "filters/mask/mask_only.hpp"
#include "filters/treatment.hpp"

namespace bordergate {

class XmlUnescaped {
  public:
    /// `treatment` is borrowed.
    explicit XmlUnescaped(const Treatment& treatment);
    XmlUnescaped(const XmlUnescaped&) = delete;
    XmlUnescaped& operator=(const XmlUnescaped&) = delete;

    /// The name of an element or attribute. True if `out`, which is overwritten then, shall stand in its place: a name with the
    /// same prefix.
    Result<bool> treat_name(std::string_view name, const Place& place, std::string& out);
    /// Appends what shall stand for the content of a comment.
    Status treat_comment(std::string_view content, const Place& place, std::string& out);
    /// The same of an instruction, whose target must stay as it is.
    Status treat_instruction(std::string_view content, const Place& place, std::string& out);
    /// The name of a namespace, which must stay as it is.
    Status check_namespace(std::string_view name, const Place& place);

    static Fault cannot_carry();

  private:
    std::optional<MaskOnly> mask_only_;
    Treatment treatment_;
    std::set<std::string, std::less<>> harmless_;  ///< names in which nothing was found: documents repeat theirs
};

}  // namespace bordergate

// Whether a text is inside of a URL just now, character by character: what stands there would be sent to whom it names. In doubt
// it is: browsers, markdown and HTML do not agree on where a URL ends, and a value is restored only where it has ended for all.
#pragma once

#include <cstdint>

namespace bordergate {

/// `://` opens a URL, and so does `//` right behind a quote, ( < or `=`; for a slash `\/` and what browsers take for one
/// count too. Where it ends is told by what stands before its scheme:
/// - a quote `"` or `'`: at the next one, whatever stands between;
/// - `<`: at `>`, or the end of the line;
/// - a bracket ( [ {: at its partner, those between in pairs and without those behind a backslash, or at a blank;
/// - a backtick: at the next one, or at a blank;
/// - `=` (an attribute without quotes): at a blank or `>`;
/// - anything else: at a blank, `"`, `<` or `>`.
/// A quote, bracket or backtick does not end it where a letter, digit or underscore follows at once.
class UrlWatch {
  public:
    void pass(char c) {
        if (inside_) inside(c);
        else outside(c);
        last_ = c;
    }
    bool inside() const { return inside_; }
    /// True if nothing that came before matters any more.
    bool usual() const { return !inside_ && slashes_ == 0 && !opens(before_); }

  private:
    static bool opens(char c);
    void outside(char c);
    void inside(char c);

    bool inside_ = false;
    bool ending_ = false;         ///< it ends unless a letter, digit or underscore follows
    bool named_ = false;          ///< the slashes stand behind a colon, and not that of a drive
    char last_ = '\0';
    char before_ = '\0';          ///< what could be a scheme
    char opener_ = '\0';          ///< what stood before the scheme of the URL that is open or may open
    std::uint8_t scheme_ = 0;     ///< how long what could be a scheme is
    std::uint8_t slashes_ = 0;    ///< how much of `://` has come
    std::uint32_t depth_ = 0;     ///< of brackets that are open
};

}  // namespace bordergate

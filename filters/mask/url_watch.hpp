// Whether a text is inside of a URL just now, character by character: what stands there would be sent to whom it names.
#pragma once

namespace bordergate {

/// `://` opens a URL; whitespace, quotes and brackets end it.
class UrlWatch {
  public:
    void pass(char c) {
        if (c == ':') {
            slashes_ = 1;
        } else if (c == '/' && slashes_ > 0) {
            if (++slashes_ == 3) inside_ = true;
        } else {
            slashes_ = 0;
        }
        if (inside_ && ends(c)) inside_ = false;
    }
    bool inside() const { return inside_; }
    /// True if nothing that came before matters any more.
    bool usual() const { return !inside_ && slashes_ == 0; }

  private:
    static constexpr bool ends(char c) {
        return static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '\'' || c == '<' || c == '>' || c == '`' || c == ')' || c == ']' || c == '}';
    }
    bool inside_ = false;
    int slashes_ = 0;  ///< how much of `://` has come
};

}  // namespace bordergate

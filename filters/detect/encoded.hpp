// Text that stands for other text: escapes (JSON's, percent) and runs of base64 or hex.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bordergate {

/// A text with the escapes in it resolved, and for each of its bytes where that stood in the original.
struct Unescaped {
    std::string text;
    std::vector<std::size_t> origin;  ///< one more than text has bytes: the last is the end of the original
};

/// Resolves `%40`, `%C3%A9`, `\u0040` and `\/`-like escapes, as far as they stand for characters other than control
/// characters, white space apart; what was valid UTF-8 stays so. Not only ASCII matters: words that announce a value are of
/// every script. False if `text` has none.
bool resolve_escapes(std::string_view text, Unescaped& out);

/// A run of base64 (RFC 4648, either alphabet, line breaks of MIME allowed) or hex in a text.
struct EncodedRun {
    std::size_t begin = 0, end = 0;
    std::string text;     ///< what it stands for, if that is text
    bool opaque = false;  ///< it, or what it begins with, is too long for a digest or an id and not text
};

/// Appends the runs in `text` that stand for text or are opaque. Words and ids that merely look like base64 decode to
/// no text and are short, and so are not reported.
void find_encoded_runs(std::string_view text, std::vector<EncodedRun>& runs);

/// The shortest run that is looked at, and the shortest that is opaque if it is not text: longer than any digest,
/// signature or id that protocols carry in base64, and for hex.
inline constexpr std::size_t shortest_encoded = 16, longest_id = 128, longest_hex_id = 256;

/// Where the run that reaches the end of `text`, and could go on beyond, begins; the size of `text` if none does.
std::size_t open_run(std::string_view text);

/// The end of the run that begins at `begin`. MIME breaks base64 into lines of up to 76.
std::size_t run_end(std::string_view text, std::size_t begin);

}  // namespace bordergate

#include "filters/detect/encoded.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "filters/ascii.hpp"
#include "filters/byte_runs.hpp"
#include "filters/utf8.hpp"

namespace bordergate {

namespace {

constexpr std::uint8_t no_digit = 0xff;
constexpr std::size_t shortest_line = 60;  ///< of base64 broken into lines

constexpr std::array<std::uint8_t, 256> base64_digits = [] {
    std::array<std::uint8_t, 256> digits{};
    digits.fill(no_digit);
    for (unsigned i = 0; i < 26; ++i) {
        digits['A' + i] = static_cast<std::uint8_t>(i);
        digits['a' + i] = static_cast<std::uint8_t>(26 + i);
    }
    for (unsigned i = 0; i < 10; ++i) digits['0' + i] = static_cast<std::uint8_t>(52 + i);
    digits['+'] = digits['-'] = 62;
    digits['/'] = digits['_'] = 63;
    return digits;
}();

std::uint8_t digit(char c) { return base64_digits[static_cast<unsigned char>(c)]; }
bool in_alphabet(char c) { return digit(c) != no_digit; }

/// The value of `count` hex digits at `at`; -1 if they are not.
int hex_at(std::string_view text, std::size_t at, std::size_t count) {
    if (at + count > text.size()) return -1;
    int value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        const int one = hex_value(text[i]);
        if (one < 0) return -1;
        value = value * 16 + one;
    }
    return value;
}

/// The ASCII character, printable or white space, that the escape at `at` stands for, and how long the escape is; 0 if there is none.
std::size_t escape_at(std::string_view text, std::size_t at, char& meant) {
    int value = -1;
    std::size_t length = 0;
    if (text[at] == '%') {
        value = hex_at(text, at + 1, 2);
        length = 3;
    } else if (text[at] == '\\' && at + 1 < text.size()) {
        const char kind = text[at + 1];
        length = kind == 'u' ? 6 : 2;
        if (kind == 'u') value = hex_at(text, at + 2, 4);
        else if (kind == '/' || kind == '"' || kind == '\\') value = kind;
        else if (kind == 'n') value = '\n';
        else if (kind == 't') value = '\t';
        else if (kind == 'r') value = '\r';
    }
    const bool space = value == '\n' || value == '\t' || value == '\r';
    if (!space && (value < 0x20 || value > 0x7e)) return 0;
    meant = static_cast<char>(value);
    return length;
}

bool is_text(std::string_view bytes) {
    const auto printable = [](char c) { return static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\r' || c == '\t'; };
    return !bytes.empty() && std::all_of(bytes.begin(), bytes.end(), printable) && find_invalid_utf8(bytes) == std::string_view::npos;
}

bool decode_hex_text(std::string_view run, std::string& out) {
    if (run.size() % 2 != 0) return false;
    for (std::size_t i = 0; i < run.size(); i += 2) {
        const int value = hex_at(run, i, 2);
        if (value < 0) return false;
        out += static_cast<char>(value);
    }
    return is_text(out);
}

/// Gives each byte that a run of base64 stands for to `visit`, which says whether to go on. Line breaks are passed over;
/// a last character of its own is glued to the run. False if `visit` ended it.
template <class Visit>
bool each_byte(std::string_view run, Visit&& visit) {
    std::uint32_t bits = 0;
    unsigned have = 0;
    for (char c : run) {
        const auto value = digit(c);
        if (value == no_digit) continue;
        bits = (bits << 6) | value;
        if ((have += 6) < 8) continue;
        have -= 8;
        if (!visit(static_cast<unsigned char>(bits >> have))) return false;
    }
    return true;
}

/// Stops early at the first byte that cannot be text: most runs are words.
bool decode_base64_text(std::string_view run, std::string& out) {
    return each_byte(run, [&out](unsigned char byte) {
        out += static_cast<char>(byte);
        return byte >= 0x20 || byte == '\n' || byte == '\r' || byte == '\t';
    }) && is_text(out);
}

bool varied(std::string_view run) {
    std::uint64_t seen = 0;
    for (char c : run)
        if (in_alphabet(c)) seen |= std::uint64_t{1} << digit(c);
    // Base64 of anything compressed or encrypted uses nearly all 64; paths and words use lower case and some digits.
    return std::popcount(seen) >= 40;
}

bool line_break(std::string_view text, std::size_t at) { return at < text.size() && (text[at] == '\n' || (text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n')); }

/// Whether most of what the run stands for is text, though not all: what is damaged cannot be inspected.
bool mostly_text(std::string_view run) {
    for (std::size_t skipped = 0; skipped < 4; ++skipped) {
        std::size_t bytes = 0, printable = 0;
        each_byte(run.substr(skipped), [&](unsigned char byte) {
            ++bytes;
            printable += byte >= 0x20 && byte < 0x7f ? 1 : 0;
            return true;
        });
        // Words and paths that are no base64 decode to bytes of which not half are printable.
        if (printable * 4 > bytes * 3) return true;
    }
    return false;
}

/// Whether a run that is not text is too long, and too much like an encoding, to be passed over.
bool uninspected(std::string_view run) { return run.size() > longest_id && (varied(run) || mostly_text(run)); }

/// Where in a run its encoding may begin, if it does not at its own: runs touch words (`id_…`, `0x…`, `/path/…`) whose
/// characters are of the alphabet too.
std::vector<std::size_t> beginnings(std::string_view run) {
    constexpr std::size_t most = 12;
    std::vector<std::size_t> places{0};
    if (run.starts_with("0x") || run.starts_with("0X")) places.push_back(2);
    for (std::size_t at = run.find_first_of("-_/"); at != std::string_view::npos && places.size() < most; at = run.find_first_of("-_/", at + 1))
        if (run.size() - at > shortest_encoded) places.push_back(at + 1);
    places.insert(places.end(), {1, 2, 3});
    return places;
}

void judge_run(std::string_view text, std::size_t begin, std::size_t end, std::vector<EncodedRun>& runs) {
    const auto encoded = text.substr(begin, end - begin);
    std::string decoded;
    for (const auto place : beginnings(encoded)) {
        const auto part = encoded.substr(place);
        for (auto decode : {decode_hex_text, decode_base64_text}) {
            decoded.clear();
            if (!decode(part, decoded)) continue;
            // What stands before goes with it; if that is long, it is not a word.
            const auto before = encoded.substr(0, place);
            runs.push_back({begin, end, std::move(decoded), uninspected(before)});
            return;
        }
    }
    const bool hex = std::all_of(encoded.begin(), encoded.end(), [](char c) { return hex_value(c) >= 0; });
    if (hex ? encoded.size() > longest_hex_id : uninspected(encoded)) runs.push_back({begin, end, {}, true});
}

}  // namespace

bool unescape_ascii(std::string_view text, Unescaped& out) {
    const auto first = static_cast<std::size_t>(find_escape(text.data(), text.data() + text.size()) - text.data());
    if (first == text.size()) return false;
    bool any = false;
    out.text.clear();
    out.origin.clear();
    out.text.reserve(text.size());
    out.origin.reserve(text.size() + 1);
    for (std::size_t i = 0; i < text.size();) {
        char meant = text[i];
        std::size_t length = 1;
        if (i >= first && (text[i] == '%' || text[i] == '\\')) {
            const auto escape = escape_at(text, i, meant);
            any |= escape != 0;
            length = escape == 0 ? 1 : escape;
        }
        out.text += meant;
        out.origin.push_back(i);
        i += length;
    }
    out.origin.push_back(text.size());
    return any;
}

void find_encoded_runs(std::string_view text, std::vector<EncodedRun>& runs) {
    static_assert(shortest_encoded == long_run);
    for (std::size_t begin = find_long_run<RunAlphabet::base64>(text, 0); begin != std::string_view::npos;) {
        const std::size_t end = run_end(text, begin);
        judge_run(text, begin, end, runs);
        begin = find_long_run<RunAlphabet::base64>(text, end);
    }
}

std::size_t run_end(std::string_view text, std::size_t begin) {
    std::size_t line = begin, at = begin;
    for (;;) {
        while (at < text.size() && in_alphabet(text[at])) ++at;
        if (at - line < shortest_line || !line_break(text, at)) return at;
        const std::size_t next = at + (text[at] == '\r' ? 2 : 1);
        if (next >= text.size() || !in_alphabet(text[next])) return at;
        line = at = next;
    }
}

std::size_t open_run(std::string_view text) {
    const auto letters_before = [text](std::size_t at) {
        std::size_t begin = at;
        while (begin > 0 && in_alphabet(text[begin - 1])) --begin;
        return begin;
    };
    std::size_t begin = letters_before(text.size());
    // The lines before it, if they are long enough to be lines of the same run.
    for (;;) {
        std::size_t end = begin;
        if (end > 0 && text[end - 1] == '\n') --end;
        if (end > 0 && end < begin && text[end - 1] == '\r') --end;
        const std::size_t line = end < begin ? letters_before(end) : end;
        if (end - line < shortest_line) break;
        begin = line;
    }
    return text.size() - begin >= shortest_encoded ? begin : text.size();
}

}  // namespace bordergate

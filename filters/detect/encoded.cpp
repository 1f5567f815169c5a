#include "filters/detect/encoded.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "config/utf8.hpp"
#include "filters/ascii.hpp"
#include "filters/byte_runs.hpp"
#include "filters/detect/encoded_parts.hpp"

namespace bordergate {

namespace {

constexpr std::size_t shortest_line = 60;  ///< of base64 broken into lines

std::uint8_t digit(char c) { return base64_digit(c); }
bool in_alphabet(char c) { return digit(c) != no_base64_digit; }

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

/// Bytes that an escape stands for, and how long it is; 0: there is none.
struct Escape {
    std::array<char, 4> bytes{};
    std::size_t count = 0, length = 0;
};

/// A character other than a control character, white space apart.
bool is_resolved(int code) { return code >= 0x80 || (code >= 0x20 && code < 0x7f) || code == '\n' || code == '\t' || code == '\r'; }

/// `%41`, or as many of them as make a character of several bytes.
Escape percent_at(std::string_view text, std::size_t at) {
    Escape escape;
    for (int value = hex_at(text, at + 1, 2); value >= 0; value = text.substr(at + escape.length).starts_with('%') ? hex_at(text, at + escape.length + 1, 2) : -1) {
        escape.bytes[escape.count++] = static_cast<char>(value);
        escape.length += 3;
        if (utf8_sequence({escape.bytes.data(), escape.count}) == escape.count) return escape.count > 1 || is_resolved(value) ? escape : Escape{};
        if (escape.count == escape.bytes.size() || incomplete_utf8_tail({escape.bytes.data(), escape.count}) != escape.count) break;
    }
    return {};
}

/// `\u00e9`, two of them where they are halves of one character.
Escape unicode_at(std::string_view text, std::size_t at) {
    int code = hex_at(text, at + 2, 4);
    std::size_t length = 6;
    if (code >= 0xd800 && code < 0xdc00 && text.substr(at + length).starts_with("\\u")) {
        const int low = hex_at(text, at + length + 2, 4);
        if (low < 0xdc00 || low > 0xdfff) return {};
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        length += 6;
    }
    if (!is_resolved(code) || (code >= 0xd800 && code < 0xe000)) return {};
    std::string bytes;
    append_utf8(static_cast<std::uint32_t>(code), bytes);
    Escape escape;
    escape.length = length;
    escape.count = bytes.copy(escape.bytes.data(), escape.bytes.size());
    return escape;
}

/// The escape at `at`, where a `%` or a backslash stands.
Escape escape_at(std::string_view text, std::size_t at) {
    if (text[at] == '%') return percent_at(text, at);
    const char kind = at + 1 < text.size() ? text[at + 1] : ' ';
    if (kind == 'u') return unicode_at(text, at);
    const char meant = kind == '/' || kind == '"' || kind == '\\' ? kind : kind == 'n' ? '\n' : kind == 't' ? '\t' : kind == 'r' ? '\r' : '\0';
    return meant == '\0' ? Escape{} : Escape{{meant}, 1, 2};
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
        if (value == no_base64_digit) continue;
        bits = (bits << 6) | value;
        if ((have += 6) < 8) continue;
        have -= 8;
        if (!visit(static_cast<unsigned char>(bits >> have))) return false;
    }
    return true;
}

/// Stops early at the first byte that cannot be text: most runs are words. Of a line or a part of an encoding the first and
/// the last character may be cut.
bool decode_base64_text(std::string_view run, std::string& out) {
    std::size_t cut = 0;
    const bool printable = each_byte(run, [&](unsigned char byte) {
        if (out.empty() && (byte & 0xc0U) == 0x80 && cut < 3) {
            ++cut;
            return true;
        }
        out += static_cast<char>(byte);
        return byte >= 0x20 || byte == '\n' || byte == '\r' || byte == '\t';
    });
    if (!printable) return false;
    out.resize(out.size() - incomplete_utf8_tail(out));
    return is_text(out);
}

bool varied(std::string_view run) {
    std::uint64_t seen = 0;
    for (char c : run)
        if (in_alphabet(c)) seen |= std::uint64_t{1} << digit(c);
    // Base64 of anything compressed or encrypted uses nearly all 64; paths and words use lower case and some digits.
    return std::popcount(seen) >= 40;
}

bool line_break(std::string_view text, std::size_t at) { return at < text.size() && (text[at] == '\n' || (text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n')); }

/// Where the line ends whose line feed is at `feed`, or which has none and ends there.
std::size_t line_end(std::string_view text, std::size_t feed) { return feed > 0 && text[feed - 1] == '\r' ? feed - 1 : feed; }

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

/// What parts of the lines of a run stand for: encodings touch other characters of the alphabet at both ends.
std::string parts_of(std::string_view encoded) {
    std::string parts;
    while (!encoded.empty()) {
        const auto feed = std::min(encoded.find('\n'), encoded.size());
        find_encoded_parts(encoded.substr(0, line_end(encoded, feed)), parts);
        encoded.remove_prefix(std::min(feed + 1, encoded.size()));
    }
    return parts;
}

/// Whether the run stands for text, which is then entered.
bool stands_for_text(std::string_view text, std::size_t begin, std::size_t end, std::vector<EncodedRun>& runs) {
    const auto encoded = text.substr(begin, end - begin);
    std::string decoded;
    for (const auto place : beginnings(encoded)) {
        const auto part = encoded.substr(place);
        for (auto decode : {decode_hex_text, decode_base64_text}) {
            decoded.clear();
            if (!decode(part, decoded)) continue;
            // What stands before goes with it; if that is long, it is not a word. It may be the beginning of the same text.
            const auto before = encoded.substr(0, place);
            if (place > 0) decoded.append("\n").append(parts_of(encoded));
            runs.push_back({begin, end, std::move(decoded), uninspected(before)});
            return true;
        }
    }
    return false;
}

void judge_run(std::string_view text, std::size_t begin, std::size_t end, std::vector<EncodedRun>& runs) {
    if (stands_for_text(text, begin, end, runs)) return;
    const auto encoded = text.substr(begin, end - begin);
    const bool hex = std::all_of(encoded.begin(), encoded.end(), [](char c) { return hex_value(c) >= 0; });
    if (hex ? encoded.size() > longest_hex_id : uninspected(encoded)) {
        runs.push_back({begin, end, {}, true});
        return;
    }
    // Not lines of one encoding, then, but lines that touch: of one there may be an encoding, and a word on the next.
    const auto last = encoded.rfind('\n');
    if (last != std::string_view::npos && stands_for_text(text, begin, line_end(text, begin + last), runs)) return;
    for (std::size_t line = begin; line < end;) {
        const auto next = std::min(text.substr(0, end).find('\n', line), end), stop = line_end(text, next);
        const bool known = stop - line < shortest_encoded || (last != std::string_view::npos && stands_for_text(text, line, stop, runs));
        if (auto parts = known ? std::string() : parts_of(text.substr(line, stop - line)); !parts.empty()) runs.push_back({line, stop, std::move(parts), false});
        line = next + 1;
    }
}

}  // namespace

bool resolve_escapes(std::string_view text, Unescaped& out) {
    const auto first = static_cast<std::size_t>(find_escape(text.data(), text.data() + text.size()) - text.data());
    if (first == text.size()) return false;
    bool any = false;
    out.text.clear();
    out.origin.clear();
    out.text.reserve(text.size());
    out.origin.reserve(text.size() + 1);
    for (std::size_t i = 0; i < text.size();) {
        const auto escape = i >= first && (text[i] == '%' || text[i] == '\\') ? escape_at(text, i) : Escape{};
        any |= escape.length > 0;
        const auto meant = escape.length > 0 ? std::string_view(escape.bytes.data(), escape.count) : text.substr(i, 1);
        out.text.append(meant);
        out.origin.insert(out.origin.end(), meant.size(), i);
        i += std::max<std::size_t>(escape.length, 1);
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

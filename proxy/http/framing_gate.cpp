#include "proxy/http/framing_gate.hpp"

#include <array>
#include <charconv>
#include <cstring>

#include "filters/message.hpp"

namespace bordergate {

namespace {

constexpr std::array<bool, 256> token_table = [] {
    std::array<bool, 256> table{};
    for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = true;
    for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = true;
    for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = true;
    for (char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
    return table;
}();

/// What may stand in a field value: visible characters, space, tab, obs-text. No control, no DEL.
constexpr std::array<bool, 256> value_table = [] {
    std::array<bool, 256> table{};
    for (std::size_t c = 0x20; c < 256; ++c) table[c] = c != 0x7f;
    table['\t'] = true;
    return table;
}();

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

bool lists_token(std::string_view list, std::string_view wanted) {
    while (!list.empty()) {
        const auto comma = list.find(',');
        if (equal_fold(trimmed(list.substr(0, comma)), wanted)) return true;
        if (comma == std::string_view::npos) break;
        list.remove_prefix(comma + 1);
    }
    return false;
}

/// True if `Connection` names a field whose loss would change how the message is read.
bool nominates_framing(std::string_view list) {
    for (std::string_view name : {"host", "content-length", "transfer-encoding", "content-type",
                                  "content-encoding", "authorization", "cookie"})
        if (lists_token(list, name)) return true;
    return false;
}

/// One pass over the lines of a head. Both directions share the field rules.
class Gate {
  public:
    Gate(std::string_view head, Code code) : rest_(head), code_(code) {}

    Fault refuse(std::string_view why) const { return fault(code_, std::string(why)); }
    Fault refuse_bare_cr() const { return refuse("a line holds a bare CR"); }

    /// The next line without its CRLF. The head ends in a blank line, so a line always has an end.
    Result<std::string_view> line() {
        const auto end = rest_.find('\n');
        if (end == std::string_view::npos) return refuse("the head does not end in a blank line");
        if (end == 0 || rest_[end - 1] != '\r') return refuse("a line ends in a bare LF");
        const auto text = rest_.substr(0, end - 1);
        rest_.remove_prefix(end + 1);
        return text;
    }
    /// The first line, which is not held against a table as fields are.
    Result<std::string_view> first_line() {
        auto text = line();
        if (text.has_value() && text->find('\r') != std::string_view::npos) return refuse_bare_cr();
        return text;
    }

    Status fields() {
        for (;;) {
            const auto next = line();
            if (next.has_error()) return next.error();
            if (next->empty()) break;
            const Status checked = field(*next);
            if (checked.has_error()) return next->find('\r') == std::string_view::npos ? checked : Status(refuse_bare_cr());
        }
        if (!rest_.empty()) return refuse("bytes follow the blank line of the head");
        return {};
    }

    Framing framing;
    unsigned hosts = 0;

    Status lengths() const {
        if (framing.chunked && framing.content_length)
            return refuse("both Content-Length and Transfer-Encoding are given");
        if (framing.chunked && framing.minor_version == 0)
            return refuse("Transfer-Encoding on HTTP/1.0");
        return {};
    }

    Status version(std::string_view text) {
        if (text == "HTTP/1.1") return {};
        if (text != "HTTP/1.0") return refuse("the version is not HTTP/1.1 or HTTP/1.0");
        framing.minor_version = 0;
        framing.close = true;
        return {};
    }

  private:
    Status field(std::string_view text) {
        if (text.front() == ' ' || text.front() == '\t') return refuse("a field is folded over lines");
        const auto colon = text.find(':');
        if (colon == std::string_view::npos) return refuse("a field has no colon");
        const auto name = text.substr(0, colon);
        if (!is_token(name)) return refuse("a field name holds a character it may not");
        const auto value = trimmed(text.substr(colon + 1));
        if (!is_field_value(value)) return refuse("a field value holds a control character");
        return known(name, value);
    }

    Status known(std::string_view name, std::string_view value) {
        if (name.size() != 4 && name.size() != 6 && name.size() != 10 && name.size() != 14 && name.size() != 17) return {};
        if (equal_fold(name, "host")) {
            ++hosts;
        } else if (equal_fold(name, "content-length")) {
            return length(value);
        } else if (equal_fold(name, "transfer-encoding")) {
            if (framing.chunked) return refuse("Transfer-Encoding is given twice");
            if (!equal_fold(value, "chunked")) return refuse("Transfer-Encoding is not exactly chunked");
            framing.chunked = true;
        } else if (equal_fold(name, "connection")) {
            if (nominates_framing(value)) return refuse("Connection names a field that may not be dropped");
            if (lists_token(value, "close")) framing.close = true;
        } else if (equal_fold(name, "expect")) {
            if (!equal_fold(value, "100-continue")) return refuse("Expect is not 100-continue");
            framing.expects_continue = true;
        }
        return {};
    }

    Status length(std::string_view value) {
        if (framing.content_length) return refuse("Content-Length is given twice");
        std::uint64_t number = 0;
        const auto* end = value.data() + value.size();
        const auto [stop, error] = std::from_chars(value.data(), end, number);
        if (value.empty() || stop != end || error != std::errc{} || value.size() > 18)
            return refuse("Content-Length is not one number");
        framing.content_length = number;
        return {};
    }

    std::string_view rest_;
    Code code_;
};

}  // namespace

bool is_token(std::string_view name) {
    if (name.empty()) return false;
    for (unsigned char c : name)
        if (!token_table[c]) return false;
    return true;
}

bool is_field_value(std::string_view value) {
    // Eight bytes at a time: nearly all values are visible ASCII.
    constexpr std::uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;
    std::size_t i = 0;
    for (; i + 8 <= value.size(); i += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, value.data() + i, sizeof word);
        const std::uint64_t low = (word - ones * 0x20) & ~word, del = word ^ (ones * 0x7f);
        if (((low | ((del - ones) & ~del)) & tops) == 0) continue;
        for (std::size_t k = i; k < i + 8; ++k)
            if (!value_table[static_cast<unsigned char>(value[k])]) return false;
    }
    for (; i < value.size(); ++i)
        if (!value_table[static_cast<unsigned char>(value[i])]) return false;
    return true;
}

std::size_t head_end(std::string_view bytes, std::size_t scanned) {
    const auto from = scanned < 3 ? 0 : scanned - 3;
    const auto found = bytes.find("\r\n\r\n", from);
    if (found != std::string_view::npos) return found + 4;
    // A head that ends its lines in bare LF would never end for us: let the gate name the mistake.
    const auto bare = bytes.find("\n\n", from);
    return bare == std::string_view::npos ? std::string_view::npos : bare + 2;
}

Result<Framing> gate_request(std::string_view head) {
    Gate gate(head, Code::framing_invalid);
    const auto first = gate.first_line();
    if (first.has_error()) return first.error();
    const auto method_end = first->find(' ');
    const auto version_start = first->rfind(' ');
    if (method_end == std::string_view::npos || method_end == version_start)
        return gate.refuse("the request line is not METHOD TARGET VERSION");
    if (!is_token(first->substr(0, method_end))) return gate.refuse("the method is not a token");
    const auto target = first->substr(method_end + 1, version_start - method_end - 1);
    if (target.empty()) return gate.refuse("the target is empty");
    for (unsigned char c : target)
        if (c <= 0x20 || c >= 0x7f) return gate.refuse("the target holds a character that must be encoded");
    Status checked = gate.version(first->substr(version_start + 1));
    if (checked.has_error()) return checked.error();
    checked = gate.fields();
    if (checked.has_error()) return checked.error();
    checked = gate.lengths();
    if (checked.has_error()) return checked.error();
    if (gate.hosts != 1) return gate.refuse(gate.hosts == 0 ? "Host is missing" : "Host is given twice");
    return gate.framing;
}

Result<Framing> gate_response(std::string_view head) {
    Gate gate(head, Code::upstream_invalid);
    const auto first = gate.first_line();
    if (first.has_error()) return first.error();
    if (first->size() < 12 || (*first)[8] != ' ') return gate.refuse("the status line is malformed");
    Status checked = gate.version(first->substr(0, 8));
    if (checked.has_error()) return checked.error();
    const auto status = first->substr(9, 3);
    for (char c : status)
        if (c < '0' || c > '9') return gate.refuse("the status is not a number");
    if (status[0] < '1' || status[0] > '5') return gate.refuse("the status is out of range");
    if (first->size() > 12 && (*first)[12] != ' ') return gate.refuse("the status line is malformed");
    if (!is_field_value(first->substr(12))) return gate.refuse("the reason holds a control character");
    checked = gate.fields();
    if (checked.has_error()) return checked.error();
    checked = gate.lengths();
    if (checked.has_error()) return checked.error();
    return gate.framing;
}

}  // namespace bordergate

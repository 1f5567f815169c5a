#include "proxy/http/framing_gate.hpp"

#include <array>
#include <charconv>
#include <cstring>

#include "filters/ascii.hpp"
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

/// Gives each element of a comma-separated list of tokens to `each`; empty ones are skipped (RFC 9110, 5.6.1.2). False
/// if it is not such a list.
template <class Each>
bool each_token(std::string_view list, Each&& each) {
    for (;;) {
        const auto comma = list.find(',');
        const auto one = trimmed(list.substr(0, comma));
        if (!one.empty()) {
            if (!is_token(one)) return false;
            each(one);
        }
        if (comma == std::string_view::npos) return true;
        list.remove_prefix(comma + 1);
    }
}

/// True for fields whose loss would change how the message is read.
bool is_framing(std::string_view name) {
    for (std::string_view one : {"host", "content-length", "transfer-encoding", "content-type", "content-encoding",
                                 "authorization", "cookie"})
        if (equal_fold(name, one)) return true;
    return false;
}

/// The first byte from `at` that may not stand in a field value, or `end`.
const char* value_end(const char* at, const char* end) {
    // Eight bytes at a time: nearly all values are visible ASCII.
    constexpr std::uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;
    while (at < end) {
        if (end - at >= 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, at, sizeof word);
            const std::uint64_t low = (word - ones * 0x20) & ~word, del = word ^ (ones * 0x7f);
            if (((low | ((del - ones) & ~del)) & tops) == 0) {
                at += 8;
                continue;
            }
        }
        for (int i = 0; i < 8 && at < end; ++i, ++at)
            if (!value_table[static_cast<unsigned char>(*at)]) return at;
    }
    return end;
}

/// One pass over a head. Both directions share the field rules. Steps return false when the head is refused; wrong()
/// then says why.
class Gate {
  public:
    Gate(std::string_view head, Fields& fields) : head_(head), at_(head.data()), end_(head.data() + head.size()), fields_(fields) {
        fields_.hold(head);
    }

    std::string_view wrong() const { return wrong_; }
    bool refuse(std::string_view why) {
        wrong_ = why;
        return false;
    }

    /// The first line without its CRLF.
    bool first_line(std::string_view& text) {
        const auto end = head_.find('\n');
        if (end == std::string_view::npos) return refuse("the head does not end in a blank line");
        if (end == 0 || head_[end - 1] != '\r') return refuse("a line ends in a bare LF");
        text = head_.substr(0, end - 1);
        at_ += end + 1;
        return text.find('\r') == std::string_view::npos || refuse("a line holds a bare CR");
    }

    bool fields() {
        while (end_ - at_ < 2 || at_[0] != '\r' || at_[1] != '\n')
            if (!field()) return false;
        at_ += 2;
        return at_ == end_ || refuse("bytes follow the blank line of the head");
    }

    bool lengths() {
        if (framing.chunked && framing.content_length) return refuse("both Content-Length and Transfer-Encoding are given");
        if (framing.chunked && framing.minor_version == 0) return refuse("Transfer-Encoding on HTTP/1.0");
        return true;
    }

    bool version(std::string_view text) {
        if (text == "HTTP/1.1") return true;
        if (text != "HTTP/1.0") return refuse("the version is not HTTP/1.1 or HTTP/1.0");
        framing.minor_version = 0;
        framing.close = true;
        return true;
    }

    Framing framing;
    unsigned hosts = 0;

  private:
    bool field() {
        const char* const name = at_;
        const char* at = name;
        while (at < end_ && token_table[static_cast<unsigned char>(*at)]) ++at;
        if (at == name || at == end_ || *at != ':') return refuse_line();
        const char* const colon = at++;
        while (at < end_ && (*at == ' ' || *at == '\t')) ++at;
        const char* const value = at;
        at = value_end(at, end_);
        if (end_ - at < 2 || at[0] != '\r' || at[1] != '\n') return refuse_line();
        at_ = at + 2;
        while (at > value && (at[-1] == ' ' || at[-1] == '\t')) --at;
        const auto name_size = static_cast<std::size_t>(colon - name), value_size = static_cast<std::size_t>(at - value);
        fields_.mark(place(name), name_size, place(value), value_size);
        return known({name, name_size}, {value, value_size});
    }
    std::size_t place(const char* at) const { return static_cast<std::size_t>(at - head_.data()); }

    /// Says what is wrong with the line that begins here.
    bool refuse_line() {
        const auto rest = head_.substr(place(at_));
        const auto end = rest.find('\n');
        if (end == std::string_view::npos) return refuse("the head does not end in a blank line");
        if (end == 0 || rest[end - 1] != '\r') return refuse("a line ends in a bare LF");
        const auto text = rest.substr(0, end - 1);
        if (text.find('\r') != std::string_view::npos) return refuse("a line holds a bare CR");
        if (text.front() == ' ' || text.front() == '\t') return refuse("a field is folded over lines");
        const auto colon = text.find(':');
        if (colon == std::string_view::npos) return refuse("a field has no colon");
        if (!is_token(text.substr(0, colon))) return refuse("a field name holds a character it may not");
        return refuse("a field value holds a control character");
    }

    bool known(std::string_view name, std::string_view value) {
        switch (name.size()) {
            case 4:
                if (equal_fold(name, "host")) ++hosts;
                return true;
            case 6: return !equal_fold(name, "expect") || expect(value);
            case 10: return !equal_fold(name, "connection") || connection(value);
            case 14: return !equal_fold(name, "content-length") || length(value);
            case 16: return !equal_fold(name, "proxy-connection") || each_token(value, [](auto) {}) || refuse("Proxy-Connection is not a list of tokens");
            case 17: return !equal_fold(name, "transfer-encoding") || transfer_encoding(value);
            default: return true;
        }
    }

    bool expect(std::string_view value) {
        framing.expects_continue = true;
        return equal_fold(value, "100-continue") || refuse("Expect is not 100-continue");
    }

    bool connection(std::string_view value) {
        bool drops = false;
        const bool listed = each_token(value, [&](std::string_view one) {
            drops = drops || is_framing(one);
            if (equal_fold(one, "close")) framing.close = true;
        });
        if (drops) return refuse("Connection names a field that may not be dropped");
        return listed || refuse("Connection is not a list of tokens");
    }

    bool transfer_encoding(std::string_view value) {
        if (framing.chunked) return refuse("Transfer-Encoding is given twice");
        framing.chunked = true;
        return equal_fold(value, "chunked") || refuse("Transfer-Encoding is not exactly chunked");
    }

    bool length(std::string_view value) {
        if (framing.content_length) return refuse("Content-Length is given twice");
        std::uint64_t number = 0;
        const auto* end = value.data() + value.size();
        const auto [stop, error] = std::from_chars(value.data(), end, number);
        if (value.empty() || stop != end || error != std::errc{} || value.size() > 18)
            return refuse("Content-Length is not one number");
        framing.content_length = number;
        return true;
    }

    std::string_view head_;
    const char* at_;  ///< where the next line begins
    const char* end_;
    Fields& fields_;
    std::string_view wrong_;
};

bool request_line(Gate& gate, RequestHead& head, std::string& target) {
    std::string_view line;
    if (!gate.first_line(line)) return false;
    const auto method_end = line.find(' ');
    const auto version_start = line.rfind(' ');
    if (method_end == std::string_view::npos || method_end == version_start)
        return gate.refuse("the request line is not METHOD TARGET VERSION");
    const auto method = line.substr(0, method_end);
    if (!is_token(method)) return gate.refuse("the method is not a token");
    const auto asked = line.substr(method_end + 1, version_start - method_end - 1);
    if (asked.empty()) return gate.refuse("the target is empty");
    for (unsigned char c : asked)
        if (c <= 0x20 || c >= 0x7f) return gate.refuse("the target holds a character that must be encoded");
    head.method.assign(method);
    target.assign(asked);
    return gate.version(line.substr(version_start + 1));
}

/// `HTTP-version SP status-code SP [reason]`; the second space is not optional (RFC 9112, 4).
bool status_line(Gate& gate, ResponseHead& head) {
    std::string_view line;
    if (!gate.first_line(line)) return false;
    if (line.size() < 12 || line[8] != ' ') return gate.refuse("the status line is malformed");
    if (!gate.version(line.substr(0, 8))) return false;
    const auto status = line.substr(9, 3);
    head.status = 0;
    for (char c : status) {
        if (c < '0' || c > '9') return gate.refuse("the status is not a number");
        head.status = head.status * 10 + static_cast<unsigned>(c - '0');
    }
    if (status[0] < '1' || status[0] > '5') return gate.refuse("the status is out of range");
    if (line.size() == 12 || line[12] != ' ') return gate.refuse("the status line is malformed");
    const auto reason = line.substr(13);
    if (!is_field_value(reason)) return gate.refuse("the reason holds a control character");
    // Dropped: it is a text that nobody judges.
    return true;
}

}  // namespace

bool is_token(std::string_view name) {
    if (name.empty()) return false;
    for (unsigned char c : name)
        if (!token_table[c]) return false;
    return true;
}

bool is_field_value(std::string_view value) {
    const char* const end = value.data() + value.size();
    return value_end(value.data(), end) == end;
}

std::size_t head_end(std::string_view bytes, std::size_t scanned) {
    const auto from = scanned < 3 ? 0 : scanned - 3;
    const auto found = bytes.find("\r\n\r\n", from);
    if (found != std::string_view::npos) return found + 4;
    // A head that ends its lines in bare LF would never end for us: let the gate name the mistake.
    const auto bare = bytes.find("\n\n", from);
    return bare == std::string_view::npos ? std::string_view::npos : bare + 2;
}

Result<Framing> gate_request(std::string_view bytes, RequestHead& head, std::string& target) {
    head.clear();
    Gate gate(bytes, head.fields);
    if (!request_line(gate, head, target) || !gate.fields() || !gate.lengths()) return fault(Code::framing_invalid, std::string(gate.wrong()));
    if (gate.hosts != 1) return fault(Code::framing_invalid, gate.hosts == 0 ? "Host is missing" : "Host is given twice");
    return gate.framing;
}

Result<Framing> gate_response(std::string_view bytes, ResponseHead& head) {
    head.clear();
    Gate gate(bytes, head.fields);
    if (!status_line(gate, head) || !gate.fields() || !gate.lengths()) return fault(Code::upstream_invalid, std::string(gate.wrong()));
    return gate.framing;
}

}  // namespace bordergate

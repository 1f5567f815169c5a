#include "proxy/http/websocket_extensions.hpp"

#include <vector>

#include "proxy/http/framing_gate.hpp"

namespace bordergate {

namespace {

constexpr std::string_view field_name = "sec-websocket-extensions";
constexpr std::string_view deflate_name = "permessage-deflate";

struct Parameter {
    std::string name;
    std::optional<std::string> value;
};

struct Extension {
    std::string name;
    std::vector<Parameter> parameters;
};

/// The grammar of RFC 6455, 9.1: a list of tokens with parameters, whose values are tokens, quoted or not.
class ExtensionList {
  public:
    explicit ExtensionList(std::string_view text) : rest_(text) {}

    /// Appends what the list holds; false if it is malformed.
    bool read(std::vector<Extension>& out) {
        for (;;) {
            blank();
            if (rest_.empty()) return true;
            if (take(',')) continue;
            Extension one;
            if (!token(one.name)) return false;
            while (blank(), take(';'))
                if (!parameter(one)) return false;
            out.push_back(std::move(one));
            blank();
            if (!rest_.empty() && !take(',')) return false;
        }
    }

  private:
    void blank() {
        while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) rest_.remove_prefix(1);
    }
    bool take(char wanted) {
        if (rest_.empty() || rest_.front() != wanted) return false;
        rest_.remove_prefix(1);
        return true;
    }
    bool token(std::string& out) {
        std::size_t size = 0;
        while (size < rest_.size() && is_token(rest_.substr(size, 1))) ++size;
        out.assign(rest_.substr(0, size));
        rest_.remove_prefix(size);
        return size > 0;
    }
    bool parameter(Extension& of) {
        blank();
        Parameter made;
        if (!token(made.name)) return false;
        blank();
        if (take('=')) {
            blank();
            const bool quoted = take('"');
            made.value.emplace();
            if (!token(*made.value) || (quoted && !take('"'))) return false;
        }
        of.parameters.push_back(std::move(made));
        return true;
    }

    std::string_view rest_;
};

/// All lines of the field together; nothing if one is malformed.
std::optional<std::vector<Extension>> extensions(const Fields& fields) {
    std::vector<Extension> all;
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (equal_fold(fields[i].name, field_name) && !ExtensionList(fields[i].value).read(all)) return std::nullopt;
    return all;
}

/// 8 to 15 without leading zeros (RFC 7692, 7.1.2).
bool window_bits(const std::string& text, unsigned& bits) {
    if (text == "8" || text == "9")
        bits = static_cast<unsigned>(text[0] - '0');
    else if (text.size() == 2 && text[0] == '1' && text[1] >= '0' && text[1] <= '5')
        bits = 10U + static_cast<unsigned>(text[1] - '0');
    else
        return false;
    return true;
}

/// Terms as an offer or an answer states them; false if a parameter is unknown, repeated or out of range.
/// `client_bits`: whether client_max_window_bits was named.
bool read_terms(const Extension& extension, bool offer, DeflateTerms& terms, bool& client_bits) {
    bool server_bits = false;
    client_bits = false;
    for (const auto& [name, value] : extension.parameters) {
        if (name == "server_no_context_takeover" && !value && !terms.server_no_context_takeover)
            terms.server_no_context_takeover = true;
        else if (name == "client_no_context_takeover" && !value && !terms.client_no_context_takeover)
            terms.client_no_context_takeover = true;
        else if (name == "server_max_window_bits" && value && !server_bits)
            server_bits = window_bits(*value, terms.server_max_window_bits);
        else if (name == "client_max_window_bits" && !client_bits && (value || offer))
            client_bits = !value || window_bits(*value, terms.client_max_window_bits);
        else
            return false;
        if (name == "server_max_window_bits" && !server_bits) return false;
        if (name == "client_max_window_bits" && !client_bits) return false;
    }
    return true;
}

}  // namespace

std::optional<DeflateTerms> accept_deflate(const Fields& fields) {
    const auto offers = extensions(fields);
    if (!offers) return std::nullopt;
    for (const auto& one : *offers) {
        DeflateTerms terms;
        bool client_bits = false;
        if (one.name == deflate_name && read_terms(one, true, terms, client_bits)) return terms;
    }
    return std::nullopt;
}

std::string render_agreement(const DeflateTerms& terms) {
    std::string text(deflate_name);
    if (terms.server_no_context_takeover) text += "; server_no_context_takeover";
    if (terms.client_no_context_takeover) text += "; client_no_context_takeover";
    if (terms.server_max_window_bits != 15) text += "; server_max_window_bits=" + std::to_string(terms.server_max_window_bits);
    // An offer names it before it has a value other than 15, so that the client understands it.
    if (terms.client_max_window_bits != 15) text += "; client_max_window_bits=" + std::to_string(terms.client_max_window_bits);
    return text;
}

std::string deflate_offer() { return std::string(deflate_name) + "; client_max_window_bits"; }

Result<std::optional<DeflateTerms>> read_agreement(const Fields& fields, bool offered) {
    const auto answered = extensions(fields);
    if (!answered) return fault(Code::upstream_invalid, "the upstream's Sec-WebSocket-Extensions is malformed");
    if (answered->empty()) return std::optional<DeflateTerms>();
    if (answered->size() > 1 || !offered || answered->front().name != deflate_name)
        return fault(Code::upstream_invalid, "the upstream uses a WebSocket extension that was not offered");
    DeflateTerms terms;
    bool client_bits = false;
    if (!read_terms(answered->front(), false, terms, client_bits))
        return fault(Code::upstream_invalid, "the upstream's terms of permessage-deflate are not valid");
    return std::optional<DeflateTerms>(terms);
}

}  // namespace bordergate

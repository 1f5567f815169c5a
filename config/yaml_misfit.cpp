// What a scalar must look like: the test, the words for a mistake, and the pattern for editors, per
// format.
#include <algorithm>
#include <array>

#include "config/diagnostic.hpp"
#include "config/jurisdiction.hpp"
#include "config/yaml_formats.hpp"

namespace bordergate {

namespace {

constexpr std::size_t longest_quote = 60;

bool printable(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto code = static_cast<unsigned char>(c);
        return code >= 0x20 && code != 0x7f;
    });
}

bool made_of(std::string_view text, std::string_view more) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [more](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               more.find(c) != std::string_view::npos;
    });
}

bool is_host(std::string_view text) {
    return text.size() <= 253 && made_of(text, "-._:[]") &&
           std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool is_path(std::string_view text) {
    return text.starts_with('/') && printable(text) &&
           text.find_first_of("?#\\ ") == std::string_view::npos &&
           text.find("//") == std::string_view::npos && text.find("/../") == std::string_view::npos;
}

/// Formats that can be told by the text alone.
bool fits(Format format, std::string_view text) {
    switch (format) {
        case Format::any:
            return printable(text);
        case Format::name:
            return !text.empty() && printable(text);
        case Format::word:
            return !text.empty() && printable(text) &&
                   text.find_first_of(" /\"'") == std::string_view::npos;
        case Format::character:
            return text.size() == 1 && printable(text) && text[0] > 0;
        case Format::size:
            return parse_size(text).has_value();
        case Format::duration:
            return parse_duration(text).has_value();
        case Format::rate:
            return parse_rate(text).has_value();
        case Format::endpoint:
            return parse_endpoint(text).has_value();
        case Format::secret:
            return parse_secret(text).has_value();
        case Format::api_key:
            return is_sha256_hex(text) || parse_secret(text).has_value();
        case Format::network:
            return parse_network(text).has_value();
        case Format::url:
            return parse_url(text).has_value();
        case Format::host:
            return is_host(text);
        case Format::path:
            return is_path(text);
        case Format::field_path:
            return (text.starts_with('$') || text.starts_with('/')) && printable(text);
        case Format::method:
            return made_of(text, "-_") && std::none_of(text.begin(), text.end(),
                                                       [](char c) { return c >= 'a' && c <= 'z'; });
        case Format::field:
            return made_of(text, "!#$%&'*+-.^_`|~");
        case Format::spiffe:
            return text.starts_with("spiffe://") && text.size() > 9 && printable(text);
        case Format::pin:
            return parse_pin(text).has_value();
        case Format::date:
            return parse_date(text).has_value();
        default:
            return true;
    }
}

std::optional<Misfit> unknown_place(Format format, const std::string& text) {
    if (text == "anywhere" && format == Format::place_or_anywhere) return std::nullopt;
    const auto& atlas = Atlas::builtin();
    const auto found = atlas.find(text);
    if (found && (format != Format::territory || found->possible.only())) return std::nullopt;
    if (found)
        return Misfit{
            in_quotes(text) + " is not one place: a key belongs to one country or subdivision",
            "codes are ISO 3166, such as DE or CA-QC"};
    if (text == "anywhere")
        return Misfit{"\"anywhere\" is no place", "it stands alone in from: or to:"};
    const auto nearest = atlas.nearest(text.size() <= longest_quote ? text : "");
    return Misfit{in_quotes(text) + " is no country, subdivision or group that is known",
                  nearest.empty() ? "codes are ISO 3166, such as DE or CA-QC; groups such as EEA"
                                  : "did you mean " + in_quotes(nearest) + "?"};
}

std::optional<Misfit> unknown_name(const char* noun, const std::string& text,
                                   const std::vector<std::string>& names) {
    if (std::find(names.begin(), names.end(), text) != names.end()) return std::nullopt;
    return Misfit{std::string("no ") + noun + " is called " + in_quotes(text),
                  suggest(text, names)};
}

}  // namespace

std::string in_quotes(std::string_view word) {
    std::string text = "\"";
    for (char c : word.substr(0, longest_quote)) {
        const auto code = static_cast<unsigned char>(c);
        if (code >= 0x20 && code != 0x7f) {
            text += c;
        } else {
            text += "\\x";
            text += "0123456789abcdef"[code >> 4];
            text += "0123456789abcdef"[code & 15];
        }
    }
    return text + (word.size() > longest_quote ? "…\"" : "\"");
}

std::string suggest(std::string_view word, const std::vector<std::string>& words) {
    constexpr std::size_t few = 16;
    if (word.size() <= longest_quote) {
        const auto nearest = nearest_word(word, {words.begin(), words.end()});
        if (!nearest.empty()) return "did you mean " + in_quotes(nearest) + "?";
    }
    if (words.empty() || words.size() > few) return {};
    std::string text;
    for (const auto& one : words) (text += text.empty() ? "there is " : ", ") += one;
    return text;
}

std::optional<Misfit> misfit(Format format, const std::string& text, const Vocabulary& vocabulary) {
    switch (format) {
        case Format::place:
        case Format::territory:
        case Format::place_or_anywhere:
            return unknown_place(format, text);
        case Format::class_name:
            return unknown_name("class", text, vocabulary.classes);
        case Format::destination:
            return unknown_name("destination", text, vocabulary.destinations);
        case Format::listener:
            return unknown_name("listener", text, vocabulary.listeners);
        // What should have been a reference may be the secret itself: it is not repeated.
        case Format::secret:
            if (fits(format, text)) return std::nullopt;
            return Misfit{
                "a secret never stands in this file; here belongs " + std::string(describe(format)),
                "put it into a file of its own (chmod 600) and write file:PATH"};
        case Format::api_key:
            if (fits(format, text)) return std::nullopt;
            return Misfit{"this is not " + std::string(describe(format)),
                          "printf %s \"$KEY\" | sha256sum"};
        default:
            break;
    }
    if (fits(format, text)) return std::nullopt;
    return Misfit{in_quotes(text) + " is not " + std::string(describe(format)), {}};
}

std::string_view describe(Format format) {
    switch (format) {
        case Format::any:
            return "text without control characters";
        case Format::name:
            return "a name: text that is not empty";
        case Format::word:
            return "one word without spaces, slashes or quotes";
        case Format::character:
            return "one ASCII character";
        case Format::size:
            return "a size such as 64KiB or 8MiB";
        case Format::duration:
            return "a duration such as 2ms, 75s or 5m";
        case Format::rate:
            return "a rate such as 100/s, 6000/m or 10/h, of at most 10,000,000 requests";
        case Format::endpoint:
            return "a numeric address and port such as 127.0.0.1:8080";
        case Format::secret:
            return "a reference: file:PATH or env:NAME";
        case Format::api_key:
            return "the SHA-256 of a key as 64 hex digits, or file:PATH or env:NAME of it";
        case Format::network:
            return "a network such as 10.0.0.0/8";
        case Format::url:
            return "a URL such as https://api.example.com";
        case Format::host:
            return "a host name in lower case, without port";
        case Format::path:
            return "a path such as /v1";
        case Format::field_path:
            return "a JSONPath such as $.metadata.patient_id, an XML path such as //patient/@id, or /package.Service/Method:field.path";
        case Format::method:
            return "a method such as POST";
        case Format::field:
            return "the name of an HTTP field such as x-api-key";
        case Format::spiffe:
            return "a SPIFFE ID such as spiffe://clinic.example/ward";
        case Format::pin:
            return "sha256/ and the base64 of the SHA-256 of a key's SubjectPublicKeyInfo";
        case Format::date:
            return "a date such as 2026-11-24";
        case Format::place:
            return "a code such as DE, CA-QC or EEA";
        case Format::territory:
            return "the code of one country or subdivision such as DE or CA-QC";
        case Format::place_or_anywhere:
            return "a code such as DE, CA-QC or EEA, or anywhere";
        case Format::class_name:
            return "a class such as personal or health";
        case Format::destination:
            return "the id of a destination";
        case Format::listener:
            return "the name of a listener";
    }
    return "text";
}

std::string_view pattern(Format format) {
    switch (format) {
        case Format::name:
            return "^.+$";
        case Format::word:
        case Format::class_name:
        case Format::destination:
        case Format::listener:
            return "^[^ /\"']+$";
        case Format::character:
            return "^[ -~]$";
        case Format::size:
            return "^[0-9]+(B|KB|MB|GB|KiB|MiB|GiB|TiB)?$";
        case Format::duration:
            return "^[0-9]+(us|ms|s|m|h)$";
        case Format::rate:
            return "^[0-9]+/[smh]$";
        case Format::endpoint:
            return "^.+:[0-9]{1,5}$";
        case Format::secret:
            return "^(file|env):.+$";
        case Format::api_key:
            return "^([0-9a-fA-F]{64}|(file|env):.+)$";
        case Format::network:
            return "^[0-9a-fA-F.:]+(/[0-9]{1,3})?$";
        case Format::url:
            return "^https?://[^?#@ ]+$";
        case Format::host:
            return "^[^A-Z]+$";
        case Format::path:
            return "^/[^?# ]*$";
        case Format::field_path:
            return "^[$/]";
        case Format::method:
            return "^[A-Z0-9_-]+$";
        case Format::spiffe:
            return "^spiffe://.+$";
        case Format::pin:
            return "^sha256/[A-Za-z0-9+/]{43}=$";
        case Format::date:
            return "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
        case Format::place:
        case Format::territory:
            return "^[A-Z][A-Z0-9-]+$";
        case Format::place_or_anywhere:
            return "^([A-Z][A-Z0-9-]+|anywhere)$";
        case Format::any:
        case Format::field:
            break;
    }
    return "";
}

}  // namespace bordergate

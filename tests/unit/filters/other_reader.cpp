#include "tests/unit/filters/other_reader.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cctype>
#include <cstdint>

namespace bordergate::testing {

namespace {

using Texts = std::vector<NamedText>;

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
int digit_of(char c) {
    const int lower = std::tolower(static_cast<unsigned char>(c));
    return std::isdigit(lower) != 0 ? lower - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

void walk(const boost::json::value& value, const std::string& name, Texts& texts) {
    if (const auto* object = value.if_object()) {
        for (const auto& [key, inner] : *object) {
            texts.emplace_back("", std::string(key));
            walk(inner, std::string(key), texts);
        }
    } else if (const auto* array = value.if_array()) {
        for (const auto& inner : *array) walk(inner, name, texts);
    } else if (const auto* string = value.if_string()) {
        texts.emplace_back(name, std::string(*string));
    } else {
        texts.emplace_back(name, boost::json::serialize(value));
    }
}

bool read_json(std::string_view text, Texts& texts) {
    boost::system::error_code error;
    const auto value = boost::json::parse(boost::json::string_view(text.data(), text.size()), error);
    if (!error) walk(value, "", texts);
    return !error;
}

void read_table(std::string_view body, char separator, Texts& texts) {
    std::vector<std::string> names;
    std::string cell;
    std::size_t column = 0;
    bool quoted = false, first = true;
    const auto done = [&](bool row) {
        if (!cell.empty() && cell.back() == '\r') cell.pop_back();
        if (first) names.push_back(cell);
        texts.emplace_back(first || column >= names.size() ? "" : names[column], cell);
        cell.clear();
        column = row ? 0 : column + 1;
        first = first && !row;
    };
    for (std::size_t i = 0; i < body.size(); ++i) {
        const char c = body[i];
        if (c == '"' && quoted && i + 1 < body.size() && body[i + 1] == '"') cell += body[++i];
        else if (c == '"') quoted = !quoted;
        else if (!quoted && (c == separator || c == '\n')) done(c == '\n');
        else cell += c;
    }
    done(true);
}

std::string unpercent(std::string_view text, bool plus) {
    std::string made;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape = text[i] == '%' && i + 2 < text.size() && digit_of(text[i + 1]) >= 0 && digit_of(text[i + 2]) >= 0;
        if (escape) {
            made += static_cast<char>(digit_of(text[i + 1]) * 16 + digit_of(text[i + 2]));
            i += 2;
        } else {
            made += plus && text[i] == '+' ? ' ' : text[i];
        }
    }
    return made;
}

void read_form(std::string_view body, Texts& texts) {
    while (!body.empty()) {
        const auto pair = body.substr(0, body.find('&'));
        body.remove_prefix(std::min(body.size(), pair.size() + 1));
        const auto equals = std::min(pair.find('='), pair.size());
        const auto name = unpercent(pair.substr(0, equals), true);
        texts.emplace_back("", name);
        if (equals < pair.size()) texts.emplace_back(name, unpercent(pair.substr(equals + 1), true));
    }
}

void read_parts(std::string_view body, Texts& texts) {
    auto at = body.find("--b");
    while (at != std::string_view::npos) {
        at = body.find('\n', at);
        if (at == std::string_view::npos) return;
        const auto next = std::min(body.find("\r\n--b", at), body.size());
        const auto part = body.substr(at + 1, next - at - 1);
        at = next == body.size() ? std::string_view::npos : next + 2;
        const auto ends = part.starts_with("\r\n") ? 0 : part.find("\r\n\r\n");
        if (ends == std::string_view::npos) continue;
        const auto head = part.substr(0, ends), content = part.substr(ends + (ends == 0 ? 2 : 4));
        texts.emplace_back("", std::string(head));
        texts.emplace_back("", unquoted(head));
        const auto name = head.find(" name=\"");
        const auto called = name == std::string_view::npos ? std::string() : std::string(head.substr(name + 7, head.find('"', name + 7) - name - 7));
        bool known = false;
        for (const auto& form : body_forms())
            if (form.name != "text" && head.find("Content-Type: " + form.content_type) != std::string_view::npos) {
                const auto inside = texts_in(form, content);
                texts.insert(texts.end(), inside.begin(), inside.end());
                known = true;
            }
        if (!known) texts.emplace_back(called, std::string(content));
    }
}

std::string unescape(std::string_view text) {
    std::string made;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            made += text[i];
            continue;
        }
        const char kind = text[++i];
        if (kind == 'u' && i + 4 < text.size()) {
            int code = 0;
            for (std::size_t k = 1; k <= 4; ++k) code = code * 16 + std::max(0, digit_of(text[i + k]));
            i += 4;
            if (code < 0x80) made += static_cast<char>(code);
        } else {
            made += kind == 'n' ? '\n' : kind == 't' ? '\t' : kind;
        }
    }
    return made;
}

int sextet(char c) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const auto found = alphabet.find(c == '-' ? '+' : c == '_' ? '/' : c);
    return found == std::string_view::npos ? -1 : static_cast<int>(found);
}

std::string unhex(std::string_view run) {
    std::string made;
    for (std::size_t i = 0; i + 1 < run.size(); i += 2) made += static_cast<char>(digit_of(run[i]) * 16 + digit_of(run[i + 1]));
    return made;
}

/// Runs of at least sixteen of what `belongs`; line breaks go on with it if `lines`.
template <class Belongs>
std::vector<std::string> runs_of(std::string_view text, Belongs belongs, bool lines) {
    std::vector<std::string> runs;
    std::string run;
    const auto done = [&] {
        if (run.size() >= 16) runs.push_back(run);
        run.clear();
    };
    for (const char c : text) {
        if (belongs(c)) run += c;
        else if (!(lines && (c == '\r' || c == '\n'))) done();
    }
    done();
    return runs;
}

void add_readings(std::string_view text, int depth, std::vector<std::string>& all) {
    all.emplace_back(text);
    if (depth == 3 || text.size() > 64 * 1024) return;
    const auto deeper = [&](const std::string& other) {
        if (!other.empty() && other != text) add_readings(other, depth + 1, all);
    };
    if (text.find('%') != std::string_view::npos) deeper(unpercent(text, false));
    if (text.find('\\') != std::string_view::npos) deeper(unescape(text));
    for (const bool lines : {false, true})
        for (const auto& run : runs_of(text, [](char c) { return sextet(c) >= 0; }, lines))
            for (std::size_t skipped = 0; skipped < 4; ++skipped) deeper(unbase64(std::string_view(run).substr(skipped)));
    for (const auto& run : runs_of(text, [](char c) { return digit_of(c) >= 0; }, false))
        for (std::size_t skipped = 0; skipped < 2; ++skipped) deeper(unhex(std::string_view(run).substr(skipped)));
    Texts inside;
    if (text.find_first_of("{[") != std::string_view::npos && read_json(text, inside))
        for (const auto& one : inside) deeper(one.second);
}

}  // namespace

std::string unquoted(std::string_view text) {
    std::string made;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) ++i;
        made += text[i];
    }
    return made;
}

std::string unbase64(std::string_view run) {
    std::string made;
    std::uint32_t bits = 0;
    int have = 0;
    for (const char c : run) {
        if (sextet(c) < 0) continue;
        bits = bits << 6 | static_cast<std::uint32_t>(sextet(c));
        if ((have += 6) >= 8) made += static_cast<char>(bits >> (have -= 8));
    }
    return made;
}

std::vector<NamedText> texts_in(const BodyForm& form, std::string_view body) {
    Texts texts;
    if (form.name == "json") read_json(body, texts);
    else if (form.name == "csv") read_table(body, ',', texts);
    else if (form.name == "tsv") read_table(body, '\t', texts);
    else if (form.name == "form") read_form(body, texts);
    else if (form.name == "multipart") read_parts(body, texts);
    else if (form.name == "grpc") texts = note_texts(body);
    else if (form.name == "text") texts.emplace_back("", std::string(body));
    else
        while (!body.empty()) {
            auto line = body.substr(0, body.find('\n'));
            body.remove_prefix(std::min(body.size(), line.size() + 1));
            if (form.name == "sse" && line.starts_with("data: ")) line.remove_prefix(6);
            read_json(line, texts);
        }
    return texts;
}

std::vector<std::string> readings(std::string_view text) {
    std::vector<std::string> all;
    add_readings(text, 0, all);
    return all;
}

std::string base64(std::string_view text, bool url) {
    const std::string alphabet = std::string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") + (url ? "-_" : "+/");
    std::string made;
    for (std::size_t i = 0; i < text.size(); i += 3) {
        std::uint32_t bits = 0;
        for (std::size_t k = 0; k < 3; ++k) bits = bits << 8 | (i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k)
            if (i + k <= text.size()) made += alphabet[bits >> (18 - 6 * k) & 63U];
            else if (!url) made += '=';
    }
    return made;
}

std::string hex(std::string_view text) {
    std::string made;
    for (const char c : text) made.append({"0123456789abcdef"[static_cast<unsigned char>(c) >> 4], "0123456789abcdef"[c & 15]});
    return made;
}

std::string percent(std::string_view text, bool all) {
    std::string made;
    for (const char c : text)
        if (all || !is_word(c)) made.append({'%', "0123456789ABCDEF"[static_cast<unsigned char>(c) >> 4], "0123456789ABCDEF"[c & 15]});
        else made += c;
    return made;
}

std::string json_escaped(std::string_view text, bool all) {
    std::string made;
    for (const char c : text)
        if (static_cast<unsigned char>(c) < 0x80 && (all || c == '"' || c == '\\' || c < ' ')) made += "\\u00" + hex({&c, 1});
        else made += c;
    return made;
}

}  // namespace bordergate::testing

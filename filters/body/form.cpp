#include "filters/body/form.hpp"

#include "filters/ascii.hpp"
#include "filters/body/charset_coder.hpp"

namespace bordergate {

namespace {

/// False if an escape is none.
bool decode(std::string_view raw, std::string& out) {
    out.clear();
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] == '+') {
            out += ' ';
        } else if (raw[i] == '%') {
            const int high = i + 2 < raw.size() ? hex_value(raw[i + 1]) : -1, low = high >= 0 ? hex_value(raw[i + 2]) : -1;
            if (low < 0) return false;
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            out += raw[i];
        }
    }
    return true;
}

void encode(std::string_view text, std::string& out) {
    constexpr std::string_view digits = "0123456789ABCDEF", kept = "*-._";
    for (const char c : text) {
        const bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || kept.find(c) != std::string_view::npos;
        const auto byte = static_cast<unsigned char>(c);
        if (word) out += c;
        else if (c == ' ') out += '+';
        else out.append({'%', digits[byte >> 4], digits[byte & 15U]});
    }
}

class FormBody final : public Transform {
  public:
    FormBody(const NamedValuesSpec& spec, const Charset& charset) : values_(spec), charset_(charset) {
        if (charset.is_utf8()) return;
        decoder_ = make_charset_decoder(charset);
        encoder_ = make_charset_encoder(charset);
    }

    Status feed(std::string_view in, std::string& out) override {
        while (!in.empty()) {
            const auto end = in.find('&');
            const auto piece = in.substr(0, end);
            if (held_.size() + piece.size() > values_.spec().bounds.hold_back) return fault(Code::body_too_large, "a value of the form is longer than hold_back");
            held_.append(piece);
            if (end == std::string_view::npos) return {};
            in.remove_prefix(end + 1);
            const Status done = give(out);
            if (done.has_error()) return done;
            out += '&';
        }
        return {};
    }
    Status finish(std::string& out) override {
        const Status done = give(out);
        if (done.has_value()) values_.finish();
        return done;
    }

  private:
    Status give(std::string& out) {
        std::string pair;
        pair.swap(held_);
        const auto equals = std::min(pair.find('='), pair.size());
        const std::string_view raw_name = std::string_view(pair).substr(0, equals), raw_value = std::string_view(pair).substr(std::min(equals + 1, pair.size()));
        Status sound = resolve(raw_name, name_);
        if (sound.has_value()) sound = resolve(raw_value, value_);
        if (sound.has_error()) return sound;
        if (name_ == charset_field && !value_.empty() && find_charset(value_) != &charset_) return fault(Code::body_invalid, "the form names another charset than its content type");
        const auto renamed = values_.treat_name(name_, other_name_);
        if (renamed.has_error()) return renamed.error();
        const auto changed = values_.treat(name_, value_, other_value_);
        if (changed.has_error()) return changed.error();
        Status given = give_one(*renamed ? &other_name_ : nullptr, raw_name, out);
        if (given.has_error() || equals == pair.size()) return given;
        out += '=';
        return give_one(*changed ? &other_value_ : nullptr, raw_value, out);
    }

    /// What `raw` says.
    Status resolve(std::string_view raw, std::string& text) {
        if (!decode(raw, text)) return fault(Code::body_invalid, "the form has an escape that is none");
        return decoder_ ? recode(*decoder_, text) : Status{};
    }
    /// `other`: what stands for `raw`; null: nothing.
    Status give_one(std::string* other, std::string_view raw, std::string& out) {
        const Status done = other && encoder_ ? recode(*encoder_, *other) : Status{};
        if (done.has_error()) return done;
        if (other) encode(*other, out);
        else out.append(raw);
        return {};
    }
    static Status recode(Coder& coder, std::string& text) {
        auto coded = coded_whole(coder, text);
        if (coded.has_error()) return coded.error();
        text = std::move(*coded);
        return {};
    }

    NamedValues values_;
    const Charset& charset_;
    std::unique_ptr<Coder> decoder_, encoder_;  ///< null: UTF-8
    std::string held_, name_, value_, other_name_, other_value_;
};

}  // namespace

Result<TransformPtr> make_form(const NamedValuesSpec& spec, const Charset& charset) {
    if (charset.is_utf16() || !is_readable(charset)) return fault(Code::body_invalid, "the charset that the content type declares is none that a form is read in");
    return TransformPtr(std::make_unique<FormBody>(spec, charset));
}

}  // namespace bordergate

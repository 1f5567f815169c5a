#include "filters/body/form.hpp"

#include "filters/ascii.hpp"

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
    explicit FormBody(const NamedValuesSpec& spec) : values_(spec) {}

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
        if (!decode(raw_name, name_) || !decode(raw_value, value_)) return fault(Code::body_invalid, "the form has an escape that is none");
        const auto renamed = values_.treat_name(name_, other_name_);
        if (renamed.has_error()) return renamed.error();
        const auto changed = values_.treat(name_, value_, other_value_);
        if (changed.has_error()) return changed.error();
        if (*renamed) encode(other_name_, out);
        else out.append(raw_name);
        if (equals == pair.size()) return {};
        out += '=';
        if (*changed) encode(other_value_, out);
        else out.append(raw_value);
        return {};
    }

    NamedValues values_;
    std::string held_, name_, value_, other_name_, other_value_;
};

}  // namespace

TransformPtr make_form(const NamedValuesSpec& spec) { return std::make_unique<FormBody>(spec); }

}  // namespace bordergate

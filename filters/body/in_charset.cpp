#include "filters/body/in_charset.hpp"

#include <utility>

#include "filters/body/charset_coder.hpp"

namespace bordergate {

namespace {

constexpr std::size_t longest_mark = 4;

/// The charset whose mark `text` begins with; UTF-16, of whichever order, by itself. Null: none that all would take for one.
const Charset* marked(std::string_view text) {
    for (const auto* one : {find_charset("utf-8"), find_charset("utf-16le"), find_charset("utf-16be")})
        if (text.starts_with(one->mark)) return one;
    return nullptr;
}

class InCharset final : public Transform {
  public:
    InCharset(const Charset& charset, TransformPtr inner) : charset_(&charset), inner_(std::move(inner)) {}

    Status feed(std::string_view in, std::string& out) override {
        if (begun_) return read(in, out);
        if (in.empty()) return {};
        if (first_.empty() && !may_be_marked(in.front())) {
            const Status done = begin({}, out);
            return done.has_error() ? done : read(in, out);
        }
        first_.append(in);
        return first_.size() < longest_mark ? Status{} : begin(std::exchange(first_, {}), out);
    }

    Status finish(std::string& out) override {
        Status done = begun_ ? Status{} : begin(std::exchange(first_, {}), out);
        if (done.has_value() && decoder_) done = decoder_->finish([](std::string_view) { return Status{}; });
        if (done.has_error()) return done;
        if (!encoder_) return inner_->finish(out);
        treated_.clear();
        done = inner_->finish(treated_);
        const Status coded = encode(out);
        if (coded.has_error() || done.has_error()) return coded.has_error() ? coded : done;
        return encoder_->finish([](std::string_view) { return Status{}; });
    }
    std::size_t held() const override { return inner_->held(); }

  private:
    bool may_be_marked(char first) const {
        const auto byte = static_cast<unsigned char>(first);
        return charset_->is_utf16() || byte == 0xef || byte >= 0xfe || charset_->mark.starts_with(first);
    }

    Status begin(std::string_view first, std::string& out) {
        begun_ = true;
        const auto* mark = marked(first);
        if (charset_->needs_mark() && !first.empty()) {
            if (!mark) return fault(Code::body_invalid, "the body is UTF-16 without a byte order mark, and the order is not declared");
            if (mark->is_utf16()) charset_ = mark;
        }
        if (mark && mark != charset_) return fault(Code::body_invalid, "the body begins with the byte order mark of another charset than the one it should be in");
        if (!charset_->mark.empty() && first.starts_with(charset_->mark)) {
            out.append(charset_->mark);
            first.remove_prefix(charset_->mark.size());
        }
        if (!charset_->is_utf8() && !charset_->needs_mark()) {
            decoder_ = make_charset_decoder(*charset_);
            encoder_ = make_charset_encoder(*charset_);
        }
        return first.empty() ? Status{} : read(first, out);
    }

    Status read(std::string_view in, std::string& out) {
        if (!decoder_) return treat(in, out);
        return decoder_->feed(in, [&](std::string_view plain) { return treat(plain, out); });
    }

    Status treat(std::string_view plain, std::string& out) {
        const auto nul = plain.find('\0');
        const Status done = nul == 0 ? Status{} : treat_text(plain.substr(0, nul), out);
        if (done.has_error() || nul == std::string_view::npos) return done;
        return fault(Code::body_invalid, "the text has a NUL");
    }

    Status treat_text(std::string_view text, std::string& out) {
        if (!encoder_) return inner_->feed(text, out);
        treated_.clear();
        const Status done = inner_->feed(text, treated_);
        // What came before a fault may be one of its own, however the body was split.
        const Status coded = encode(out);
        return coded.has_error() ? coded : done;
    }
    Status encode(std::string& out) {
        return encoder_->feed(treated_, [&out](std::string_view piece) {
            out.append(piece);
            return Status{};
        });
    }

    const Charset* charset_;
    TransformPtr inner_;
    std::unique_ptr<Coder> decoder_, encoder_;  ///< null: UTF-8
    bool begun_ = false;
    std::string first_;  ///< what may be a mark
    std::string treated_;
};

}  // namespace

Result<TransformPtr> make_in_charset(const Charset& charset, TransformPtr inner) {
    if (!is_readable(charset)) return fault(Code::body_invalid, "the charset that the content type declares cannot be read on this machine");
    return TransformPtr(std::make_unique<InCharset>(charset, std::move(inner)));
}

}  // namespace bordergate

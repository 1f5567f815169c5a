#include "filters/body/multipart.hpp"

#include <algorithm>
#include <utility>

#include "filters/ascii.hpp"
#include "filters/body/form.hpp"
#include "filters/body/in_charset.hpp"
#include "filters/body/media_type.hpp"
#include "filters/body/quoted_text.hpp"
#include "filters/body/sealed_body.hpp"

namespace bordergate {

namespace {

constexpr std::size_t longest_head = 16 * 1024, longest_boundary = 70;

/// A value of the form: what stands in a part without a file's name.
class PartValue final : public Transform {
  public:
    PartValue(NamedValues& values, std::string name) : values_(values), name_(std::move(name)) {}

    Status feed(std::string_view in, std::string&) override {
        if (value_.size() + in.size() > values_.spec().bounds.hold_back) return fault(Code::body_too_large, "a value of the multipart body is longer than hold_back");
        value_.append(in);
        return {};
    }
    Status finish(std::string& out) override {
        const auto* named = name_ == charset_field && !value_.empty() ? find_charset(value_) : find_charset("utf-8");
        if (!named || !named->is_utf8()) return fault(Code::body_invalid, "the form names another charset for its values than UTF-8");
        std::string other;
        const auto changed = values_.treat(name_, value_, other);
        if (changed.has_error()) return changed.error();
        out.append(*changed ? other : value_);
        changed_ = *changed;
        return {};
    }
    bool changed() const { return changed_; }

  private:
    NamedValues& values_;
    std::string name_, value_;
    bool changed_ = false;
};

class Multipart final : public Transform {
  public:
    Multipart(std::string boundary, bool response, const BodyContext& context)
        : delimiter_("\r\n--" + std::move(boundary)), response_(response), context_(context), values_(named_values(response, context)) {
        context_.whole = {};
        // The first delimiter may stand at the very beginning.
        pending_ = "\r\n";
    }

    Status feed(std::string_view in, std::string& out) override {
        pending_.append(in);
        for (;;) {
            const auto before = taken_;
            const State state = state_;
            const Status done = step(out);
            if (done.has_error()) return done;
            if (taken_ == before && state_ == state) break;
        }
        // Once for all that came, which may be many small parts.
        pending_.erase(0, std::exchange(taken_, 0));
        return {};
    }

    Status finish(std::string& out) override {
        if (state_ != State::end) return fault(Code::body_invalid, "the multipart body ends in the middle");
        out.append(pending_);
        values_.finish();
        return {};
    }
    std::size_t held() const override { return part_ ? part_->held() : 0; }

  private:
    enum class State { preamble, delimiter, head, part, end };

    /// What is not understood yet, until the next take().
    std::string_view rest() const { return std::string_view(pending_).substr(taken_); }
    void take(std::size_t bytes) { taken_ += bytes; }

    Status step(std::string& out) {
        switch (state_) {
            case State::preamble: return begin(out);
            case State::delimiter: return after_delimiter(out);
            case State::head: return head(out);
            case State::part: return part(out);
            case State::end: break;
        }
        if (rest().find_first_not_of(" \t\r\n") != std::string_view::npos) return fault(Code::body_invalid, "text stands behind the last part");
        out.append(rest());
        take(rest().size());
        return {};
    }

    Status begin(std::string& out) {
        // A line break may precede the first delimiter; one was lent.
        if (rest() == "\r\n\r") return {};
        if (rest().starts_with("\r\n\r\n") && !broken_) {
            broken_ = true;
            out.append("\r\n");
            take(2);
            return {};
        }
        const auto known = std::min(rest().size(), delimiter_.size());
        if (rest().substr(0, known) != std::string_view(delimiter_).substr(0, known)) return fault(Code::body_invalid, "the multipart body does not begin with its boundary");
        if (known < delimiter_.size()) return {};
        out.append(delimiter_, 2);  // without the line break that was lent
        take(delimiter_.size());
        state_ = State::delimiter;
        return {};
    }

    Status after_delimiter(std::string& out) {
        if (rest().size() < 2) return {};
        if (rest().starts_with("--")) {
            state_ = State::end;
            out.append("--");
            take(2);
            return {};
        }
        // White space may stand before the line ends.
        const auto blanks = std::min(rest().find_first_not_of(" \t"), rest().size());
        if (blanks > longest_boundary) return bad_line();
        if (blanks + 1 >= rest().size()) return {};
        if (rest().substr(blanks, 2) != "\r\n") return bad_line();
        out.append(rest().substr(0, blanks + 2));
        take(blanks + 2);
        state_ = State::head;
        searched_ = 0;
        return {};
    }
    static Fault bad_line() { return fault(Code::body_invalid, "a boundary of the multipart body does not end its line"); }

    Status head(std::string& out) {
        // An empty head is a lone line break.
        constexpr std::string_view blank_line = "\r\n\r\n";
        const bool empty = rest().starts_with("\r\n");
        const auto end = empty ? 0 : rest().find(blank_line, searched_);
        if (end == std::string_view::npos) {
            searched_ = rest().size() - std::min(rest().size(), blank_line.size() - 1);
            return searched_ > longest_head ? Status(long_head()) : Status{};
        }
        if (end > longest_head) return long_head();
        const std::string lines(rest().substr(0, empty ? 0 : end + 2));
        take(empty ? 2 : end + blank_line.size());
        const Status read = read_head(lines, out);
        if (read.has_error()) return read;
        out.append("\r\n");
        state_ = State::part;
        return {};
    }
    static Fault long_head() { return fault(Code::body_too_large, "the head of a part is too long"); }

    Status read_head(std::string_view lines, std::string& out) {
        std::string disposition, encoding;
        type_.clear();
        while (!lines.empty()) {
            const auto end = lines.find("\r\n");
            const auto line = lines.substr(0, end);
            lines.remove_prefix(end + 2);
            const auto colon = line.find(':');
            const bool folded = line.starts_with(' ') || line.starts_with('\t');
            if (colon == std::string_view::npos || colon == 0 || folded || line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos)
                return fault(Code::body_invalid, "the head of a part has a line that is no field");
            const auto name = line.substr(0, colon);
            auto value = line.substr(colon + 1);
            while (value.starts_with(' ') || value.starts_with('\t')) value.remove_prefix(1);
            for (auto [field, to] : {std::pair<std::string_view, std::string*>{"content-disposition", &disposition}, {"content-type", &type_}, {"content-transfer-encoding", &encoding}}) {
                if (!equal_fold(name, field)) continue;
                if (!to->empty()) return fault(Code::body_invalid, "the head of a part has a field twice");
                *to = value;
            }
            std::string treated;
            const auto changed = values_.treat_name(line, treated);
            if (changed.has_error()) return changed.error();
            const Status inspected = inspect_quoted(line, NamedPlace("the head of a part"), *context_.treatment);
            if (inspected.has_error()) return inspected;
            // What is written anew must not be able to end its quotes or its line.
            if (*changed && std::count(treated.begin(), treated.end(), '"') != std::count(line.begin(), line.end(), '"'))
                return fault(Code::place_cannot_carry, "the head of a part cannot carry the form that its text must take");
            if (*changed && treated.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
                return fault(Code::place_cannot_carry, "the head of a part cannot carry the form that its text must take");
            out.append(*changed ? std::string_view(treated) : line);
            out.append("\r\n");
        }
        return begin_part(disposition, encoding);
    }

    Status begin_part(std::string_view disposition, std::string_view encoding) {
        const auto parameters = Parameters::read(disposition.substr(std::min(disposition.find(';'), disposition.size())));
        if (parameters.has_error()) return fault(Code::body_invalid, "the head of a part cannot be read: " + parameters.error().detail);
        const auto* name = parameters->find("name");
        const bool file = parameters->find("filename") || parameters->find("filename*");
        const bool plain = type_.empty() || equal_fold(media_type_name(type_), "text/plain");
        const bool as_it_is = encoding.empty() || equal_fold(encoding, "binary") || equal_fold(encoding, "8bit") || equal_fold(encoding, "7bit");
        part_.reset();
        value_ = nullptr;
        if (!file && plain && as_it_is && name && !name->empty()) return begin_value(*name);
        return begin_file(as_it_is);
    }

    Status begin_value(const std::string& name) {
        const auto declared = declared_charset(type_);
        if (declared.has_error()) return declared.error();
        const auto charset = agreed_charset(**declared);
        if (charset.has_error()) return charset.error();
        auto value = std::make_unique<PartValue>(values_, name);
        value_ = value.get();
        auto made = make_in_charset(**charset, std::move(value));
        if (made.has_error()) return made.error();
        part_ = std::move(*made);
        return {};
    }

    Status begin_file(bool as_it_is) {
        Fields fields;
        fields.add("content-type", type_.empty() ? std::string_view("text/plain") : std::string_view(type_));
        BodyKind kind = as_it_is ? body_kind(fields, true) : BodyKind::opaque;
        if (kind == BodyKind::multipart || kind == BodyKind::sse || kind == BodyKind::grpc) kind = BodyKind::opaque;
        BodyContext context = context_;
        context.content_type = type_;
        context.content_encoding = {};
        if (kind == BodyKind::opaque) context.whole = {};
        if (seals_whole(*context.treatment, whole_classes(kind, {}))) return fault(Code::place_cannot_carry, "a part cannot be sealed by itself: declare the whole body instead");
        auto made = make_body_filter(kind, response_, context);
        if (made.has_error()) return made.error();
        part_ = std::move(*made);
        return {};
    }

    /// The bytes of a part up to the next delimiter, or as far as it is certain that none begins.
    Status part(std::string& out) {
        const auto at = rest().find(delimiter_);
        if (at != std::string_view::npos) {
            Status done = give(rest().substr(0, at), out);
            if (done.has_value()) done = end_part(out);
            if (done.has_error()) return done;
            out.append(delimiter_);
            take(at + delimiter_.size());
            state_ = State::delimiter;
            return {};
        }
        const std::size_t certain = rest().size() - std::min(rest().size(), delimiter_.size() - 1);
        const Status done = give(rest().substr(0, certain), out);
        take(certain);
        return done;
    }

    Status give(std::string_view bytes, std::string& out) { return bytes.empty() ? Status{} : part_->feed(bytes, out); }

    Status end_part(std::string& out) {
        const auto before = out.size();
        const Status done = part_->finish(out);
        if (done.has_error() || !value_ || !value_->changed()) return done;
        if (("\r\n" + out.substr(before)).find(delimiter_) != std::string::npos) return fault(Code::internal, "what stands for a value holds the boundary");
        return {};
    }

    const std::string delimiter_;
    const bool response_;
    BodyContext context_;
    NamedValues values_;
    State state_ = State::preamble;
    std::string pending_;  ///< what came last; of which taken_ bytes are understood
    std::size_t taken_ = 0;
    std::size_t searched_ = 0;  ///< so far no head has ended, counted from what is not understood
    std::string type_;
    bool broken_ = false;
    TransformPtr part_;
    const PartValue* value_ = nullptr;  ///< in part_; null: the part is no value
};

}  // namespace

std::string multipart_boundary(std::string_view content_type) {
    const auto type = MediaType::read(content_type);
    const auto* boundary = type.has_value() ? type->parameters.find("boundary") : nullptr;
    constexpr std::string_view others = "'()+_,-./:=? ";
    const auto allowed = [&](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || others.find(c) != std::string_view::npos; };
    const bool sound = boundary && !boundary->empty() && boundary->size() <= longest_boundary && boundary->back() != ' ' && std::all_of(boundary->begin(), boundary->end(), allowed);
    return sound ? *boundary : std::string();
}

TransformPtr make_multipart(std::string boundary, bool response, const BodyContext& context) { return std::make_unique<Multipart>(std::move(boundary), response, context); }

}  // namespace bordergate

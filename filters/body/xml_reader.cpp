#include "filters/body/xml_reader.hpp"

#include "config/utf8.hpp"
#include "filters/ascii.hpp"
#include "filters/body/json_keys.hpp"

namespace bordergate {

namespace {

constexpr std::string_view order_mark = "\xef\xbb\xbf", comment_start = "<!--", section_start = "<![CDATA[", section_end = "]]>";

/// Room for the names that a document uses, and for the tokens of the deepest nesting that documents have.
constexpr std::size_t judge_memory(std::size_t hold_back) { return (std::size_t{4} << 20) + 8 * hold_back; }

/// How much of `in` has none of the bytes that `stops` names.
template <class Stops>
std::size_t run_of(std::string_view in, Stops&& stops) {
    std::size_t at = 0;
    while (at < in.size() && !stops(in[at])) ++at;
    return at;
}

/// What `raw` means where nothing but its line ends means something else (2.11).
void read_line_ends(std::string_view raw, std::string& meant) {
    meant.clear();
    for (std::size_t i = 0; i < raw.size(); ++i)
        if (raw[i] != '\r') meant += raw[i];
        else if (i + 1 == raw.size() || raw[i + 1] != '\n') meant += '\n';
}

/// Whether `text`, of which white space was taken, begins and ends as a document does: most that is in angle brackets does not.
bool may_be_document(std::string_view text) {
    if (text.size() < 4 || text.front() != '<' || text.back() != '>') return false;
    const auto second = static_cast<unsigned char>(text[1]);
    if (!is_letter(text[1]) && second < 0x80 && std::string_view("_:?!").find(text[1]) == std::string_view::npos) return false;
    return text.ends_with("/>") || text.ends_with("?>") || text.ends_with("-->") || text.substr(text.rfind('<'), 2) == "</";
}

}  // namespace

XmlReader::XmlReader(JsonBounds bounds, const Charset* charset)
    : bounds_(bounds), charset_(charset ? *charset : *find_charset("utf-8")), only_ascii_(!charset_.is_utf8() && !charset_.is_utf16()), judge_(judge_memory(bounds.hold_back)) {}

bool XmlReader::invalid(std::string_view why) {
    return fail(fault(Code::body_invalid, "the XML cannot be read at byte " + std::to_string(position_) + ": " + std::string(why)));
}

Status XmlReader::read(std::string_view in) {
    while (!in.empty())
        if (!step(in)) return failure_;
    return {};
}

Status XmlReader::end() {
    if (!judged(token_)) return failure_;
    const Status ended = judge_.end();
    if (ended.has_error()) return ended;
    if (state_ != State::outside || depth_ > 0) return fault(Code::body_invalid, "the XML ends in the middle");
    return agreed(true) ? Status{} : Status(failure_);
}

bool XmlReader::judged(std::string_view bytes) {
    if (only_ascii_ && std::any_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
        return invalid("it has more than ASCII, in a charset that only the content type tells; declare it as the document's encoding, too");
    const Status read = judge_.read(bytes);
    position_ += bytes.size();
    return read.has_value() || fail(read.error());
}

bool XmlReader::agreed(bool whole) {
    const Status agree = judge_.agree(whole);
    return agree.has_value() || fail(agree.error());
}

bool XmlReader::step(std::string_view& in) {
    switch (state_) {
        case State::outside: return read_outside(in);
        case State::text: return read_text(in);
        case State::section: return read_section(in);
        case State::line_end: return read_line_end(in);
        case State::reference: return read_reference(in);
        case State::markup: break;
    }
    return read_markup(in);
}

bool XmlReader::read_outside(std::string_view& in) {
    const auto size = run_of(in, [](char c) { return c == '<'; });
    const auto piece = in.substr(0, size);
    for (std::size_t i = 0; i < size; ++i) {
        const auto at = position_ + i;
        const bool mark = at < order_mark.size() && piece[i] == order_mark[static_cast<std::size_t>(at)];
        if (!mark && !is_xml_space(piece[i])) return judged(piece) && invalid("only white space may stand outside of the root element");
    }
    in.remove_prefix(size);
    if (size > 0 && (!judged(piece) || !outside(piece))) return false;
    if (in.empty()) return true;
    state_ = State::markup;
    markup_ = Markup::unknown;
    token_.clear();
    return true;
}

bool XmlReader::give_text(std::string_view raw) {
    if (!judged(raw)) return false;
    judge_.say(raw);
    return agreed(false) && characters(raw);
}

bool XmlReader::give_reference(std::string_view raw, std::string_view meant) {
    if (!judged(raw)) return false;
    judge_.say(meant);
    return agreed(false) && reference(raw, meant);
}

bool XmlReader::read_text(std::string_view& in) {
    const auto piece = in.substr(0, run_of(in.substr(0, room()), [](char c) { return c == '<' || c == '&' || c == '\r'; }));
    if (!piece.empty()) {
        in.remove_prefix(piece.size());
        return give_text(piece);
    }
    token_.clear();
    if (in.front() == '<') {
        state_ = State::markup;
        markup_ = Markup::unknown;
        return true;
    }
    state_ = in.front() == '&' ? State::reference : State::line_end;
    token_ += in.front();
    in.remove_prefix(1);
    return true;
}

/// Behind a carriage return.
bool XmlReader::read_line_end(std::string_view& in) {
    if (in.front() == '\n') {
        token_ += '\n';
        in.remove_prefix(1);
    }
    go_on();
    const std::string raw = std::move(token_);
    token_.clear();
    return give_reference(raw, "\n");
}

bool XmlReader::read_reference(std::string_view& in) {
    while (!in.empty()) {
        const char c = in.front();
        in.remove_prefix(1);
        token_ += c;
        if (c == ';') break;
        if (token_.size() >= longest_xml_reference || c == '<' || is_xml_space(c)) return judged(token_) && invalid("a reference is none, or is too long");
    }
    if (token_.back() != ';') return true;
    go_on();
    const std::string raw = std::move(token_);
    token_.clear();
    std::string meant;
    if (!decode_xml_reference(raw, meant)) return judged(raw) && invalid("a reference is neither to a character nor to one of XML's five entities");
    return give_reference(raw, meant);
}

/// token_ has the brackets that may belong to the end of the section.
bool XmlReader::read_section(std::string_view& in) {
    if (token_.empty()) {
        const auto piece = in.substr(0, run_of(in.substr(0, room()), [](char c) { return c == ']' || c == '\r'; }));
        if (!piece.empty()) {
            in.remove_prefix(piece.size());
            return give_text(piece);
        }
        if (in.front() == '\r') state_ = State::line_end;
        token_ = in.front();
        in.remove_prefix(1);
        return true;
    }
    const char c = in.front();
    if (token_.size() == 2 && c == '>') {
        in.remove_prefix(1);
        return end_section();
    }
    if (c == ']') {
        in.remove_prefix(1);
        if (token_.size() == 1) {
            token_ += ']';
            return true;
        }
        return give_text("]");
    }
    const std::string brackets = std::move(token_);
    token_.clear();
    return give_text(brackets);
}

bool XmlReader::begin_section() {
    in_section_ = true;
    const std::string raw = std::move(token_);
    token_.clear();
    go_on();
    return judged(raw) && section(raw);
}

bool XmlReader::end_section() {
    token_.clear();
    if (!judged(section_end)) return false;
    const bool on = agreed(true) && section(section_end);
    in_section_ = false;
    go_on();
    return on;
}

/// Tells from the first bytes in token_ what it will be.
bool XmlReader::know_markup() {
    if (token_.size() < 2) return true;
    const auto starts = [this](std::string_view with) { return with.starts_with(token_); };
    switch (token_[1]) {
        case '?': markup_ = Markup::instruction; return true;
        case '/': markup_ = Markup::end_tag; return true;
        case '>':
        case '"':
        case '\'': return judged(token_) && invalid("a tag has no name");
        case '!': break;
        default: markup_ = Markup::tag; return true;
    }
    if (token_ == comment_start) markup_ = Markup::comment;
    if (token_ == section_start && depth_ > 0) return begin_section();
    if (token_.starts_with("<!D")) return fail(fault(Code::body_invalid, "the XML has a document type declaration, which could declare entities; leave it out"));
    return (starts(comment_start) || (starts(section_start) && depth_ > 0)) || invalid("a declaration that XML does not know here");
}

bool XmlReader::read_markup(std::string_view& in) {
    while (markup_ == Markup::unknown && state_ == State::markup) {
        if (in.empty()) return true;
        token_ += in.front();
        in.remove_prefix(1);
        if (!know_markup()) return false;
    }
    if (state_ != State::markup) return true;  // a section
    while (!in.empty()) {
        const auto close = in.find('>');
        const auto piece = in.substr(0, std::min(close == std::string_view::npos ? in.size() : close + 1, bounds_.hold_back + 1 - std::min(token_.size(), bounds_.hold_back)));
        in.remove_prefix(piece.size());
        token_.append(piece);
        if (markup_ == Markup::tag)
            for (const char c : piece)
                if (quote_ != '\0' ? c == quote_ : c == '"' || c == '\'') quote_ = quote_ == '\0' ? c : '\0';
        if (token_.size() > bounds_.hold_back) return fail(fault(Code::body_too_large, "a tag, comment or instruction of the XML is longer than hold_back"));
        if (markup_ends()) return finish_markup();
    }
    return true;
}

bool XmlReader::markup_ends() const {
    if (!token_.ends_with('>')) return false;
    switch (markup_) {
        case Markup::comment: return token_.size() >= 7 && token_.ends_with("-->");
        case Markup::instruction: return token_.size() >= 4 && token_.ends_with("?>");
        default: return quote_ == '\0';
    }
}

bool XmlReader::finish_markup() {
    if (!judged(token_)) return false;
    // A character that its last bytes begin, the other reader would wait for.
    if (find_invalid_utf8(token_) != std::string::npos) return invalid("a tag, comment or instruction is not UTF-8");
    bool on = false;
    switch (markup_) {
        case Markup::tag: on = finish_tag(); break;
        case Markup::end_tag: {
            const auto name = std::string_view(token_).substr(2, token_.size() - 3);
            on = finish_end_tag(name.substr(0, run_of(name, [](char c) { return is_xml_space(c); })), token_);
            break;
        }
        case Markup::instruction: on = finish_instruction(); break;
        default: {
            read_line_ends(std::string_view(token_).substr(comment_start.size(), token_.size() - 7), meant_);
            judge_.say(XmlJudge::Said::comment, meant_);
            on = agreed(true) && comment(token_);
        }
    }
    token_.clear();
    go_on();
    return on;
}

bool XmlReader::finish_tag() {
    const std::string_view raw = token_;
    XmlTag tag;
    tag.raw = raw;
    tag.empty = raw.ends_with("/>");
    const auto end = raw.size() - (tag.empty ? 2 : 1);
    tag.name = raw.substr(1, run_of(raw.substr(1, end - 1), [](char c) { return is_xml_space(c); }));
    if (!parse_attributes(raw, 1 + tag.name.size(), end)) return false;
    tag.attributes = attributes_;
    if (depth_ >= bounds_.depth) return invalid("nested deeper than " + std::to_string(bounds_.depth) + " levels");
    if (!say_tag(tag)) return false;
    if (depth_ == names_.size()) names_.emplace_back();
    names_[depth_++] = tag.name;
    return open(tag) && (!tag.empty || finish_end_tag(tag.name, {}));
}

bool XmlReader::finish_end_tag(std::string_view name, std::string_view raw) {
    if (depth_ == 0 || names_[depth_ - 1] != name) return invalid("an end tag does not fit");
    judge_.say(XmlJudge::Said::closed, name);
    if (!agreed(true) || !close(raw)) return false;
    --depth_;
    return true;
}

bool XmlReader::say_tag(const XmlTag& tag) {
    judge_.say(XmlJudge::Said::element, tag.name);
    for (const auto& one : tag.attributes) {
        meant_.clear();
        const bool known = read_attribute_value(one.value, [this](std::string_view raw) { meant_.append(raw); }, [this](std::string_view, std::string_view meant) { meant_.append(meant); });
        if (!known) return invalid("an attribute has a reference that is none, or is too long");
        judge_.say(XmlJudge::Said::attribute, one.name);
        judge_.say(XmlJudge::Said::value, meant_);
    }
    judge_.say(XmlJudge::Said::opened, {});
    // Of an empty-element tag the other reader has said the end already.
    return agreed(!tag.empty);
}

/// Of raw[at, end), which has been found well-formed.
bool XmlReader::parse_attributes(std::string_view raw, std::size_t at, std::size_t end) {
    attributes_.clear();
    const auto skip = [&] { while (at < end && is_xml_space(raw[at])) ++at; };
    for (skip(); at < end; skip()) {
        XmlAttribute one;
        const auto begin = at;
        while (at < end && raw[at] != '=' && !is_xml_space(raw[at])) ++at;
        one.name = raw.substr(begin, at - begin);
        skip();
        if (at >= end || raw[at] != '=' || one.name.empty()) return invalid("an attribute has no value");
        ++at;
        skip();
        if (at >= end || (raw[at] != '"' && raw[at] != '\'')) return invalid("an attribute's value has no quotes");
        one.quote = raw[at++];
        const auto close = raw.find(one.quote, at);
        if (close >= end) return invalid("an attribute's value does not end");
        one.value = raw.substr(at, close - at);
        at = close + 1;
        if (attributes_.size() >= JsonKeys::most_keys) return fail(fault(Code::body_too_large, "an element of the XML has too many attributes"));
        attributes_.push_back(one);
    }
    return true;
}

bool XmlReader::finish_instruction() {
    if (token_.starts_with("<?xml") && is_xml_space(token_[5])) return declaration();
    const auto content = std::string_view(token_).substr(2, token_.size() - 4);
    const auto target = content.substr(0, run_of(content, [](char c) { return is_xml_space(c); }));
    auto data = content.substr(target.size());
    while (!data.empty() && is_xml_space(data.front())) data.remove_prefix(1);
    read_line_ends(data, meant_);
    judge_.say(XmlJudge::Said::instruction, target);
    judge_.say(XmlJudge::Said::data, meant_);
    return agreed(true) && instruction(token_);
}

/// 2.8: XMLDecl. The other reader has seen that it stands at the beginning, and is one.
bool XmlReader::declaration() {
    if (!parse_attributes(token_, 5, token_.size() - 2)) return false;
    for (const auto& one : attributes_) {
        // Readers of 1.1 know other line ends, and characters that 1.0 forbids.
        if (one.name == "version" && one.value != "1.0") return invalid("another version than 1.0 is declared");
        if (one.name != "encoding") continue;
        if (!means_charset(one.value)) return invalid("another encoding is declared than that of its content type (UTF-8 if that tells none)");
        only_ascii_ = false;
    }
    return outside(token_);
}

bool XmlReader::means_charset(std::string_view encoding) const {
    const auto* const declared = find_charset(encoding);
    if (!declared || declared == &charset_) return declared;
    // The order of UTF-16's bytes is no part of what a document declares, and ASCII is UTF-8.
    return charset_.is_utf16() ? declared->needs_mark() : charset_.name == "US-ASCII" && declared->is_utf8();
}

bool is_xml_document(std::string_view text, JsonBounds bounds) {
    auto inner = without_xml_space(text);
    if (inner.starts_with(order_mark)) inner.remove_prefix(order_mark.size());
    if (!may_be_document(inner)) return false;
    XmlReader reader(bounds);
    return reader.read(text).has_value() && reader.end().has_value();
}

}  // namespace bordergate

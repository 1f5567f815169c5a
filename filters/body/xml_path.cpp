#include "filters/body/xml_path.hpp"

#include <charconv>

#include "config/utf8.hpp"
#include "filters/ascii.hpp"

namespace bordergate {

XmlPath::State XmlPath::advance(State parent, std::string_view name, std::uint32_t* counts) const {
    State here = 0;
    std::size_t counter = 0;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        const auto& step = steps_[i];
        auto* const count = step.position > 0 ? counts + counter++ : nullptr;
        if ((parent >> i & 1) == 0) continue;
        if (step.descendant) here |= State{1} << i;
        if (!step.name.empty() && step.name != name) continue;
        if (count && ++*count != step.position) continue;
        here |= State{1} << (i + 1);
    }
    if (target_below_) here |= parent & State{1} << steps_.size();
    return here;
}

/// A descent over the text of a path.
class XmlPathParser {
  public:
    explicit XmlPathParser(std::string_view text) : text_(text) {}

    Result<XmlPath> parse() {
        path_.text_ = text_;
        if (find_invalid_utf8(text_) != std::string_view::npos) return refuse("it is not UTF-8");
        if (!text_.starts_with('/')) return refuse("a path starts with /");
        bool ended = false;
        while (at_ < text_.size()) {
            if (ended) return refuse("an attribute or text() is the last step");
            if (!take('/')) return refuse("expected /");
            const bool descendant = take('/');
            const Status parsed = parse_step(descendant, ended);
            if (parsed.has_error()) return parsed.error();
            if (path_.steps_.size() > XmlPath::most_steps) return refuse("a path has at most " + std::to_string(XmlPath::most_steps) + " steps");
        }
        return std::move(path_);
    }

  private:
    Fault refuse(std::string_view why) const {
        return fault(Code::internal, "XML path " + std::string(text_) + ", character " + std::to_string(at_ + 1) + ": " + std::string(why));
    }
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool take(char c) {
        if (peek() != c || at_ >= text_.size()) return false;
        ++at_;
        return true;
    }
    static bool in_name(char c, bool first) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
        return letter || (!first && (is_digit(c) || c == '-' || c == '.'));
    }

    /// A local name, or `*` (empty).
    Status parse_name(std::string& name) {
        if (!take('*')) {
            const auto begin = at_;
            while (in_name(peek(), at_ == begin)) ++at_;
            name = text_.substr(begin, at_ - begin);
            if (name.empty()) return refuse(peek() == '.' ? "steps to parents or to the element itself cannot be decided while the document streams" : "a name or * is expected");
        }
        if (text_.substr(at_, 2) == "::") return refuse("axes cannot be used here; a step leads to a child, or with // to a descendant");
        if (peek() == ':') return refuse("prefixes are the document's own choice: write the name alone, which means any");
        return {};
    }

    Status parse_step(bool descendant, bool& ended) {
        if (take('@')) {
            ended = true;
            if (path_.steps_.empty() && !descendant) return refuse("an attribute stands in an element");
            path_.target_ = XmlPath::Target::attribute;
            path_.target_below_ = descendant;
            const Status named = parse_name(path_.attribute_);
            return named.has_value() && peek() == '[' ? Status(refuse("an attribute has no position")) : named;
        }
        XmlPath::Step step;
        step.descendant = descendant;
        const Status named = parse_name(step.name);
        if (named.has_error()) return named;
        if (peek() == '(') {
            if (step.name != "text" || text_.substr(at_, 2) != "()") return refuse("functions cannot be used here, save text() at the end");
            at_ += 2;
            ended = true;
            if (path_.steps_.empty() && !descendant) return refuse("text stands in an element");
            path_.target_ = XmlPath::Target::text;
            path_.target_below_ = descendant;
            return peek() == '[' ? Status(refuse("text() has no position here")) : Status{};
        }
        const Status placed = parse_position(step);
        if (placed.has_error()) return placed;
        path_.steps_.push_back(std::move(step));
        return {};
    }

    Status parse_position(XmlPath::Step& step) {
        if (!take('[')) return {};
        const auto* begin = text_.data() + at_;
        const auto [stop, error] = std::from_chars(begin, text_.data() + text_.size(), step.position);
        if (error == std::errc::result_out_of_range) return refuse("the position is too large");
        if (error != std::errc{}) return refuse("only a position such as [2] can stand in brackets: other conditions cannot be decided while the document streams");
        if (step.position == 0) return refuse("positions count from 1");
        at_ += static_cast<std::size_t>(stop - begin);
        if (!take(']')) return refuse("expected ]");
        ++path_.counters_;
        return peek() == '[' ? Status(refuse("a step has one position at most")) : Status{};
    }

    std::string_view text_;
    std::size_t at_ = 0;
    XmlPath path_;
};

Result<XmlPath> XmlPath::compile(std::string_view text) { return XmlPathParser(text).parse(); }

XmlMarks::XmlMarks(const std::vector<XmlSelector>* selectors) : selectors_(selectors) {
    static const std::vector<XmlSelector> none;
    if (!selectors_) selectors_ = &none;
    for (const auto& one : *selectors_) counters_ += one.path.counters();
    states_.assign(selectors_->size(), XmlPath::root);
    counts_.assign(counters_, 0);
}

void XmlMarks::open(std::string_view name) {
    const auto paths = selectors_->size();
    if (paths == 0) return;
    const auto parent = states_.size() - paths;
    auto counter = counts_.size() - counters_;
    states_.resize(states_.size() + paths);
    counts_.resize(counts_.size() + counters_);
    for (std::size_t i = 0; i < paths; ++i) {
        const auto& path = (*selectors_)[i].path;
        states_[parent + paths + i] = states_[parent + i] == 0 ? 0 : path.advance(states_[parent + i], name, counts_.data() + counter);
        counter += path.counters();
    }
}

void XmlMarks::close() {
    states_.resize(states_.size() - selectors_->size());
    counts_.resize(counts_.size() - counters_);
}

ClassSet XmlMarks::classes(XmlPath::Target target, std::string_view attribute) const {
    ClassSet classes;
    const auto paths = selectors_->size();
    for (std::size_t i = 0; i < paths; ++i) {
        const auto& [path, data] = (*selectors_)[i];
        if (path.target() != target || !path.reaches(states_[states_.size() - paths + i])) continue;
        if (target != XmlPath::Target::attribute || path.selects_attribute(attribute)) classes |= data;
    }
    return classes;
}

}  // namespace bordergate

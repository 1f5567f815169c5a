#include "filters/body/json_rewrite.hpp"

#include <algorithm>
#include <functional>
#include <unordered_map>

#include "filters/body/json_string.hpp"
#include "filters/body/text_rewrite.hpp"
#include "filters/utf8.hpp"

namespace bordergate {

namespace {

constexpr unsigned most_nesting = 4;
constexpr std::size_t shortest_number = 8;  ///< digits; shorter ones identify nobody
constexpr std::size_t left_context = 128;   ///< text before a window that recognisers may look at

class JsonRewrite final : public Transform, private JsonReader, private Place {
  public:
    explicit JsonRewrite(JsonRewriteSpec spec) : JsonReader(spec.bounds), spec_(std::move(spec)), treatment_(*spec_.treatment) {}

    Status feed(std::string_view in, std::string& out) override {
        out_ = &out;
        return read(in);
    }
    Status finish(std::string& out) override {
        out_ = &out;
        const Status ended = end();
        if (ended.has_error()) return ended;
        if (spec_.nesting == 0 && treatment_.findings && treatment_.findings->classes.empty()) treatment_.findings->classes.add(ClassTree::plain);
        return {};
    }

  private:
    /// What is remembered of one key of an object: seen, and whether its value had a class.
    struct Keys {
        std::unordered_map<std::uint64_t, bool> seen;
        std::uint64_t current = 0;
        bool repeated = false;
    };

    std::string& sink() { return capturing_ ? capture_ : *out_; }
    Status emit(std::string_view bytes) {
        if (capturing_ && capture_.size() + bytes.size() > spec_.bounds.hold_back)
            return fault(Code::body_too_large, "a declared value is longer than hold_back");
        sink().append(bytes);
        return {};
    }

    // --- hooks of the reader ---------------------------------------------------------------
    Status structure(std::string_view bytes) override { return emit(bytes); }
    Status begin_value() override;
    Status open(char bracket) override;
    Status close(char bracket) override;
    Status string(std::string_view raw) override;
    Status key(std::string_view raw) override;
    Status scalar(std::string_view token) override;
    Status long_string(std::string& raw) override;

    // --- Place: the JSON Pointer (RFC 6901) of the current value ---------------------------
    std::string text() const override;

    Status note(std::size_t found);
    Status whole_value(std::string_view value, std::string& replacement, bool& replaced);
    Status write_string(std::string_view raw, std::string_view text, std::vector<Replacement>& replacements, bool restorable);
    Status nested(std::string_view raw, bool& done);
    bool restores_here() const { return spec_.labels && (!tool_arguments_ || spec_.restore_in_tool_arguments); }
    Status decode(std::string_view raw, bool whole, std::size_t& used);

    JsonRewriteSpec spec_;
    const Treatment& treatment_;
    std::string* out_ = nullptr;
    std::vector<Keys> keys_;
    ClassSet declared_;
    bool is_model_ = false, tool_arguments_ = false;
    bool capturing_ = false;
    std::size_t capture_depth_ = 0;
    std::string capture_;
    ClassSet capture_classes_;
    std::string text_;
    std::string context_;     ///< end of the text that windows of this string have given out
    bool windowed_ = false;
    std::optional<Restore> window_restore_;
};

std::string JsonRewrite::text() const {
    std::string pointer;
    for (const auto& step : steps()) {
        pointer += '/';
        if (step.in_array) {
            pointer += std::to_string(step.index);
            continue;
        }
        for (char c : step.name) {
            if (c == '~') pointer += "~0";
            else if (c == '/') pointer += "~1";
            else pointer += c;
        }
    }
    return pointer;
}

/// Remembers that the current value had a class, in every object it stands in.
Status JsonRewrite::note(std::size_t found) {
    if (found == 0) return {};
    for (auto& object : keys_) {
        if (object.repeated) return fault(Code::body_invalid, "an object repeats a key whose value has a class; which one counts is not certain");
        const auto entry = object.seen.find(object.current);
        if (entry != object.seen.end()) entry->second = true;
    }
    return {};
}

Status JsonRewrite::begin_value() {
    declared_ = {};
    is_model_ = tool_arguments_ = false;
    if (spec_.selectors.empty() && !spec_.model && spec_.tool_arguments.empty()) return {};
    const auto& here = steps();
    for (const auto& selector : spec_.selectors)
        if (selector.path.matches(here)) declared_ |= selector.data;
    is_model_ = spec_.model && spec_.model->matches(here);
    for (const auto& path : spec_.tool_arguments) tool_arguments_ = tool_arguments_ || path.matches(here);
    return declared_.empty() ? Status{} : note(1);
}

Status JsonRewrite::open(char bracket) {
    if (!declared_.empty() && !capturing_) {
        const ClassSet classes = declared_;
        if (treatment_.findings) treatment_.findings->saw(classes, {}, text());
        if (!treatment_.observe) {
            const Cell& cell = treatment_.judgement->lowest(classes);
            if (cell.form == Form::refuse) return refuse_class(treatment_, classes, *this);
            if (cell.form != Form::clear) {
                capturing_ = true;
                capture_depth_ = depth();
                capture_classes_ = classes;
                capture_.clear();
            }
        }
    }
    keys_.emplace_back();
    return emit({&bracket, 1});
}

Status JsonRewrite::close(char bracket) {
    keys_.pop_back();
    const Status kept = emit({&bracket, 1});
    if (kept.has_error() || !capturing_ || depth() != capture_depth_) return kept;
    capturing_ = false;
    declared_ = capture_classes_;
    std::string replacement;
    bool replaced = false;
    const Status done = whole_value(capture_, replacement, replaced);
    if (done.has_error()) return done;
    if (!replaced) return emit(capture_);
    std::string quoted = "\"";
    escape_json(replacement, quoted);
    return emit(quoted += '"');
}

/// Treats a declared value as one. Not replaced: it may go in clear.
Status JsonRewrite::whole_value(std::string_view value, std::string& replacement, bool& replaced) {
    std::vector<Replacement> replacements;
    const auto treated = treat_text(value, *this, declared_, treatment_, replacements);
    if (treated.has_error()) return treated.error();
    replaced = !replacements.empty();
    if (replaced) replacement = std::move(replacements.front().text);
    return {};
}

Status JsonRewrite::key(std::string_view raw) {
    auto& object = keys_.back();
    object.current = std::hash<std::string_view>{}(steps().back().name);
    const auto [entry, fresh] = object.seen.try_emplace(object.current, false);
    object.repeated = !fresh;
    if (object.repeated && entry->second) return note(1);
    if (capturing_) return emit(std::string("\"").append(raw).append("\""));
    std::size_t used = 0;
    const Status decoded = decode(raw, true, used);
    if (decoded.has_error()) return decoded;
    std::vector<Replacement> replacements;
    const auto treated = treat_text(text_, *this, {}, treatment_, replacements);
    if (treated.has_error()) return treated.error();
    const Status noted = note(*treated);
    if (noted.has_error()) return noted;
    Status sent = emit("\"");
    if (sent.has_value()) sent = write_string(raw, text_, replacements, false);
    return sent.has_value() ? emit("\"") : sent;
}

/// Text of `raw` into text_. The raw bytes must be UTF-8.
Status JsonRewrite::decode(std::string_view raw, bool whole, std::size_t& used) {
    text_.clear();
    used = unescape_json(raw, whole, text_);
    if (used == std::string_view::npos || (whole && used != raw.size())) return invalid("a malformed escape");
    if (!whole) {
        const auto tail = used == raw.size() ? incomplete_utf8_tail(raw) : 0;
        text_.resize(text_.size() - tail);
        used -= tail;
    }
    if (find_invalid_utf8(raw.substr(0, used)) != std::string_view::npos) return invalid("a string is not UTF-8");
    return {};
}

Status JsonRewrite::string(std::string_view raw) {
    std::size_t used = 0;
    const Status decoded = decode(raw, true, used);
    if (decoded.has_error()) return decoded;
    if (is_model_ && treatment_.findings && !windowed_) treatment_.findings->model = text_;
    if (capturing_) return emit(std::string("\"").append(raw).append("\""));
    if (windowed_) {
        std::string whole = context_ + text_;
        std::vector<Replacement> replacements;
        const auto treated = treat_text(whole, *this, {}, treatment_, replacements, {context_.size()});
        if (treated.has_error()) return treated.error();
        for (auto& one : replacements) one.begin -= context_.size(), one.end -= context_.size();
        Status sent = note(*treated);
        if (sent.has_value()) sent = write_string(raw, text_, replacements, true);
        if (sent.has_value() && window_restore_) {
            std::string rest, escaped;
            window_restore_->finish(rest);
            escape_json(rest, escaped);
            sent = emit(escaped);
        }
        windowed_ = false;
        context_.clear();
        window_restore_.reset();
        return sent.has_value() ? emit("\"") : sent;
    }
    Status sent = emit("\"");
    bool done = false;
    if (sent.has_value() && declared_.empty()) sent = nested(raw, done);
    if (sent.has_value() && !done) {
        std::vector<Replacement> replacements;
        const auto treated = treat_text(text_, *this, declared_, treatment_, replacements);
        if (treated.has_error()) return treated.error();
        sent = note(*treated);
        if (sent.has_value()) sent = write_string(raw, text_, replacements, true);
    }
    return sent.has_value() ? emit("\"") : sent;
}

/// Writes the raw bytes of `text`, with replacements escaped, and labels restored where they are.
Status JsonRewrite::write_string(std::string_view raw, std::string_view text, std::vector<Replacement>& replacements, bool restorable) {
    const bool restoring = restorable && restores_here();
    if (replacements.empty() && !restoring) return emit(raw);
    std::string written;
    if (!restoring) {
        RawCursor cursor(raw);
        std::size_t done = 0;
        for (const auto& one : replacements) {
            written.append(raw.substr(done, cursor.advance(one.begin) - done));
            escape_json(one.text, written);
            done = cursor.advance(one.end);
        }
        written.append(raw.substr(done));
        return emit(written);
    }
    std::string treated, restored;
    std::size_t done = 0;
    for (const auto& one : replacements) {
        treated.append(text.substr(done, one.begin - done)).append(one.text);
        done = one.end;
    }
    treated.append(text.substr(done));
    if (windowed_) {
        window_restore_->feed(treated, restored);
    } else {
        Restore restore(*spec_.labels, treatment_.findings->restored, treatment_.findings->foreign_labels);
        restore.feed(treated, restored);
        restore.finish(restored);
        if (restored == text) return emit(raw);
    }
    escape_json(restored, written);
    return emit(written);
}

/// A string that is itself a JSON object or array is treated as one. `done` stays false if it is not.
Status JsonRewrite::nested(std::string_view raw, bool& done) {
    const auto first = text_.find_first_not_of(" \t\r\n");
    if (first == std::string::npos || (text_[first] != '{' && text_[first] != '[') || spec_.nesting >= most_nesting) return {};
    JsonReader validator(spec_.bounds);
    if (validator.read(text_).has_error() || validator.end().has_error()) return {};
    JsonRewriteSpec inner;
    inner.treatment = &treatment_;
    inner.labels = restores_here() ? spec_.labels : nullptr;
    inner.restore_in_tool_arguments = spec_.restore_in_tool_arguments;
    inner.bounds = spec_.bounds;
    inner.nesting = spec_.nesting + 1;
    const std::string document = text_;
    const auto before = treatment_.findings->values;
    JsonRewrite rewrite(std::move(inner));
    std::string out, escaped;
    Status treated = rewrite.feed(document, out);
    if (treated.has_value()) treated = rewrite.finish(out);
    if (treated.has_error()) return treated;
    done = true;
    const Status noted = note(treatment_.findings->values - before);
    if (noted.has_error()) return noted;
    if (out == document) return emit(raw);
    escape_json(out, escaped);
    return emit(escaped);
}

Status JsonRewrite::scalar(std::string_view token) {
    if (capturing_) return emit(token);
    const bool number = token.front() == '-' || (token.front() >= '0' && token.front() <= '9');
    const bool look = (!declared_.empty() && token != "null") || (number && token.size() >= shortest_number);
    if (!look) return emit(token);
    std::vector<Replacement> replacements;
    const auto treated = treat_text(token, *this, declared_, treatment_, replacements);
    if (treated.has_error()) return treated.error();
    const Status noted = note(*treated);
    if (noted.has_error() || replacements.empty()) return noted.has_error() ? noted : emit(token);
    std::string text(token.substr(0, replacements.front().begin)), quoted = "\"";
    text.append(replacements.front().text).append(token.substr(replacements.front().end));
    escape_json(text, quoted);
    return emit(quoted += '"');
}

/// The front of a long string: everything that no later byte can change the treatment of.
Status JsonRewrite::long_string(std::string& raw) {
    if (capturing_ || (!declared_.empty() && !treatment_.observe && treatment_.judgement->lowest(declared_).form != Form::clear))
        return fault(Code::body_too_large, "a declared value is longer than hold_back");
    std::size_t used = 0;
    const Status decoded = decode(raw, false, used);
    if (decoded.has_error()) return decoded;
    if (!windowed_) {
        windowed_ = true;
        if (restores_here()) window_restore_.emplace(*spec_.labels, treatment_.findings->restored, treatment_.findings->foreign_labels);
        const Status opened = emit("\"");
        if (opened.has_error()) return opened;
    }
    const std::string whole = context_ + text_;
    std::size_t cut = whole.size() - std::min(whole.size() - context_.size() - 1, 2 * Scanner::reach);
    std::vector<Match> matches;
    if (treatment_.scanner) treatment_.scanner->scan(whole, matches);
    for (const auto& match : matches)
        if (match.begin < cut && match.end > cut) cut = std::max(match.begin, context_.size() + 1);
    while (cut > context_.size() && (static_cast<unsigned char>(whole[cut]) & 0xc0) == 0x80) --cut;
    std::vector<Replacement> replacements;
    const auto treated = treat_text(whole, *this, {}, treatment_, replacements, {context_.size(), cut});
    if (treated.has_error()) return treated.error();
    for (auto& one : replacements) one.begin -= context_.size(), one.end -= context_.size();
    const std::size_t given = cut - context_.size();
    RawCursor cursor(raw);
    const std::size_t raw_given = cursor.advance(given);
    Status sent = note(*treated);
    if (sent.has_value()) sent = write_string(std::string_view(raw).substr(0, raw_given), std::string_view(text_).substr(0, given), replacements, true);
    context_ = whole.substr(cut > left_context ? cut - left_context : 0, std::min(cut, left_context));
    raw.erase(0, raw_given);
    return sent;
}

}  // namespace

TransformPtr make_json_rewrite(JsonRewriteSpec spec) { return std::make_unique<JsonRewrite>(std::move(spec)); }

}  // namespace bordergate

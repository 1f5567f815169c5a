#include "filters/body/document_texts.hpp"

#include <algorithm>
#include <vector>

#include "config/utf8.hpp"
#include "filters/body/json_pointer.hpp"
#include "filters/body/json_reader.hpp"
#include "filters/body/json_string.hpp"

namespace bordergate {

namespace {

Fault not_utf8(std::uint64_t line) { return fault(Code::body_invalid, "line " + std::to_string(line) + " is not UTF-8"); }

class JsonTexts final : public DocumentTexts, private JsonReader {
  public:
    JsonTexts(Visit visit, std::size_t longest, std::uint64_t line = 1) : JsonReader({longest, 512}), visit_(std::move(visit)), line_(line) {}
    Status feed(std::string_view in) override { return read(in); }
    Status finish() override { return end(); }

  private:
    bool string(std::string_view raw) override { return tell(decoded(raw)); }
    bool key(std::string_view raw) override { return tell(decoded(raw)); }
    bool scalar(std::string_view token) override { return token.front() >= 'a' || tell(token); }
    std::string_view decoded(std::string_view raw) {
        if (!escaped()) return raw;
        text_.clear();
        (void)unescape_json(raw, true, text_);  // the reader has checked it
        return text_;
    }
    bool tell(std::string_view text) {
        place_.clear();
        append_pointer(steps(), place_);
        visit_({text, nearest_key(steps()), place_, line_});
        return true;
    }
    Visit visit_;
    std::uint64_t line_;
    std::string text_, place_;
};

/// What comes line by line.
class Lines : public DocumentTexts {
  public:
    explicit Lines(std::size_t longest) : longest_(longest) {}
    Status feed(std::string_view in) override {
        while (!in.empty()) {
            const auto end = in.find('\n');
            const auto piece = in.substr(0, end);
            if (end == std::string_view::npos) {
                held_.append(piece);
                return held_.size() < longest_ ? Status{} : give(false);
            }
            in.remove_prefix(end + 1);
            Status done;
            if (held_.empty()) {
                done = line(piece);
            } else {
                held_.append(piece);
                done = give(true);
            }
            ++number_;
            if (done.has_error()) return done;
        }
        return {};
    }
    Status finish() override { return held_.empty() ? Status{} : give(true); }

  protected:
    virtual Status line(std::string_view text) = 0;
    std::uint64_t number() const { return number_; }

  private:
    Status give(bool whole) {
        const auto tail = whole ? 0 : incomplete_utf8_tail(held_);
        const Status done = line(std::string_view(held_).substr(0, held_.size() - tail));
        held_.erase(0, held_.size() - tail);
        return done;
    }
    std::size_t longest_;
    std::string held_;
    std::uint64_t number_ = 1;
};

class PlainTexts final : public Lines {
  public:
    PlainTexts(Visit visit, std::size_t longest) : Lines(longest), visit_(std::move(visit)) {}

  private:
    Status line(std::string_view text) override {
        if (text.ends_with('\r')) text.remove_suffix(1);
        if (find_invalid_utf8(text) != std::string_view::npos) return not_utf8(number());
        visit_({text, {}, {}, number()});
        return {};
    }
    Visit visit_;
};

class NdjsonTexts final : public Lines {
  public:
    NdjsonTexts(Visit visit, std::size_t longest) : Lines(longest), visit_(std::move(visit)), longest_(longest) {}

  private:
    Status line(std::string_view text) override {
        if (text.find_first_not_of(" \t\r") == std::string_view::npos) return {};
        JsonTexts document(visit_, longest_, number());
        Status done = document.feed(text);
        if (done.has_value()) done = document.finish();
        if (done.has_error()) return fault(done.error().code, "line " + std::to_string(number()) + ": " + done.error().detail);
        return {};
    }
    Visit visit_;
    std::size_t longest_;
};

/// RFC 4180; the first row names the columns. A row may go over several lines.
class CsvTexts final : public DocumentTexts {
  public:
    CsvTexts(Visit visit, std::size_t longest) : visit_(std::move(visit)), longest_(longest) {}

    Status feed(std::string_view in) override {
        for (const char c : in) {
            const Status done = take(c);
            if (done.has_error()) return done;
        }
        return {};
    }
    Status finish() override {
        if (quoted_) return fault(Code::body_invalid, "a quoted field that began on line " + std::to_string(began_) + " does not end");
        return any_ || !field_.empty() ? field_ended(true) : Status{};
    }

  private:
    Status take(char c) {
        if (quoted_) {
            if (after_quote_ && c != '"') {
                quoted_ = after_quote_ = false;
                return take(c);
            }
            if (c == '"' && !after_quote_) {
                after_quote_ = true;
                return {};
            }
            after_quote_ = false;
            line_ += c == '\n' ? 1 : 0;
            return add(c);
        }
        if (c == '"' && field_.empty() && !any_in_field_) {
            quoted_ = any_in_field_ = any_ = true;
            return {};
        }
        if (c == ',' || c == ';' || c == '\t') {
            if (separator_ == '\0') separator_ = c;
            if (c == separator_) return field_ended(false);
        }
        if (c == '\n') {
            const Status done = any_ || !field_.empty() ? field_ended(true) : Status{};
            began_ = ++line_;
            return done;
        }
        return c == '\r' ? Status{} : add(c);
    }

    Status add(char c) {
        any_ = any_in_field_ = true;
        if (field_.size() >= longest_) return fault(Code::body_too_large, "a field is too long");
        field_ += c;
        return {};
    }

    Status field_ended(bool row_ends) {
        if (find_invalid_utf8(field_) != std::string::npos) return not_utf8(began_);
        if (first_row_) columns_.push_back(field_);
        const bool named = !first_row_ && column_ < columns_.size();
        const std::string place = "column " + (named && !columns_[column_].empty() ? columns_[column_] : std::to_string(column_ + 1));
        if (!field_.empty()) visit_({field_, named ? std::string_view(columns_[column_]) : std::string_view(), place, began_});
        field_.clear();
        any_ = !row_ends;
        any_in_field_ = false;
        column_ = row_ends ? 0 : column_ + 1;
        first_row_ = first_row_ && !row_ends;
        return {};
    }

    Visit visit_;
    std::size_t longest_;
    std::string field_;
    std::vector<std::string> columns_;
    std::size_t column_ = 0;
    std::uint64_t line_ = 1, began_ = 1;
    char separator_ = '\0';  ///< the first of `,`, `;` and tab that separates
    bool quoted_ = false, after_quote_ = false, any_ = false, any_in_field_ = false, first_row_ = true;
};

}  // namespace

std::unique_ptr<DocumentTexts> DocumentTexts::make(DocumentKind kind, Visit visit, std::size_t longest) {
    switch (kind) {
        case DocumentKind::json: return std::make_unique<JsonTexts>(std::move(visit), longest);
        case DocumentKind::ndjson: return std::make_unique<NdjsonTexts>(std::move(visit), longest);
        case DocumentKind::csv: return std::make_unique<CsvTexts>(std::move(visit), longest);
        case DocumentKind::text: break;
    }
    return std::make_unique<PlainTexts>(std::move(visit), longest);
}

}  // namespace bordergate

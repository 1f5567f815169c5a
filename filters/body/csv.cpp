#include "filters/body/csv.hpp"

#include <algorithm>
#include <vector>

#include "filters/ascii.hpp"

namespace bordergate {

namespace {

class Csv final : public Transform {
  public:
    Csv(const NamedValuesSpec& spec, bool tabs, bool header) : values_(spec), separator_(tabs ? '\t' : '\0'), in_header_(header) {}

    Status feed(std::string_view in, std::string& out) override {
        if (separator_ != '\0') return read(in, out);
        // What separates is known when the first row is.
        for (std::size_t i = 0; i < in.size(); ++i) {
            if (first_row_.size() >= values_.spec().bounds.hold_back) return fault(Code::body_too_large, "the first row is longer than hold_back");
            first_row_ += in[i];
            row_quoted_ ^= in[i] == '"';
            if (in[i] != '\n' || row_quoted_) continue;
            const Status done = begin(out);
            return done.has_error() ? done : read(in.substr(i + 1), out);
        }
        return {};
    }

    Status finish(std::string& out) override {
        Status done = separator_ == '\0' ? begin(out) : Status{};
        if (done.has_value() && state_ == State::quoted) done = fault(Code::body_invalid, "a quoted field does not end");
        if (done.has_value() && (!raw_.empty() || column_ > 0)) done = give(out);
        if (done.has_value()) values_.finish();
        return done;
    }

  private:
    enum class State { start, plain, quoted, quote_in_quoted };

    Status begin(std::string& out) {
        separator_ = ',';
        bool quoted = false;
        std::string outside;
        for (const char c : first_row_) {
            quoted ^= c == '"';
            if (!quoted) outside += c;
        }
        for (const char one : {',', ';', '\t'})
            if (outside.find(one) != std::string::npos) {
                separator_ = one;
                break;
            }
        const std::string row = std::move(first_row_);
        return read(row, out);
    }

    Status read(std::string_view in, std::string& out) {
        for (const char c : in) {
            const Status done = take(c, out);
            if (done.has_error()) return done;
        }
        return {};
    }

    Status take(char c, std::string& out) {
        if (state_ != State::quoted && (c == separator_ || c == '\n')) {
            // The carriage return of a line's end is no part of its last field.
            const bool returned = c == '\n' && !raw_.empty() && raw_.back() == '\r';
            if (returned) {
                raw_.pop_back();
                if (state_ == State::plain) value_.pop_back();
            }
            const Status done = give(out);
            if (done.has_error()) return done;
            if (returned) out += '\r';
            out += c;
            state_ = State::start;
            column_ = c == '\n' ? 0 : column_ + 1;
            in_header_ = in_header_ && c != '\n';
            return {};
        }
        if (raw_.size() >= values_.spec().bounds.hold_back) return fault(Code::body_too_large, "a field of the table is longer than hold_back");
        raw_ += c;
        switch (state_) {
            case State::start:
                state_ = c == '"' ? State::quoted : State::plain;
                if (c != '"') value_ += c;
                return {};
            case State::plain:
                if (c == '"') return fault(Code::body_invalid, "a field has a quote in its middle");
                value_ += c;
                return {};
            case State::quoted:
                if (c == '"') state_ = State::quote_in_quoted;
                else value_ += c;
                return {};
            case State::quote_in_quoted: break;
        }
        if (c == '"') {
            value_ += c;
            state_ = State::quoted;
            return {};
        }
        return c == '\r' ? Status{} : fault(Code::body_invalid, "text stands behind a quoted field");
    }

    Status give(std::string& out) {
        const bool quoted = !raw_.empty() && raw_.front() == '"';
        std::string name;
        if (!in_header_) name = column_ < columns_.size() ? columns_[column_] : std::to_string(column_ + 1);
        const auto changed = in_header_ ? values_.treat_name(value_, other_) : values_.treat(name, value_, other_);
        if (changed.has_error()) return changed.error();
        if (in_header_) {
            // What the names of the columns take is bounded as a row is.
            header_bytes_ += value_.size() + sizeof(std::string);
            if (header_bytes_ > std::max<std::size_t>(values_.spec().bounds.hold_back, 1024 * sizeof(std::string))) return fault(Code::body_too_large, "the first row has too many columns");
            constexpr std::string_view mark = "\xef\xbb\xbf";
            std::string_view name = value_;
            if (columns_.empty() && name.starts_with(mark)) name.remove_prefix(mark.size());
            // Readers differ in whether blanks around a name are part of it.
            columns_.emplace_back(trimmed(name));
        }
        if (*changed) write(quoted, out);
        else out.append(raw_);
        raw_.clear();
        value_.clear();
        return {};
    }

    void write(bool quoted, std::string& out) const {
        if (!quoted && other_.find_first_of(std::string("\"\r\n") + separator_) == std::string::npos) {
            out.append(other_);
            return;
        }
        out += '"';
        for (const char c : other_) {
            if (c == '"') out += '"';
            out += c;
        }
        out += '"';
    }

    NamedValues values_;
    char separator_;  ///< NUL: not known yet
    bool in_header_, row_quoted_ = false;
    State state_ = State::start;
    std::size_t column_ = 0, header_bytes_ = 0;
    std::vector<std::string> columns_;
    std::string first_row_, raw_, value_, other_;
};

}  // namespace

TransformPtr make_csv(const NamedValuesSpec& spec, bool tabs, bool header) { return std::make_unique<Csv>(spec, tabs, header); }

}  // namespace bordergate

#include "filters/body/csv.hpp"

#include <algorithm>
#include <vector>

#include "filters/ascii.hpp"
#include "filters/message.hpp"

namespace bordergate {

namespace {

constexpr std::string_view separators = ",;\t|";

/// Whether a column that has no name can be called so.
bool is_number(std::string_view name) { return !name.empty() && name.front() != '0' && std::all_of(name.begin(), name.end(), is_digit); }

bool names_columns(const JsonPaths& paths) {
    return std::any_of(paths.selectors.begin(), paths.selectors.end(), [](const JsonSelector& one) {
        const auto names = one.path.names_under_root();
        return !std::all_of(names.begin(), names.end(), is_number);
    });
}

class Csv final : public Transform {
  public:
    Csv(const NamedValuesSpec& spec, bool tabs, bool header) : values_(spec), separator_(tabs ? '\t' : '\0'), in_header_(header) {}

    Status feed(std::string_view in, std::string& out) override {
        if (separator_ != '\0') return read(in, out);
        // What separates is known when the first row is.
        for (std::size_t i = 0; i < in.size(); ++i) {
            if (first_row_.size() >= values_.spec().bounds.hold_back) return fault(Code::body_too_large, "the first row is longer than hold_back");
            if (!row_quoted_ && first_row_.ends_with('\r') && in[i] != '\n') return lone_return();
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
        if (done.has_value() && returned_) done = lone_return();
        if (done.has_value() && (!raw_.empty() || column_ > 0)) done = give(out);
        if (done.has_value() && in_header_ && !columns_.empty()) done = end_header();
        if (done.has_value()) values_.finish();
        return done;
    }

  private:
    enum class State { start, plain, quoted, quote_in_quoted };

    static Fault lone_return() { return fault(Code::body_invalid, "a carriage return of the table stands alone: some readers end a row there, and others do not"); }

    Status begin(std::string& out) {
        bool quoted = false;
        std::string outside;
        for (const char c : first_row_) {
            quoted ^= c == '"';
            if (!quoted) outside += c;
        }
        for (const char one : separators) {
            if (outside.find(one) == std::string::npos) continue;
            if (separator_ != '\0') return fault(Code::body_invalid, "the first row of the table has two kinds of separators, and nothing says which of them separates columns");
            separator_ = one;
        }
        if (separator_ == '\0') separator_ = ',';
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
        if (returned_ && c != '\n') return lone_return();
        if (state_ != State::quoted && c == '\r') {
            returned_ = true;
            return {};
        }
        if (state_ != State::quoted && (c == separator_ || c == '\n')) return end_field(c, out);
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
        return fault(Code::body_invalid, "text stands behind a quoted field");
    }

    /// `by`: what ends it, and perhaps its row.
    Status end_field(char by, std::string& out) {
        Status done = give(out);
        if (done.has_value() && in_header_ && by == '\n') done = end_header();
        if (done.has_error()) return done;
        if (returned_) out += '\r';
        out += by;
        returned_ = false;
        state_ = State::start;
        column_ = by == '\n' ? 0 : column_ + 1;
        return {};
    }

    Status end_header() {
        in_header_ = false;
        const bool nameless = std::all_of(columns_.begin(), columns_.end(), [](const std::string& name) { return name.empty(); });
        // What spreadsheets write before the header, and other readers take for it.
        const bool announces = columns_.front().size() <= 5 && equal_fold(columns_.front().substr(0, 4), "sep=");
        return nameless || announces ? Status(fault(Code::body_invalid, "the first row of the table names no column")) : Status{};
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
            // Readers differ in whether blanks around a name are part of it.
            columns_.emplace_back(trimmed(value_));
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
    bool returned_ = false;  ///< a carriage return outside quotes, whose line feed must come
    State state_ = State::start;
    std::size_t column_ = 0, header_bytes_ = 0;
    std::vector<std::string> columns_;
    std::string first_row_, raw_, value_, other_;
};

}  // namespace

Result<TransformPtr> make_csv(const NamedValuesSpec& spec, bool tabs, bool header) {
    if (!header && spec.paths && names_columns(*spec.paths)) return fault(Code::body_invalid, "the table has no header, and the rule declares columns by their names");
    return TransformPtr(std::make_unique<Csv>(spec, tabs, header));
}

}  // namespace bordergate

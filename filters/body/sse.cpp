#include "filters/body/sse.hpp"

#include "filters/body/text_rewrite.hpp"

namespace bordergate {

namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

/// What the lines of an event say.
struct Lines {
    std::string data, type, others;
    bool any_data = false;
};

/// The value of `line` if it is of field `name`.
bool is_field(std::string_view line, std::string_view name, std::string_view& value) {
    if (!line.starts_with(name)) return false;
    line.remove_prefix(name.size());
    if (line.empty()) return value = {}, true;
    if (line.front() != ':') return false;
    line.remove_prefix(1);
    if (line.starts_with(' ')) line.remove_prefix(1);
    return value = line, true;
}

Lines split(std::string_view event) {
    Lines lines;
    if (event.starts_with(byte_order_mark)) event.remove_prefix(byte_order_mark.size());
    while (!event.empty()) {
        const auto end = std::min(event.find_first_of("\r\n"), event.size());
        const auto line = event.substr(0, end);
        event.remove_prefix(end);
        event.remove_prefix(event.starts_with("\r\n") ? 2 : event.empty() ? 0 : 1);
        std::string_view value;
        if (is_field(line, "data", value)) {
            if (lines.any_data) lines.data += '\n';
            lines.data.append(value);
            lines.any_data = true;
            continue;
        }
        if (is_field(line, "event", value)) lines.type = value;
        if (!line.empty()) lines.others.append(line) += '\n';
    }
    return lines;
}

void write_data(std::string_view data, std::string& out) {
    for (;;) {
        const auto end = data.find('\n');
        out.append("data: ").append(data.substr(0, end)).append("\n");
        if (end == std::string_view::npos) return;
        data.remove_prefix(end + 1);
    }
}

class Sse final : public Transform {
  public:
    explicit Sse(const StreamSpec& spec) : longest_(spec.longest_event), treatment_(*spec.event.treatment), texts_(spec) {}

    Status feed(std::string_view in, std::string& out) override {
        for (char c : in) {
            if (c == '\n' && after_cr_) {
                // The rest of CRLF: its line, and perhaps its event, ended at the CR.
                after_cr_ = false;
                if (event_.empty()) end_line(out);
                else event_ += c;
                line_start_ = event_.size();
                continue;
            }
            event_ += c;
            after_cr_ = c == '\r';
            if (c != '\n' && c != '\r') {
                if (event_.size() > longest_) return fault(Code::upstream_invalid, "an event of the stream is too long");
                continue;
            }
            const bool blank = event_.size() - line_start_ == 1;
            line_start_ = event_.size();
            if (!blank) continue;
            const Status done = dispatch(out);
            if (done.has_error()) return done;
        }
        return {};
    }

    Status finish(std::string& out) override {
        // Some clients dispatch a last event that has no blank line after it.
        Status done = event_.empty() ? Status{} : dispatch(out);
        std::vector<StreamedTexts::Event> ready;
        if (done.has_value()) done = texts_.finish(ready);
        write(ready, out);
        return done;
    }

    std::size_t held() const override { return event_.size() + texts_.held(); }

  private:
    Status dispatch(std::string& out) {
        line_start_ = 0;
        StreamedTexts::Event event;
        Lines lines = split(event_);
        std::vector<StreamedTexts::Event> ready;
        // Comments and ids are texts too; a client may keep an id and say it again.
        if (treatment_.scanner && !lines.others.empty()) {
            std::string treated;
            const Status done = rewrite_text(lines.others, NamedPlace("event"), {}, treatment_, treated);
            if (done.has_error()) return done;
            if (treated != lines.others) return fault(Code::place_cannot_carry, "a line of an event other than its data holds what may not come in clear");
        }
        const bool last = lines.data == "[DONE]";
        if (lines.any_data && !last) {
            event.json = std::move(lines.data);
            event.type = std::move(lines.type);
        }
        event.frame = std::move(event_);
        event_.clear();
        Status done = last ? texts_.finish(ready) : Status{};
        if (done.has_value()) done = texts_.feed(std::move(event), ready);
        write(ready, out);
        return done;
    }

    /// The LF of a CRLF whose CR ended an event: that event may wait.
    void end_line(std::string& out) {
        if (!texts_.append_to_last("\n")) out += '\n';
    }

    static void write(const std::vector<StreamedTexts::Event>& events, std::string& out) {
        for (const auto& event : events) {
            if (!event.changed) {
                out.append(event.frame);
                continue;
            }
            out.append(split(event.frame).others);
            write_data(event.json, out);
            out += '\n';
        }
    }

    std::size_t longest_;
    const Treatment& treatment_;
    StreamedTexts texts_;
    std::string event_;
    std::size_t line_start_ = 0;
    bool after_cr_ = false;
};

}  // namespace

TransformPtr make_sse(StreamSpec spec) { return std::make_unique<Sse>(spec); }

}  // namespace bordergate

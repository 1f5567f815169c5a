#include "filters/body/sse.hpp"

#include <map>

#include "filters/body/json_string.hpp"
#include "filters/body/stream_event.hpp"
#include "filters/body/text_rewrite.hpp"

namespace bordergate {

namespace {

/// One thread of text, and the last event that carried a piece of it, to clone when its end must still be said; none
/// if nothing is held.
struct Thread {
    Restore restore;
    std::string event;
    std::size_t begin = 0;  ///< where the piece stood in `event`
};

/// Choices times tool calls of an honest stream are far fewer.
constexpr std::size_t most_threads = 1024;

class Sse final : public Transform {
  public:
    explicit Sse(SseSpec spec) : spec_(std::move(spec)) {}

    Status feed(std::string_view in, std::string& out) override {
        for (char c : in) {
            if (c == '\n' && after_cr_) {
                // The rest of CRLF: its line, and perhaps its event, ended at the CR.
                after_cr_ = false;
                (event_.empty() ? out : event_) += c;
                line_start_ = event_.size();
                continue;
            }
            event_ += c;
            after_cr_ = c == '\r';
            if (c != '\n' && c != '\r') {
                if (event_.size() > spec_.longest_event) return fault(Code::upstream_invalid, "an event of the stream is too long");
                continue;
            }
            const bool blank = event_.size() - line_start_ == 1;
            line_start_ = event_.size();
            if (!blank) continue;
            const Status done = dispatch(out);
            if (done.has_error()) return done;
            event_.clear();
            line_start_ = 0;
        }
        return {};
    }

    Status finish(std::string& out) override {
        flush("/", out);
        // An event without its blank line is never dispatched by a client: it goes as it came.
        out.append(event_);
        return {};
    }

    std::size_t held() const override { return event_.size(); }

  private:
    /// The lines of the event: data apart from the rest.
    struct Lines {
        std::string data, others;
        bool any_data = false;
    };

    Lines split() const {
        Lines lines;
        std::string_view rest = event_;
        if (rest.starts_with("\xef\xbb\xbf")) rest.remove_prefix(3);
        while (!rest.empty()) {
            const auto end = std::min(rest.find_first_of("\r\n"), rest.size());
            auto line = rest.substr(0, end);
            rest.remove_prefix(end);
            rest.remove_prefix(rest.starts_with("\r\n") ? 2 : rest.empty() ? 0 : 1);
            if (line.starts_with("data:") || line == "data") {
                line.remove_prefix(std::min<std::size_t>(line.size(), 5));
                if (line.starts_with(' ')) line.remove_prefix(1);
                if (lines.any_data) lines.data += '\n';
                lines.data.append(line);
                lines.any_data = true;
            } else if (!line.empty()) {
                lines.others.append(line) += '\n';
            }
        }
        return lines;
    }

    Status dispatch(std::string& out) {
        Lines lines = split();
        if (!lines.any_data || lines.data.empty()) {
            out.append(event_);
            return {};
        }
        if (lines.data == "[DONE]") {
            flush("/", out);
            out.append(event_);
            return {};
        }
        std::string data;
        const Status treated = treat_event(lines.data, data, out);
        if (treated.has_error()) return treated;
        if (data == lines.data) {
            out.append(event_);
            return {};
        }
        out.append(lines.others);
        write_data(data, out);
        out += '\n';
        return {};
    }

    static void write_data(std::string_view data, std::string& out) {
        for (;;) {
            const auto end = data.find('\n');
            out.append("data: ").append(data.substr(0, end)).append("\n");
            if (end == std::string_view::npos) return;
            data.remove_prefix(end + 1);
        }
    }

    /// What leaves instead of the event's data; ends of threads that must precede it go to `out`.
    Status treat_event(const std::string& data, std::string& treated, std::string& out) {
        const auto event = read_stream_event(data, spec_.stream_text, spec_.event.bounds.depth);
        if (event.has_error()) return rewrite_text(data, NamedPlace("event"), {}, *spec_.event.treatment, treated);
        std::string pieced;
        std::size_t done = 0;
        for (const auto& piece : event->pieces) {
            std::string text, restored, escaped;
            unescape_json(std::string_view(data).substr(piece.begin, piece.end - piece.begin), true, text);
            if (threads_.size() >= most_threads && !threads_.contains(piece.thread)) return fault(Code::upstream_invalid, "the stream has too many texts at once");
            auto& thread = thread_of(piece.thread);
            thread.restore.feed(text, restored);
            if (ends(*event, piece.thread)) thread.restore.finish(restored);
            pieced.append(data, done, piece.begin - done);
            if (restored == text)
                pieced.append(data, piece.begin, piece.end - piece.begin);
            else
                pieced.append((escape_json(restored, escaped), escaped));
            done = piece.end;
            thread.event = thread.restore.held() == 0 ? std::string() : data;
            thread.begin = piece.begin;
        }
        pieced.append(data, done);
        for (const auto& prefix : event->ended) flush(prefix, out);
        const auto rewrite = make_json_rewrite(spec_.event);
        Status rest = rewrite->feed(pieced, treated);
        if (rest.has_value()) rest = rewrite->finish(treated);
        return rest;
    }

    Thread& thread_of(const std::string& name) {
        auto& findings = *spec_.event.treatment->findings;
        const auto made = threads_.try_emplace(name, Thread{Restore(*spec_.event.labels, findings.restored, findings.foreign_labels), {}, 0});
        return made.first->second;
    }

    static bool ends(const StreamEvent& event, const std::string& thread) {
        for (const auto& prefix : event.ended)
            if (thread.starts_with(prefix)) return true;
        return false;
    }

    /// Says what the threads below `prefix` still hold, each in an event like their last one.
    void flush(const std::string& prefix, std::string& out) {
        for (auto& [name, thread] : threads_) {
            if (!name.starts_with(prefix) || thread.restore.held() == 0) continue;
            std::string rest;
            thread.restore.finish(rest);
            const std::string event = saying(thread, rest);
            write_data(event, out);
            out += '\n';
        }
    }

    /// The thread's last event with `rest` as its text, and without the text of others: that was said already.
    std::string saying(const Thread& thread, std::string_view rest) const {
        // These hold the joined text too.
        const std::span<const JsonPath> texts = spec_.event.paths ? spec_.event.paths->tool_arguments : spec_.stream_text;
        const auto read = read_stream_event(thread.event, texts, spec_.event.bounds.depth);
        std::string said;
        std::size_t done = 0;
        for (const auto& piece : read->pieces) {
            said.append(thread.event, done, piece.begin - done);
            if (piece.begin == thread.begin) escape_json(rest, said);
            done = piece.end;
        }
        return said.append(thread.event, done);
    }

    SseSpec spec_;
    std::string event_;
    std::size_t line_start_ = 0;
    bool after_cr_ = false;
    std::map<std::string, Thread> threads_;
};

}  // namespace

TransformPtr make_sse(SseSpec spec) { return std::make_unique<Sse>(std::move(spec)); }

}  // namespace bordergate

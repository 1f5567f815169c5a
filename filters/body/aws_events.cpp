#include "filters/body/aws_events.hpp"

#include "config/utf8.hpp"
#include "filters/body/aws_chunk.hpp"
#include "filters/body/aws_frames.hpp"
#include "filters/body/text_rewrite.hpp"

namespace bordergate {

namespace {

constexpr std::string_view chunk = "chunk";           ///< the event of a model's own stream

/// What of `bytes` can be read; blanks for all else.
std::string printable(std::string_view bytes) {
    std::string text(bytes);
    for (char& c : text)
        if (c < 0x20 || c > 0x7e) c = ' ';
    return text;
}

class AwsEvents final : public Transform {
  public:
    explicit AwsEvents(const StreamSpec& spec) : treatment_(*spec.event.treatment), reader_(spec.longest_event), texts_(spec) {}

    Status feed(std::string_view in, std::string& out) override {
        while (!in.empty()) {
            const auto frame = reader_.next(in);
            if (frame.has_error()) return frame.error();
            if (!*frame) return {};
            const Status done = dispatch(**frame, out);
            if (done.has_error()) return done;
        }
        return {};
    }

    Status finish(std::string& out) override {
        const Status whole = reader_.finish();
        if (whole.has_error()) return whole;
        std::vector<StreamedTexts::Event> ready;
        const Status done = texts_.finish(ready);
        const Status written = write(ready, out);
        return done.has_error() ? done : written;
    }

    std::size_t held() const override { return reader_.held() + texts_.held(); }

  private:
    Status dispatch(const AwsFrame& frame, std::string& out) {
        if (treatment_.scanner) {
            const Status free = may_stay(printable(frame.headers()));
            if (free.has_error()) return free;
        }
        StreamedTexts::Event event;
        event.frame = frame.bytes();
        event.type = frame.event_type();
        event.json = frame.payload();
        if (event.type == chunk) {
            auto said = read_aws_chunk(event.json);
            if (said.has_error()) return said.error();
            const auto rest = write_aws_chunk(event.json, {});
            const Status free = rest.has_value() ? may_stay(*rest) : rest.error();
            if (free.has_error()) return free;
            // The model's own events say themselves what they are.
            event.json = std::move(*said);
            event.type.clear();
        }
        if (find_invalid_utf8(event.json) != std::string_view::npos) return fault(Code::upstream_invalid, "a frame of the stream is not text");
        std::vector<StreamedTexts::Event> ready;
        const Status done = texts_.feed(std::move(event), ready);
        const Status written = write(ready, out);
        return done.has_error() ? done : written;
    }

    Status may_stay(std::string_view text) const {
        if (!treatment_.scanner || text.empty()) return {};
        std::string treated;
        const Status done = rewrite_text(text, NamedPlace("event"), {}, treatment_, treated);
        if (done.has_error() || treated == text) return done;
        return fault(Code::place_cannot_carry, "what stands around the text of an event holds what may not come in clear");
    }

    /// A frame is read again when its turn has come: what waits is kept as it came.
    static Status write(const std::vector<StreamedTexts::Event>& events, std::string& out) {
        for (const auto& event : events) {
            if (!event.changed) {
                out.append(event.frame);
                continue;
            }
            AwsFrameReader reader(event.frame.size());
            std::string_view bytes = event.frame;
            const auto frame = reader.next(bytes);
            if (frame.has_error()) return frame.error();
            const auto made = (*frame)->event_type() == chunk ? write_aws_chunk((*frame)->payload(), event.json) : Result<std::string>(event.json);
            if (made.has_error()) return made.error();
            const Status written = append_with_payload(**frame, *made, out);
            if (written.has_error()) return written;
        }
        return {};
    }

    const Treatment& treatment_;
    AwsFrameReader reader_;
    StreamedTexts texts_;
};

}  // namespace

TransformPtr make_aws_events(StreamSpec spec) { return std::make_unique<AwsEvents>(spec); }

}  // namespace bordergate

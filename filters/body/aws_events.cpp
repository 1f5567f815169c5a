#include "filters/body/aws_events.hpp"

#include <algorithm>
#include <optional>

#include "filters/body/aws_frames.hpp"
#include "filters/body/text_rewrite.hpp"
#include "filters/seal/base64url.hpp"
#include "config/utf8.hpp"

namespace bordergate {

namespace {

constexpr std::string_view chunk = "chunk";           ///< the event of a model's own stream
constexpr std::string_view chunk_begin = "{\"bytes\":\"";

std::string base64(std::string_view bytes) {
    std::string text;
    append_base64url(bytes_of(bytes), text);
    std::replace(text.begin(), text.end(), '-', '+');
    std::replace(text.begin(), text.end(), '_', '/');
    while (text.size() % 4 != 0) text += '=';
    return text;
}

std::optional<std::string> decoded(std::string_view text) {
    std::string url(text.substr(0, text.find('=')));
    std::replace(url.begin(), url.end(), '+', '-');
    std::replace(url.begin(), url.end(), '/', '_');
    const auto bytes = decode_base64url(url);
    return bytes ? std::optional(std::string(bytes->begin(), bytes->end())) : std::nullopt;
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
        for (const auto name : {":message-type", ":event-type", ":exception-type", ":error-code", ":error-message"}) {
            const Status free = may_stay(frame.text(name));
            if (free.has_error()) return free;
        }
        StreamedTexts::Event event;
        event.frame = frame.bytes();
        event.type = frame.event_type();
        event.json = frame.payload();
        if (event.type == chunk && frame.payload().starts_with(chunk_begin)) {
            const auto coded = frame.payload().substr(chunk_begin.size());
            auto said = decoded(coded.substr(0, coded.find('"')));
            if (!said) return fault(Code::upstream_invalid, "a chunk of the model's stream is no base64");
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
        return fault(Code::place_cannot_carry, "a header of an event holds what may not come in clear");
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
            const auto payload = (*frame)->payload();
            std::string made = event.json;
            if ((*frame)->event_type() == chunk && payload.starts_with(chunk_begin))
                made = std::string(chunk_begin) + base64(event.json) + std::string(payload.substr(std::min(payload.size(), payload.find('"', chunk_begin.size()))));
            const Status written = append_with_payload(**frame, made, out);
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

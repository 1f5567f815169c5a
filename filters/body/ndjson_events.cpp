#include "filters/body/ndjson_events.hpp"

namespace bordergate {

namespace {

class NdjsonEvents final : public Transform {
  public:
    explicit NdjsonEvents(const StreamSpec& spec) : longest_(spec.longest_event), texts_(spec) {}

    Status feed(std::string_view in, std::string& out) override {
        while (!in.empty()) {
            const auto end = in.find('\n');
            line_.append(in.substr(0, end));
            if (line_.size() > longest_) return fault(Code::upstream_invalid, "a line of the stream is too long");
            if (end == std::string_view::npos) return {};
            in.remove_prefix(end + 1);
            const Status done = dispatch("\n", out);
            if (done.has_error()) return done;
        }
        return {};
    }

    Status finish(std::string& out) override {
        Status done = line_.empty() ? Status{} : dispatch("", out);
        std::vector<StreamedTexts::Event> ready;
        if (done.has_value()) done = texts_.finish(ready);
        write(ready, out);
        return done;
    }

    std::size_t held() const override { return line_.size() + texts_.held(); }

  private:
    Status dispatch(std::string_view newline, std::string& out) {
        StreamedTexts::Event event;
        const auto end = line_.find_last_not_of(" \t\r");
        if (end != std::string::npos) event.json = line_.substr(0, end + 1);
        event.frame = (end == std::string::npos ? line_ : line_.substr(end + 1)).append(newline);
        line_.clear();
        std::vector<StreamedTexts::Event> ready;
        const Status done = texts_.feed(std::move(event), ready);
        write(ready, out);
        return done;
    }

    /// The frame of a line is what stands behind its JSON.
    static void write(const std::vector<StreamedTexts::Event>& events, std::string& out) {
        for (const auto& event : events) out.append(event.json).append(event.frame);
    }

    std::size_t longest_;
    StreamedTexts texts_;
    std::string line_;
};

}  // namespace

TransformPtr make_ndjson_events(StreamSpec spec) { return std::make_unique<NdjsonEvents>(spec); }

}  // namespace bordergate

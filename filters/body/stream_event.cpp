#include "filters/body/stream_event.hpp"

#include <map>

#include "filters/body/json_reader.hpp"

namespace bordergate {

namespace {

class EventReader final : public JsonReader {
  public:
    EventReader(std::span<const JsonPath> stream_text, std::size_t size, std::size_t depth)
        : JsonReader({size + 1, depth}), stream_text_(stream_text) {}
    StreamEvent event;

    /// Array positions give way to the `index` that their objects declare: a stream may send only the second choice.
    std::string by_index(std::string_view name) const {
        std::string position = "/", thread = "/";
        name.remove_prefix(1);
        while (!name.empty()) {
            const auto step = name.substr(0, name.find('/'));
            name.remove_prefix(step.size() + 1);
            position.append(step) += '/';
            const auto declared = indices_.find(position);
            (thread += declared == indices_.end() ? std::string(step) : '#' + declared->second) += '/';
        }
        return thread;
    }

  private:
    bool scalar(std::string_view token) override {
        const auto& here = steps();
        if (!here.empty() && here.back().name == "index") indices_[name(here.size() - 1)] = token;
        return true;
    }
    bool string(std::string_view raw) override {
        const auto& here = steps();
        for (const auto& path : stream_text_) {
            if (!path.matches(here)) continue;
            event.pieces.push_back({name(here.size()), static_cast<std::size_t>(position()) - raw.size(), static_cast<std::size_t>(position())});
            break;
        }
        if (!here.empty() && here.back().name == "finish_reason") event.ended.push_back(name(here.size() - 1));
        return true;
    }
    std::string name(std::size_t count) const {
        std::string text = "/";
        const auto& here = steps();
        for (std::size_t i = 0; i < count; ++i) text += (here[i].in_array ? std::to_string(here[i].index) : std::string(here[i].name)) + '/';
        return text;
    }
    std::span<const JsonPath> stream_text_;
    std::map<std::string, std::string, std::less<>> indices_;
};

}  // namespace

Result<StreamEvent> read_stream_event(std::string_view json, std::span<const JsonPath> stream_text, std::size_t depth) {
    EventReader reader(stream_text, json.size(), depth);
    Status read = reader.read(json);
    if (read.has_value()) read = reader.end();
    if (read.has_error()) return read.error();
    for (auto& piece : reader.event.pieces) piece.thread = reader.by_index(piece.thread);
    for (auto& prefix : reader.event.ended) prefix = reader.by_index(prefix);
    return std::move(reader.event);
}

}  // namespace bordergate

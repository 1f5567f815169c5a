#include "filters/body/stream_event.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "filters/body/json_reader.hpp"
#include "filters/body/json_string.hpp"

namespace bordergate {

namespace {

/// Members of an event's root that say which text it belongs to.
constexpr std::array<std::string_view, 7> root_ids{"index", "item_id", "output_index", "content_index", "summary_index", "response_id", "contentBlockIndex"};
/// Members of an element that tell it from others of its array, whatever its place in it.
constexpr std::array<std::string_view, 2> element_ids{"index", "thought"};

constexpr bool names(std::span<const std::string_view> list, std::string_view name) { return std::find(list.begin(), list.end(), name) != list.end(); }

class EventReader final : public JsonReader {
  public:
    EventReader(const StreamRules& rules, std::size_t size, std::size_t depth) : JsonReader({size + 1, depth}), rules_(rules) {}
    StreamEvent event;

    /// Only those whose event is of the type that brings them, under their names.
    void settle() {
        for (const auto& [name, value] : ids_) (event.ids += name) += '=' + value + '\n';
        std::erase_if(event.pieces, [&](const TextPiece& piece) {
            const auto& type = rules_.pieces[piece.rule].type;
            return !type.empty() && type != event.type;
        });
        for (auto& piece : event.pieces) {
            const bool token = rules_.pieces[piece.rule].holds == StreamPiece::Holds::tokens;
            if (const auto found = bytes_.find(piece.thread.substr(0, piece.thread.rfind('/', piece.thread.size() - 2) + 1)); token && found != bytes_.end()) {
                piece.bytes_begin = found->second.first;
                piece.bytes_end = found->second.second;
            }
            piece.thread = (token ? without_element(by_index(piece.thread)) : by_index(piece.thread)) + '\n' + std::to_string(piece.rule) + '\n' + event.ids;
        }
        for (auto& prefix : event.ended) prefix = by_index(prefix);
    }

  private:
    bool scalar(std::string_view token) override {
        const auto& here = steps();
        if (here.empty() || here.back().in_array) return true;
        const auto member = here.back().name;
        if (here.size() == 1) note_id(member, token);
        else if (names(element_ids, member) && token != "false") indices_[name(here.size() - 1)] += std::string(member == "index" ? "#" : "~") + std::string(token);
        if (token == "true" && names(rules_.ends, member)) event.ended.push_back(name(here.size() - 1));
        return true;
    }

    bool string(std::string_view raw) override {
        const auto& here = steps();
        for (std::size_t i = 0; i < rules_.pieces.size(); ++i) {
            if (!rules_.pieces[i].path.matches(here)) continue;
            const auto end = static_cast<std::size_t>(position());
            event.pieces.push_back({name(here.size()), i, end - raw.size(), end, 0, 0});
        }
        if (here.empty() || here.back().in_array) return true;
        const auto member = here.back().name;
        if (here.size() == 1) note_id(member, raw);
        if (here.size() == 1 && member == "type" && event.type.empty()) unescape_json(raw, true, event.type);
        if (names(rules_.ends, member)) event.ended.push_back(name(here.size() - 1));
        return true;
    }

    bool open(char bracket) override {
        if (bracket == '[' && !steps().empty() && steps().back().name == "bytes") bytes_at_ = static_cast<std::size_t>(position());
        return true;
    }
    bool close(char bracket) override {
        if (bracket == ']' && !steps().empty() && steps().back().name == "bytes") bytes_[name(steps().size() - 1)] = {bytes_at_, static_cast<std::size_t>(position()) + 1};
        return true;
    }

    void note_id(std::string_view member, std::string_view value) {
        if (names(root_ids, member)) ids_[std::string(member)] = value;
    }

    /// Array positions give way to what their objects say of themselves: a stream may send only the second choice.
    std::string by_index(std::string_view name) const {
        std::string position = "/", thread = "/";
        name.remove_prefix(1);
        while (!name.empty()) {
            const auto step = name.substr(0, name.find('/'));
            name.remove_prefix(step.size() + 1);
            position.append(step) += '/';
            const auto declared = indices_.find(position);
            if (declared == indices_.end()) thread.append(step);
            else thread += declared->second.starts_with('#') ? declared->second : std::string(step) + declared->second;
            thread += '/';
        }
        return thread;
    }

    /// The tokens of an array are pieces of one text: `/logprobs/content/3/token/` without its element.
    static std::string without_element(const std::string& thread) {
        const auto member = thread.rfind('/', thread.size() - 2);
        const auto element = thread.rfind('/', member - 1);
        return thread.substr(0, element) + thread.substr(member);
    }

    std::string name(std::size_t count) const {
        std::string text = "/";
        const auto& here = steps();
        for (std::size_t i = 0; i < count; ++i) text += (here[i].in_array ? std::to_string(here[i].index) : std::string(here[i].name)) + '/';
        return text;
    }

    const StreamRules& rules_;
    std::map<std::string, std::string, std::less<>> indices_, ids_;
    std::map<std::string, std::pair<std::size_t, std::size_t>, std::less<>> bytes_;
    std::size_t bytes_at_ = 0;
};

}  // namespace

StreamRules StreamRules::compile(const DialectEndpoint& endpoint) {
    StreamRules rules;
    for (const auto& one : endpoint.pieces) rules.pieces.push_back({JsonPath::compile(one.path).value(), one.type, one.done, one.holds});
    rules.ends = endpoint.ends;
    return rules;
}

bool StreamEvent::ends(std::string_view thread, std::string_view ids_of_thread, const StreamRules::Piece& rule) const {
    if (!rule.done.empty() && rule.done == type && ids_of_thread == ids) return true;
    return std::any_of(ended.begin(), ended.end(), [&](const auto& prefix) { return thread.starts_with(prefix); });
}

Result<StreamEvent> read_stream_event(std::string_view json, const StreamRules& rules, std::string_view type, std::size_t depth) {
    EventReader reader(rules, json.size(), depth);
    reader.event.type = type;
    Status read = reader.read(json);
    if (read.has_value()) read = reader.end();
    if (read.has_error()) return read.error();
    reader.settle();
    return std::move(reader.event);
}

}  // namespace bordergate

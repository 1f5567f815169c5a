#include "filters/body/stream_event.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "filters/body/json_reader.hpp"
#include "filters/body/json_string.hpp"

namespace bordergate {

namespace {

/// Members of an element that tell it from others of its array, whatever its place in it.
constexpr std::array<std::string_view, 2> element_ids{"index", "thought"};
constexpr std::size_t most_pieces = 1024;  ///< in one event, and ends of texts

constexpr bool names(std::span<const std::string_view> list, std::string_view name) { return std::find(list.begin(), list.end(), name) != list.end(); }

class EventReader final : public JsonReader {
  public:
    EventReader(const StreamRules& rules, std::size_t size, std::size_t depth) : JsonReader({size + 1, depth}), rules_(rules) {}
    StreamEvent event;

    /// Only those whose event is of the type that brings them, under their names.
    void settle() {
        std::erase_if(event.pieces, [&](const TextPiece& piece) {
            const auto& type = rules_.pieces[piece.rule].rule.type;
            return !type.empty() && !event.is(type);
        });
        std::set<std::string_view> seen;
        for (const auto& piece : event.pieces) event.repeats = !seen.insert(piece.thread).second || event.repeats;
        std::vector<std::string> threads;
        for (auto& piece : event.pieces) {
            const auto& rule = rules_.pieces[piece.rule].rule;
            if (const auto found = bytes_.find(piece.thread.substr(0, piece.thread.rfind('/', piece.thread.size() - 2) + 1)); rule.holds == StreamPiece::Holds::tokens && found != bytes_.end()) {
                piece.bytes_begin = found->second.first;
                piece.bytes_end = found->second.second;
            }
            threads.push_back(by_index(piece.thread, rule.one_text) + '\n' + std::to_string(piece.rule) + '\n' + event.ids(rule));
        }
        for (std::size_t i = 0; i < threads.size(); ++i) event.pieces[i].thread = std::move(threads[i]);
        for (auto& prefix : event.ended) prefix = by_index(prefix, false);
    }

  private:
    bool scalar(std::string_view token) override {
        const auto& here = steps();
        if (here.empty() || here.back().in_array) return true;
        const auto member = here.back().name;
        if (here.size() == 1) note(member, token);
        else if (names(element_ids, member) && token != "false") indices_[name(here.size() - 1)] += std::string(member == "index" ? "#" : "~") + std::string(token);
        return token != "true" || !names(rules_.ends, member) || end_of(here.size() - 1);
    }

    bool string(std::string_view raw) override {
        const auto& here = steps();
        for (std::size_t i = 0; i < rules_.pieces.size(); ++i) {
            if (!rules_.pieces[i].path.matches(here)) continue;
            if (event.pieces.size() == most_pieces) return fail(fault(Code::upstream_invalid, "an event of the stream has too many pieces of texts"));
            const auto end = static_cast<std::size_t>(position());
            event.pieces.push_back({name(here.size()), i, end - raw.size(), end, 0, 0});
        }
        if (here.empty() || here.back().in_array) return true;
        const auto member = here.back().name;
        if (here.size() == 1) note(member, raw);
        if (here.size() == 1 && member == "type") {
            event.repeats = event.repeats || !event.type.empty();
            event.type.clear();
            unescape_json(raw, true, event.type);
        }
        // An empty reason is none.
        return raw.empty() || !names(rules_.ends, member) || end_of(here.size() - 1);
    }

    bool open(char bracket) override {
        if (bracket == '[' && !steps().empty() && steps().back().name == "bytes") bytes_at_ = static_cast<std::size_t>(position());
        return true;
    }
    bool close(char bracket) override {
        if (bracket == ']' && !steps().empty() && steps().back().name == "bytes") bytes_[name(steps().size() - 1)] = {bytes_at_, static_cast<std::size_t>(position()) + 1};
        return true;
    }

    bool end_of(std::size_t count) {
        if (event.ended.size() == most_pieces) return fail(fault(Code::upstream_invalid, "an event of the stream ends too many texts"));
        event.ended.push_back(name(count));
        return true;
    }

    void note(std::string_view member, std::string_view value) {
        const bool counts = std::any_of(rules_.pieces.begin(), rules_.pieces.end(), [&](const auto& one) { return names(one.rule.ids, member); });
        if (counts && !event.roots.emplace(member, value).second) event.repeats = true;
    }

    /// Array positions give way to what their objects say of themselves: a stream may send only the second choice. `one_text`:
    /// elements that say nothing are parts of one text.
    std::string by_index(std::string_view name, bool one_text) const {
        std::string position = "/", thread = "/";
        name.remove_prefix(1);
        while (!name.empty()) {
            const auto step = name.substr(0, name.find('/'));
            name.remove_prefix(step.size() + 1);
            position.append(step) += '/';
            const auto declared = indices_.find(position);
            const bool place = !step.empty() && step.front() == '[';
            if (declared == indices_.end()) {
                if (place && one_text) continue;
                thread.append(step);
            } else {
                thread += declared->second.starts_with('#') || one_text ? declared->second : std::string(step) + declared->second;
            }
            thread += '/';
        }
        return thread;
    }

    std::string name(std::size_t count) const {
        std::string text = "/";
        const auto& here = steps();
        for (std::size_t i = 0; i < count; ++i) text += (here[i].in_array ? '[' + std::to_string(here[i].index) : std::string(here[i].name)) + '/';
        return text;
    }

    const StreamRules& rules_;
    std::map<std::string, std::string, std::less<>> indices_;
    std::map<std::string, std::pair<std::size_t, std::size_t>, std::less<>> bytes_;
    std::size_t bytes_at_ = 0;
};

}  // namespace

StreamRules StreamRules::compile(const DialectEndpoint& endpoint) {
    StreamRules rules;
    for (const auto& one : endpoint.pieces) rules.pieces.push_back({JsonPath::compile(one.path).value(), one});
    rules.ends = endpoint.ends;
    rules.whole_events = endpoint.whole_events;
    return rules;
}

std::string StreamEvent::ids(const StreamPiece& rule) const {
    std::string text;
    for (const auto name : rule.ids)
        if (const auto found = roots.find(name); found != roots.end()) text.append(name).append("=").append(found->second).append("\n");
    return text;
}

bool StreamEvent::ends(std::string_view thread, std::string_view ids_of_thread, const StreamPiece& rule) const {
    if (is(rule.done) && ids_of_thread == ids(rule)) return true;
    return std::any_of(ended.begin(), ended.end(), [&](const auto& prefix) { return thread.starts_with(prefix); });
}

Result<StreamEvent> read_stream_event(std::string_view json, const StreamRules& rules, std::string_view frame_type, std::size_t depth) {
    EventReader reader(rules, json.size(), depth);
    reader.event.frame_type = frame_type;
    Status read = reader.read(json);
    if (read.has_value()) read = reader.end();
    if (read.has_error()) return read.error();
    reader.settle();
    return std::move(reader.event);
}

}  // namespace bordergate

#include "filters/body/delta_restore.hpp"

#include <algorithm>
#include <array>

#include "filters/body/json_reader.hpp"
#include "filters/body/json_string.hpp"

namespace bordergate {

namespace {

constexpr std::array<std::string_view, 4> identities{"response_id", "item_id", "output_index", "content_index"};
/// Items of a response times their parts are far fewer.
constexpr std::size_t most_threads = 1024;

/// The members of an object that say which text a message belongs to, and where its piece stands.
class PieceReader final : public JsonReader {
  public:
    explicit PieceReader(std::size_t size, std::size_t depth) : JsonReader({size + 1, depth}) {}
    std::string type;
    std::array<std::string, identities.size()> ids;
    bool any = false;  ///< a piece
    std::size_t piece_begin = 0, piece_end = 0;

  private:
    bool string(std::string_view raw) override {
        if (!in_object()) return true;
        const auto name = step().name;
        if (name == "type") unescape_json(raw, true, (type.clear(), type));
        if (name == "delta") {
            any = true;
            piece_end = static_cast<std::size_t>(position());
            piece_begin = piece_end - raw.size();
        }
        return identify(name, raw);
    }
    bool scalar(std::string_view token) override { return !in_object() || identify(step().name, token); }
    bool in_object() const { return depth() == 1 && !step().in_array; }
    bool identify(std::string_view name, std::string_view value) {
        const auto known = std::find(identities.begin(), identities.end(), name);
        if (known != identities.end()) ids[static_cast<std::size_t>(known - identities.begin())] = value;
        return true;
    }
};

/// The kind that `type` is a piece or the end of; empty for any other.
std::string_view kind_of(std::string_view type, std::string_view suffix, std::span<const std::string_view> kinds) {
    if (!type.ends_with(suffix)) return {};
    type.remove_suffix(suffix.size());
    const auto known = std::find(kinds.begin(), kinds.end(), type);
    return known == kinds.end() ? std::string_view{} : *known;
}

bool read(PieceReader& reader, std::string_view message) { return reader.read(message).has_value() && reader.end().has_value(); }

std::string thread_name(std::string_view kind, const PieceReader& piece) {
    std::string name(kind);
    for (const auto& id : piece.ids) (name += '\n') += id;
    return name;
}

std::string with_piece(std::string_view message, std::size_t begin, std::size_t end, std::string_view text) {
    std::string made(message.substr(0, begin));
    escape_json(text, made);
    return made.append(message.substr(end));
}

}  // namespace

bool is_text_delta(std::string_view message, std::span<const std::string_view> kinds, std::size_t json_depth) {
    PieceReader piece(message.size(), json_depth);
    return !kinds.empty() && read(piece, message) && !kind_of(piece.type, ".delta", kinds).empty();
}

Status DeltaRestore::feed(std::string_view message, const Labels& labels, std::uint64_t& restored, std::uint64_t& foreign, std::vector<std::string>& out) {
    PieceReader piece(message.size(), json_depth_);
    const bool known = !kinds_.empty() && read(piece, message);
    const auto done = known ? kind_of(piece.type, ".done", kinds_) : std::string_view{};
    if (!done.empty()) {
        if (const auto found = threads_.find(thread_name(done, piece)); found != threads_.end()) {
            Thread& thread = found->second;
            std::string rest;
            thread.restore.finish(rest);
            if (!rest.empty()) out.push_back(with_piece(thread.last, thread.begin, thread.end, rest));
            threads_.erase(found);
        }
    }
    const auto kind = known && piece.any ? kind_of(piece.type, ".delta", kinds_) : std::string_view{};
    if (kind.empty()) {
        out.emplace_back(message);
        return {};
    }
    const auto name = thread_name(kind, piece);
    if (threads_.size() >= most_threads && !threads_.contains(name)) return fault(Code::upstream_invalid, "the session has too many texts at once");
    auto& thread = threads_.try_emplace(name, Thread{Restore(labels, restored, foreign), {}, 0, 0}).first->second;
    std::string text, given;
    unescape_json(message.substr(piece.piece_begin, piece.piece_end - piece.piece_begin), true, text);
    thread.restore.feed(text, given);
    thread.last = thread.restore.held() == 0 ? std::string() : std::string(message);
    thread.begin = piece.piece_begin;
    thread.end = piece.piece_end;
    out.push_back(given == text ? std::string(message) : with_piece(message, piece.piece_begin, piece.piece_end, given));
    return {};
}

}  // namespace bordergate

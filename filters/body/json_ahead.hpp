// Filters in a document that streams: reads ahead, answers what the filters of paths ask of each value, and lets a value
// go on its way only when all that was asked of it is known.
#pragma once

#include <functional>
#include <vector>

#include "filters/body/json_answers.hpp"
#include "filters/body/json_filter.hpp"
#include "filters/body/json_reader.hpp"
#include "filters/body/json_tracker.hpp"

namespace bordergate {

/// A value is held until its filters are decided, which is as soon as the members that they name have ended, and at the
/// latest at its own end. What is held, from the outermost value that was asked about, is at most hold_back bytes; a
/// value that would have to be held longer is refused (body_too_large). An object that repeats a key which a filter
/// names is refused (body_invalid): which of its values counts is not certain.
class JsonAhead : private JsonReader {
  public:
    /// The document's next bytes, whose values have their answers.
    using Onward = std::function<Status(std::string_view)>;

    explicit JsonAhead(JsonBounds bounds) : JsonReader(bounds), bound_(bounds.hold_back) {}
    /// Paths without filters are no concern of this. Borrowed.
    void add(const JsonPath& path);
    bool empty() const { return paths_.empty(); }
    JsonAnswers& answers() { return answers_; }

    /// Gives `onward` what needs to be held no longer. Its faults come first: they lie further to the front.
    Status feed(std::string_view in, const Onward& onward);
    Status finish(const Onward& onward);

  private:
    using Node = JsonTree::Node;
    /// A filter that was asked about a value which has not ended.
    struct Asked {
        std::size_t depth;  ///< of the value
        const JsonFilter* filter;
        std::size_t row;
        unsigned number;
        Node node;               ///< none once it is decided
        std::uint64_t seen = 0;  ///< of its operands, by index
    };

    bool begin_value() override;
    bool open(char) override;
    bool close(char) override;
    bool string(std::string_view raw) override;
    bool scalar(std::string_view token) override;
    bool long_string(std::string& raw) override;

    void ask_all();
    bool value_ended();
    bool decide(Asked& one);
    /// The filters of the container that the value at `depth` stands in, as far as they name the value, look again.
    bool tell_container(std::size_t depth, bool begins);
    bool in_time();
    bool stop(Code code, std::string_view why);
    Status forward(std::string_view in, const Onward& onward, Status read);

    const std::size_t bound_;
    std::vector<const JsonPath*> paths_;
    JsonTracker tracker_;
    JsonAnswers answers_;
    JsonTree tree_;
    std::vector<Node> nodes_;  ///< by depth: of the values that are open; none where nothing is kept of them
    std::vector<Asked> asked_;
    std::size_t undecided_ = 0;
    std::uint64_t kept_from_ = 0;  ///< where the tree begins, while anything is undecided
    std::string text_;
    std::string held_;
    std::uint64_t received_ = 0, forwarded_ = 0;
    std::uint64_t stopped_at_ = 0;  ///< where our own fault lies
    bool stopped_ = false;
};

}  // namespace bordergate

#include "filters/body/json_ahead.hpp"

#include <algorithm>

#include "filters/ascii.hpp"
#include "filters/body/json_string.hpp"

namespace bordergate {

namespace {

constexpr std::uint64_t most_held = std::uint64_t{1} << 31;  ///< what the tree can count

constexpr std::string_view too_long = "a value of which a filter must know more is longer than hold_back";
constexpr std::string_view repeated = "an object repeats a key that a filter asks for; which value counts is not certain";

JsonTree::Kind kind_of(char first) {
    switch (first) {
        case '{': return JsonTree::Kind::object;
        case '[': return JsonTree::Kind::array;
        case '"': return JsonTree::Kind::string;
        default: return first == '-' || is_digit(first) ? JsonTree::Kind::number : JsonTree::Kind::literal;
    }
}

}  // namespace

void JsonAhead::add(const JsonPath& path) {
    if (!path.filtered()) return;
    tracker_.add(path, paths_.size());
    paths_.push_back(&path);
}

bool JsonAhead::stop(Code code, std::string_view why) {
    stopped_ = true;
    stopped_at_ = position();
    return fail(fault(code, std::string(why)));
}

bool JsonAhead::in_time() {
    if (undecided_ == 0 || position() - kept_from_ <= std::min<std::uint64_t>(bound_, most_held)) return true;
    return stop(Code::body_too_large, too_long);
}

/// Asks all filters that may choose the value which begins; the last of asked_ are then its own.
void JsonAhead::ask_all() {
    tracker_.inside([&](std::size_t which, JsonPath::State state) {
        const JsonPath& path = *paths_[which];
        const auto filters = path.filters();
        std::uint64_t asked = 0;
        for (std::size_t i = 0; i < filters.size(); ++i)
            if ((state >> filters[i].segment & 1) != 0) asked |= std::uint64_t{1} << i;
        if (asked == 0) return;
        const auto row = answers_.ask(position(), path, asked);
        for (std::size_t i = 0; i < filters.size(); ++i)
            if ((asked >> i & 1) != 0) asked_.push_back({depth(), filters[i].filter.get(), row, static_cast<unsigned>(i), JsonTree::none, 0});
    });
}

bool JsonAhead::begin_value() {
    if (!in_time()) return false;
    const auto depth = this->depth();
    nodes_.resize(std::max(nodes_.size(), depth + 1), JsonTree::none);
    nodes_[depth] = JsonTree::none;
    if (depth == 0) {
        tracker_.at_root();
        return true;
    }
    const auto before = asked_.size();
    ask_all();
    tracker_.at(step());
    const auto asked = asked_.size() - before;
    if (undecided_ + asked > 0) {
        if (undecided_ == 0) kept_from_ = position();
        nodes_[depth] = tree_.begin(nodes_[depth - 1], step(), kind_of(next_byte()));
        undecided_ += asked;
        for (std::size_t i = before; i < asked_.size(); ++i) asked_[i].node = nodes_[depth];
        for (std::size_t i = before; i < asked_.size(); ++i)
            if (!decide(asked_[i])) return false;
    }
    return tell_container(depth, true);
}

bool JsonAhead::open(char) {
    tracker_.open();
    return true;
}

bool JsonAhead::close(char) {
    tracker_.close();
    return value_ended();
}

bool JsonAhead::string(std::string_view raw) {
    const Node node = nodes_[depth()];
    if (node != JsonTree::none) {
        text_.clear();
        if (escaped()) (void)unescape_json(raw, true, text_);  // the reader has checked it
        tree_.say(node, escaped() ? std::string_view(text_) : raw);
    }
    return value_ended();
}

bool JsonAhead::scalar(std::string_view token) {
    const Node node = nodes_[depth()];
    if (node != JsonTree::none) tree_.say(node, token);
    return value_ended();
}

bool JsonAhead::long_string(std::string& raw) { return in_time() && JsonReader::long_string(raw); }

bool JsonAhead::value_ended() {
    if (!in_time()) return false;
    const auto depth = this->depth();
    if (depth == 0) return true;
    if (nodes_[depth] != JsonTree::none) tree_.end(nodes_[depth]);
    while (!asked_.empty() && asked_.back().depth == depth) {
        if (!decide(asked_.back())) return false;
        if (asked_.back().node != JsonTree::none) return stop(Code::internal, "a filter was not decided by the end of its value");
        asked_.pop_back();
    }
    return tell_container(depth, false);
}

bool JsonAhead::decide(Asked& one) {
    if (one.node == JsonTree::none) return true;
    JsonQuestion question(tree_);
    const Truth holds = question.ask(*one.filter, one.node);
    if (question.repeated()) return stop(Code::body_invalid, repeated);
    if (holds == Truth::unknown) return true;
    answers_.answer(one.row, one.number, holds == Truth::yes);
    one.node = JsonTree::none;
    if (--undecided_ > 0) return true;
    tree_.clear();
    std::fill(nodes_.begin(), nodes_.end(), JsonTree::none);
    return true;
}

bool JsonAhead::tell_container(std::size_t depth, bool begins) {
    auto i = asked_.size();
    while (i > 0 && asked_[i - 1].depth == depth) --i;
    if (i == 0 || asked_[i - 1].depth + 1 != depth) return true;
    const auto step = this->step();
    for (; i > 0 && asked_[i - 1].depth + 1 == depth; --i) {
        Asked& one = asked_[i - 1];
        const auto& operands = one.filter->operands;
        const auto named = std::find_if(operands.begin(), operands.end(), [&](const JsonChoice& operand) { return operand.selects(step, 0); });
        if (named == operands.end()) continue;
        const auto bit = std::uint64_t{1} << (named - operands.begin());
        if (begins && (one.seen & bit) != 0) return stop(Code::body_invalid, repeated);
        one.seen |= bit;
        if (!decide(one)) return false;
    }
    return true;
}

Status JsonAhead::feed(std::string_view in, const Onward& onward) {
    received_ += in.size();
    return forward(in, onward, read(in));
}

Status JsonAhead::finish(const Onward& onward) { return forward({}, onward, end()); }

Status JsonAhead::forward(std::string_view in, const Onward& onward, Status read) {
    const auto bound = std::min<std::uint64_t>(bound_, most_held);
    // What is not JSON goes on, to be refused where it lies, as it would without filters.
    auto until = answers_.settled(received_);
    if (stopped_) until = std::min(until, stopped_at_);
    const auto ready = static_cast<std::size_t>(until - forwarded_);
    forwarded_ = until;
    Status gone;
    if (held_.empty()) {
        if (ready > 0) gone = onward(in.substr(0, ready));
        held_ = in.substr(ready);
    } else {
        held_ += in;
        if (ready > 0) gone = onward(std::string_view(held_).substr(0, ready));
        held_.erase(0, ready);
    }
    if (gone.has_error()) return gone;
    // About values below one that a filter rejected nobody asks.
    answers_.forget_before(forwarded_);
    const auto reached = read.has_error() ? failed_at() : received_;
    if (!stopped_ && undecided_ > 0 && reached - kept_from_ > bound) return fault(Code::body_too_large, std::string(too_long));
    return read;
}

}  // namespace bordergate

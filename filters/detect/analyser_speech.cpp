#include "filters/detect/analyser_speech.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <optional>

namespace bordergate {

namespace json = boost::json;

namespace {

Fault unreadable(const AnalyserQuestion& question, const std::string& what) {
    return fault(Code::analyser_failed, "analyser " + question.analyser->at.id + " answered " + what);
}

/// Where each code point of a text begins, and where the last ends.
class CodePoints {
  public:
    explicit CodePoints(std::string_view text) {
        for (std::size_t i = 0; i < text.size(); ++i)
            if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) begins_.push_back(i);
        begins_.push_back(text.size());
    }
    std::size_t size() const { return begins_.size() - 1; }
    std::size_t byte(std::size_t index) const { return begins_[index]; }

  private:
    std::vector<std::size_t> begins_;
};

std::optional<std::size_t> offset(const json::object& said, std::string_view name) {
    const auto* const value = said.if_contains(name);
    if (!value || !value->is_int64() || value->get_int64() < 0) return std::nullopt;
    return static_cast<std::size_t>(value->get_int64());
}

Status read_one(const AnalyserQuestion& question, const json::value& said, const CodePoints& text, std::vector<Finding>& found) {
    const auto* const one = said.if_object();
    if (!one) return unreadable(question, "with something that is no finding");
    const auto* const type = one->if_contains("entity_type");
    const auto* const score = one->if_contains("score");
    if (!type || !type->is_string() || !score || !score->is_number()) return unreadable(question, "with a finding without entity_type or score");
    const auto& entities = question.analyser->entities;
    const std::string_view name = type->get_string();
    const auto entity = std::find_if(entities.begin(), entities.end(), [&](const auto& known) { return known.entity == name; });
    if (entity == entities.end()) return unreadable(question, "with an entity that it was not asked for");
    const auto begin = offset(*one, "start"), end = offset(*one, "end");
    if (!begin || !end || *begin >= *end || *end > text.size()) return unreadable(question, "with a span that does not lie in the text");
    const auto sure = score->to_number<double>();
    if (sure < 0 || sure > 1) return unreadable(question, "with a score that is not between 0 and 1");
    if (static_cast<float>(sure) < question.analyser->threshold) return {};
    found.push_back({text.byte(*begin), text.byte(*end), entity->entity, ClassSet{entity->data}, static_cast<float>(sure)});
    return {};
}

}  // namespace

std::string analyser_request(const AnalyserQuestion& question) {
    const Analyser& analyser = *question.analyser;
    json::object body;
    if (analyser.batch == 1) {
        body["text"] = question.pieces.front().text;
    } else {
        auto& texts = body["text"].emplace_array();
        for (const auto& piece : question.pieces) texts.emplace_back(piece.text);
    }
    body["language"] = analyser.language;
    auto& entities = body["entities"].emplace_array();
    for (const auto& one : analyser.entities) entities.emplace_back(one.entity);
    body["score_threshold"] = analyser.threshold;
    return json::serialize(body);
}

Result<std::vector<std::vector<Finding>>> read_analysis(const AnalyserQuestion& question, std::string_view body) {
    json::error_code error;
    json::parse_options strict;
    strict.max_depth = 32;  // what it explains of itself is passed over
    const auto said = json::parse(json::string_view(body.data(), body.size()), error, {}, strict);
    const auto* const whole = error ? nullptr : said.if_array();
    if (!whole) return unreadable(question, "with something that is no JSON list");
    const bool listed = question.analyser->batch > 1;
    if (listed && whole->size() != question.pieces.size()) return unreadable(question, "for another number of texts than it was asked of");
    std::vector<std::vector<Finding>> found(question.pieces.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto* const list = listed ? (*whole)[i].if_array() : whole;
        if (!list) return unreadable(question, "without a list for each text");
        const CodePoints text(question.pieces[i].text);
        for (const auto& one : *list) {
            const Status read = read_one(question, one, text, found[i]);
            if (read.has_error()) return read.error();
        }
    }
    return found;
}

}  // namespace bordergate

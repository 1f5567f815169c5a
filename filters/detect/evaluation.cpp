#include "filters/detect/evaluation.hpp"

#include <algorithm>

namespace bordergate {

namespace {

bool same(const LabelledSpan& a, const LabelledSpan& b) { return a.entity == b.entity && a.begin < b.end && b.begin < a.end; }

}  // namespace

void Evaluation::add(const std::vector<LabelledSpan>& labelled, const std::vector<LabelledSpan>& matched) {
    for (const auto& span : labelled) {
        auto& score = scores_[span.entity];
        ++score.labelled;
        const auto match = std::find_if(matched.begin(), matched.end(), [&](const auto& one) { return same(span, one); });
        if (match == matched.end()) continue;
        ++score.found;
        score.exact += match->begin == span.begin && match->end == span.end ? 1 : 0;
    }
    for (const auto& match : matched) {
        auto& score = scores_[match.entity];
        ++score.matches;
        score.right += std::any_of(labelled.begin(), labelled.end(), [&](const auto& one) { return same(one, match); }) ? 1 : 0;
    }
}

Evaluation::Score Evaluation::total() const {
    Score all;
    for (const auto& [entity, score] : scores_) {
        all.labelled += score.labelled;
        all.found += score.found;
        all.exact += score.exact;
        all.matches += score.matches;
        all.right += score.right;
    }
    return all;
}

std::size_t byte_of_character(std::string_view text, std::size_t index) {
    std::size_t at = 0;
    for (; index > 0 && at < text.size(); --index) {
        ++at;
        while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) ++at;
    }
    return index > 0 ? text.size() : at;
}

}  // namespace bordergate

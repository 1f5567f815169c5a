#include "filters/detect/analyses.hpp"

#include <algorithm>

#include "config/utf8.hpp"
#include "filters/detect/deep_scan.hpp"

namespace bordergate {

namespace {

/// Two pieces of a long text share so much, so that a name that is cut in one stands whole in the other.
constexpr std::size_t overlap(std::size_t most) { return std::min<std::size_t>(most / 4, 256); }

constexpr bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

bool has_letter(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80; });
}

/// The last place in (from, to] where a word ends, or else where a character does.
std::size_t cut_before(std::string_view text, std::size_t from, std::size_t to) {
    for (std::size_t at = to; at > from; --at)
        if (is_space(text[at - 1])) return at;
    while (to > from && to < text.size() && continues_utf8(text[to])) --to;
    return to;
}

/// Calls `take` with pieces of at most `most` bytes that together are all of `text`.
template <class Take>
void each_piece(std::string_view text, std::size_t most, Take&& take) {
    std::size_t begin = 0;
    while (text.size() - begin > most) {
        // A piece of many bytes without a space in its second half is cut between two characters.
        const std::size_t end = cut_before(text, begin + most / 2, begin + most);
        take(begin, text.substr(begin, end - begin));
        begin = cut_before(text, end - overlap(most), end - overlap(most) / 2);
    }
    take(begin, text.substr(begin));
}

}  // namespace

void Analyses::find(std::string_view text, std::vector<Finding>& findings) {
    if (!has_letter(text)) return;
    if (const auto known = known_.find(text); known != known_.end()) {
        findings.insert(findings.end(), known->second.begin(), known->second.end());
        return;
    }
    if (find_invalid_utf8(text) != std::string_view::npos) {
        findings.push_back({0, text.size(), encoded_entity, ClassSet{ClassTree::opaque}, 0});
        return;
    }
    if (!collecting_) {
        missed_ = fault(Code::analyser_failed, "a text was to be sent that no analyser was asked of");
        return;
    }
    if (asked_.find(text) != asked_.end()) return;
    bytes_ += text.size();
    if (bytes_ > most_bytes_) {
        missed_ = fault(Code::body_too_large, "the texts that an analyser must be asked of are together longer than " + std::to_string(most_bytes_) + " bytes");
        return;
    }
    asked_.emplace(text, std::vector<Finding>{});
}

std::vector<AnalyserQuestion> Analyses::questions() const {
    std::vector<AnalyserQuestion> all;
    for (const auto& analyser : analysers_) {
        AnalyserQuestion next;
        next.analyser = &analyser;
        std::size_t bytes = 0;
        for (const auto& asked : asked_) {
            const std::string& whole = asked.first;
            each_piece(whole, analyser.max_text, [&](std::size_t begin, std::string_view text) {
                if (!next.pieces.empty() && (next.pieces.size() == analyser.batch || bytes + text.size() > analyser.max_text)) {
                    all.push_back(next);
                    next.pieces.clear();
                    bytes = 0;
                }
                next.pieces.push_back({whole, begin, text});
                bytes += text.size();
            });
        }
        if (!next.pieces.empty()) all.push_back(std::move(next));
    }
    return all;
}

void Analyses::answer(const AnalyserQuestion& question, const std::vector<std::vector<Finding>>& found) {
    for (std::size_t i = 0; i < question.pieces.size(); ++i) {
        const auto& piece = question.pieces[i];
        auto& all = asked_.find(piece.whole)->second;
        for (Finding one : found[i]) {
            one.begin += piece.begin;
            one.end += piece.begin;
            all.push_back(one);
        }
    }
}

void Analyses::conclude() {
    known_.merge(asked_);
    asked_.clear();
}

}  // namespace bordergate

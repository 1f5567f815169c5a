#include "filters/detect/expressions.hpp"

#include <re2/re2.h>
#include <re2/set.h>

#include <stdexcept>

#include "config/utf8.hpp"

namespace bordergate {

namespace {

RE2::Options options() {
    RE2::Options made;
    made.set_log_errors(false);
    made.set_longest_match(true);
    return made;
}

bool whole_word(std::string_view text, std::size_t begin, std::size_t end) {
    return !(word_at(text, begin) && word_before(text, begin)) && !(word_before(text, end) && word_at(text, end));
}

/// The next place in (begin, end) where a match may begin: a word, or what is none; `end` if there is none.
std::size_t next_beginning(std::string_view text, std::size_t begin, std::size_t end) {
    std::size_t at = begin + 1;
    while (at < end && (continues_utf8(text[at]) || (is_word(text[at]) && word_before(text, at)))) ++at;
    return at;
}

}  // namespace

struct Expressions::State {
    struct One {
        std::unique_ptr<RE2> expression;
        Weight weight;
    };
    std::vector<One> all;
    RE2::Set set{options(), RE2::UNANCHORED};  ///< says which of them are worth a pass of their own
};

Expressions::Expressions() : state_(std::make_unique<State>()) {}
Expressions::~Expressions() = default;
Expressions::Expressions(Expressions&&) noexcept = default;
Expressions& Expressions::operator=(Expressions&&) noexcept = default;

bool Expressions::empty() const { return state_->all.empty(); }

void Expressions::add(const std::string& pattern, const Weight& weight) {
    auto expression = std::make_unique<RE2>(pattern, options());
    if (!expression->ok() || state_->set.Add(pattern, nullptr) < 0) throw std::invalid_argument("no regular expression: " + pattern);
    state_->all.push_back({std::move(expression), weight});
}

void Expressions::compile() {
    if (!empty() && !state_->set.Compile()) throw std::invalid_argument("the regular expressions of the recognisers need too much memory");
}

std::size_t Expressions::look(std::string_view text, Surroundings& surroundings, std::vector<Sighting>& sightings) const {
    const re2::StringPiece whole(text.data(), text.size());
    std::vector<int> which;
    RE2::Set::ErrorInfo error{RE2::Set::kNoError};
    if (!state_->set.Match(whole, &which, &error)) {
        if (error.kind == RE2::Set::kNoError) return 0;
        // Out of room for its states: each is then tried by itself.
        which.clear();
        for (std::size_t i = 0; i < state_->all.size(); ++i) which.push_back(static_cast<int>(i));
    }
    std::size_t searches = 0;
    for (const int index : which) {
        const auto& one = state_->all[static_cast<std::size_t>(index)];
        re2::StringPiece match;
        for (std::size_t at = 0; at < text.size();) {
            ++searches;
            if (!one.expression->Match(whole, at, text.size(), RE2::UNANCHORED, &match, 1)) break;
            const auto begin = static_cast<std::size_t>(match.data() - text.data()), end = begin + match.size();
            const auto before = sightings.size();
            if (!match.empty() && whole_word(text, begin, end)) one.weight.weigh(text, begin, end, surroundings, sightings);
            at = sightings.size() > before ? end : next_beginning(text, begin, end);
        }
    }
    return searches;
}

}  // namespace bordergate

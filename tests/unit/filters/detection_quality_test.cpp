// How good the built-in recognisers are together, each against all others, on texts of which is known what they hold.
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "filters/detect/evaluation.hpp"
#include "filters/detect/scanner.hpp"
#include "tests/unit/filters/labelled_dates.hpp"
#include "tests/unit/filters/labelled_texts.hpp"

using namespace bordergate;
using testing::LabelledDates;
using testing::LabelledTexts;

namespace {

const Scanner& all() {
    static const Scanner scanner = [] {
        std::vector<Recogniser> active;
        for (const auto& one : builtin_recognisers()) active.push_back({one, ClassId{2}});
        return Scanner(std::move(active));
    }();
    return scanner;
}

std::vector<LabelledSpan> matched(std::string_view text) {
    std::vector<Match> matches;
    all().scan(text, matches);
    std::vector<LabelledSpan> made;
    for (const auto& one : matches) made.push_back({std::string(all().entity(one.entity)), one.begin, one.end});
    return made;
}

}  // namespace

TEST_CASE("what has check digits is found, and taken for nothing else, in the languages of where it is given out") {
    LabelledTexts texts(7);
    Evaluation evaluation;
    std::set<std::string> countries, measured;
    for (const auto& spec : builtin_recognisers()) {
        const bool coded = spec.method == "email" || spec.method == "iban" || spec.method == "card" || spec.method == "ip" || spec.method == "phone";
        // What is no identifier of a country (tokens, addresses of coins) has checks that no chance meets.
        if (!coded && (spec.checksum.empty() || spec.country.empty())) continue;
        for (int i = 0; i < 60; ++i) {
            const auto one = texts.sentence(spec);
            if (one.spans.empty()) break;
            evaluation.add(one.spans, matched(one.text));
            measured.insert(spec.entity);
            if (!spec.country.empty()) countries.insert(spec.country);
        }
        INFO(spec.entity);
        CHECK(measured.contains(spec.entity));
    }
    CHECK(countries.size() >= 12);
    for (const auto& [entity, score] : evaluation.scores()) {
        if (!measured.contains(entity)) continue;
        INFO(entity << ": recall " << score.recall() << ", precision " << score.precision() << " of " << score.labelled << " labelled, " << score.matches << " matches");
        const double bar = entity == "PHONE_NUMBER" ? 0.9 : 0.98;
        CHECK(score.recall() >= bar);
        CHECK(score.precision() >= bar);
    }
    INFO("recall " << evaluation.total().recall() << ", precision " << evaluation.total().precision());
    CHECK(evaluation.total().recall() >= 0.99);
    CHECK(evaluation.total().precision() >= 0.99);
}

TEST_CASE("dates are found whole as they are written in many countries, and what only looks like one is none") {
    LabelledDates dates(17);
    std::map<std::string, Evaluation> countries;
    Evaluation all_dates;
    std::string told;
    const auto dates_in = [](std::string_view text) {
        auto found = matched(text);
        std::erase_if(found, [](const auto& one) { return one.entity != "DATE_TIME"; });
        return found;
    };
    for (std::size_t form = 0; form < LabelledDates::forms(); ++form)
        for (int i = 0; i < 60; ++i) {
            const auto one = dates.sentence(form);
            const auto found = dates_in(one.text);
            countries[LabelledDates::country(form)].add(one.spans, found);
            all_dates.add(one.spans, found);
            const bool whole = found.size() == 1 && found[0].begin == one.spans[0].begin && found[0].end == one.spans[0].end;
            if (!whole && told.size() < 3000) told += one.text + "\n";
        }
    INFO("not found, or not whole:\n" << told);
    CHECK(countries.size() >= 13);  // twelve and more, and what machines write
    for (const auto& [country, evaluation] : countries) {
        const auto score = evaluation.total();
        INFO(country << ": recall " << score.recall() << ", precision " << score.precision() << ", " << score.exact << " exact of " << score.labelled);
        CHECK(score.recall() >= 0.9);
        CHECK(score.precision() >= 0.9);
        CHECK(static_cast<double>(score.exact) >= 0.9 * static_cast<double>(score.labelled));
    }
    // As many sentences again without a date.
    std::string taken;
    for (std::uint64_t i = all_dates.total().labelled; i > 0; --i) {
        const auto text = dates.no_date();
        const auto found = dates_in(text);
        all_dates.add({}, found);
        if (!found.empty() && taken.size() < 2000) taken += text + "\n";
    }
    INFO("taken for dates:\n" << taken);
    const auto score = all_dates.total();
    INFO("recall " << score.recall() << ", precision " << score.precision() << " of " << score.labelled << " labelled, " << score.matches << " matches");
    CHECK(score.recall() >= 0.98);
    CHECK(score.precision() >= 0.98);
}

TEST_CASE("random digits and times since the epoch are hardly ever cards") {
    LabelledTexts texts(11);
    std::size_t cards = 0;
    constexpr std::size_t runs = 40'000;
    for (std::size_t i = 0; i < runs; ++i)
        for (const auto& one : matched("value " + (i % 2 == 0 ? texts.digits(12 + i % 8) : std::to_string(1'500'000'000'000ULL + i * 9'973'123ULL % 300'000'000'000ULL)) + " seen")) cards += one.entity == "CREDIT_CARD" ? 1 : 0;
    INFO(cards << " of " << runs);
    CHECK(cards * 1000 < runs);
}

TEST_CASE("running text with orders, times, prices and versions in it holds next to nothing") {
    LabelledTexts texts(13);
    std::size_t found = 0, numbers = 0;
    std::string told;
    for (int i = 0; i < 500; ++i) {
        const auto text = texts.noise();
        numbers += 30;
        for (const auto& one : matched(text)) {
            ++found;
            if (told.size() < 2000) told += one.entity + " " + text.substr(one.begin, one.end - one.begin) + "\n";
        }
    }
    INFO(told);
    CHECK(found * 200 < numbers);
}

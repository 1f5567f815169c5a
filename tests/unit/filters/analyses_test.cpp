// What analysers are asked, and what becomes of their answers, with one that is a function.
#include "filters/detect/analyses.hpp"

#include <catch2/catch.hpp>

#include "filters/body/text.hpp"
#include "filters/body/text_rewrite.hpp"
#include "filters/detect/deep_scan.hpp"

using namespace bordergate;
using Catch::Contains;

namespace {

const ClassId contact{5}, place{6};

std::vector<Analyser> one_analyser(std::size_t max_text = 1024, std::size_t batch = 32) {
    std::vector<Analyser> made(1);
    made[0].at.id = "ner";
    made[0].entities = {{"PERSON", contact}, {"LOCATION", place}};
    made[0].max_text = max_text;
    made[0].batch = batch;
    return made;
}

/// Finds "Anna Schmidt" and "Kiel".
void answer_all(Analyses& analyses) {
    for (const auto& question : analyses.questions()) {
        std::vector<std::vector<Finding>> found;
        for (const auto& piece : question.pieces) {
            auto& here = found.emplace_back();
            for (const auto& [word, data, entity] : {std::tuple{"Anna Schmidt", contact, "PERSON"}, std::tuple{"Kiel", place, "LOCATION"}})
                for (auto at = piece.text.find(word); at != std::string_view::npos; at = piece.text.find(word, at + 1))
                    here.push_back({at, at + std::string_view(word).size(), entity, ClassSet{data}, 0.9F});
        }
        analyses.answer(question, found);
    }
    analyses.conclude();
}

std::string said(std::string_view text, const std::vector<Finding>& findings) {
    std::string all;
    for (const auto& one : findings) all += (all.empty() ? "" : "|") + std::string(text.substr(one.begin, one.end - one.begin)) + "=" + std::string(one.entity);
    return all;
}

const Scanner& scanner() {
    static const Scanner made({builtin_recogniser("EMAIL_ADDRESS", contact)});
    return made;
}

std::string scanned(Analyses& analyses, std::string_view text) {
    std::vector<Finding> findings;
    deep_scan(scanner(), text, findings, {}, {}, &analyses);
    return said(text, findings);
}

}  // namespace

TEST_CASE("what was answered is found where it stands, encoded or not", "[analyses]") {
    const auto analysers = one_analyser();
    Analyses analyses(analysers, 100'000);
    const std::vector<std::string> texts{"Anna Schmidt, anna@example.org, Kiel", "at=Kiel%20x", "QW5uYSBTY2htaWR0", "Anna Schmidt@example.org"};
    for (const auto& text : texts) (void)scanned(analyses, text);
    CHECK(analyses.asks());
    answer_all(analyses);
    CHECK_FALSE(analyses.asks());
    analyses.settle();
    CHECK(scanned(analyses, texts[0]) == "Anna Schmidt=PERSON|anna@example.org=EMAIL_ADDRESS|Kiel=LOCATION");
    CHECK(scanned(analyses, texts[1]) == "Kiel=LOCATION");
    CHECK(scanned(analyses, texts[2]) == "QW5uYSBTY2htaWR0=PERSON");
    // What overlaps becomes one, named by the surer of the two.
    CHECK(scanned(analyses, texts[3]) == "Anna Schmidt@example.org=EMAIL_ADDRESS");
    CHECK_FALSE(analyses.missed());
}

TEST_CASE("a text that nobody was asked of is a fault, not a text without names", "[analyses]") {
    const auto analysers = one_analyser();
    Analyses analyses(analysers, 100'000);
    analyses.settle();
    (void)scanned(analyses, "12.5, 2026-11-25");
    CHECK_FALSE(analyses.missed());
    Judgement judgement;
    for (auto& cell : judgement.cells) cell.form = Form::clear;
    Findings findings;
    Treatment treatment;
    treatment.judgement = &judgement;
    treatment.scanner = &scanner();
    treatment.analyses = &analyses;
    treatment.findings = &findings;
    std::string out;
    const auto text = make_text(treatment, nullptr, 4096);
    const auto fed = pass_through(*text, "Anna Schmidt", true, out);
    REQUIRE(fed.has_error());
    CHECK(fed.error().code == Code::analyser_failed);
    CHECK_THAT(fed.error().detail, !Contains("Anna"));
    CHECK(out.empty());
    CHECK(analyses.missed());
    std::vector<Replacement> replacements;
    CHECK(treat_text("Kiel", NamedPlace("x"), {}, treatment, replacements).has_error());
}

TEST_CASE("what is not UTF-8 cannot be asked of and is opaque", "[analyses]") {
    const auto analysers = one_analyser();
    Analyses analyses(analysers, 100);
    std::vector<Finding> findings;
    analyses.find("J\xfcrgen", findings);
    REQUIRE(findings.size() == 1);
    CHECK((findings[0].data.has(ClassTree::opaque) && findings[0].end == 6));
    CHECK_FALSE(analyses.asks());
}

TEST_CASE("a text is asked of once, and all together are bounded", "[analyses]") {
    const auto analysers = one_analyser();
    Analyses analyses(analysers, 20);
    std::vector<Finding> findings;
    for (int i = 0; i < 10; ++i) analyses.find("Anna Schmidt", findings);
    REQUIRE(analyses.questions().size() == 1);
    CHECK(analyses.questions()[0].pieces.size() == 1);
    CHECK(analyses.bytes() == 12);
    analyses.find("somebody else", findings);
    REQUIRE(analyses.missed());
    CHECK(analyses.why().code == Code::body_too_large);
}

TEST_CASE("texts go in requests of so many pieces and bytes, to each analyser", "[analyses]") {
    auto analysers = one_analyser(1024, 3);
    analysers.push_back(analysers[0]);
    analysers[1].batch = 1;
    Analyses analyses(analysers, 1'000'000);
    std::vector<Finding> findings;
    for (int i = 0; i < 7; ++i) analyses.find("text " + std::to_string(i) + std::string(300, 'x'), findings);
    std::size_t of_first = 0, of_second = 0;
    for (const auto& question : analyses.questions()) {
        std::size_t bytes = 0;
        for (const auto& piece : question.pieces) bytes += piece.text.size();
        CHECK(bytes <= 1024);
        CHECK(question.pieces.size() <= question.analyser->batch);
        (question.analyser == &analysers[0] ? of_first : of_second) += question.pieces.size();
    }
    CHECK((of_first == 7 && of_second == 7));
}

TEST_CASE("a name is found wherever a long text is cut", "[analyses]") {
    const auto analysers = one_analyser(1024);
    for (std::size_t before = 900; before < 1100; ++before) {
        Analyses analyses(analysers, 1'000'000);
        // With and without spaces to cut at, and with characters of several bytes.
        for (const std::string filler : {"x", "xy ", "ß", "€"}) {
            std::string text;
            while (text.size() < before) text += filler;
            const std::size_t at = text.size() + 1;
            text += " Anna Schmidt ";
            while (text.size() < 5000) text += filler;
            std::vector<Finding> findings;
            analyses.collect();
            analyses.find(text, findings);
            for (const auto& question : analyses.questions())
                for (const auto& piece : question.pieces) {
                    REQUIRE(piece.text.size() <= 1024);
                    REQUIRE(text.substr(piece.begin, piece.text.size()) == piece.text);
                    REQUIRE((static_cast<unsigned char>(piece.text.front()) & 0xc0) != 0x80);
                }
            answer_all(analyses);
            deep_scan(scanner(), text, findings, {}, {}, &analyses);
            REQUIRE(std::any_of(findings.begin(), findings.end(), [at](const auto& one) { return one.begin <= at && one.end >= at + 12 && one.data.has(contact); }));
        }
    }
}

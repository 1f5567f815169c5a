#include "filters/detect/analyser_speech.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;
using Catch::Contains;

namespace {

struct Asked {
    Asked(std::vector<std::string_view> texts, std::size_t batch = 32) {
        analyser.at.id = "ner";
        analyser.entities = {{"PERSON", ClassId{5}}, {"LOCATION", ClassId{6}}};
        analyser.language = "de";
        analyser.threshold = 0.4F;
        analyser.batch = batch;
        question.analyser = &analyser;
        for (const auto text : texts) question.pieces.push_back({text, 0, text});
    }
    std::string read(std::string_view body) const {
        const auto found = read_analysis(question, body);
        if (found.has_error()) {
            CHECK(found.error().code == Code::analyser_failed);
            return found.error().detail;
        }
        std::string all;
        for (std::size_t i = 0; i < found->size(); ++i) {
            all += i == 0 ? "" : ";";
            for (const auto& one : (*found)[i]) all += std::string(question.pieces[i].text.substr(one.begin, one.end - one.begin)) + "=" + std::string(one.entity) + " ";
        }
        return all;
    }
    Analyser analyser;
    AnalyserQuestion question;
};

std::string finding(const std::string& entity, const std::string& start, const std::string& end, const std::string& score = "0.85") {
    return R"({"entity_type":")" + entity + R"(","start":)" + start + R"(,"end":)" + end + R"(,"score":)" + score + "}";
}

}  // namespace

TEST_CASE("a request says texts, language, entities and threshold", "[analyser]") {
    CHECK_THAT(analyser_request(Asked({"Zo\xc3\xab \"x\"\n", "b"}).question), Contains(R"("text":["Zoë \"x\"\n","b"])") && Contains(R"("language":"de")") && Contains(R"("entities":["PERSON","LOCATION"])") && Contains(R"("score_threshold":4)"));
    CHECK_THAT(analyser_request(Asked({"a"}).question), Contains(R"("text":["a"])"));
    CHECK_THAT(analyser_request(Asked({"a"}, 1).question), Contains(R"("text":"a")"));
}

TEST_CASE("spans of an answer count code points, in a list for each text", "[analyser]") {
    const Asked two({"\xf0\x9f\x98\x80 Zo\xc3\xab in L\xc3\xbc""beck", "nobody"});
    CHECK(two.read("[[" + finding("PERSON", "2", "5") + "," + finding("LOCATION", "9", "15", "1") + "],[]]") == "Zoë=PERSON Lübeck=LOCATION ;");
    CHECK(two.read("[[" + finding("PERSON", "2", "5", "0.3") + "],[]]") == ";");
    CHECK(two.read(R"([[{"analysis_explanation":{"a":[1]},"end":5,"entity_type":"PERSON","recognition_metadata":null,"score":1,"start":2}],[]])") == "Zoë=PERSON ;");
    CHECK(Asked({"Zo\xc3\xab"}, 1).read("[" + finding("PERSON", "0", "3") + "]") == "Zoë=PERSON ");
    CHECK(Asked({"x"}, 1).read("[]").empty());
}

TEST_CASE("an answer that is not what was asked for is a fault, with no word of it", "[analyser]") {
    const Asked one({"Zo\xc3\xab"});
    for (const std::string wrong : {"", "{}", "[", "[[]]]", "null", "[]", "[[],[]]", "[{}]", "[[1]]", "[[{}]]", "[[[]]]", R"([[{"entity_type":"PERSON","start":0,"end":1}]])", R"([[{"start":0,"end":1,"score":1}]])",
                                    R"([[{"entity_type":1,"start":0,"end":1,"score":1}]])"})
        CHECK_THAT(one.read(wrong), Contains("analyser ner answered "));
    for (const auto& [start, end] : {std::pair{"0", "0"}, {"2", "1"}, {"0", "4"}, {"-1", "1"}, {"0", "1.5"}, {"0", "\"1\""}, {"0", "null"}, {"0", "99999999999999999999"}, {"18446744073709551615", "1"}})
        CHECK_THAT(one.read("[[" + finding("PERSON", start, end) + "]]"), Contains("a span that does not lie in the text"));
    for (const auto* score : {"-0.1", "1.1", "1e400"}) CHECK_THAT(one.read("[[" + finding("PERSON", "0", "1", score) + "]]"), Contains("analyser ner answered "));
    CHECK_THAT(one.read("[[" + finding("SECRET", "0", "1") + "]]"), Contains("an entity that it was not asked for") && !Contains("SECRET"));
    // A list for each text where one text was sent as a string is another form.
    CHECK_THAT(Asked({"x"}, 1).read("[[]]"), Contains("no finding"));
}

#include "filters/detect/evaluation.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

TEST_CASE("recall, precision and F1 by entity") {
    Evaluation evaluation;
    evaluation.add({{"A", 0, 5}, {"A", 10, 15}, {"B", 20, 25}}, {{"A", 0, 5}, {"A", 12, 18}, {"A", 30, 31}, {"C", 20, 25}});
    const auto& a = evaluation.scores().at("A");
    CHECK(a.recall() == 1);
    CHECK(a.exact == 1);
    CHECK(a.precision() == Approx(2.0 / 3));
    CHECK(a.f1() == Approx(0.8));
    CHECK(evaluation.scores().at("B").recall() == 0);
    CHECK(evaluation.scores().at("C").precision() == 0);
    CHECK(evaluation.total().labelled == 3);
    CHECK(evaluation.total().recall() == Approx(2.0 / 3));
}

TEST_CASE("characters are counted as code points") {
    const std::string_view text = "a\xc3\xa9\xf0\x9f\x98\x80z";
    CHECK(byte_of_character(text, 0) == 0);
    CHECK(byte_of_character(text, 2) == 3);
    CHECK(byte_of_character(text, 3) == 7);
    CHECK(byte_of_character(text, 9) == 8);
}

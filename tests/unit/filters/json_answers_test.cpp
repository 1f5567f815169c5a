#include "filters/body/json_answers.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

TEST_CASE("what is before the first value without its answers is settled") {
    const auto path = JsonPath::compile("$[?@.a, ?@.b]").value(), other = JsonPath::compile("$[?@.c]").value();
    JsonAnswers answers;
    CHECK(answers.settled(7) == 7);
    const auto first = answers.ask(10, path, 3), second = answers.ask(10, other, 1), third = answers.ask(20, path, 2);
    answers.answer(third, 1, false);
    CHECK(answers.settled(30) == 10);
    answers.answer(first, 1, true);
    answers.answer(first, 0, false);
    CHECK(answers.settled(30) == 10);
    answers.answer(second, 0, false);
    CHECK(answers.settled(30) == 30);
    CHECK((answers.of(path, 10) & 3) == 2);
    CHECK((answers.of(other, 10) & 1) == 0);
    CHECK(answers.of(other, 15) == JsonPath::unasked);
    CHECK((answers.of(path, 20) & 3) == 1);
}

TEST_CASE("answers that were asked for are forgotten, however many there are") {
    const auto path = JsonPath::compile("$[?@.a]").value();
    JsonAnswers answers;
    for (std::size_t i = 0; i < 10000; ++i) {
        const auto row = answers.ask(i, path, 1);
        answers.answer(row, 0, i % 2 == 0);
        if (i >= 100) {
            CHECK(answers.settled(i + 1) == i + 1);
            REQUIRE((answers.of(path, i - 100) & 1) == (i % 2 == 0 ? 1 : 0));
        }
    }
}

#include "filters/mask/dictionary.hpp"

#include <catch2/catch.hpp>
#include <set>

using namespace bordergate;

namespace {

std::string word(std::vector<std::string> words, std::string_view value, std::array<std::uint8_t, 64> key = {7}, std::string_view entity = "PERSON") {
    MaskParameters how;
    how.words = std::move(words);
    std::string out = "-";
    const auto done = replace_dictionary(how, key, entity, value, out);
    if (done.has_value()) return out.substr(1);
    CHECK(out == "-");
    return "!" + std::string(info(done.error().code).name);
}

}  // namespace

TEST_CASE("equal values have one word, and all words are used", "[dictionary]") {
    const std::vector<std::string> names{"Alex", "Kim", "Robin", "Sascha"};
    std::set<std::string> seen, of_other_key;
    for (int i = 0; i < 100; ++i) {
        const auto value = "person " + std::to_string(i);
        const auto one = word(names, value);
        CHECK(one == word(names, value));
        seen.insert(one);
        if (word(names, value, {8}) != one) of_other_key.insert(value);
    }
    CHECK(seen == std::set<std::string>(names.begin(), names.end()));
    CHECK(of_other_key.size() > 50);
}

TEST_CASE("no value stands for itself", "[dictionary]") {
    const std::vector<std::string> names{"Alex", "Kim"};
    for (std::uint8_t i = 0; i < 20; ++i) {
        CHECK(word(names, "Alex", {i}) == "Kim");
        CHECK(word(names, "Kim", {i}) == "Alex");
    }
    CHECK(word({"Alex"}, "Kim") == "Alex");
    CHECK(word({"Alex"}, "Alex") == "!internal");
    CHECK(word({}, "Alex") == "!internal");
}

#include "filters/body/json_marks.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

TEST_CASE("what paths say of a value is kept up to date with the document", "[marks]") {
    JsonPaths paths;
    paths.model = JsonPath::compile("$.model").value();
    paths.tool_arguments.push_back(JsonPath::compile("$.call").value());
    paths.selectors.push_back({JsonPath::compile("$.call.x").value(), ClassSet{ClassTree::opaque}});
    const std::vector<JsonPath> subjects{JsonPath::compile("$.id").value()};
    JsonMarks marks(&paths, subjects);
    CHECK(marks.any());
    CHECK_FALSE(JsonMarks(nullptr, {}).any());
    const auto at = [&](std::vector<JsonStep> steps) { marks.at(steps); };
    at({});
    marks.open(0);
    at({{"model"}});
    CHECK((marks.is_model() && marks.decides() && !marks.tool_arguments()));
    at({{"id"}});
    CHECK((!marks.is_model() && marks.decides()));
    CHECK(marks.subject(subjects[0]) == nullptr);
    marks.says(1, "7");
    at({{"call"}});
    CHECK((marks.tool_arguments() && !marks.decides()));
    marks.open(1);
    at({{"call"}, {"x"}});
    CHECK((marks.tool_arguments() && marks.declared() == ClassSet{ClassTree::opaque}));
    marks.close(1);
    at({{"y"}});
    CHECK((!marks.tool_arguments() && marks.declared().empty() && !marks.decides()));
    marks.says(1, "8");
    REQUIRE(marks.subject(subjects[0]));
    CHECK(*marks.subject(subjects[0]) == "7");
    marks.close(0);
    CHECK(marks.subject(subjects[0]) == nullptr);
}

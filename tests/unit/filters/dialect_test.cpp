#include "filters/dialect/dialect.hpp"

#include <catch2/catch.hpp>

#include "filters/body/json_path.hpp"
#include "filters/dialect/refusal.hpp"

using namespace bordergate;
using Catch::Contains;
using Catch::StartsWith;

TEST_CASE("each dialect is found by its id") {
    for (std::size_t i = 0; i < dialect_ids.size(); ++i) CHECK(dialect(dialect_ids[i]).name() == dialect_names[static_cast<std::size_t>(dialect_ids[i])]);
    CHECK(dialect_ids.size() == dialect_names.size());
}

TEST_CASE("a sentence says who failed, what to do, the rule and the attempt, in this order") {
    const Fault refused{Code::limited, "health may not leave", "no-health", "GDPR Art. 9"};
    CHECK(refusal_sentence(refused, {"a-1"}) == "Bordergate refused this: health may not leave. " +
                                                    std::string(info(Code::limited).advice) +
                                                    " Rule: no-health, GDPR Art. 9. Attempt: a-1.");
    CHECK_THAT(refusal_sentence(fault(Code::upstream_timeout, "it was silent."), {}),
               StartsWith("The destination did not answer as it should: it was silent. ") && !Contains("Rule") &&
                   !Contains("Attempt"));
}

TEST_CASE("a rule without a reference is named alone") {
    CHECK_THAT(refusal_sentence({Code::limited, "no", "mine", ""}, {}), Contains(" Rule: mine."));
}

TEST_CASE("every path in the tables can be decided while streaming") {
    for (const auto id : dialect_ids)
        for (const auto& one : dialect(id).endpoints()) {
            std::vector<std::string_view> paths;
            if (!one.model_path.empty()) paths.push_back(one.model_path);
            for (auto list : {one.opaque, one.signed_blocks, one.tool_arguments}) paths.insert(paths.end(), list.begin(), list.end());
            for (const auto& piece : one.pieces) paths.push_back(piece.path);
            for (auto path : paths) {
                INFO(one.path << " " << path);
                CHECK(JsonPath::compile(path).has_value());
            }
        }
}

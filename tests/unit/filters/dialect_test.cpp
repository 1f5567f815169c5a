#include "filters/dialect/dialect.hpp"

#include <catch2/catch.hpp>

#include "filters/dialect/openai.hpp"

using namespace bordergate;
using Catch::Contains;
using Catch::StartsWith;

TEST_CASE("each dialect is found by its id") {
    CHECK(dialect(DialectId::openai).name() == "openai");
    CHECK(dialect(DialectId::none).name() == "none");
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

#include "filters/body/json_subjects.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

namespace {
std::string now(const JsonSubjects& subjects, const JsonPath& path) {
    const auto* found = subjects.find(path);
    return found ? *found : "none";
}
}  // namespace

TEST_CASE("a subject lasts as long as its record", "[subjects]") {
    const auto each = JsonPath::compile("$[*].patient.id").value(), any = JsonPath::compile("$..id").value(), one = JsonPath::compile("$.meta.id").value();
    CHECK(each.record_depth(3) == 1);
    CHECK(any.record_depth(1) == 0);
    CHECK(any.record_depth(4) == 3);
    CHECK(one.record_depth(2) == 0);
    CHECK(JsonPath::compile("$.a['x','y'].id")->record_depth(3) == 2);
    CHECK(JsonPath::compile("$.a[3].id")->record_depth(3) == 0);
    CHECK(JsonPath::compile("$.a[3:].id")->record_depth(3) == 2);
    CHECK(JsonPath::compile("$..*")->record_depth(3) == 3);
    JsonSubjects subjects;
    CHECK(now(subjects, each) == "none");
    subjects.found(each, 3, "a");
    subjects.close(2);  // the object called patient
    CHECK(now(subjects, each) == "a");
    subjects.close(1);  // the element
    CHECK(now(subjects, each) == "none");
    subjects.found(one, 2, "m");
    subjects.close(1);
    CHECK(now(subjects, one) == "m");
    CHECK(now(subjects, each) == "none");
}

TEST_CASE("of records in records the innermost counts, while it lasts", "[subjects]") {
    const auto any = JsonPath::compile("$..id").value();
    JsonSubjects subjects;
    subjects.found(any, 1, "outer");
    subjects.found(any, 3, "inner");
    CHECK(now(subjects, any) == "inner");
    subjects.close(2);
    CHECK(now(subjects, any) == "outer");
    subjects.found(any, 3, "next");
    CHECK(now(subjects, any) == "next");
    subjects.close(0);
    CHECK(now(subjects, any) == "none");
}

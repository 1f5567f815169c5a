#include "filters/body/json_pointer.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

TEST_CASE("a pointer shows names and indices, and never what could be a value") {
    const auto pointer = [](std::string_view name) {
        const JsonStep steps[] = {{"users", 0, false}, {{}, 12, true}, {name, 0, false}};
        std::string out = "/before";
        append_pointer(steps, out);
        return out;
    };
    CHECK(pointer("patient_id") == "/before/users/12/patient_id");
    for (auto value : {"anna@example.org", "0301234567", "a b", "", "M\xc3\xbcller", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
        INFO(value);
        CHECK(pointer(value) == "/before/users/12/*");
    }
}

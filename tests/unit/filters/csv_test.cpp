#include "filters/body/csv.hpp"

#include <catch2/catch.hpp>

#include "tests/support/every_split.hpp"
#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::at_every_split;
using bordergate::testing::transformed;
using bordergate::testing::World;

namespace {

struct Given {
    const char* path = nullptr;
    bool tabs = false, header = true;
    std::size_t hold_back = 4096;
};

/// What becomes of `in`, the same at every split.
std::string treated(std::string_view in, const Given& given = {}) {
    return at_every_split(in.size(), [&](std::size_t step) {
        World world;
        world.cell("identifier").form = Form::mask;
        world.judgement.sort(world.classes.all());
        JsonPaths paths;
        if (given.path) paths.selectors.push_back({JsonPath::compile(given.path).value(), ClassSet{*world.classes.find("contact")}});
        NamedValuesSpec spec;
        spec.treatment = &world.treatment;
        spec.paths = &paths;
        spec.bounds = {given.hold_back, 32};
        const auto table = make_csv(spec, given.tabs, given.header);
        return transformed(*table, in, step);
    });
}

}  // namespace

TEST_CASE("fields of a table are treated one by one; the rest stays as it was") {
    CHECK(treated("") == "");
    CHECK(treated("a,b\r\n1, x \r\n\r\n") == "a,b\r\n1, x \r\n\r\n");
    CHECK(treated("id,mail\n1,a@b.de\n2,\"c@d.fr\"") == "id,mail\n1,<EMAIL_ADDRESS>\n2,\"<EMAIL_ADDRESS>\"");
    CHECK(treated("id;mail\n1;a@b.de,c@d.fr\n") == "id;mail\n1;<EMAIL_ADDRESS>,<EMAIL_ADDRESS>\n");
    CHECK(treated("note\n\"say \"\"hi\"\" to a@b.de\"\n") == "note\n\"say \"\"hi\"\" to <EMAIL_ADDRESS>\"\n");
    CHECK(treated("note\n\"two\nlines\"\n") == "note\n\"two\nlines\"\n");
    CHECK(treated("a\tb\n1\ta@b.de\n", {nullptr, true}) == "a\tb\n1\t<EMAIL_ADDRESS>\n");
    CHECK(treated("a@b.de,x\n1,2\n") == "<EMAIL_ADDRESS>,x\n1,2\n");
}

TEST_CASE("columns are declared by their name, or by their number where there are none") {
    CHECK(treated("id,name\n1,Anna\n2,\n", {"$.name"}) == "id,name\n1,<contact>\n2,<contact>\n");
    CHECK(treated("\xef\xbb\xbfname,id\nAnna,1\n", {"$.name"}) == "\xef\xbb\xbfname,id\n<contact>,1\n");
    CHECK(treated("id, name \n1,Anna\n", {"$.name"}) == "id, name \n1,<contact>\n");
    CHECK(treated("Anna,1\nBen,2", {"$['1']", false, false}) == "<contact>,1\n<contact>,2");
    CHECK(treated("\"name\";id\r\nAnna;1\r\n", {"$.name"}) == "\"name\";id\r\n<contact>;1\r\n");
}

TEST_CASE("the name of a column announces what stands in it") {
    CHECK(treated("bsn,order\n111222333,111222333\n") == "bsn,order\n<NL_BSN>,111222333\n");
}

TEST_CASE("tables that cannot be read are refused") {
    CHECK(treated("a,b\n\"x\"y,1\n") == "!body_invalid");
    CHECK(treated("a,b\nx\"y,1\n") == "!body_invalid");
    CHECK(treated("a,b\n\"x") == "!body_invalid");
    CHECK(treated("a\n\xff\n") == "!body_invalid");
    CHECK(treated("a\n" + std::string(100, 'x'), {nullptr, false, true, 50}) == "!body_too_large");
    CHECK(treated(std::string(1500, '\t'), {nullptr, true, true, 50}) == "!body_too_large");
    CHECK(treated("acct\nDE89370400440532013000\n") == "!no_permit");
}

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
        return table.has_error() ? "!" + table.error().detail : transformed(**table, in, step);
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

TEST_CASE("two kinds of separators in the first row are refused, for nobody can tell which separates columns") {
    CHECK(treated("id;name,mail\n1;Anna,x\n", {"$.name"}) == "!body_invalid");
    CHECK(treated("id\tname;mail\n1\tAnna;x\n") == "!body_invalid");
    CHECK(treated("id|name,mail") == "!body_invalid");
    CHECK(treated("1;2,5\n", {nullptr, false, false}) == "!body_invalid");
    // In quotes it is text; and what is declared to be separated by tabs is.
    CHECK(treated("id,\"name; mail\"\n1,a@b.de\n") == "id,\"name; mail\"\n1,<EMAIL_ADDRESS>\n");
    CHECK(treated("id\tlast, first\n1\tAnna\n", {"$['last, first']", true}) == "id\tlast, first\n1\t<contact>\n");
    CHECK(treated("id|name\n1|Anna\n", {"$.name"}) == "id|name\n1|<contact>\n");
}

TEST_CASE("a carriage return that stands alone outside quotes is refused") {
    CHECK(treated("id,name\r1,Anna\r", {"$.name"}) == "!body_invalid");
    CHECK(treated("id\tname\r1\tAnna\r", {"$.name", true}) == "!body_invalid");
    CHECK(treated("id,name\n1,An\rna\n", {"$.name"}) == "!body_invalid");
    CHECK(treated("id,name\n1,Anna\r", {"$.name"}) == "!body_invalid");
    CHECK(treated("id,name\r\r\n1,Anna\r\r\n", {"$.name"}) == "!body_invalid");
    CHECK(treated("id,name\n1,\"An\rna\"\n", {"$.name"}) == "id,name\n1,\"<contact>\"\n");
    CHECK(treated("id,\"na\rme\"\r\n1,Anna\r\n", {"$['na\\rme']"}) == "id,\"na\rme\"\r\n1,<contact>\r\n");
}

TEST_CASE("a carriage return between two quoted fields does not join them to one") {
    CHECK(treated("a\n\"a\"\r\"b\"\n") == "!body_invalid");
    CHECK(treated("\"a\"\r\"b\"") == "!body_invalid");
}

TEST_CASE("a table without a header has columns by number only: a rule that names one refuses it") {
    const std::string refused = "!the table has no header, and the rule declares columns by their names";
    for (const auto* path : {"$.name", "$..name", "$['1','name']", "$['01']"}) CHECK(treated("1,Anna\n", {path, false, false}) == refused);
    CHECK(treated("1,Anna\n", {"$['2']", false, false}) == "1,<contact>\n");
    CHECK(treated("1,Anna\n", {"$.*", false, false}) == "<contact>,<contact>\n");
    // A path of documents has nothing to say of columns.
    CHECK(treated("1,Anna\n", {"$.people[*].name", false, false}) == "1,Anna\n");
}

TEST_CASE("a declared column that the header does not have is absent; a first row that is no header is refused") {
    CHECK(treated("id,nom\n1,Anna\n", {"$.name"}) == "id,nom\n1,Anna\n");
    CHECK(treated("\nid,name\n1,Anna\n", {"$.name"}) == "!body_invalid");
    CHECK(treated(",\nid,name\n", {"$.name"}) == "!body_invalid");
    CHECK(treated("sep=;\r\nid;name\r\n1;Anna\r\n", {"$.name"}) == "!body_invalid");
    CHECK(treated("SEP=,", {"$.name"}) == "!body_invalid");
    CHECK(treated("\n1\n", {nullptr, false, false}) == "\n1\n");
}

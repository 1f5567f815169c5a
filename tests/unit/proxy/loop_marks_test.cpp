#include "proxy/loop_marks.hpp"

#include <catch2/catch.hpp>
#include <set>

using namespace bordergate;

namespace {

std::shared_ptr<const LoopMarks> marks() {
    auto made = LoopMarks::make();
    REQUIRE(made.has_value());
    return *made;
}

/// What is handed on of CDN-Loop; `!code` on a fault.
std::string read(const LoopMarks& by, std::initializer_list<std::string> lines) {
    Fields fields;
    for (const auto& line : lines) fields.add("CDN-Loop", line);
    const auto before = by.read(fields);
    return before.has_error() ? "!" + std::string(info(before.error().code).name) : *before;
}

const std::string foreign(32, 'a'), another(32, '7');

}  // namespace

TEST_CASE("a mark is recognised by its process and by no other, wherever it stands") {
    const auto ours = marks(), others = marks();
    const std::string mark = ours->issue().value();
    CHECK(mark.size() == 32);
    CHECK(mark.find_first_not_of("0123456789abcdef") == std::string::npos);
    for (const auto& line : {mark, foreign + ", " + mark, mark + "," + foreign, "cdn.example;a=b, " + mark + " ;x=y", " , " + mark}) {
        INFO(line);
        CHECK(read(*ours, {line}) == "!forwarding_loop");
        CHECK(read(*ours, {foreign, line}) == "!forwarding_loop");
        CHECK(read(*others, {line}).find(mark) != std::string::npos);
    }
    for (std::size_t i = 0; i < mark.size(); ++i) {
        std::string damaged = mark;
        damaged[i] = damaged[i] == '0' ? '1' : '0';
        CHECK(read(*ours, {damaged}) == damaged);
    }
}

TEST_CASE("two marks of one process have nothing in common") {
    const auto ours = marks();
    std::set<std::string> nonces, proofs;
    for (int i = 0; i < 200; ++i) {
        const auto mark = ours->issue().value();
        nonces.insert(mark.substr(0, 16));
        proofs.insert(mark.substr(16));
    }
    CHECK(nonces.size() == 200);
    CHECK(proofs.size() == 200);
}

TEST_CASE("marks of others are handed on in order, and nothing else is") {
    const auto ours = marks();
    CHECK(read(*ours, {}) == "");
    CHECK(read(*ours, {foreign + "," + another + ";hop=1", foreign}) == foreign + ", " + another + ", " + foreign);
    for (const auto& text : {std::string("ann@example.org"), std::string("cdn.example:80"), std::string(31, 'a'), std::string(33, 'a'), std::string(32, 'A'), std::string(32, 'g'), std::string(",;,"), "\"" + foreign + "\""}) {
        INFO(text);
        CHECK(read(*ours, {text}) == "");
    }
    Fields told;
    REQUIRE(ours->add(read(*ours, {foreign, "ann@example.org"}), told).has_value());
    CHECK(told.get("cdn-loop")->starts_with(foreign + ", "));
    CHECK(told.get("cdn-loop")->size() == 2 * 32 + 2);
    CHECK(ours->read(told).has_error());
}

TEST_CASE("a request that has passed too many gateways is in a loop") {
    const auto ours = marks();
    std::string list = foreign;
    for (std::size_t i = 2; i < LoopMarks::most_hops; ++i) list += "," + another;
    CHECK(read(*ours, {list}) != "!forwarding_loop");
    CHECK(read(*ours, {list, foreign}) == "!forwarding_loop");
    CHECK(read(*ours, {list + ",cdn.example"}) != "!forwarding_loop");
}

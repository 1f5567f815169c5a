// Matches that overlap: nothing of any of them stays in clear, and each one's class counts.
#include "filters/detect/overlaps.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <random>

#include "filters/body/text.hpp"
#include "filters/body/text_rewrite.hpp"
#include "filters/detect/deep_scan.hpp"
#include "tests/support/every_split.hpp"
#include "tests/support/world.hpp"

using namespace bordergate;
using testing::at_every_split;
using testing::transformed;
using testing::World;

namespace {

Recogniser recogniser(std::string entity, std::string pattern, ClassId data, float score) {
    Recogniser made;
    made.spec.entity = std::move(entity);
    made.spec.patterns = {std::move(pattern)};
    made.spec.alone = score;
    made.data = data;
    return made;
}

/// LONG is less certain than the SHORT inside it, and TAIL overlaps its end.
void set_up(World& world, std::string_view of_long, std::string_view of_short, std::string_view of_tail) {
    const auto id = [&](std::string_view name) { return *world.classes.find(name); };
    world.scanner = Scanner({recogniser("LONG", "case [a-z]{2,8} \\d{3} of [a-z]{2,8}", id(of_long), 0.6F), recogniser("SHORT", "\\d{3}", id(of_short), 0.9F), recogniser("TAIL", "of [a-z]{2,8} [a-z]{2}x", id(of_tail), 0.7F)});
}

std::string rewritten(World& world, std::string_view text) {
    world.judgement.sort(world.classes.all());
    std::string out;
    const Status done = rewrite_text(text, NamedPlace("body"), {}, world.treatment, out);
    return done.has_error() ? "!" + std::string(info(done.error().code).name) : out;
}

constexpr std::string_view overlapping = "see case anna 123 of berlin abx now, and 456 of the others";

/// Every byte that is not covered stays, and each covered piece gives way to the classes of what covers it.
std::string told(std::vector<Finding> findings, ClassSet harmless = {}) {
    join_overlaps(findings, 0, harmless);
    std::string out;
    for (const auto& one : findings) out += (out.empty() ? "" : " ") + std::string(one.entity) + "[" + std::to_string(one.begin) + "," + std::to_string(one.end) + ")=" + std::to_string(one.data.bits());
    return out;
}

constexpr ClassId a{0}, b{1}, c{2};

}  // namespace

TEST_CASE("findings that overlap are one, as far as they reach together", "[overlaps]") {
    CHECK(told({}) == "");
    CHECK(told({{0, 3, "A", {a}, 1}, {3, 5, "B", {b}, 1}}) == "A[0,3)=1 B[3,5)=2");
    CHECK(told({{0, 9, "A", {a}, 0.6F}, {2, 4, "B", {b}, 1}}) == "B[0,9)=3");
    CHECK(told({{2, 4, "B", {b}, 0.6F}, {0, 9, "A", {a}, 0.6F}}) == "A[0,9)=3");
    CHECK(told({{0, 4, "A", {a}, 0.6F}, {0, 4, "B", {b}, 0.6F}}) == "A[0,4)=3");
    CHECK(told({{0, 4, "A", {a}, 0.9F}, {3, 9, "B", {b}, 0.6F}, {8, 12, "C", {c}, 0.7F}, {12, 13, "A", {a}, 1}}) == "A[0,12)=7 A[12,13)=1");
    // Not what they are named by together, but each by itself decides how long it is.
    CHECK(told({{0, 6, "A", {a}, 0.6F}, {5, 9, "B", {b}, 0.6F}, {8, 13, "C", {c}, 0.6F}}) == "A[0,13)=7");
}

TEST_CASE("what may go in clear lengthens nothing that may not", "[overlaps]") {
    CHECK(told({{0, 9, "A", {a}, 1}, {2, 4, "B", {b}, 0.5F}, {6, 8, "C", {c}, 0.5F}}, {a}) == "B[2,4)=3 C[6,8)=5");
    CHECK(told({{0, 9, "A", {a}, 1}, {2, 4, "B", {b}, 0.5F}}, {a, b}) == "A[0,9)=3");
    CHECK(told({{0, 9, "A", {a}, 1}, {2, 4, "B", {b}, 0.5F}}, {b}) == "A[0,9)=3");
    // The second overlaps only the first, which may go in clear as well: it is told by itself.
    CHECK(told({{0, 5, "A", {b}, 1}, {3, 9, "B", {a}, 1}, {8, 12, "C", {a}, 1}}, {a}) == "A[0,5)=3 C[8,12)=1");
}

TEST_CASE("joined findings cover what there was, in any order, and no two of them overlap", "[overlaps]") {
    std::mt19937 random(5);
    for (int round = 0; round < 2000; ++round) {
        std::vector<Finding> findings;
        std::array<unsigned, 64> classes{};
        const ClassSet harmless = round % 3 == 0 ? ClassSet{} : round % 3 == 1 ? ClassSet{a} : ClassSet{a, b};
        for (unsigned i = 0; i < 1 + random() % 12; ++i) {
            const std::size_t begin = random() % 50, end = begin + 1 + random() % 14;
            const ClassId data{static_cast<std::uint8_t>(random() % 3)};
            findings.push_back({begin, end, "X", {data}, static_cast<float>(random() % 3)});
            for (auto at = begin; at < end; ++at) classes[at] |= 1U << static_cast<unsigned>(data);
        }
        join_overlaps(findings, 0, harmless);
        std::size_t done = 0;
        for (const auto& one : findings) {
            REQUIRE(one.begin >= done);
            REQUIRE(one.end > one.begin);
            done = one.end;
            for (auto at = one.begin; at < one.end; ++at) {
                CHECK(classes[at] != 0);
                // All that covers it counts, but for what may go in clear next to what may.
                CHECK((classes[at] & ~one.data.bits() & ~(harmless.covers(one.data) ? harmless.bits() : 0)) == 0);
                classes[at] = 0;
            }
        }
        // What is left over may go in clear.
        for (const auto left : classes) CHECK((left & ~harmless.bits()) == 0);
    }
}

TEST_CASE("a certain short match leaves nothing of a longer one in clear", "[overlaps]") {
    World world;
    set_up(world, "contact", "contact", "contact");
    CHECK(rewritten(world, overlapping) == "see <SHORT> now, and <SHORT> of the others");
    CHECK(world.findings.values == 2);
}

TEST_CASE("of the classes of overlapping matches the strictest form wins", "[overlaps]") {
    World world;
    set_up(world, "health", "contact", "personal");
    CHECK_THAT(rewritten(world, overlapping), Catch::StartsWith("see {") && Catch::Contains("health") && Catch::EndsWith("} abx now, and <SHORT> of the others"));
    CHECK(world.findings.classes.has(*world.classes.find("personal")));
    world.cell("personal").form = Form::seal;
    CHECK_THAT(rewritten(world, overlapping), Catch::StartsWith("see {") && Catch::Contains("personal") && Catch::EndsWith("} now, and <SHORT> of the others"));
    set_up(world, "contact", "contact", "account");
    CHECK(rewritten(world, overlapping) == "!no_permit");
}

TEST_CASE("what may go in clear stays around what may not", "[overlaps]") {
    World world;
    set_up(world, "personal", "contact", "personal");
    CHECK(rewritten(world, overlapping) == "see case anna <SHORT> of berlin abx now, and <SHORT> of the others");
}

TEST_CASE("a report tells the best of overlapping matches, where it stands itself", "[overlaps]") {
    World world;
    set_up(world, "health", "contact", "personal");
    std::vector<Finding> findings;
    deep_matches(world.scanner, overlapping, findings);
    REQUIRE(findings.size() == 3);
    CHECK(findings[0].entity == "SHORT");
    CHECK(overlapping.substr(findings[0].begin, findings[0].end - findings[0].begin) == "123");
    CHECK(findings[1].entity == "TAIL");
    CHECK(findings[0].data == ClassSet{*world.classes.find("contact")});
}

TEST_CASE("a report tells the best of what two readings of a text find, and no mixture of them", "[overlaps]") {
    World world;
    const auto contact = *world.classes.find("contact"), personal = *world.classes.find("personal");
    world.scanner = Scanner({recogniser("WRITTEN", "case%20\\d{3}", contact, 0.9F), recogniser("MEANT", "case \\d{3} of [a-z]{3}", personal, 0.6F)});
    const std::string_view text = "a case%20123 of tea, and case%20of 5";
    std::vector<Finding> findings;
    deep_matches(world.scanner, text, findings);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].entity == "WRITTEN");
    CHECK(findings[0].score == 0.9F);
    CHECK(findings[0].data == ClassSet{contact});
    CHECK(text.substr(findings[0].begin, findings[0].end - findings[0].begin) == "case%20123");
}

TEST_CASE("overlapping matches are one wherever a stream is split", "[overlaps]") {
    World world;
    set_up(world, "health", "contact", "contact");
    world.judgement.sort(world.classes.all());
    std::string text(overlapping);
    for (int i = 0; i < 8; ++i) text += " and then case anna 123 of berlin abx";
    const auto out = at_every_split(text.size(), [&](std::size_t step) { return transformed(*make_text(world.treatment, nullptr, 2048), text, step); });
    CHECK(out == rewritten(world, text));
    CHECK(out.find("berlin") == std::string::npos);
}

TEST_CASE("a chain of overlapping matches longer than any of them is one value, in windows too", "[overlaps]") {
    World world;
    const std::size_t links = 300;
    std::string chain = "a@b.de";
    while (chain.size() < links * 9) chain += "@cc.example.org";
    CHECK(rewritten(world, "to " + chain + " end") == "to <EMAIL_ADDRESS> end");
    for (std::size_t before : {0U, 1000U, 7000U, 7900U, 8100U}) {
        INFO(before);
        std::string front;
        while (front.size() < before) front += "word ";
        const auto text = front + "to " + chain + " end";
        CHECK(transformed(*make_text(world.treatment, nullptr, 8192), text, 1000) == front + "to <EMAIL_ADDRESS> end");
    }
}

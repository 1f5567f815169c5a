#include "filters/body/text_rewrite.hpp"

#include <catch2/catch.hpp>
#include <array>
#include <random>

#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::World;

namespace {

constexpr std::string_view iban = "DE89370400440532013000";

std::string rewritten(World& world, std::string_view text, std::string_view declared = {}) {
    std::string out;
    ClassSet classes;
    if (!declared.empty()) classes.add(*world.classes.find(declared));
    const Status done = rewrite_text(text, NamedPlace("body"), classes, world.treatment, out);
    return done.has_error() ? "!" + std::string(info(done.error().code).name) : out;
}

/// Prose with something to find at every turn, from a fixed seed.
std::string prose(unsigned seed, std::size_t size) {
    static constexpr std::array<std::string_view, 15> pieces{
        "a@b.de",     " ",       "lorem ",  "4111 1111 1111 1111", "\n", "anna.schmidt@example.org", "\xc3\xa4\xc3\xa4", "\xf0\x9f\x98\x80",
        "192.0.2.17", ", tel. ", "+49 30 ", "1234567890123456789012345678901234567890", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "@",
        "l.o.n.g@a-very-long-label-of-a-host-that-nobody-has.another-very-long-label-of-a-host-that-nobody-has.a-third-very-long-label-of-a-host.example.org",
    };
    std::mt19937 random(seed);
    std::string text;
    while (text.size() < size) text += pieces[random() % pieces.size()];
    return text;
}

/// `text` treated in windows of `size` bytes, as the transforms do it.
std::string in_windows(World& world, std::string_view text, std::size_t size) {
    std::string held, out;
    std::size_t from = 0;
    while (true) {
        const auto taken = std::min(text.size(), size - (held.size() - from));
        held.append(text.substr(0, taken));
        text.remove_prefix(taken);
        // A window ends between characters.
        while (!text.empty() && (static_cast<unsigned char>(text.front()) & 0xc0) == 0x80) {
            held += text.front();
            text.remove_prefix(1);
        }
        std::vector<Replacement> replacements;
        std::size_t cut = 0;
        const auto found = treat_window(held, from, text.empty(), NamedPlace("body"), world.treatment, replacements, cut);
        REQUIRE(found.has_value());
        REQUIRE(cut > from);
        for (const auto& one : replacements) {
            REQUIRE(one.begin >= from);
            REQUIRE(one.end <= cut);
            out.append(held, from, one.begin - from).append(one.text);
            from = one.end;
        }
        out.append(held, from, cut - from);
        if (text.empty() && cut == held.size()) return out;
        const auto context = std::string(window_context(held, cut));
        held = context + held.substr(cut);
        from = context.size();
    }
}

}  // namespace

TEST_CASE("each match goes by the form of its own class") {
    World world;
    CHECK(rewritten(world, "") == "");
    CHECK(rewritten(world, "nothing here") == "nothing here");
    CHECK(rewritten(world, "a@b.de and 4111 1111 1111 1111") == "<EMAIL_ADDRESS> and 4111 1111 1111 1111");
    CHECK(rewritten(world, "a@b.de,c@d.fr") == "<EMAIL_ADDRESS>,<EMAIL_ADDRESS>");
    CHECK(world.findings.values == 4);
    CHECK(world.findings.entities.at("EMAIL_ADDRESS") == 3);
    CHECK(world.findings.entities.at("CREDIT_CARD") == 1);
    CHECK(world.findings.pointers == std::vector<std::string>{"body"});
    world.cell("contact").form = Form::seal;
    CHECK(rewritten(world, "a@b.de") == "{contact}");
}

TEST_CASE("a declared text is one value, and goes by the lowest of all its classes") {
    World world;
    CHECK(rewritten(world, "Anna, born in May", "health") == "{health}");
    CHECK(rewritten(world, "Anna", "personal") == "Anna");
    CHECK(rewritten(world, "a@b.de", "personal") == "<personal>");
    CHECK(rewritten(world, "Anna, " + std::string(iban), "health") == "!no_permit");
}

TEST_CASE("without a scanner only what is declared is treated") {
    World world;
    world.treatment.scanner = nullptr;
    CHECK(rewritten(world, "a@b.de") == "a@b.de");
    CHECK(rewritten(world, "a@b.de", "health") == "{health}");
    CHECK(world.findings.values == 1);
}

TEST_CASE("observing fills the findings and changes nothing") {
    World world;
    world.treatment.observe = true;
    const std::string text = "a@b.de pays from " + std::string(iban);
    CHECK(rewritten(world, text) == text);
    CHECK(rewritten(world, text, "health") == text);
    CHECK(world.findings.classes.covers(ClassSet{*world.classes.find("contact"), *world.classes.find("account"), *world.classes.find("health")}));
    CHECK(world.findings.values == 3);
}

TEST_CASE("a refusal says which class, which rule and which law, and never the value") {
    World world;
    Rule rule;
    rule.id = "no-accounts";
    rule.cite = {"Art. 44", "Art. 49"};
    world.policy = Policy(Atlas::builtin(), world.classes, {rule});
    auto& cell = world.cell("account");
    const auto refusal = [&] {
        std::string out;
        const Status done = rewrite_text(iban, NamedPlace("header:x"), {}, world.treatment, out);
        REQUIRE(done.has_error());
        CHECK(out.empty());
        CHECK_THAT(done.error().detail, Catch::Contains("account") && Catch::Contains("header:x") && !Catch::Contains("3704"));
        return done.error();
    };
    CHECK(refusal().code == Code::no_permit);
    CHECK(refusal().rule.empty());
    cell.rule = 0;
    CHECK(refusal().code == Code::limited);
    CHECK(refusal().rule == "no-accounts");
    CHECK(refusal().cite == "Art. 44");
    cell.not_accepted = true;
    CHECK(refusal().code == Code::form_not_accepted);
}

TEST_CASE("a treater's fault is passed on and nothing is appended") {
    class Broken final : public Treater {
      public:
        Status mask(const Masking&, std::string_view, std::string&) override { return fault(Code::key_unavailable, "no key"); }
        Status seal(const Cell&, const Sealing&, std::string_view, std::string&) override { return fault(Code::key_unavailable, "no key"); }
    } broken;
    World world;
    world.treatment.treater = &broken;
    CHECK(rewritten(world, "write to a@b.de") == "!key_unavailable");
    world.treatment.treater = nullptr;
    CHECK(rewritten(world, "write to a@b.de") == "!no_permit");
}

TEST_CASE("in windows of any size a text is treated as it is whole") {
    World world;
    for (auto name : {"contact", "network", "card", "account"})
        if (world.classes.find(name)) world.cell(name).form = Form::mask;
    for (unsigned seed = 0; seed < 40; ++seed) {
        const auto text = prose(seed, 20000);
        const auto whole = rewritten(world, text);
        for (std::size_t size : {682, 1024, 2048, 3001, 8191}) {
            INFO("seed " << seed << ", windows of " << size);
            CHECK((in_windows(world, text, size) == whole));
        }
    }
}

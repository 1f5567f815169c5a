#include "filters/body/text_value.hpp"

#include <catch2/catch.hpp>

#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::World;

namespace {

/// Opens `eyJ-open`, and nothing else.
class OneKey final : public Unsealer {
  public:
    explicit OneKey(std::string plain) : plain_(std::move(plain)) {}
    Result<bool> open(std::string_view token, std::string& out, std::string&) override {
        if (token != "eyJ-open") return false;
        out = plain_;
        return true;
    }

  private:
    std::string plain_;
};

struct Fixture {
    World world;
    TextValue how;
    Fixture() { how.treatment = &world.treatment; }
    /// What stands for `text`; the same if nothing changes; `!code` for a fault.
    std::string treat(std::string_view text, ClassSet declared = {}) {
        std::string out;
        const auto changed = rewrite_value(text, NamedPlace("field"), declared, how, out);
        if (changed.has_error()) return "!" + std::string(info(changed.error().code).name);
        return *changed ? out : std::string(text);
    }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a value is treated match by match, as a document, or as one") {
    CHECK(treat("mail a@b.de now") == "mail <EMAIL_ADDRESS> now");
    CHECK(treat("hello") == "hello");
    CHECK(treat(R"( {"to":"a@b.de"})") == R"( {"to":"<EMAIL_ADDRESS>"})");
    CHECK(treat(R"({"to":"a@b.de")") == R"({"to":"<EMAIL_ADDRESS>")");
    CHECK(treat(R"({"a":"a@b.de","a":1})") == "!body_invalid");
    CHECK(treat(R"({"a":1})", ClassSet{*world.classes.find("health")}) == "{health}");
    CHECK(treat("DE89370400440532013000") == "!no_permit");
    CHECK(world.findings.pointers.front() == "field");
}

TEST_CASE_METHOD(Fixture, "a sealed value is opened where that is lawful") {
    OneKey key("plain a@b.de"), binary("\xff");
    world.treatment.unsealer = &key;
    CHECK(treat("eyJ-open") == "plain a@b.de");
    CHECK(world.findings.unsealed == 1);
    CHECK(treat("eyJ-other") == "eyJ-other");
    world.treatment.unsealer = &binary;
    CHECK(treat("eyJ-open") == "!key_unavailable");
}

TEST_CASE_METHOD(Fixture, "labels of this exchange are restored, after the treatment") {
    const std::array<std::uint8_t, 32> bytes{1};
    const LabelKey key{std::span<const std::uint8_t, 32>(bytes)};
    Labels labels(key);
    const std::string label = labels.issue("EMAIL_ADDRESS", "a@b.de").value();
    how.labels = &labels;
    CHECK(treat("to " + label + ".") == "to a@b.de.");
    CHECK(treat("c@d.de for " + label) == "<EMAIL_ADDRESS> for a@b.de");
    CHECK(treat("[\"" + label + "\"]") == "[\"a@b.de\"]");
    CHECK(treat("https://x/" + label) == "https://x/" + label);
    CHECK(world.findings.restored == 3);
}

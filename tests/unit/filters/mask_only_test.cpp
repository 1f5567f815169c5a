#include "filters/mask/mask_only.hpp"

#include <catch2/catch.hpp>

#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::World;

TEST_CASE("where a seal would break the place a value is masked, and is refused if it is to be sealed") {
    class Words final : public Treater {
      public:
        Status mask(const Masking&, std::string_view, std::string& out) override { return out.append("MASK"), Status{}; }
        Status seal(const Cell&, const Sealing&, std::string_view, std::string& out) override { return out.append("SEAL"), Status{}; }
        std::span<const JsonPath> subjects() const override { return paths; }
        const std::vector<JsonPath> paths{JsonPath::compile("$.id").value()};
    } words;
    MaskOnly only(words, "a path cannot carry a sealed value");
    std::string out;
    CHECK(only.mask({}, "anna", out).has_value());
    CHECK(out == "MASK");
    const Status sealed = only.seal({}, {}, "anna", out);
    CHECK(sealed.error().code == Code::place_cannot_carry);
    CHECK(sealed.error().detail == "a path cannot carry a sealed value");
    CHECK(out == "MASK");
    CHECK(only.subjects().data() == words.paths.data());
}

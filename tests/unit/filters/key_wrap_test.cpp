#include "filters/seal/key_wrap.hpp"

#include <catch2/catch.hpp>

#include "filters/seal/base64url.hpp"

using namespace bordergate;

namespace {

std::vector<std::uint8_t> bytes(std::string_view base64url) {
    return decode_base64url(base64url).value();
}

std::string text(std::span<const std::uint8_t> of) {
    std::string out;
    append_base64url(of, out);
    return out;
}

/// The key data of RFC 3394, section 4.6.
constexpr ContentKey content_key{0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa,
                                 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05,
                                 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f};

/// The key of RFC 3394, section 4.6: 00 01 … 1f.
SealKey shared_key() {
    std::array<std::uint8_t, 32> kek{};
    for (std::size_t i = 0; i < kek.size(); ++i) kek[i] = static_cast<std::uint8_t>(i);
    SealKey key;
    key.secret = SecretBytes(kek);
    return key;
}

std::vector<std::uint8_t> point(std::string_view x, std::string_view y) {
    std::vector<std::uint8_t> made{4};
    for (auto half : {x, y}) {
        const auto number = bytes(half);
        made.insert(made.end(), number.begin(), number.end());
    }
    return made;
}

/// Bob's key and Alice's ephemeral point, of RFC 7518, appendix C.
SealKey bob(bool with_private = true) {
    SealKey key;
    key.algorithm = SealKey::Algorithm::ecdh_es_a256kw;
    key.public_point =
        point("weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ", "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck");
    if (with_private) key.secret = SecretBytes(bytes("VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw"));
    return key;
}
std::vector<std::uint8_t> alice() {
    return point("gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0", "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps");
}

}  // namespace

TEST_CASE("a shared key wraps as RFC 3394, section 4.6") {
    const std::vector<std::uint8_t> expected{0x28, 0xc9, 0xf4, 0x04, 0xc4, 0xb8, 0x10, 0xf4, 0xcb, 0xcc,
                                             0xb3, 0x5c, 0xfb, 0x87, 0xf8, 0x26, 0x3f, 0x57, 0x86, 0xe2,
                                             0xd8, 0x0e, 0xd3, 0x26, 0xcb, 0xc7, 0xf0, 0xe7, 0x1a, 0x99,
                                             0xf4, 0x3b, 0xfb, 0x98, 0x8b, 0x9b, 0x7a, 0x02, 0xdd, 0x21};
    const auto wrapped = wrap_key(shared_key(), content_key);
    REQUIRE(wrapped.has_value());
    CHECK(wrapped->bytes == expected);
    CHECK(wrapped->ephemeral.empty());
    const auto unwrapped = unwrap_key(shared_key(), expected, {});
    REQUIRE(unwrapped.has_value());
    CHECK(*unwrapped == content_key);
}

TEST_CASE("an agreed key unwraps what another implementation wrapped for it") {
    // The keys are those of RFC 7518, appendix C; wrapped by python-cryptography under the Concat KDF of their secret.
    const auto wrapped = bytes("G23UVeb421peRIDiCqucl1pgYiG_JEW7nnVmHXyFxJ5aREfSpt-PmA");
    const auto unwrapped = unwrap_key(bob(), wrapped, alice());
    REQUIRE(unwrapped.has_value());
    CHECK(*unwrapped == content_key);
}

TEST_CASE("a public half wraps with a fresh ephemeral key each time, and does not unwrap") {
    const auto one = wrap_key(bob(false), content_key), two = wrap_key(bob(false), content_key);
    REQUIRE((one.has_value() && two.has_value()));
    CHECK(one->ephemeral.size() == 65);
    CHECK(one->ephemeral != two->ephemeral);
    CHECK(one->bytes != two->bytes);
    CHECK(*unwrap_key(bob(), one->bytes, one->ephemeral) == content_key);
    const auto refused = unwrap_key(bob(false), one->bytes, one->ephemeral);
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == Code::key_unavailable);
    // The point of one message does not open the other.
    CHECK(unwrap_key(bob(), one->bytes, two->ephemeral).has_error());
}

TEST_CASE("any damage to a wrapped key is found") {
    auto wrapped = wrap_key(shared_key(), content_key)->bytes;
    for (auto& byte : wrapped) {
        byte ^= 1;
        CHECK(unwrap_key(shared_key(), wrapped, {}).has_error());
        byte ^= 1;
    }
    CHECK(unwrap_key(shared_key(), wrapped, {}).has_value());
    for (std::size_t size : {0U, 8U, 32U, 39U})
        CHECK(unwrap_key(shared_key(), std::span(wrapped).first(size), {}).has_error());
    wrapped.resize(48);
    CHECK(unwrap_key(shared_key(), wrapped, {}).has_error());
}

TEST_CASE("an ephemeral point that is none, or is not on P-256, is refused") {
    const auto wrapped = bytes("G23UVeb421peRIDiCqucl1pgYiG_JEW7nnVmHXyFxJ5aREfSpt-PmA");
    auto off_the_curve = alice();
    off_the_curve.back() ^= 1;
    std::vector<std::uint8_t> origin(65), infinity{0};
    origin[0] = 4;
    for (const auto& bad :
         {std::vector<std::uint8_t>{}, infinity, origin, off_the_curve, std::vector<std::uint8_t>(65, 0xff)}) {
        INFO(text(bad));
        CHECK(unwrap_key(bob(), wrapped, bad).has_error());
    }
}

TEST_CASE("a key without secret or point cannot wrap") {
    CHECK(wrap_key(SealKey{}, content_key).has_error());
    auto broken = bob(false);
    broken.public_point.back() ^= 1;
    CHECK(wrap_key(broken, content_key).has_error());
    broken.public_point.clear();
    CHECK(wrap_key(broken, content_key).has_error());
}

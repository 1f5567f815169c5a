#include "filters/sip_hash.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace bordergate;

TEST_CASE("SipHash-2-4 gives its published values") {
    // The reference implementation's vectors: key 00 to 0f, and of the message 00, 01, … the first so many bytes.
    const SipKey key{0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL};
    std::string message;
    for (char c = 0; c < 15; ++c) message += c;
    CHECK(sip_hash(key, "") == 0x726fdb47dd0e0e31ULL);
    CHECK(sip_hash(key, message.substr(0, 1)) == 0x74f839c593dc67fdULL);
    CHECK(sip_hash(key, message.substr(0, 8)) == 0x93f5f5799a932462ULL);
    CHECK(sip_hash(key, message) == 0xa129ca6149be45e5ULL);
}

TEST_CASE("the process's key is its own, and stays") {
    const auto& key = process_sip_key();
    CHECK((key.low != 0 || key.high != 0));
    CHECK(sip_hash(key, "x") == sip_hash(process_sip_key(), "x"));
    CHECK(sip_hash(key, "x") != sip_hash({}, "x"));
}

#include "filters/detect/private_key.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "tests/support/sightings.hpp"

using namespace bordergate;
using testing::deeply_sighted;

namespace {

const std::string line = "MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";  // the bytes 0 to 31 as a key of Ed25519
const std::string begin = "-----BEGIN PRIVATE KEY-----", end = "-----END PRIVATE KEY-----";

}  // namespace

TEST_CASE("a private key is one however short it is, with its marks", "[private_key]") {
    CHECK(deeply_sighted("key:\n" + begin + "\n" + line + "\n" + end + "\nrest") == "key:\n<PRIVATE_KEY>\nrest");
    CHECK(deeply_sighted(begin + "\r\n" + line + "\r\n" + end) == "<PRIVATE_KEY>");
    CHECK(deeply_sighted(begin + "\n  " + line + "\n  " + line + "\n  " + end + " x") == "<PRIVATE_KEY> x");
    CHECK(deeply_sighted(begin + "\\n" + line + "\\n" + end + "\\n") == "<PRIVATE_KEY>\\n");
    CHECK(deeply_sighted(begin + " " + line + " " + end) == "<PRIVATE_KEY>");
    CHECK(deeply_sighted("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n" + line + "\n-----END RSA PRIVATE KEY-----") == "<PRIVATE_KEY>");
    CHECK(deeply_sighted("-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: 1\n\n" + line + "\n=AbCd\n-----END PGP PRIVATE KEY BLOCK-----") == "<PRIVATE_KEY>");
    CHECK(deeply_sighted(begin + "\n" + line) == "<PRIVATE_KEY>");  // as far as it has come
    CHECK(deeply_sighted(begin + line + end + begin + line + end) == "<PRIVATE_KEY><PRIVATE_KEY>");
}

TEST_CASE("marks without a key, and what is public, are none", "[private_key]") {
    for (const auto& text : {begin, begin + "\n...\n" + end, begin + " and so on until " + end, "-----BEGIN CERTIFICATE-----\n" + line + "\n-----END CERTIFICATE-----",
                             "-----BEGIN PUBLIC KEY-----\n" + line, std::string("-----BEGIN "), "PRIVATE KEY-----\n" + line}) {
        INFO(text);
        CHECK_FALSE(find_private_key(text, 0));
    }
}

TEST_CASE("many marks cost one pass", "[private_key]") {
    std::string many;
    for (int i = 0; i < 20000; ++i) many += begin + "\n";
    CHECK_FALSE(find_private_key(many, 0));
}

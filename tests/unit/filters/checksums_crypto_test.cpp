// Addresses that the BIPs and EIPs give as examples.
#include <catch2/catch.hpp>
#include <string>

#include "tests/support/sightings.hpp"

using namespace bordergate;
using testing::sighted;

TEST_CASE("addresses of Bitcoin have a sum of their own", "[crypto]") {
    for (const std::string address : {"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
                                      "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
                                      "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"}) {
        INFO(address);
        CHECK(crypto_address(address));
        CHECK(sighted("to " + address + ".") == "to <CRYPTO>.");
        for (std::size_t i = 4; i < address.size(); ++i) {
            std::string wrong = address;
            wrong[i] = wrong[i] == '5' ? '6' : '5';
            CHECK_FALSE(crypto_address(wrong));
        }
    }
    CHECK(sighted("0x52908400098527886E0F7030069857D2E4169EE7") == "<CRYPTO>");
    for (const char* text : {"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "0x52908400098527886E0F7030069857D2E4169EE", "0x52908400098527886E0F7030069857D2E4169EE77", "bc1q"}) {
        INFO(text);
        CHECK(sighted(text) == text);
    }
    CHECK_FALSE(crypto_address(""));
}

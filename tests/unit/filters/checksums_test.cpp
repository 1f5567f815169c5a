#include "filters/detect/checksums.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

TEST_CASE("Luhn, with the example of ISO/IEC 7812-1 and test cards of the networks") {
    for (auto number : {"79927398713", "4111111111111111", "378282246310005", "30569309025904", "3530111333300000"}) CHECK(luhn(number));
    for (auto number : {"79927398710", "4111111111111112", "0", "", "41a1"}) CHECK_FALSE(luhn(number));
}

TEST_CASE("mod 97-10, with the examples of the IBAN registry") {
    for (auto iban : {"GB82WEST12345698765432", "DE89370400440532013000", "NO9386011117947", "MT84MALT011000012345MTLCAST001S", "LC55HEMM000100010012001200023015"})
        CHECK(iban_mod97(iban));
    for (auto iban : {"GB82WEST12345698765433", "DE8937", "DE89 3704"}) CHECK_FALSE(iban_mod97(iban));
}

#include "proxy/http/reason_phrase.hpp"

#include <catch2/catch.hpp>

using bordergate::reason_phrase;

TEST_CASE("every registered status has its phrase, and no other has one") {
    CHECK(reason_phrase(101) == "Switching Protocols");
    CHECK(reason_phrase(200) == "OK");
    CHECK(reason_phrase(413) == "Content Too Large");
    CHECK(reason_phrase(511) == "Network Authentication Required");
    std::size_t known = 0;
    for (unsigned status = 0; status < 1100; ++status) known += reason_phrase(status).empty() ? 0 : 1;
    CHECK(known == 57);
    for (const unsigned status : {0U, 100U, 299U, 306U, 418U, 512U, 999U}) CHECK(reason_phrase(status).empty());
}

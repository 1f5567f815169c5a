#include "proxy/net/tls_certificate.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/config/written_folder.hpp"

using namespace bordergate;
using bordergate::testing::WrittenFolder;

TEST_CASE("a host finds the certificate that names it, and a wildcard stands for one whole label") {
    CertificateNames names;
    names.add("One.example", 0);
    names.add("*.example", 1);
    names.add("*.deep.example", 2);
    names.add("one.example", 3);
    CHECK(names.find("one.example") == 0U);
    CHECK(names.find("ONE.example.") == 0U);
    CHECK(names.find("two.example") == 1U);
    CHECK(names.find("a.deep.example") == 2U);
    CHECK(names.find("deep.example") == 1U);
    for (const auto* stranger : {"example", ".example", "a.b.example", "a.b.deep.example", "", ".", "*", "one.example.org"}) {
        INFO(stranger);
        CHECK_FALSE(names.find(stranger));
    }
}

TEST_CASE("a staple holds from its first second to before its last") {
    const Staple staple{"", 100, 200};
    CHECK_FALSE(staple.holds(99));
    CHECK(staple.holds(100));
    CHECK(staple.holds(199));
    CHECK_FALSE(staple.holds(200));
    CHECK_FALSE(Staple{}.holds(0));
}

TEST_CASE("what is no certificate and no key is refused, and a key's text is not told") {
    WrittenFolder folder;
    CHECK(read_certificates(folder.write("empty.pem", "")).has_error());
    CHECK(read_certificates(folder.path() / "missing.pem").has_error());
    CHECK(read_certificates(folder.write("cut.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")).has_error());
    const auto key = parse_private_key("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n");
    REQUIRE(key.has_error());
    CHECK(key.error().detail.find("c2VjcmV0") == std::string::npos);
}

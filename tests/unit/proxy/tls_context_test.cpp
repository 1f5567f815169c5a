#include "proxy/net/tls.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/unit/config/written_folder.hpp"

using namespace bordergate;
using bordergate::testing::WrittenFolder;

TEST_CASE("a private key's text is erased, whatever comes of the context it is for") {
    WrittenFolder folder;
    const auto no_certificate = folder.write("no.pem", "no certificate");
    const auto erased = [](const UpstreamTls& settings) {
        std::optional<std::string> key = std::string(200, 'k');
        const auto made = TlsContext::client(settings, {}, "localhost", std::move(key));
        return std::pair(made.has_value(), key && key->size() == 200 && std::all_of(key->begin(), key->end(), [](char c) { return c == 0; }));
    };
    UpstreamTls no_ca, no_chain, unused;
    no_ca.ca = no_ca.certificate = no_certificate;
    no_chain.certificate = no_certificate;
    CHECK(erased(no_ca) == std::pair(false, true));
    CHECK(erased(no_chain) == std::pair(false, true));
    CHECK(erased(unused) == std::pair(true, true));
}

#include "proxy/weakenings.hpp"

#include <catch2/catch.hpp>

#include "config/loader.hpp"

using namespace bordergate;

TEST_CASE("what weakens the border is said, and nothing else is") {
    const auto said = [](const std::string& more, const std::string& rules, const std::string& listener = "") {
        const auto loaded = load_text("version: 1\nnode: {location: DE, operator: DE}\nlisteners: [{name: s, address: \"127.0.0.1:0\", mode: reverse" + listener + "}]\naudit: {directory: ./a}\n"
                                      "sources: [{id: app, match: {networks: [127.0.0.0/8]}, standing: {location: DE, operator: DE}}]\ndestinations:\n"
                                      "  - {id: far, url: \"https://far\", standing: {location: US, operator: US}" + more + "}\nrules:\n" + rules, "f.yaml", "/");
        INFO(format(loaded.diagnostics));
        REQUIRE(loaded.snapshot);
        return weakenings(*loaded.snapshot);
    };
    const std::string plain = "  - {id: plain, permit: clear, data: plain, from: EEA, to: US}\n";
    CHECK(said("", plain).empty());
    CHECK(said(", forward_credentials: true", plain) == std::vector<std::string>{"destination far is handed the client's own credential"});
    CHECK(said(", proxy_protocol: v2", plain) == std::vector<std::string>{"destination far is told the addresses of clients"});
    CHECK(said("", plain, ", proxy_protocol: {from: [10.0.0.0/8]}") == std::vector<std::string>{"listener s believes other proxies whose a connection is"});
    CHECK(said(", allow_private_address: true", plain) == std::vector<std::string>{"destination far may stand at a private address"});
    CHECK(said("", plain + "  - {id: away, permit: clear, data: plain, from: EEA, to: anywhere}\n") == std::vector<std::string>{"rule away permits data to go anywhere"});
    CHECK(said("", plain + "recognisers:\n  - {entity: PHONE_NUMBER, enabled: false}\n") == std::vector<std::string>{"recogniser PHONE_NUMBER is off"});
}

#include "filters/body/declared_paths.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

TEST_CASE("a declared path that cannot stream is a mistake of the configuration, told where it stands") {
    auto loaded = load_text(R"(version: 1
node: {location: DE, operator: DE}
listeners: [{name: s, address: "127.0.0.1:0", mode: reverse}]
audit: {directory: ./a}
sources: [{id: app, match: {networks: [127.0.0.0/8]}, standing: {location: DE, operator: DE}}]
destinations: [{id: far, url: "https://far", standing: {location: US, operator: US}}]
routes:
  - id: all
    destinations: [far]
    fields:
      - {path: "$.fine[*].name", data: health}
      - {path: "$.a[?@.x==$.y]", data: health}
      - {path: "$.b[-1]", data: health}
      - {path: "$.c[?@.type=='x'].text", data: health}
      - {path: "$.d[", data: health}
      - {path: "/fine/*/name[2]/@id", data: health}
      - {path: "//name[@id='1']", data: health}
      - {path: "//p:name", data: health}
rules: [{id: plain, permit: clear, data: plain, from: EEA, to: US}]
)", "f.yaml", "/");
    REQUIRE(loaded.snapshot);
    check_declared_paths(loaded);
    CHECK_FALSE(loaded.snapshot);
    const auto said = format(loaded.diagnostics);
    INFO(said);
    CHECK(loaded.diagnostics.size() == 5);
    CHECK_THAT(said, Catch::Contains("f.yaml:12:16: error: ") && Catch::Contains("f.yaml:13:16: error: ") && Catch::Contains("f.yaml:15:16: error: "));
    CHECK_THAT(said, Catch::Contains("$.a[?@.x==$.y], character 11: ") && Catch::Contains("(compare with the element itself (@)"));
    CHECK_THAT(said, Catch::Contains("$.b[-1], character 5: ") && Catch::Contains("(count from the front"));
    CHECK_THAT(said, Catch::Contains("f.yaml:17:16: error: ") && Catch::Contains("f.yaml:18:16: error: ") && Catch::Contains("prefixes are the document's own"));
}

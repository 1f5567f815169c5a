// Key rings in files: made once, rotated by number, and refused whole if anything about them is wrong.
#include "proxy/keys/file_keys.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "tests/unit/config/written_folder.hpp"

using namespace bordergate;
using bordergate::testing::WrittenFolder;
using Catch::Contains;

namespace {

mode_t mode_of(const std::filesystem::path& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 0777;
}

std::string text_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// A folder of keys that starts with a ring of one version for DE.
struct Keys {
    Keys() { REQUIRE(create_keys(directory, "DE").has_value()); }
    void put(const std::string& name, const std::string& content, mode_t mode = 0600) const {
        folder.write("keys/DE/" + name, content, mode);
    }
    std::filesystem::path file(const std::string& name) const { return directory / "DE" / name; }
    std::string fault() const {
        const auto rings = load_key_rings(directory);
        REQUIRE(rings.has_error());
        CHECK(rings.error().code == Code::key_unavailable);
        return rings.error().detail;
    }
    WrittenFolder folder;
    std::filesystem::path directory = folder.path() / "keys";
};

const std::string k32(43, 'A');

std::string oct(const std::string& kid, const std::string& k = k32) {
    return R"({"kty":"oct","kid":")" + kid + R"(","k":")" + k + "\"}";
}

}  // namespace

TEST_CASE("made keys are their owner's alone, and load") {
    Keys keys;
    CHECK(mode_of(keys.directory) == 0700);
    CHECK(mode_of(keys.directory / "DE") == 0700);
    CHECK(mode_of(keys.file("seal.1.jwk")) == 0600);
    CHECK(mode_of(keys.file("masking.jwk")) == 0600);
    const auto rings = load_key_rings(keys.directory);
    REQUIRE(rings.has_value());
    REQUIRE(rings->size() == 1);
    const auto& ring = *rings->at("DE");
    CHECK(ring.jurisdiction() == "DE");
    CHECK(ring.sealing()->kid == "DE/seal/1");
    CHECK(ring.sealing()->secret.view().size() == 32);
    CHECK(ring.derive("label", "", "").has_value());
}

TEST_CASE("the greatest version seals, by number and not by name, and older ones still open") {
    Keys keys;
    const auto before = text_of(keys.file("masking.jwk")), first = text_of(keys.file("seal.1.jwk"));
    for (int version = 2; version <= 10; ++version) {
        const auto made = create_keys(keys.directory, "DE");
        REQUIRE(made.has_value());
        CHECK(*made == std::vector{keys.file("seal." + std::to_string(version) + ".jwk")});
    }
    // Rotation overwrites nothing: labels stay what they were, and what was sealed can be opened.
    CHECK(text_of(keys.file("masking.jwk")) == before);
    CHECK(text_of(keys.file("seal.1.jwk")) == first);
    const auto ring = load_key_rings(keys.directory).value().at("DE");
    CHECK(ring->sealing()->kid == "DE/seal/10");
    for (int version = 1; version <= 10; ++version) CHECK(ring->find("DE/seal/" + std::to_string(version)));
    CHECK_FALSE(ring->find("DE/seal/11"));
    CHECK(text_of(keys.file("seal.9.jwk")) != text_of(keys.file("seal.10.jwk")));
}

TEST_CASE("a gap in the versions is no reason to use a number twice") {
    Keys keys;
    keys.put("seal.7.jwk", oct("DE/seal/7"));
    CHECK(create_keys(keys.directory, "DE").value().front() == keys.file("seal.8.jwk"));
    CHECK(load_key_rings(keys.directory).value().at("DE")->sealing()->kid == "DE/seal/8");
}

TEST_CASE("rings of several jurisdictions are kept apart") {
    Keys keys;
    REQUIRE(create_keys(keys.directory, "CA-QC").has_value());
    const auto rings = load_key_rings(keys.directory).value();
    REQUIRE(rings.size() == 2);
    CHECK(rings.at("CA-QC")->sealing()->kid == "CA-QC/seal/1");
    CHECK_FALSE(rings.at("CA-QC")->find("DE/seal/1"));
    CHECK(rings.at("DE")->derive("label", "t", "d").value() != rings.at("CA-QC")->derive("label", "t", "d").value());
}

TEST_CASE("keys or folders that others may open are refused, with the chmod that helps") {
    Keys keys;
    for (auto name : {"seal.1.jwk", "masking.jwk"}) {
        const auto file = keys.file(name);
        ::chmod(file.c_str(), 0640);
        CHECK_THAT(keys.fault(), Contains("chmod 600 " + file.string()));
        ::chmod(file.c_str(), 0600);
    }
    ::chmod((keys.directory / "DE").c_str(), 0750);
    CHECK_THAT(keys.fault(), Contains("chmod 700"));
    ::chmod((keys.directory / "DE").c_str(), 0700);
    CHECK(load_key_rings(keys.directory).has_value());
}

TEST_CASE("one corrupt key refuses the whole, names its file and tells nothing of its content") {
    const std::string mark(43, 'Q');
    const std::vector<std::pair<std::string, std::string>> broken{
        {"", "is not a JWK"},
        {"{", "is not a JWK"},
        {"[]", "is not a JWK"},
        {oct("DE/seal/2", mark).substr(0, 60), "is not a JWK"},
        {"{\"kty\":\"oct\",\"k\":\"" + mark + "\"}", "has no kid"},
        {oct("DE/seal/3", mark), "its kid is not DE/seal/2"},
        {oct("FR/seal/2", mark), "its kid is not DE/seal/2"},
        {oct("DE/seal/2", mark.substr(1)), "k is not 32 bytes"},
        {oct("DE/seal/2", mark + mark), "k is not 32 bytes"},
        {oct("DE/seal/2", mark.substr(1) + "!"), "k is not 32 bytes"},
        {R"({"kty":"oct","kid":"DE/seal/2","k":7})", "k is not 32 bytes"},
        {R"({"kty":"RSA","kid":"DE/seal/2","n":")" + mark + "\"}", "neither an oct key nor an EC key"},
        {R"({"kty":"EC","crv":"P-384","kid":"DE/seal/2"})", "neither an oct key nor an EC key"},
        {R"({"kty":"EC","crv":"P-256","kid":"DE/seal/2","x":")" + k32 + "\"}", "x and y are not 32 bytes"},
        {R"({"kty":"EC","crv":"P-256","kid":"DE/seal/2","x":")" + k32 + R"(","y":")" + k32 + R"(","d":"QQ"})",
         "d is not 32 bytes"},
    };
    for (const auto& [content, why] : broken) {
        INFO(content);
        Keys keys;
        keys.put("seal.2.jwk", content);
        CHECK_THAT(keys.fault(), Contains(keys.file("seal.2.jwk").string()) && Contains(why) && !Contains("QQQQ"));
    }
    Keys keys;
    keys.put("masking.jwk", oct("DE/masking/1"));
    CHECK_THAT(keys.fault(), Contains("masking.jwk: k is not 64 bytes"));
}

TEST_CASE("the public half of an EC key seals and opens nothing") {
    Keys keys;
    const std::string x = "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
                      y = "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM";
    keys.put("seal.2.jwk", R"({"kty":"EC","crv":"P-256","kid":"DE/seal/2","x":")" + x + R"(","y":")" + y + "\"}");
    const auto ring = load_key_rings(keys.directory).value().at("DE");
    REQUIRE(ring->sealing()->kid == "DE/seal/2");
    CHECK(ring->sealing()->algorithm == SealKey::Algorithm::ecdh_es_a256kw);
    CHECK(ring->sealing()->public_point.size() == 65);
    CHECK(ring->sealing()->public_point.front() == 4);
    CHECK(ring->sealing()->secret.empty());
}

TEST_CASE("files with other names are no keys, and a missing folder says how to make it") {
    Keys keys;
    for (auto name :
         {"seal.jwk", "seal.2.jwk.bak", "seal.-2.jwk", "seal.2x.jwk", "seal..jwk", "README", "seal.99999999999.jwk"})
        keys.put(name, "not a key", 0644);
    keys.folder.write("keys/notes.txt", "x");
    CHECK(load_key_rings(keys.directory).value().at("DE")->sealing()->kid == "DE/seal/1");
    CHECK_THAT(load_key_rings(keys.folder.path() / "nowhere").error().detail, Contains("keys create"));
}

TEST_CASE("a ring without a masking secret seals and does not mask; one without keys masks and does not seal") {
    Keys keys;
    std::filesystem::remove(keys.file("masking.jwk"));
    CHECK(load_key_rings(keys.directory).value().at("DE")->derive("label", "", "").error().code ==
          Code::key_unavailable);
    REQUIRE(create_keys(keys.directory, "DE").value().size() == 2);
    std::filesystem::remove(keys.file("seal.1.jwk"));
    std::filesystem::remove(keys.file("seal.2.jwk"));
    const auto ring = load_key_rings(keys.directory).value().at("DE");
    CHECK(ring->sealing() == nullptr);
    CHECK(ring->derive("label", "", "").has_value());
}

TEST_CASE("two ways to write one version are a fault that names the file") {
    for (const char* name : {"seal.01.jwk", "seal.00.jwk", "seal.0002.jwk"}) {
        Keys keys;
        keys.put(name, oct("DE/seal/1"));
        CHECK_THAT(keys.fault(), Contains(name) && Contains("its version"));
        CHECK(create_keys(keys.directory, "DE").has_error());
    }
    Keys keys;
    keys.put("seal.old.jwk", "not read");
    CHECK(load_key_rings(keys.directory).has_value());
}

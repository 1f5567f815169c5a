// Every mistake with its line, its column and a word that helps; all of them at once.
#include "config/loader.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/unit/config/written_folder.hpp"

using namespace bordergate;
using Catch::Contains;

namespace {

const std::string good = R"(version: 1
node: {location: DE, operator: DE}
listeners:
  - {name: sidecar, address: "127.0.0.1:0", mode: reverse}
audit: {directory: ./audit}
sources:
  - id: app
    match: {networks: [127.0.0.0/8]}
    standing: {location: DE, operator: DE}
    carries: personal
destinations:
  - {id: far, url: "https://api.example.com/base/", standing: {location: US, operator: [{name: X, law: US}]}}
routes:
  - {id: all, listener: sidecar, destinations: [far]}
rules:
  - {id: one, permit: mask, data: personal, from: EEA, to: US, with: redact, cite: [GDPR Art. 46]}
)";

/// What the loader says of the good file with `from` replaced by `to`.
std::string said(const std::string& from, const std::string& to) {
    std::string text = good;
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
    const auto loaded = load_text(text, "f.yaml", "/nowhere");
    CHECK((loaded.snapshot == nullptr) == has_errors(loaded.diagnostics));
    return format(loaded.diagnostics);
}

}  // namespace

TEST_CASE("a good file becomes a snapshot") {
    const auto loaded = load_text(good, "f.yaml", "/folder");
    INFO(format(loaded.diagnostics));
    REQUIRE(loaded.snapshot);
    const auto& snapshot = *loaded.snapshot;
    CHECK(loaded.diagnostics.empty());
    CHECK(snapshot.audit.directory == "/folder/audit");
    CHECK(snapshot.digest.size() == 64);
    CHECK(snapshot.destinations[0].base_path == "/base");
    CHECK(snapshot.destinations[0].port == 443);
    CHECK(snapshot.destinations[0].accepts == every_form);
    CHECK(snapshot.routes[0].destinations == std::vector<std::uint16_t>{0});
    REQUIRE(snapshot.policy.rules().size() == 1);
    CHECK(snapshot.policy.rules()[0].line == 16);
    CHECK(snapshot.policy.rules()[0].data.has(*snapshot.classes.find("contact")));
    CHECK_FALSE(snapshot.policy.rules()[0].data.has(*snapshot.classes.find("health")));
}

TEST_CASE("mistakes are named with line, column and the nearest valid word") {
    struct Case {
        const char* from;
        const char* to;
        const char* expected;
    };
    const std::vector<Case> cases{
        {"version: 1", "version: 2", "f.yaml:1:10: error: version \"2\" is not known"},
        {"sources:", "soruces:", "f.yaml:6:1: error: unknown key \"soruces\" (did you mean \"sources\"?)"},
        {"mode: reverse", "mode: revers", "f.yaml:4:51: error: \"revers\" is not one of the words allowed here (did you mean \"reverse\"?)"},
        {"permit: mask", "permit: masked", "did you mean \"mask\"?"},
        {"data: personal,", "data: persnal,", "f.yaml:16:35: error: no class is called \"persnal\" (did you mean \"personal\"?)"},
        {"to: US, with", "to: EUA, with", "is no country, subdivision or group"},
        {"destinations: [far]", "destinations: [fra]", "no destination is called \"fra\" (did you mean \"far\"?)"},
        {"listener: sidecar", "listener: sidecars", "no listener is called \"sidecars\" (did you mean \"sidecar\"?)"},
        {"127.0.0.1:0", "localhost:0", "\"localhost:0\" is not a numeric address and port such as 127.0.0.1:8080"},
        {"https://", "htps://", "is not a URL such as https://api.example.com"},
        {"audit: {directory: ./audit}", "audit: {}", "\"directory\" is missing"},
        {"carries: personal", "carries: personal\n    carries: health", "f.yaml:11:5: error: \"carries\" is given twice"},
        {"permit: mask,", "", "f.yaml:16:5: error: \"permit\" or \"limit\" is missing"},
        {"permit: mask,", "permit: mask, limit: seal,", "f.yaml:16:5: error: only one of \"permit\" or \"limit\" may be given"},
        {"match: {networks: [127.0.0.0/8]}", "match: {}", "f.yaml:8:12: error: this is empty (how it is recognised"},
        {"with: redact", "key: DE", "a key is named, and no folder of keys"},
        {"with: redact", "with: redacted", "did you mean \"redact\"?"},
        {"node: {location: DE, operator: DE}", "node: {location: US, operator: US}", "may not stand in clear at this node"},
        {"audit: {", "admin: {address: \"0.0.0.0:9\"}\naudit: {", "the admin listener is for loopback only"},
        {"id: far,", "id: far, credential: {value: sk-very-secret},", "a secret never stands in this file"},
        {"id: far,", "id: far, credential: {value: \"env:BORDERGATE_NOT_SET\"},", "the variable BORDERGATE_NOT_SET is not set"},
        {"id: far,", "id: far, credential: {value: \"file:gone\"},", "the file /nowhere/gone cannot be found"},
        {"cite: [", "valid_to: 2026-02-30, cite: [", "is not a date such as"},
        {"version: 1", "version: 1\n\t- x", "f.yaml:2:1: error: a tab in the indentation"},
        {"version: 1", "- x", "f.yaml:2:1: error: "},
        {"  - {id: one", "  - {id: one, permit: clear, data: plain, from: EEA, to: US}\n  - {id: one", "\"one\" is used twice"},
    };
    for (const auto& one : cases) {
        INFO(one.to);
        CHECK_THAT(said(one.from, one.to), Contains(one.expected));
    }
}

TEST_CASE("a secret in the wrong place is not repeated in the message") {
    CHECK_THAT(said("id: far,", "id: far, credential: {value: sk-very-secret},"), !Contains("sk-very-secret"));
}

TEST_CASE("all mistakes are named at once") {
    const auto loaded = load_text("version: 1\nnode: {locaton: DE}\nlisteners: x\naudit: {directory: a, comit: {}}\nsources: []\ndestinations: []\nrules: []\n", "f.yaml", "/");
    const auto text = format(loaded.diagnostics);
    CHECK_THAT(text, Contains("f.yaml:2:8") && Contains("f.yaml:3:12") && Contains("f.yaml:4:23"));
    CHECK(loaded.diagnostics.size() == 3);
}

TEST_CASE("two rules that say different things about how are an error") {
    CHECK_THAT(said("rules:", "rules:\n  - {id: two, permit: mask, data: personal, from: EEA, to: US, with: {character_mask: {keep_last: 4}}}\n"
                              "  - {id: three, permit: mask, data: personal, from: EEA, to: US, with: {character_mask: {keep_first: 4}}}"),
               Contains("error"));
}

TEST_CASE("aliases cannot make a small file large") {
    std::string bomb = "version: 1\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 9; ++i) {
        const auto before = std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + before;
        for (int k = 0; k < 9; ++k) bomb += ", *a" + before;
        bomb += "]\n";
    }
    CHECK(load_text(bomb, "f.yaml", "/").snapshot == nullptr);
}

TEST_CASE("what stands behind the document is a mistake, and never read without end") {
    const auto second = format(load_text(good + "---\nversion: 1\n", "f.yaml", "/").diagnostics);
    CHECK_THAT(second, Contains("f.yaml:17:1") && Contains("a second document begins here"));
    // Before a comma that stands alone yaml-cpp finds empty documents without end (found by fuzzing).
    for (const std::string text : {", a", ",", "- a\nversion: 1\n", "version: 1\n  , 2", "[1], 2"}) {
        const auto loaded = load_text(text, "f.yaml", "/");
        CHECK(loaded.snapshot == nullptr);
        CHECK(loaded.diagnostics.size() >= 1);
    }
    CHECK_THAT(format(load_text("- a\nversion: 1\n", "f.yaml", "/").diagnostics), Contains("f.yaml:2:1") && Contains("indentation"));
}

TEST_CASE("files that cannot be read say so, and the JSON Schema is made of the same words") {
    CHECK_THAT(format(load("/nowhere/gone.yaml").diagnostics), Contains("/nowhere/gone.yaml: error: the file cannot be read"));
    const auto schema = json_schema();
    for (auto word : {"\"forward_credentials\"", "\"additionalProperties\":false", "\"held_body\"", "\"character_mask\"", "2020-12"}) CHECK_THAT(schema, Contains(word));
}

TEST_CASE("the limits of a source are read in both ways of writing a rate") {
    const auto limits = [](const std::string& text) {
        std::string whole = good;
        whole.replace(whole.find("    carries: personal\n"), 0, "    limits: " + text + "\n");
        const auto loaded = load_text(whole, "f.yaml", "/nowhere");
        INFO(format(loaded.diagnostics));
        REQUIRE(loaded.snapshot);
        return loaded.snapshot->sources[0].limits;
    };
    using namespace std::chrono_literals;
    CHECK(limits("{rate: 100/s}").rate == RateLimit{100, 1s, 100});
    CHECK(limits("{rate: 6000/m, burst: 7}").rate == RateLimit{6000, 1min, 7});
    CHECK(limits("{rate: {requests: 5, per: 250ms}}").rate == RateLimit{5, 250ms, 5});
    CHECK(limits("{concurrent: 50}").concurrent == 50U);
    CHECK_FALSE(limits("{concurrent: 50}").rate);
    const auto mistake = [](const std::string& text) { return said("    carries: personal\n", "    carries: personal\n    limits: " + text + "\n"); };
    CHECK_THAT(mistake("{rate: 100}"), Contains("f.yaml:11:20: error: \"100\" is not a rate such as 100/s"));
    CHECK_THAT(mistake("{rate: 0/s}"), Contains("is not a rate"));
    CHECK_THAT(mistake("{rate: 10000001/s}"), Contains("is not a rate"));
    CHECK_THAT(mistake("{burst: 7}"), Contains("f.yaml:11:21: error: a burst without a rate") && Contains("add rate: 100/s"));
    CHECK_THAT(mistake("{concurent: 7}"), Contains("did you mean \"concurrent\"?"));
    CHECK_THAT(mistake("{}"), Contains("f.yaml:11:"));
    CHECK_THAT(mistake("{rate: {requests: 0, per: 1s}}"), Contains("f.yaml:11:"));
}

TEST_CASE("a rule whose form is misspelt is one mistake, not also a file that cannot be read") {
    const auto text = said("permit: mask", "permit: masc");
    CHECK_THAT(text, Contains("did you mean \"mask\"?") && !Contains("cannot be read"));
}

TEST_CASE("bounds of memory, trusted hops and what a destination is told are read") {
    std::string text = good + "limits: {held_total: 64MiB, memory: 1GiB}\n";
    text.replace(text.find("mode: reverse}"), 14, "mode: reverse, trusted_hops: [10.0.0.0/8, \"::1\"]}");
    text.replace(text.find("{id: far, "), 10, "{id: far, forwarded: [via, x-forwarded], ");
    const auto loaded = load_text(text, "f.yaml", "/nowhere");
    INFO(format(loaded.diagnostics));
    REQUIRE(loaded.snapshot);
    CHECK(loaded.snapshot->limits.held_total_bytes == std::size_t{64} << 20);
    CHECK(loaded.snapshot->limits.memory_bytes == std::size_t{1} << 30);
    CHECK(loaded.snapshot->listeners[0].trusted_hops.size() == 2);
    CHECK(loaded.snapshot->destinations[0].forwarded == (bit(Forwarding::via) | bit(Forwarding::x_forwarded)));
    const auto plain = load_text(good, "f.yaml", "/nowhere");
    REQUIRE(plain.snapshot);
    CHECK_FALSE(plain.snapshot->limits.held_total_bytes);
    CHECK_FALSE(plain.snapshot->limits.memory_bytes);
    CHECK(plain.snapshot->listeners[0].trusted_hops.empty());
    CHECK(plain.snapshot->destinations[0].forwarded == 0);
    CHECK_THAT(said("{id: far, ", "{id: far, forwarded: [none, via], "), Contains("\"none\" stands alone"));
    CHECK_THAT(said("{id: far, ", "{id: far, forwarded: forwarded-for, "), Contains("f.yaml:12:"));
    CHECK(said("{id: far, ", "{id: far, forwarded: none, ").empty());
    CHECK_THAT(said("mode: reverse}", "mode: reverse, trusted_hops: [10.0.0.0/40]}"), Contains("is not a network"));
}

TEST_CASE("recognisers are changed, and added") {
    const auto loaded = load_text(good + R"(recognisers:
  - {entity: PHONE_NUMBER, enabled: false}
  - {entity: EMAIL_ADDRESS, data: identifier}
  - {entity: EMPLOYEE, data: identifier, title: number of an employee, patterns: ['EMP-\d{6}', '(?i)staff-\d{4}'], context: [employee, staff], score: {alone: 30, near: 90}}
  - {entity: PROJECT, data: financial, words: [Blue Falcon, Jade]}
)", "f.yaml", "/folder");
    INFO(format(loaded.diagnostics));
    REQUIRE(loaded.snapshot);
    const auto& snapshot = *loaded.snapshot;
    const auto find = [&](std::string_view entity) -> const Recogniser* {
        for (const auto& one : snapshot.recognisers)
            if (one.spec.entity == entity) return &one;
        return nullptr;
    };
    CHECK_FALSE(find("PHONE_NUMBER"));
    REQUIRE(find("EMAIL_ADDRESS"));
    CHECK(find("EMAIL_ADDRESS")->data == *snapshot.classes.find("identifier"));
    REQUIRE(find("EMPLOYEE"));
    CHECK(find("EMPLOYEE")->spec.patterns.size() == 2);
    CHECK(find("EMPLOYEE")->spec.alone == Approx(0.3));
    CHECK(find("EMPLOYEE")->spec.near == Approx(0.9));
    REQUIRE(find("PROJECT"));
    CHECK(find("PROJECT")->spec.words == std::vector<std::string>{"Blue Falcon", "Jade"});
    REQUIRE(snapshot.recogniser_changes.size() == 2);
    CHECK(snapshot.recogniser_changes[0].off);
    CHECK(snapshot.recogniser_changes[1].data);
}

TEST_CASE("a file of words that cannot be used whole is a mistake, with its file and line") {
    const bordergate::testing::WrittenFolder folder;
    const auto load_words = [&](const std::string& content) {
        folder.write("names.txt", content, 0644);
        return load_text(good + "recognisers:\n  - {entity: OWN, data: identifier, words_file: names.txt}\n", "f.yaml", folder.path());
    };
    const auto told = [&](const std::string& content) {
        const auto loaded = load_words(content);
        CHECK_FALSE(loaded.snapshot);
        return format(loaded.diagnostics);
    };
    const auto words = [&](const std::string& content) {
        const auto loaded = load_words(content);
        INFO(format(loaded.diagnostics));
        REQUIRE(loaded.snapshot);
        REQUIRE(loaded.snapshot->word_files.size() == 1);
        const auto& read = loaded.snapshot->recognisers.back().spec.words;
        CHECK(loaded.snapshot->word_files[0].words == read.size());
        return read;
    };
    using List = std::vector<std::string>;
    CHECK(words("Anna\r\n\n# none\n  \nÖzil\n张三") == List{"Anna", "Özil", "张三"});
    CHECK(words("\xef\xbb\xbf" "Anna\nOtto\n") == List{"Anna", "Otto"});
    CHECK(words("\xef\xbb\xbf# a comment\nOtto\n") == List{"Otto"});
    for (const std::string nothing : {"", "\n\n", "# Anna\n", "\xef\xbb\xbf", "\xef\xbb\xbf\n"})
        CHECK_THAT(told(nothing), Contains("f.yaml:18:49: error: the file ") && Contains("names.txt has no word to look for"));
    CHECK_THAT(told("Anna\n\nM\xfcller\n"), Contains("f.yaml:18:49: error: line 3 of ") && Contains("names.txt is no UTF-8"));
    CHECK_THAT(told("Anna\n。、\n"), Contains("line 2 of ") && Contains("is no word to look for: it has neither a letter nor a digit"));
    CHECK_THAT(told(std::string(257, 'a')), Contains("line 1 of ") && Contains("is longer than 256 bytes"));
    std::string many;
    for (int i = 0; i < 1'000'001; ++i) many += "a\n";
    CHECK_THAT(told(many), Contains("names.txt has more than 1000000 words"));
    CHECK(words(many.substr(2)).size() == 1'000'000);
}

TEST_CASE("mistakes in recognisers") {
    const auto told = [](const std::string& line) { return format(load_text(good + "recognisers:\n  - " + line + "\n", "f.yaml", "/nowhere").diagnostics); };
    CHECK_THAT(told("{entity: EMAIL_ADDRES}"), Contains("18:14: error: no recogniser is called \"EMAIL_ADDRES\"") && Contains("did you mean \"EMAIL_ADDRESS\"?"));
    CHECK_THAT(told("{entity: OWN, patterns: 'x\\d{3}'}"), Contains("needs data: the class that it yields"));
    CHECK_THAT(told("{entity: OWN, data: identifier, patterns: 'x\\d+'}"), Contains("longer than 256 bytes"));
    CHECK_THAT(told("{entity: OWN, data: identifier, patterns: 'x('}"), Contains("no regular expression"));
    CHECK_THAT(told("{entity: OWN, data: identifier, patterns: ['x\\d{3}', '^x\\d{3}$']}"), Contains("18:") && Contains("leave it out (a match is a whole word anyway"));
    CHECK_THAT(told("{entity: OWN, data: identifier, patterns: 'x\\d{3}', checksum: luhm}"), Contains("did you mean \"luhn\"?"));
    CHECK_THAT(told("{entity: OWN, data: identifier, words: ['---']}"), Contains("is no word to look for"));
    CHECK_THAT(told("{entity: OWN, data: identifier, words_file: nowhere.txt}"), Contains("nowhere.txt"));
    CHECK_THAT(told("{entity: US_SSN, score: {alone: 101}}"), Contains("101"));
}

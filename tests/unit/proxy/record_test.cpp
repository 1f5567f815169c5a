#include "proxy/audit/record.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

using namespace bordergate;

namespace {

boost::json::object parsed(const Record& record, std::string* line = nullptr) {
    std::string text;
    render(record, text);
    REQUIRE(text.size() <= 65'535);
    REQUIRE(text.back() == '\n');
    CHECK(text.find('\n') == text.size() - 1);
    if (line) *line = text;
    return boost::json::parse(text).as_object();
}

}  // namespace

TEST_CASE("a record is one line of JSON with stable names; what is empty is left out") {
    Record record;
    record.kind = RecordKind::outcome;
    record.attempt = "i-e-0-1";
    record.time_us = 1'795'487'607'976'001;
    record.client_address = "10.0.0.1";
    record.verdict = to_string(Verdict::masked);
    Findings findings;
    findings.saw(ClassSet{ClassTree::plain}, "EMAIL_ADDRESS", "/a");
    record.findings = &findings;
    record.duration_us = 0;
    const auto object = parsed(record);
    CHECK(object.at("kind") == "outcome");
    CHECK(object.at("time") == "2026-11-24T02:33:27.976001Z");
    CHECK(object.at("subject").at("address") == "10.0.0.1");
    CHECK(object.at("entities").at("EMAIL_ADDRESS") == 1);
    CHECK(object.at("bytes_out") == 0);
    CHECK(object.at("duration_us") == 0);
    CHECK_FALSE(object.contains("rule"));
    CHECK_FALSE(object.contains("ceilings"));
}

TEST_CASE("no value can end a line, forge a field, or break the encoding") {
    Record record;
    record.method = "GET\n{\"kind\":\"outcome\"}\r\n\"";
    record.authority = "\xff\xc0\xaf\x01\x7f\\";
    std::string line;
    const auto object = parsed(record, &line);
    CHECK(object.at("method") == "GET\n{\"kind\":\"outcome\"}\r\n\"");
    CHECK(object.at("kind") == "intent");
    CHECK_THAT(line, Catch::Contains("\\ufffd") && Catch::Contains("\\u0001") && Catch::Contains("\\u007f"));
}

TEST_CASE("what is too long is shortened and says so") {
    Record record;
    const std::vector<std::string> dropped(5000, std::string(40, 'x'));
    record.dropped_fields = &dropped;
    const auto object = parsed(record);
    CHECK(object.at("shortened") == true);
    CHECK_FALSE(object.contains("dropped_fields"));
}

TEST_CASE("every byte of a value is written right wherever it stands") {
    for (unsigned byte = 1; byte < 256; ++byte) {
        // Of every length up to 20, at every place in it.
        for (std::size_t size = 1, place = 0; size <= 20; place + 1 < size ? ++place : (++size, place = 0)) {
            std::string value(size, 'a');
            value[place] = static_cast<char>(byte);
            Record record;
            record.method = value;
            std::string line;
            const auto object = parsed(record, &line);
            if (byte < 0x80) CHECK(std::string_view(object.at("method").as_string()) == value);
            if (byte >= 0x80) CHECK_THAT(line, Catch::Contains("\\ufffd"));
        }
    }
}

TEST_CASE("a record is appended to what stands before it") {
    Record record;
    const std::string method(3000, '\x01');
    record.method = method;
    std::string out = "before\n";
    render(record, out);
    CHECK(out.starts_with("before\n{\"kind\":\"intent\""));
    CHECK(out.ends_with("\\u0001\"}\n"));
}

TEST_CASE("ceilings are a list of objects, each with what it has") {
    std::vector<Ceiling> ceilings(2);
    ceilings[0] = {"plain", "clear", "out", "gdpr", "Art. \"46\""};
    ceilings[1] = {"health", "refuse", {}, "gdpr", {}};
    std::string text;
    render(ceilings, text);
    CHECK(text == R"([{"data":"plain","form":"clear","rule":"out","law":"gdpr","cite":"Art. \"46\""},{"data":"health","form":"refuse","law":"gdpr"}])");
    Record record;
    record.ceilings = text;
    CHECK(parsed(record).at("ceilings").as_array().size() == 2);
    std::string none;
    render(std::vector<Ceiling>{}, none);
    CHECK(none.empty());
}

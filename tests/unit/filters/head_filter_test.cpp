#include "filters/head_filter.hpp"

#include <catch2/catch.hpp>

#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::World;

namespace {

RequestHead request(std::string path, std::string query = {}) {
    RequestHead head;
    head.method = "GET";
    head.path = std::move(path);
    head.has_query = !query.empty();
    head.query = std::move(query);
    return head;
}

/// Path and query after the filter, or `!code`.
std::string target(World& world, RequestHead head) {
    HeadReport report;
    const Status done = filter_head(head, world.treatment, false, report);
    if (done.has_error()) return "!" + std::string(info(done.error().code).name);
    return head.path + (head.has_query ? "?" + head.query : "");
}

}  // namespace

TEST_CASE("path and query are decoded, treated, and written anew only where they change") {
    World world;
    CHECK(target(world, request("/v1/a%20b/%7Ex", "q=1&r=%2F+x")) == "/v1/a%20b/%7Ex?q=1&r=%2F+x");
    CHECK(target(world, request("/users/a%40b.de/mail")) == "/users/%3CEMAIL_ADDRESS%3E/mail");
    CHECK(target(world, request("/", "to=a@b.de&x=%zz")) == "/?to=%3CEMAIL_ADDRESS%3E&x=%zz");
    CHECK(target(world, request("/", "text=mail+a%40b.de+now")) == "/?text=mail%20%3CEMAIL_ADDRESS%3E%20now");
    CHECK(target(world, request("/", "a@b.de=1")) == "/?%3CEMAIL_ADDRESS%3E=1");
    CHECK(target(world, request("/", "iban=DE89370400440532013000")) == "!no_permit");
    CHECK(world.findings.pointers == std::vector<std::string>{"path", "query"});
}

TEST_CASE("a path cannot carry a sealed value, a query can") {
    World world;
    world.cell("contact").form = Form::seal;
    CHECK(target(world, request("/users/a@b.de")) == "!place_cannot_carry");
    CHECK(target(world, request("/users", "q=a@b.de")) == "/users?q=%7Bcontact%7D");
}

TEST_CASE("what does not decode to text is opaque") {
    World world;
    CHECK(target(world, request("/%ff%fe")) == "!opaque_refused");
    world.cell("opaque").form = Form::clear;
    CHECK(target(world, request("/%ff%fe")) == "/%ff%fe");
}

TEST_CASE("field values are treated, each line by itself") {
    World world;
    RequestHead head = request("/");
    head.fields.add("User-Agent", "tool (anna@example.org)");
    head.fields.add("Accept", "text/plain");
    head.fields.add("X-Tag", "a@b.de");
    head.fields.add("x-tag", "two");
    HeadReport report;
    REQUIRE(filter_head(head, world.treatment, false, report).has_value());
    REQUIRE(head.fields.size() == 4);
    CHECK(head.fields[0].value == "tool (<EMAIL_ADDRESS>)");
    CHECK(head.fields[1].value == "text/plain");
    CHECK(head.fields[2].value == "<EMAIL_ADDRESS>");
    CHECK(head.fields[3].value == "two");
    CHECK(report.dropped.empty());
}

TEST_CASE("fields that nobody knows are dropped when the crossing leaves its standing") {
    World world;
    for (auto name : {"Accept", "accept-encoding", "Content-Type", "traceparent", "OpenAI-Beta", "anthropic-version", "x-stainless-os", "X-Request-Id"}) {
        INFO(name);
        CHECK(known_field(name));
    }
    for (auto name : {"Cookie", "Set-Cookie", "baggage", "tracestate", "X-Internal-User", "acceptance", ""}) {
        INFO(name);
        CHECK_FALSE(known_field(name));
    }
    RequestHead head = request("/");
    head.fields.add("Cookie", "sid=1");
    head.fields.add("Accept", "*/*");
    for (int i = 0; i < 40; ++i) head.fields.add("X-" + std::to_string(i), "1");
    HeadReport report;
    REQUIRE(filter_head(head, world.treatment, true, report).has_value());
    CHECK(head.fields.size() == 1);
    CHECK(report.dropped.size() == 32);
    CHECK(report.dropped.front() == "cookie");

    ResponseHead response;
    response.fields.add("Set-Cookie", "sid=2");
    response.fields.add("Location", "/users?mail=a@b.de");
    HeadReport back;
    REQUIRE(filter_head(response, world.treatment, true, back).has_value());
    CHECK(response.fields.get("location") == "/users?mail=<EMAIL_ADDRESS>");
    CHECK(back.dropped == std::vector<std::string>{"set-cookie"});
}

TEST_CASE("observing a head changes and refuses nothing") {
    World world;
    RequestHead head = request("/a@b.de", "iban=DE89370400440532013000");
    head.fields.add("cookie", "mail=c@d.fr");
    observe_head(head, world.treatment, false);
    CHECK(head.path == "/a@b.de");
    CHECK(world.findings.entities.at("EMAIL_ADDRESS") == 2);
    CHECK(world.findings.entities.at("IBAN_CODE") == 1);
}

TEST_CASE("binary metadata is judged by what it stands for, padded or not") {
    World world;
    const auto treated = [&](std::string_view name, std::string_view value) {
        Fields trailers;
        trailers.add(name, value);
        HeadReport report;
        const Status done = filter_trailers(trailers, world.treatment, false, report);
        return done.has_error() ? "!" + std::string(info(done.error().code).name) : std::string(trailers[0].value);
    };
    CHECK(treated("x-who-bin", "aGVsbG8") == "aGVsbG8");
    CHECK(treated("x-who-bin", "aGVsbG8=, aGVsbG8") == "aGVsbG8=, aGVsbG8");
    CHECK(treated("X-Who-Bin", "YUBiLmRl") == "PEVNQUlMX0FERFJFU1M+");
    CHECK(treated("x-who-bin", "aGVsbG8,YUBiLmRl") == "aGVsbG8,PEVNQUlMX0FERFJFU1M+");
    CHECK(treated("x-who-bin", "/w==") == "!opaque_refused");
    CHECK(treated("x-who-bin", "a@b.de") == "!opaque_refused");
    world.cell("opaque").form = Form::clear;
    CHECK(treated("x-who-bin", "/w==") == "/w==");
    for (auto name : {"grpc-status", "grpc-message", "grpc-timeout", "grpc-encoding"}) CHECK(known_field(name));
    CHECK_FALSE(known_field("grpc-status-details-bin"));
}

TEST_CASE("binary metadata that is none is text and opaque when it is looked at, so that no plan passes it by") {
    World world;
    const auto seen = [&world](std::string_view name, std::string_view value, bool leaves) {
        world.findings = {};
        RequestHead head;
        head.path = "/";
        head.fields.add(name, value);
        observe_head(head, world.treatment, leaves);
        return world.findings.classes;
    };
    CHECK(seen("openai-note-bin", "jane@example.com", true).has(*world.classes.find("contact")));
    CHECK(seen("openai-note-bin", "jane@example.com", true).has(ClassTree::opaque));
    CHECK(seen("content-x-bin", "/w==", true).has(ClassTree::opaque));
    CHECK_FALSE(seen("x-any-bin", "/w==", true).has(ClassTree::opaque));  // it is dropped
    CHECK(seen("x-any-bin", "/w==", false).has(ClassTree::opaque));
}

TEST_CASE("analysers are asked of every field but those of numbers, dates, tags and closed lists of words") {
    World world;
    const auto treated = [&world](std::string_view name, std::string_view value) {
        std::vector<Analyser> analysers(1);
        analysers[0].entities = {{"PERSON", *world.classes.find("contact")}};
        analysers[0].max_text = 1024;
        analysers[0].batch = 32;
        Analyses analyses(analysers, 1 << 16);
        world.treatment.analyses = &analyses;
        HeadReport report;
        std::size_t asked = 0;
        std::string all;
        for (int round = 0; round < 2; ++round) {
            Fields fields;
            fields.add(name, value);
            const Status done = filter_trailers(fields, world.treatment, true, report);
            all = done.has_error() ? "!" + std::string(info(done.error().code).name) : fields.size() == 0 ? "" : std::string(fields[0].value);
            for (const auto& question : analyses.questions()) {
                std::vector<std::vector<Finding>> found;
                for (const auto& piece : question.pieces) {
                    ++asked;
                    const auto at = piece.text.find("Anna Schmidt");
                    found.emplace_back();
                    if (at != std::string_view::npos) found.back().push_back({at, at + 12, "PERSON", ClassSet{*world.classes.find("contact")}, 0.9F});
                }
                analyses.answer(question, found);
            }
            analyses.conclude();
            analyses.settle();
        }
        world.treatment.analyses = nullptr;
        return all + (asked == 0 ? " (unasked)" : "");
    };
    CHECK(treated("Content-Disposition", "attachment; filename=\"Anna Schmidt.pdf\"") == "attachment; filename=\"<PERSON>.pdf\"");
    CHECK(treated("grpc-message", "no record of Anna Schmidt") == "no record of <PERSON>");
    CHECK(treated("Location", "/people/Anna Schmidt") == "/people/<PERSON>");
    CHECK(treated("Link", "</a>; title=\"Anna Schmidt\"") == "</a>; title=\"<PERSON>\"");
    CHECK(treated("Warning", "199 - \"Anna Schmidt\"") == "199 - \"<PERSON>\"");
    CHECK(treated("Content-Type", "application/pdf; name=\"Anna Schmidt.pdf\"") == "application/pdf; name=\"<PERSON>.pdf\"");
    CHECK(treated("Content-Type", "application/pdf; name=Anna") == "application/pdf; name=Anna");
    CHECK(treated("User-Agent", "curl/8") == "curl/8");
    CHECK(treated("Content-Type", "multipart/form-data; boundary=x; charset=utf-8") == "multipart/form-data; boundary=x; charset=utf-8 (unasked)");
    CHECK(treated("Accept", "text/html,text/*;q=0.5, */*") == "text/html,text/*;q=0.5, */* (unasked)");
    CHECK(treated("Date", "Sun, 06 Nov 1994 08:49:37 GMT") == "Sun, 06 Nov 1994 08:49:37 GMT (unasked)");
    CHECK(treated("etag", "W/\"abc\"") == "W/\"abc\" (unasked)");
    CHECK(treated("x-ratelimit-reset-tokens", "6m0s") == "6m0s (unasked)");
    CHECK(treated("x-internal", "Anna Schmidt") == " (unasked)");  // dropped
}

#include "filters/body/body_filter.hpp"

#include <catch2/catch.hpp>

#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::transformed;
using bordergate::testing::World;

namespace {

BodyKind kind(std::string_view type, std::string_view coding = "") {
    Fields fields;
    if (!type.empty()) fields.add("Content-Type", type);
    if (!coding.empty()) fields.add("Content-Encoding", coding);
    return body_kind(fields, true);
}

}  // namespace

TEST_CASE("only what can be inspected for certain is") {
    CHECK(kind("application/json") == BodyKind::json);
    CHECK(kind("Application/JSON; charset=\"UTF-8\"") == BodyKind::json);
    CHECK(kind("application/problem+json") == BodyKind::json);
    CHECK(kind("text/event-stream") == BodyKind::sse);
    CHECK(kind("text/plain;charset=us-ascii") == BodyKind::text);
    CHECK(kind("application/x-ndjson") == BodyKind::ndjson);
    CHECK(kind("application/jsonl; charset=utf-8") == BodyKind::ndjson);
    CHECK(kind("application/x-www-form-urlencoded") == BodyKind::form);
    CHECK(kind("text/csv; header=absent") == BodyKind::csv);
    CHECK(kind("text/tab-separated-values") == BodyKind::csv);
    CHECK(kind("text/xml; charset=\"utf-8\"") == BodyKind::xml);
    CHECK(kind("application/xml", "gzip") == BodyKind::xml);
    CHECK(kind("application/soap+xml; action=\"urn:put\"") == BodyKind::xml);
    CHECK(kind("application/xml; charset=utf-16") == BodyKind::xml);  // its charset is decoded first
    CHECK(kind("application/xml-dtd") == BodyKind::opaque);
    CHECK(kind("") == BodyKind::opaque);
    // What cannot be read of a type that can is refused when it should be.
    CHECK(kind("application/json; charset=utf-16") == BodyKind::json);
    CHECK(kind("text/csv; charset=klingon") == BodyKind::csv);
    CHECK(kind("text/plain; charset") == BodyKind::text);
    CHECK(kind("multipart/form-data; boundary=b; boundary=c") == BodyKind::multipart);
    CHECK(kind("multipart/form-data") == BodyKind::opaque);
    CHECK(kind("application/json", "gzip") == BodyKind::json);
    CHECK(kind("application/json", "compress") == BodyKind::opaque);
    CHECK(kind("text/event-stream", "gzip") == BodyKind::opaque);
    CHECK(kind("application/json", "identity") == BodyKind::json);
    CHECK(kind("application/octet-stream") == BodyKind::opaque);
    Fields twice;
    twice.add("content-type", "application/json");
    twice.add("content-type", "image/png");
    CHECK(body_kind(twice, true) == BodyKind::opaque);
    CHECK(body_kind(Fields{}, false) == BodyKind::none);
}

TEST_CASE("the tables of the dialect compile, and media in a chat is opaque") {
    World world;
    Limits limits;
    BodyContext context;
    context.treatment = &world.treatment;
    context.limits = &limits;
    const auto* endpoint = dialect(DialectId::openai).endpoint("POST", "/v1/chat/completions");
    REQUIRE(endpoint);
    const BodyPaths paths = BodyPaths::compile({}, endpoint).value();
    context.paths = &paths;
    auto filter = make_body_filter(BodyKind::json, false, context);
    REQUIRE(filter.has_value());
    CHECK(transformed(**filter, R"({"messages":[{"content":[{"type":"image_url","image_url":{"url":"http://x"}}]}]})", 10) == "!opaque_refused");
    filter = make_body_filter(BodyKind::json, false, context);
    CHECK(transformed(**filter, R"({"model":"gpt","messages":[{"content":[{"type":"text","text":"a@b.de"}]}]})", 10) ==
          R"({"model":"gpt","messages":[{"content":[{"type":"text","text":"<EMAIL_ADDRESS>"}]}]})");
    CHECK(world.findings.model == "gpt");
}

TEST_CASE("declared fields of XML are those of requests, and of no other format") {
    World world;
    Limits limits;
    BodyContext context;
    context.treatment = &world.treatment;
    context.limits = &limits;
    const std::vector<FieldRule> fields{{"//name", ClassSet{*world.classes.find("contact")}}, {"$.name", ClassSet{*world.classes.find("health")}}};
    const BodyPaths paths = BodyPaths::compile(fields, nullptr).value();
    context.paths = &paths;
    const auto run = [&](BodyKind kind, bool response, std::string_view body) { return transformed(**make_body_filter(kind, response, context), body, 3); };
    CHECK(run(BodyKind::xml, false, "<a><name>Anna</name></a>") == "<a><name>&lt;contact&gt;</name></a>");
    CHECK(run(BodyKind::xml, true, "<a><name>Anna</name></a>") == "<a><name>Anna</name></a>");
    CHECK(run(BodyKind::json, false, R"({"name":"Anna"})") == R"({"name":"{health}"})");
    CHECK(BodyPaths::compile(std::vector<FieldRule>{{"//p:name", {}}}, nullptr).has_error());
}

TEST_CASE("opaque bodies need a permit") {
    World world;
    Limits limits;
    BodyContext context;
    context.treatment = &world.treatment;
    context.limits = &limits;
    CHECK(make_body_filter(BodyKind::opaque, false, context).error().code == Code::opaque_refused);
    world.cell("opaque").form = Form::clear;
    auto filter = make_body_filter(BodyKind::opaque, false, context);
    CHECK(transformed(**filter, "\xff\x00", 1) == "\xff");
}

TEST_CASE("plain text passes through windows, the same at every split") {
    std::string text;
    while (text.size() < 12000) text += "lorem ipsum \xc3\xa4 a@b.de dolor ";
    const auto run = [&](std::size_t size) {
        World world;
        Limits limits;
        limits.hold_back_bytes = 4096;
        BodyContext context;
        context.treatment = &world.treatment;
        context.limits = &limits;
        auto filter = make_body_filter(BodyKind::text, false, context);
        return transformed(**filter, text, size);
    };
    const auto whole = run(text.size());
    CHECK(whole.find("a@b.de") == std::string::npos);
    for (std::size_t size : {1, 3, 100, 4095, 4096, 4097}) CHECK(run(size) == whole);
}

namespace {

/// What becomes of a body of that type, the reason if it is refused.
std::string treated(std::string_view type, std::string_view body, const char* path = nullptr) {
    World world;
    Limits limits;
    BodyPaths paths;
    if (path) paths.request.selectors.push_back({JsonPath::compile(path).value(), ClassSet{*world.classes.find("contact")}});
    BodyContext context;
    context.treatment = &world.treatment;
    context.paths = &paths;
    context.limits = &limits;
    context.content_type = type;
    Fields fields;
    fields.add("content-type", type);
    const auto made = make_body_filter(body_kind(fields, true), false, context);
    if (made.has_error()) return "!" + made.error().detail;
    std::string out;
    const Status done = pass_through(**made, body, true, out);
    return done.has_error() ? "!" + done.error().detail : out;
}

}  // namespace

TEST_CASE("a body is read in the charset that its type declares, and leaves in it") {
    CHECK(treated("text/csv; charset=windows-1252", "m\xfcller;mail\n\x80;a@b.de\n") == "m\xfcller;mail\n\x80;<EMAIL_ADDRESS>\n");
    CHECK(treated("text/csv; charset=windows-1252", "m\xfcller;id\nAnna;1\n", "$['m\xc3\xbcller']") == "m\xfcller;id\n<contact>;1\n");
    CHECK(treated("application/json", "\xef\xbb\xbf{\"to\":\"a@b.de\"}") == "\xef\xbb\xbf{\"to\":\"<EMAIL_ADDRESS>\"}");
    CHECK(treated("text/csv", "\xef\xbb\xbfname,id\nAnna,1\n", "$.name") == "\xef\xbb\xbfname,id\n<contact>,1\n");
}

TEST_CASE("a charset of JSON or a form, which readers need not heed, lets nothing be read in two ways") {
    const std::string ascii = "!the body has more than ASCII, but declares that charset, or one that not all readers of its type heed: send it in UTF-8";
    for (const std::string type : {"application/json", "application/ld+json", "application/x-ndjson"})
        for (const std::string label : {"iso-8859-1", "windows-1252", "us-ascii", "gb18030", "koi8-r"}) {
            INFO(type << " in " << label);
            const auto declared = type + "; charset=" + label;
            CHECK(treated(declared, "{\"to\":\"a@b.de\"}") == "{\"to\":\"<EMAIL_ADDRESS>\"}");
            CHECK(treated(declared, "{\"t\":\"M\xc3\xbcller \xef\xbc\x94\"}").ends_with(ascii.substr(1)));
            CHECK(treated(declared, "{\"t\":\"\xe4\"}").ends_with(ascii.substr(1)));
        }
    CHECK(treated("application/x-www-form-urlencoded; charset=iso-8859-1", "name=Anna&to=a@b.de", "$.name") == "name=%3Ccontact%3E&to=%3CEMAIL_ADDRESS%3E");
    for (const auto* value : {"%C3%BC", "M\xc3\xbc", "%e4", "\xe4"}) CHECK(treated("application/x-www-form-urlencoded; charset=iso-8859-1", std::string("a=") + value) == ascii);

    std::string utf16;
    for (const char c : std::string("{\"to\":\"a@b.de\"}")) utf16 += {c, '\0'};
    CHECK(treated("application/json; charset=utf-16", "\xff\xfe" + utf16).starts_with("\xff\xfe{"));
    CHECK(treated("application/json; charset=utf-16", utf16) == "!the body is UTF-16 without a byte order mark, and the order is not declared");
    CHECK(treated("application/json; charset=utf-16le", utf16) == "!not all readers of the body's type heed the charset that it declares: send it in UTF-8");
}

TEST_CASE("XML is read in the charset that its type and the document declare, and in no other") {
    const auto latin9 = [](std::string_view rest) { return "<?xml version=\"1.0\" encoding=\"ISO-8859-15\"?>" + std::string(rest); };
    CHECK(treated("text/xml; charset=iso-8859-15", latin9("<a>M\xfcller, a@b.de</a>")) == latin9("<a>M\xfcller, &lt;EMAIL_ADDRESS&gt;</a>"));
    CHECK(treated("text/xml; charset=iso-8859-15", "<a>a@b.de</a>") == "<a>&lt;EMAIL_ADDRESS&gt;</a>");
    CHECK(treated("text/xml; charset=iso-8859-15", latin9("<a><![CDATA[<?xml version='1.0' encoding='UTF-8'?><b>\xfc a@b.de</b>]]></a>")) == latin9("<a><![CDATA[<?xml version='1.0' encoding='UTF-8'?><b>\xfc &lt;EMAIL_ADDRESS&gt;</b>]]></a>"));
    // Text that one reader would take for UTF-8.
    for (const auto* start : {"<?xml version='1.0' encoding='UTF-8'?>", ""}) CHECK(treated("text/xml; charset=iso-8859-15", std::string(start) + "<a>M\xc3\xbcller</a>").starts_with("!the XML cannot be read"));
    CHECK(treated("text/xml", latin9("<a/>")).starts_with("!the XML cannot be read"));
}

TEST_CASE("a charset that is not known, or stands where there is none, is refused with its reason") {
    CHECK(treated("text/csv; charset=klingon", "a") == "!the charset that the content type declares is not one that is read");
    CHECK(treated("text/plain; charset=utf-7", "+AGEAQABiAC4AZABl-") == "!the charset that the content type declares is not one that is read");
    CHECK(treated("text/plain; x-charset=klingon; y=\"charset=klingon\"", "a@b.de") == "<EMAIL_ADDRESS>");
    CHECK(treated("text/plain; charset=utf-8; charset=utf-16", "a") == "!the content type cannot be read: a parameter is given twice");
    CHECK(treated("multipart/form-data; boundary=b; boundary=c", "--b--") == "!the content type cannot be read: a parameter is given twice");
    CHECK(treated("multipart/form-data; boundary=b; charset=iso-8859-1", "--b--") == "!a body of this type has no charset but UTF-8, and another one is declared");
    CHECK(treated("application/x-www-form-urlencoded; charset=utf-16", "a=b") == "!the charset that the content type declares is none that a form is read in");
    CHECK(treated("text/csv; header=maybe", "a") == "!whether the table has a header is neither `present` nor `absent` (RFC 4180)");
    CHECK(treated("text/csv; Header=\"Absent\"", "Anna,1", "$.name") == "!the table has no header, and the rule declares columns by their names");
    CHECK(treated("text/csv; header=present; x=\"header=absent\"", "name,id\nAnna,1", "$.name") == "name,id\n<contact>,1");
}

TEST_CASE("text in UTF-16 that is not declared is no text in UTF-8: its NULs are refused") {
    const std::string utf16("a\0@\0b\0.\0d\0e\0", 12);
    for (const auto* type : {"text/plain", "text/csv", "application/x-www-form-urlencoded", "application/json", "text/plain; charset=iso-8859-1"}) {
        INFO(type);
        CHECK(treated(type, utf16).starts_with("!"));
        CHECK(treated(type, "\xff\xfe" + utf16).starts_with("!"));
    }
    CHECK(treated("text/plain", utf16) == "!the text has a NUL");
    CHECK(treated("text/plain; charset=utf-16le", utf16) == std::string("<\0E\0M\0A\0I\0L\0_\0A\0D\0D\0R\0E\0S\0S\0>\0", 30));
}

TEST_CASE("a gRPC body is read where its call is known, and only as what it says it is") {
    const auto schema = ProtoSchema::make({}).value();
    const GrpcCall call{schema.get(), schema->method("/inference.GRPCInferenceService/ServerReady"), {}};
    const auto kind = [&](std::string_view type, const GrpcCall* known) {
        Fields fields;
        fields.add("content-type", type);
        return body_kind(fields, true, known);
    };
    for (auto type : {"application/grpc", "application/grpc+proto"}) {
        CHECK(kind(type, &call) == BodyKind::grpc);
        CHECK(kind(type, nullptr) == BodyKind::opaque);
    }
    for (auto type : {"application/grpc-web", "application/grpc+json", "application/grpc-web+json"}) CHECK(kind(type, &call) == BodyKind::opaque);

    World world;
    Limits limits;
    BodyContext context;
    context.treatment = &world.treatment;
    context.limits = &limits;
    context.call = &call;
    auto filter = make_body_filter(BodyKind::grpc, false, context);
    CHECK(transformed(**filter, std::string(5, '\0'), 1) == std::string(5, '\0'));
    context.whole.add(*world.classes.find("health"));
    CHECK(make_body_filter(BodyKind::grpc, false, context).error().code == Code::place_cannot_carry);

    Fields fields;
    CHECK(message_coding(fields).empty());
    fields.add("grpc-encoding", "gzip");
    CHECK(message_coding(fields) == "gzip");
    fields.add("grpc-encoding", "gzip");
    CHECK(message_coding(fields) == "several");
}

#include "filters/body/xml_reader.hpp"

#include <catch2/catch.hpp>

#include "tests/support/every_split.hpp"

using namespace bordergate;
using bordergate::testing::at_every_split;
using Catch::Contains;

namespace {

/// Says what it is told, and what of that is one text as one.
class Telling final : public XmlReader {
  public:
    explicit Telling(JsonBounds bounds) : XmlReader(bounds) {}
    std::string told, bytes;

  private:
    bool tell(std::string_view mark, std::string_view raw) {
        told.append(mark).append(raw).append("|");
        bytes.append(raw);
        return true;
    }
    bool outside(std::string_view raw) override { return bytes.append(raw), true; }
    bool comment(std::string_view raw) override { return tell("c", raw); }
    bool instruction(std::string_view raw) override { return tell("i", raw); }
    bool open(const XmlTag& tag) override {
        told.append("<").append(tag.name);
        for (const auto& one : tag.attributes) {
            told.append(" ").append(one.name).append("=");
            (void)read_attribute_value(one.value, [&](std::string_view raw) { told.append(raw); }, [&](std::string_view, std::string_view meant) { told.append("{").append(meant).append("}"); });
        }
        told.append(tag.empty ? "/>" : ">");
        bytes.append(tag.raw);
        return true;
    }
    bool close(std::string_view raw) override {
        told.append("</").append(names().back()).append(">");
        bytes.append(raw);
        return true;
    }
    bool section(std::string_view raw) override { return bytes.append(raw), told.append(raw.front() == '<' ? "[" : "]"), true; }
    bool characters(std::string_view raw) override { return bytes.append(raw), told.append(raw), true; }
    bool reference(std::string_view raw, std::string_view meant) override { return bytes.append(raw), told.append("{").append(meant).append("}"), true; }
};

std::string told(std::string_view in, JsonBounds bounds = {4096, 32}) {
    return at_every_split(in.size(), [&](std::size_t step) {
        Telling reader(bounds);
        for (auto rest = in; !rest.empty(); rest.remove_prefix(std::min(step, rest.size()))) {
            const Status read = reader.read(rest.substr(0, step));
            if (read.has_error()) return "!" + std::string(info(read.error().code).name);
        }
        const Status end = reader.end();
        if (end.has_error()) return "!" + std::string(info(end.error().code).name);
        CHECK(reader.bytes == in);
        return reader.told;
    });
}

std::string refused(std::string_view in, const char* charset = "utf-8") {
    XmlReader reader({4096, 32}, find_charset(charset));
    Status done = reader.read(in);
    if (done.has_value()) done = reader.end();
    return done.has_error() ? done.error().detail : "accepted";
}

}  // namespace

TEST_CASE("the tokens of a document are told as they are written, at every split") {
    CHECK(told("<a/>") == "<a/></a>");
    CHECK(told("\xef\xbb\xbf<?xml version='1.0' encoding=\"UTF-8\" standalone='yes'?>\r\n<!-- x --><a>\n</a> <?p i?>\n") == "c<!-- x -->|<a>\n</a>i<?p i?>|");
    CHECK(told("<s:a s:b = '1&#64;2' c=\"x\ty\"><b></b >t&amp;u\r\nv\rw</s:a>") == "<s:a s:b=1{@}2 c=x{ }y><b></b>t{&}u{\n}v{\n}w</s:a>");
    CHECK(told("<a><![CDATA[x]]]]>]<![CDATA[]]y]>&amp;<z>\r]]]></a>") == "<a>[x]]]][]]y]>&amp;<z>{\n}]]</a>");
    CHECK(told("<a b='>' c='/'>]] ></a>") == "<a b=> c=/>]] ></a>");
    CHECK(told("<a><!-- -> ->\r\n--><?i ? > ?></a>") == "<a>c<!-- -> ->\r\n-->|i<?i ? > ?>|</a>");
    CHECK(told("<\xc3\xa4>\xf0\x9f\x98\x80</\xc3\xa4>") == "<\xc3\xa4>\xf0\x9f\x98\x80</\xc3\xa4>");
    CHECK(told("<a xmlns:x='u'><x:b x:c='1' c='2'/></a>") == "<a xmlns:x=u><x:b x:c=1 c=2/></x:b></a>");
}

TEST_CASE("what is no XML document is refused, at every split") {
    for (const auto* bad : {"", " ", "x", "<", "<a", "<a>", "<a>x", "</a>", "<a></b>", "<a/><b/>", "<a/>x", "x<a/>", "<a b=1/>", "<a b='1' b='2'/>", "<a b='<'/>", "<a b/>", "<a 'b'/>", "<a b='1'c='2'/>",
                            "<a>&</a>", "<a>&nbsp;</a>", "<a>&#0;</a>", "<a>&#xD800;</a>", "<a>&lt</a>", "<a>&#00000000000000000064;</a>", "<a b='&x;'/>", "<a b='&'/>", "<a>]]></a>", "<a><![CDATA[</a>", "<a><![CDATX[]]></a>",
                            "<![CDATA[x]]><a/>", "<a><!-- -- --></a>", "<a><!-- x ---></a>", "<a><!-></a>", "<a><?></a>", "<a><?xml version='1.0'?></a>", " <?xml version='1.0'?><a/>", "<a>\x01</a>", "<a>\xff</a>", "<a>\xc3</a>", "<a>\xef\xbf\xbf</a>",
                            "<1/>", "<>", "<a:/>x", "< a/>", "<a><!b></a>", "<a></a", "<a></ a>", "<a><?p", "<a/><!--", "\xef\xbb<a/>", "\xff\xfe<\0a\0/\0>\0", "<?xml version='1.0' encoding='utf-8'>", "<?xml encoding='utf-8'?><a/>"}) {
        INFO(bad);
        const auto what = told(bad);
        if (std::string_view(bad) != "<a:/>x") CHECK(what == "!body_invalid");
    }
}

TEST_CASE("a name that ends within a character is refused for that, and not for two readings of it") {
    CHECK_THAT(refused("<\xe1><a/>"), Contains("not UTF-8"));
    CHECK_THAT(refused("<a \xc3='1'/>"), Contains("invalid token"));
}

TEST_CASE("a NUL, which could be a sign of UTF-16, is refused wherever it stands") {
    using namespace std::string_view_literals;
    CHECK_THAT(refused("<\0>\0"sv), Contains("NUL"));
    CHECK_THAT(refused("\0<\0>"sv), Contains("NUL"));
    CHECK_THAT(refused("<a>\0</a>"sv), Contains("NUL"));
}

TEST_CASE("what could declare entities, means other characters, or is written in others, is refused with its reason") {
    CHECK_THAT(refused("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"), Contains("document type declaration"));
    CHECK_THAT(refused("<?xml version='1.0'?><!DOCTYPE html><html/>"), Contains("document type declaration"));
    CHECK_THAT(refused("<!DOCTYPE"), Contains("document type declaration"));
    CHECK_THAT(refused("<?xml version='1.1'?><a/>"), Contains("another version"));
    CHECK_THAT(refused("<?xml version='1.0' encoding='ISO-8859-1'?><a/>"), Contains("another encoding"));
    CHECK_THAT(refused("<?xml version='1.0' encoding='utf-16'?><a/>"), Contains("another encoding"));
    CHECK(refused("<?xml version='1.0' encoding='utf-8'?><a/>") == "accepted");
}

TEST_CASE("the encoding that a document declares is the one it was decoded from") {
    const auto in = [](const char* encoding, const char* charset) { return refused("<?xml version='1.0' encoding='" + std::string(encoding) + "'?><a>\xc3\xbc</a>", charset); };
    CHECK(in("ISO-8859-15", "iso-8859-15") == "accepted");
    CHECK(in("latin-9", "iso-8859-15") == "accepted");
    CHECK(in("ISO-8859-1", "iso-8859-1") == "accepted");
    CHECK(in("Shift_JIS", "windows-31j") == "accepted");
    CHECK(in("UTF-16", "utf-16") == "accepted");
    CHECK(in("UTF-16", "utf-16le") == "accepted");
    CHECK(in("UTF-16BE", "utf-16be") == "accepted");
    for (const auto& [encoding, charset] : {std::pair{"UTF-8", "iso-8859-15"}, {"ISO-8859-2", "iso-8859-15"}, {"klingon", "iso-8859-15"}, {"UTF-16LE", "utf-16be"}, {"UTF-8", "utf-16"}, {"UTF-16", "utf-8"}, {"us-ascii", "utf-8"}}) {
        INFO(encoding << " in " << charset);
        CHECK_THAT(in(encoding, charset), Contains("another encoding"));
    }
    CHECK(refused("<?xml version='1.0' encoding='utf-8'?><a/>", "us-ascii") == "accepted");
    CHECK_THAT(refused("<?xml version='1.0' encoding='koi8-r'?><a/>", "us-ascii"), Contains("another encoding"));
}

TEST_CASE("a document that does not tell its encoding has nothing but ASCII, if readers could not tell") {
    for (const auto* text : {"<a>\xc3\xbc</a>", "<a b='\xc3\xbc'/>", "<\xc3\xbc/>", "<?xml version='1.0'?><!--\xc3\xbc--><a/>", "<?xml version='1.0'?><a><![CDATA[\xc3\xbc]]></a>"}) {
        INFO(text);
        CHECK_THAT(refused(text, "iso-8859-15"), Contains("more than ASCII"));
        for (const auto* charset : {"utf-8", "utf-16", "utf-16le"}) CHECK(refused(text, charset) == "accepted");
    }
    CHECK(refused("<?xml version='1.0'?><a>&#252;</a>", "iso-8859-15") == "accepted");
}

TEST_CASE("tokens, nesting and attributes are bounded") {
    CHECK(told("<a b='" + std::string(30, 'x') + "'/>", {30, 8}) == "!body_too_large");
    CHECK(told("<" + std::string(40, 'a') + "/>", {30, 8}) == "!body_too_large");
    CHECK(told("<a><!--" + std::string(40, 'a') + "--></a>", {30, 8}) == "!body_too_large");
    CHECK(told("<a><?p " + std::string(40, 'a') + "?></a>", {30, 8}) == "!body_too_large");
    CHECK(told("<a>" + std::string(40, 'x') + "</a>", {30, 8}) == "<a>" + std::string(40, 'x') + "</a>");
    CHECK(told("<a><b><c/></b></a>", {30, 3}) == "<a><b><c/></c></b></a>");
    CHECK(told("<a><b><c/></b></a>", {30, 2}) == "!body_invalid");
    CHECK(is_xml_document(" <a/>", {30, 3}));
    CHECK_FALSE(is_xml_document("<a>", {30, 3}));
    CHECK_FALSE(is_xml_document("", {30, 3}));
    for (const auto* one : {"\xef\xbb\xbf<a/>", "<a></a >", "<a/><!-- x -->", "<a/><?p?> ", "<?p?><a/>", "<!----><_/>", "<:a/>", "<\xc3\xbc/>"}) CHECK(is_xml_document(one, {30, 3}));
    for (const auto* none : {"<a>", "<anna>", "<a><b>", "<1/>", "</a>", "<a></a>x>", "<a@b.de>", "a</a>", "<--></a>"}) CHECK_FALSE(is_xml_document(none, {30, 3}));
    std::string many = "<a";
    for (int i = 0; i < 65537; ++i) many += " b" + std::to_string(i) + "=''";
    XmlReader reader({many.size() * 2, 8});
    CHECK(reader.read(many + "/>").error().code == Code::body_too_large);
}

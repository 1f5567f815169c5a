#include "filters/body/xml_text.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

namespace {

std::string meant(std::string_view raw) {
    std::string out;
    return decode_xml_reference(raw, out) ? out : "none";
}

/// `kept` stood in the place, and `fresh` is written behind it.
std::string written(XmlPosition position, std::string_view kept, std::string_view fresh, std::string_view behind = {}) {
    XmlWriter writer(position);
    std::string out;
    writer.keep(kept, out);
    if (!writer.write(fresh, out)) return "unfit";
    writer.keep(behind, out);
    return out;
}

}  // namespace

TEST_CASE("references are to characters or to one of five entities") {
    CHECK(meant("&lt;") == "<");
    CHECK(meant("&apos;") == "'");
    CHECK(meant("&#64;") == "@");
    CHECK(meant("&#x1F600;") == "\xf0\x9f\x98\x80");
    CHECK(meant("&#x9;") == "\t");
    for (const auto* none : {"&;", "&#;", "&#x;", "&nbsp;", "&#0;", "&#xD800;", "&#xFFFE;", "&#x110000;", "&#99999999999;", "&#X40;", "&#4 0;", "&lt", "lt;"}) {
        INFO(none);
        CHECK(meant(none) == "none");
    }
}

TEST_CASE("what is written cannot end the place in which it stands") {
    CHECK(written(XmlPosition::text, "a", "<b>&\"'\r\n]]>") == "a&lt;b&gt;&amp;\"'&#13;\n]]&gt;");
    CHECK(written(XmlPosition::in_quotes, "a", "<\"'>\t\n\r&") == "a&lt;&quot;'&gt;&#9;&#10;&#13;&amp;");
    CHECK(written(XmlPosition::in_apostrophes, "a", "\"'") == "a\"&#39;");
    CHECK(written(XmlPosition::section, "a", "<b>&") == "a<b>&");
    CHECK(written(XmlPosition::section, "a", "]]>") == "a]]]]><![CDATA[>");
    CHECK(written(XmlPosition::section, "a", "\r") == "a]]>&#13;<![CDATA[");
}

TEST_CASE("neither can what is written together with what stood beside it") {
    CHECK(written(XmlPosition::section, "]]", ">") == "]]]]><![CDATA[>");
    CHECK(written(XmlPosition::section, "]", "", "]>") == "]]]]><![CDATA[>");
    CHECK(written(XmlPosition::section, "x", "]]", ">y") == "x]]]]><![CDATA[>y");
    CHECK(written(XmlPosition::section, "x", "]", "]]>y") == "x]]]]]><![CDATA[>y");
    CHECK(written(XmlPosition::text, "]]", "", ">") == "]]&gt;");
    CHECK(written(XmlPosition::text, "]", "x", "]>") == "]x]>");
    XmlWriter writer(XmlPosition::text);
    std::string out;
    writer.keep("]]", out);
    writer.keep_reference("&#93;", out);
    writer.keep(">", out);
    CHECK(out == "]]&#93;>");
    writer.keep("]]", out);
    writer.move_to(XmlPosition::section);
    writer.keep(">", out);
    CHECK(out == "]]&#93;>]]>");
}

TEST_CASE("characters that XML does not allow are not written") {
    for (const auto& unfit : {std::string("\x01"), std::string(1, '\0'), std::string("\x1f"), std::string("\xef\xbf\xbe"), std::string("\xef\xbf\xbf")}) {
        CHECK_FALSE(fits_xml(unfit));
        CHECK(written(XmlPosition::text, "", unfit) == "unfit");
    }
    CHECK(fits_xml("\t\r\n\x7f\xef\xbf\xbd\xc3\xa4"));
}

TEST_CASE("names have a local part, and some declare namespaces") {
    CHECK(xml_local_name("a:b") == "b");
    CHECK(xml_local_name("b") == "b");
    CHECK(declares_namespace("xmlns"));
    CHECK(declares_namespace("xmlns:a"));
    CHECK_FALSE(declares_namespace("a:xmlns"));
    CHECK(without_xml_space(" \r\na b\t") == "a b");
    CHECK(is_xml_space(" \t\r\n"));
    CHECK_FALSE(is_xml_space("\xc2\xa0"));
}

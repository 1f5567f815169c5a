#include "filters/body/xml_rewrite.hpp"

#include <catch2/catch.hpp>

#include "filters/body/xml_reader.hpp"
#include "tests/support/every_split.hpp"
#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::at_every_split;
using bordergate::testing::transformed;
using bordergate::testing::World;

namespace {

struct Given {
    std::vector<std::pair<std::string, std::string>> fields;  ///< path, class
    std::size_t hold_back = 4096;
    std::string identifier = "mask";
    bool observe = false;
};

std::vector<XmlSelector> selectors(const World& world, const Given& given) {
    std::vector<XmlSelector> made;
    for (const auto& [path, data] : given.fields) made.push_back({XmlPath::compile(path).value(), ClassSet{*world.classes.find(data)}});
    return made;
}

/// What becomes of `in`, the same at every split, and XML if it is not refused.
std::string treated(std::string_view in, const Given& given = {}) {
    const auto out = at_every_split(in.size(), [&](std::size_t step) {
        World world;
        world.cell("identifier").form = Form::mask;
        world.judgement.sort(world.classes.all());
        world.treatment.observe = given.observe;
        const auto declared = selectors(world, given);
        XmlRewriteSpec spec;
        spec.treatment = &world.treatment;
        spec.selectors = &declared;
        spec.bounds = {given.hold_back, 32};
        return transformed(*make_xml_rewrite(spec), in, step);
    });
    if (!out.starts_with('!')) {
        INFO(out);
        CHECK(is_xml_document(out, {out.size() + 1, 64}));
    }
    return out;
}

}  // namespace

TEST_CASE("texts and attribute values are treated as what they mean; the rest stays as it was") {
    const std::string_view plain = "\xef\xbb\xbf<?xml version=\"1.0\" encoding='utf-8'?>\r\n<!-- x --><a  b = 'x&#10;&lt;'\n><c />&amp;&#x41;<![CDATA[<z>]]>\r\n<?p q?></a >\n";
    CHECK(treated(plain) == plain);
    CHECK(treated("<a>mail anna@example.org now</a>") == "<a>mail &lt;EMAIL_ADDRESS&gt; now</a>");
    CHECK(treated("<a>&#65; a&#64;b&#x2e;de &#65;</a>") == "<a>&#65; &lt;EMAIL_ADDRESS&gt; &#65;</a>");
    CHECK(treated("<a><![CDATA[to a@b.de]]></a>") == "<a><![CDATA[to <EMAIL_ADDRESS>]]></a>");
    CHECK(treated("<a>an<![CDATA[na@exam]]>ple.org!</a>") == "<a>&lt;EMAIL_ADDRESS&gt;<![CDATA[]]>!</a>");
    CHECK(treated("<a b=\"&#65; a@b.de &#65; c@d.fr\" c='a&#64;b.de'/>") == "<a b=\"&#65; &lt;EMAIL_ADDRESS&gt; &#65; &lt;EMAIL_ADDRESS&gt;\" c='&lt;EMAIL_ADDRESS&gt;'/>");
    CHECK(treated("<a><b>a@b.de</b> x <c>c@d.fr</c></a>") == "<a><b>&lt;EMAIL_ADDRESS&gt;</b> x <c>&lt;EMAIL_ADDRESS&gt;</c></a>");
    CHECK(treated("<a>DE89370400440532013000</a>") == "!no_permit");
}

TEST_CASE("a value that comments and instructions part is seen as one") {
    CHECK(treated("<a>an<!-- c -->na@exam<?p?>ple.org</a>") == "<a>&lt;EMAIL_ADDRESS&gt;<!-- c --><?p?></a>");
    CHECK(treated("<a>DE8937<!---->0400440532013000</a>") == "!no_permit");
    CHECK(treated("<a>anna@" + std::string("<!--") + std::string(60, 'x') + "-->example.org</a>", {{}, 64}) == "!body_too_large");
    const std::string spaced = "<a> <!--" + std::string(50, 'x') + "--> <!--" + std::string(50, 'x') + "--> </a>";
    CHECK(treated(spaced, {{}, 64}) == spaced);
}

TEST_CASE("sections that say nothing are not held without bound") {
    std::string sections;
    for (int i = 0; i < 20; ++i) sections += "<![CDATA[]]>";
    CHECK(treated("<a>" + sections + "</a>", {{}, 64}) == "<a>" + sections + "</a>");
    CHECK(treated("<a> " + sections + "<![CDATA[ ]]></a>", {{}, 64}) == "<a> " + sections + "<![CDATA[ ]]></a>");
    CHECK(treated("<a>x" + sections + "</a>", {{}, 64}) == "!body_too_large");
    CHECK(treated("<a><![CDATA[x]]>" + sections + "</a>", {{}, 64}) == "!body_too_large");
    CHECK(treated("<a>" + sections + "<![CDATA[a@b.de]]></a>", {{}, 64}) == "<a>" + sections + "<![CDATA[<EMAIL_ADDRESS>]]></a>");
    CHECK(treated("<a>" + std::string(70, ' ') + sections + "a@b.de</a>", {{}, 64}) == "<a>" + std::string(70, ' ') + sections + "&lt;EMAIL_ADDRESS&gt;</a>");

    World world;
    XmlRewriteSpec spec;
    spec.treatment = &world.treatment;
    spec.bounds = {64, 8};
    const auto rewrite = make_xml_rewrite(spec);
    std::string out;
    REQUIRE(rewrite->feed("<a>" + sections, out).has_value());
    CHECK(out.size() > sections.size() / 2);
}

TEST_CASE("comments, instructions and names are scanned, and refuse what they cannot carry") {
    CHECK(treated("<!-- a@b.de --><a><!--to a@b.de--></a><?p c@d.fr?>") == "<!-- <EMAIL_ADDRESS> --><a><!--to <EMAIL_ADDRESS>--></a><?p <EMAIL_ADDRESS>?>");
    CHECK(treated("<a><!-- DE89370400440532013000 --></a>") == "!no_permit");
    CHECK(treated("<DE89370400440532013000/>") == "!no_permit");
    CHECK(treated("<a DE89370400440532013000='1'/>") == "!no_permit");
    CHECK(treated("<a xmlns:m='mailto:a@b.de'/>") == "!place_cannot_carry");
    CHECK(treated("<a xmlns='mailto:a@b.de'/>") == "!place_cannot_carry");
}

TEST_CASE("an element whose name is masked ends under the same name") {
    const auto run = [](std::string_view in) {
        return at_every_split(in.size(), [&](std::size_t step) {
            class Words final : public Treater {
              public:
                Status mask(const Masking&, std::string_view, std::string& out) override { return out.append("MASK"), Status{}; }
                Status seal(const Cell&, const Sealing&, std::string_view, std::string&) override { return fault(Code::internal, "none"); }
            } words;
            World world;
            world.cell("account").form = Form::mask;
            world.judgement.sort(world.classes.all());
            world.treatment.treater = &words;
            XmlRewriteSpec spec;
            spec.treatment = &world.treatment;
            return transformed(*make_xml_rewrite(spec), in, step);
        });
    };
    CHECK(run("<a><DE89370400440532013000 >x</DE89370400440532013000 ><DE89370400440532013000/></a>") == "<a><MASK >x</MASK ><MASK/></a>");
    CHECK(run("<a DE89370400440532013000='1' b='2'/>") == "<a MASK='1' b='2'/>");
    CHECK(run("<a DE89370400440532013000='1' GB82WEST12345698765432='2'/>") == "!place_cannot_carry");
    CHECK(run("<a MASK='1' GB82WEST12345698765432='2'></a>") == "!place_cannot_carry");
}

TEST_CASE("declared elements, texts and attributes give way as a whole") {
    const Given contact{{{"//name", "contact"}}};
    CHECK(treated("<a><name>Anna &amp; Ben</name></a>", contact) == "<a><name>&lt;contact&gt;</name></a>");
    CHECK(treated("<a><p:name>A<![CDATA[n]]>na</p:name></a>", contact) == "<a><p:name>&lt;contact&gt;<![CDATA[]]></p:name></a>");
    CHECK(treated("<a><name first='Anna'><last>M</last><!-- c --></name>x</a>", contact) == "<a><name first='&lt;contact&gt;'>&lt;contact&gt;</name>x</a>");
    CHECK(treated("<a><name/><name></name><name> </name></a>", contact) == "<a><name/><name></name><name> </name></a>");
    CHECK(treated("<name xmlns='urn:x'><a/></name>", contact) == "<name xmlns='urn:x'>&lt;contact&gt;</name>");
    CHECK(treated("<a><name>x<name>y</name></name>z</a>", contact) == "<a><name>&lt;contact&gt;</name>z</a>");
    CHECK(treated("<a><b id='1'>x</b><b id='2'>y</b></a>", {{{"/a/b[2]", "contact"}}}) == "<a><b id='1'>x</b><b id='&lt;contact&gt;'>&lt;contact&gt;</b></a>");
    CHECK(treated("<a><b id='1'>x<c>z</c>y</b></a>", {{{"//b/text()", "contact"}}}) == "<a><b id='1'>&lt;contact&gt;<c>z</c>&lt;contact&gt;</b></a>");
    CHECK(treated("<a><b id='1' x='2'>x</b></a>", {{{"//@id", "contact"}}}) == "<a><b id='&lt;contact&gt;' x='2'>x</b></a>");
    CHECK(treated("<a><b>x</b></a>", {{{"//b", "account"}}}) == "!no_permit");
    CHECK(treated("<a><b>cold</b></a>", {{{"//b", "health"}}}) == "<a><b>{health}</b></a>");
    CHECK(treated("<a><b><c k='1'>a@b.de</c></b></a>", {{{"//b", "health"}}}) == "<a><b>{contact,health}</b></a>");
    CHECK(treated("<a><b><c k='1'>x</c></b></a>", {{{"//b", "health"}, {"//c/@k", "contact"}}}) == "<a><b>{contact,health}</b></a>");
    CHECK(treated("<a><b>DE89370400440532013000</b></a>", {{{"//b", "health"}}}) == "!no_permit");
    CHECK(treated("<a><b><c>a@b.de</c></b></a>", {{{"//b", "financial"}}}) == "<a><b><c>&lt;EMAIL_ADDRESS&gt;</c></b></a>");
    CHECK(treated("<a><b>" + std::string(70, 'x') + "</b></a>", {{{"//b", "contact"}}, 64}) == "!body_too_large");
    CHECK(treated("<a><b>" + std::string(70, 'x') + "</b></a>", {{{"//b/text()", "contact"}}, 64}) == "!body_too_large");
    CHECK(treated("<a><b>Anna</b></a>", {{{"//b", "contact"}}, 4096, "mask", true}) == "<a><b>Anna</b></a>");
}

TEST_CASE("the name of an element or attribute announces what stands in it") {
    CHECK(treated("<a><bsn>111222333</bsn><order>111222333</order></a>") == "<a><bsn>&lt;NL_BSN&gt;</bsn><order>111222333</order></a>");
    CHECK(treated("<a x:bsn='111222333' order='111222333'/>") == "<a x:bsn='&lt;NL_BSN&gt;' order='111222333'/>");
}

TEST_CASE("records name the place without what could be a value") {
    World world;
    XmlRewriteSpec spec;
    spec.treatment = &world.treatment;
    CHECK(transformed(*make_xml_rewrite(spec), "<s:a><b to='a@b.de'>a@b.de</b><c.1>a@b.de</c.1></s:a><!--a@b.de-->", 100)[0] == '<');
    CHECK(world.findings.pointers == std::vector<std::string>{"/a/b/to", "/a/b", "/a/*", "body"});
    CHECK(world.findings.masked == 0);
    CHECK(world.findings.values == 4);
    World nothing;
    spec.treatment = &nothing.treatment;
    CHECK(transformed(*make_xml_rewrite(spec), "<a/>", 1) == "<a/>");
    CHECK(nothing.findings.classes == ClassSet{ClassTree::plain});
}

TEST_CASE("documents in texts are treated as such") {
    CHECK(treated("<a>{\"to\":\"a\\u0040b.de\"}</a>") == "<a>{\"to\":\"&lt;EMAIL_ADDRESS&gt;\"}</a>");
    CHECK(treated("<a><![CDATA[<p>a&#64;b.de<br>&#65;]]></a>") == "<a><![CDATA[<p><EMAIL_ADDRESS><br>&#65;]]></a>");
    CHECK(treated("<a><![CDATA[<b>a&#64;b.de</b>]]></a>") == "<a><![CDATA[<b>&lt;EMAIL_ADDRESS&gt;</b>]]></a>");
    CHECK(treated("<a>&lt;b&gt;an&lt;!-- x --&gt;na@example.org&lt;/b&gt;</a>") == "<a>&lt;b&gt;&amp;lt;EMAIL_ADDRESS&amp;gt;&lt;!-- x --&gt;&lt;/b&gt;</a>");
}

TEST_CASE("long texts pass in windows, the same at every split") {
    std::string text = "<a x='1'>";
    while (text.size() < 12000) text += "lorem &amp; ipsum \xc3\xa4 a&#64;b.de <![CDATA[a <b> c@d.fr]]> <!-- e@f.de --> dolor\r\n";
    text += "</a>";
    const auto run = [&](std::size_t step) {
        World world;
        XmlRewriteSpec spec;
        spec.treatment = &world.treatment;
        spec.bounds = {4096, 8};
        return transformed(*make_xml_rewrite(spec), text, step);
    };
    const auto whole = run(text.size());
    REQUIRE(whole.front() == '<');
    for (const auto* gone : {"@", "&#64;"}) CHECK(whole.find(gone) == std::string::npos);
    CHECK(is_xml_document(whole, {65536, 8}));
    for (std::size_t step : {1, 2, 3, 7, 100, 4095, 4096, 4097}) CHECK(run(step) == whole);
    std::string expected = text;
    for (const auto& [from, to] : {std::pair<std::string, std::string>{"a&#64;b.de", "&lt;EMAIL_ADDRESS&gt;"}, {"c@d.fr", "<EMAIL_ADDRESS>"}, {"e@f.de", "<EMAIL_ADDRESS>"}})
        for (auto at = expected.find(from); at != std::string::npos; at = expected.find(from, at + to.size())) expected.replace(at, from.size(), to);
    CHECK(whole == expected);
}

TEST_CASE("references that a long text quotes are resolved in its windows as in a short one") {
    const auto run = [](const std::string& in, std::size_t hold_back = 4096) {
        std::string whole;
        for (std::size_t step : {in.size(), std::size_t{4097}, std::size_t{100}, std::size_t{1}}) {
            World world;
            world.cell("identifier").form = Form::mask;
            world.judgement.sort(world.classes.all());
            XmlRewriteSpec spec;
            spec.treatment = &world.treatment;
            spec.bounds = {hold_back, 8};
            const auto out = transformed(*make_xml_rewrite(spec), in, step);
            if (step == in.size()) whole = out;
            CHECK(out == whole);
        }
        return whole;
    };
    const auto words = [](std::size_t size) {
        std::string made;
        while (made.size() < size) made += "some words, ";
        return made.substr(0, size);
    };
    const std::string hidden = "a&amp;#64;b.example", masked = "&lt;EMAIL_ADDRESS&gt;";
    for (const std::size_t pad : {0, 1000, 4040, 4050, 4060, 4070, 4080, 8000}) {
        const std::string before = words(pad) + " &lt;b&gt;AT&amp;amp;T ", after = "&lt;/b&gt; " + words(5000);
        CHECK(run("<a>" + before + hidden + after + "</a>") == "<a>" + before + masked + after + "</a>");
    }
    std::string many, expected;
    for (int i = 0; i < 200; ++i) {
        many += "mail &amp;#97;&#38;#64;b.de or &amp;lt;c@d.fr&amp;gt; ";
        expected += "mail " + masked + " or &amp;lt;" + masked + "&amp;gt; ";
    }
    for (const std::size_t hold_back : {600, 1000, 4096}) CHECK(run("<a>" + many + "</a>", hold_back) == "<a>" + expected + "</a>");
    // What announces a value may stand before the window, in as many references as it likes.
    std::string spelt;
    for (const char c : std::string("my bsn as it is known to those who read the register: ")) spelt += "&amp;#x0000000000" + std::string(1, "0123456789abcdef"[c >> 4]) + std::string(1, "0123456789abcdef"[c & 15]) + ";";
    for (std::size_t pad = 2160; pad < 2250; pad += 8) CHECK(run("<a>" + words(pad) + spelt + "111222333, " + words(5000) + "</a>").find("111222333") == std::string::npos);
    // Too few characters are left to know what is a value.
    std::string dense;
    while (dense.size() < 12000) dense += "&amp;#x0000000002e;";
    CHECK(run("<a>" + dense + "</a>") == "!opaque_refused");
}

TEST_CASE("what a declared element quotes counts for it") {
    const Given contact{{{"//b", "contact"}}};
    CHECK(treated("<a><b>x DE8937&amp;#48;400440532013000</b></a>", contact) == "!no_permit");
    CHECK(treated("<a><b><c>x DE8937&amp;#48;400440532013000</c></b></a>", contact) == "!no_permit");
    CHECK(treated("<a><b><c k='DE8937&amp;#48;400440532013000'/></b></a>", contact) == "!no_permit");
    CHECK(treated("<a><b><!-- DE8937&#48;400440532013000 --></b></a>", contact) == "!no_permit");
    CHECK(treated("<a><b k='DE8937&amp;#48;400440532013000'/></a>", contact) == "!no_permit");
    CHECK(treated("<a><b>Anna &amp;amp; Ben</b></a>", contact) == "<a><b>&lt;contact&gt;</b></a>");
}

TEST_CASE("a text within a declared element that no analyser answered for is refused at once") {
    const std::vector<Analyser> analysers(1);
    Analyses analyses(analysers, 1 << 20);
    analyses.settle();
    World world;
    world.treatment.analyses = &analyses;
    const auto declared = selectors(world, {{{"//b", "contact"}}});
    XmlRewriteSpec spec;
    spec.treatment = &world.treatment;
    spec.selectors = &declared;
    spec.bounds = {4096, 8};
    for (const auto* in : {"<a><b><c>Anna</c>", "<a><b><c k='Anna'/>", "<a><b><c/>Anna<c/>", "<a><b><!--Anna-->"}) {
        INFO(in);
        const auto rewrite = make_xml_rewrite(spec);
        std::string out;
        const Status fed = rewrite->feed(in, out);
        REQUIRE(fed.has_error());
        CHECK(fed.error().code == Code::analyser_failed);
    }
}

TEST_CASE("a long text of references passes, and JSON that long is opaque") {
    std::string letters = "<a>";
    for (int i = 0; i < 600; ++i) letters += "&#x0000020AC;&#233;";
    letters += " a@b.de</a>";
    World world;
    XmlRewriteSpec spec;
    spec.treatment = &world.treatment;
    spec.bounds = {1024, 8};
    CHECK(transformed(*make_xml_rewrite(spec), letters, 10) == letters.substr(0, letters.size() - 10) + "&lt;EMAIL_ADDRESS&gt;</a>");
    std::string words;
    while (words.size() < 2000) words += "some words ";
    CHECK(transformed(*make_xml_rewrite(spec), "<a>[\"" + words + "\"]</a>", 10) == "!opaque_refused");
    const auto bracket = "<a>[note] " + words + "</a>";
    CHECK(transformed(*make_xml_rewrite(spec), bracket, 10) == bracket);
}

TEST_CASE("labels are restored in texts and attribute values of an answer") {
    const std::array<std::uint8_t, 32> bytes{};
    const LabelKey key{std::span<const std::uint8_t, 32>(bytes)};
    Labels labels(key);
    const auto label = labels.issue("PERSON", "Anna & <Ben>").value();
    const auto restored = [&](const std::string& in, std::size_t hold_back = 4096) {
        return at_every_split(in.size(), [&](std::size_t step) {
            World world;
            XmlRewriteSpec spec;
            spec.treatment = &world.treatment;
            spec.labels = &labels;
            spec.bounds = {hold_back, 8};
            return transformed(*make_xml_rewrite(spec), in, step);
        });
    };
    const std::string anna = "Anna &amp; &lt;Ben&gt;";
    CHECK(restored("<a b='" + label + "'>Dear " + label + "!</a>") == "<a b='" + anna + "'>Dear " + anna + "!</a>");
    CHECK(restored("<a>&#65; <![CDATA[" + label + "]]></a>") == "<a>A <![CDATA[Anna & <Ben>]]></a>");
    CHECK(restored("<a>" + label.substr(0, 9) + "<!-- x -->" + label.substr(9) + "</a>") == "<a><!-- x -->" + anna + "</a>");
    CHECK(restored("<a>http://x.example/" + label + "</a>") == "<a>http://x.example/" + label + "</a>");
    std::string text;
    while (text.size() < 300) text += "word " + label + " ";
    std::string expected = text;
    for (auto at = expected.find(label); at != std::string::npos; at = expected.find(label, at + anna.size())) expected.replace(at, label.size(), anna);
    CHECK(restored("<a>" + text + "</a>", 64) == "<a>" + expected + "</a>");
}

TEST_CASE("what is no XML is refused") {
    for (const auto* bad : {"", "{}", "<a>", "<a></b>", "<a/><a/>", "<a b='1' b='2'/>", "<a>\xff</a>", "<!DOCTYPE a><a/>", "<a>&nbsp;</a>", "<?xml version='1.0' encoding='latin1'?><a/>"}) {
        INFO(bad);
        CHECK(treated(bad) == "!body_invalid");
    }
}

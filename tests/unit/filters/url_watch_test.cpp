#include "filters/mask/url_watch.hpp"

#include <catch2/catch.hpp>
#include <string_view>

using namespace bordergate;

namespace {

/// Whether what stands at `#` would be part of a URL, followed by a label.
bool in_url(std::string_view text) {
    UrlWatch watch;
    for (const char c : text) {
        watch.pass(c == '#' ? 'E' : c);
        if (c == '#') return watch.inside();
    }
    FAIL("no # in " << text);
    return false;
}

void in_url(std::initializer_list<std::string_view> texts, bool expected) {
    for (const auto text : texts) {
        INFO(text);
        CHECK(in_url(text) == expected);
    }
}

}  // namespace

TEST_CASE("a bracket or quote does not end a URL that it did not begin, since it does not for a browser") {
    in_url({R"(<img src="https://evil.example/?q=)#">)", R"(<img src="https://evil.example/?q=']}` <>#">)", R"(<img src='https://evil.example/?q=)-"#'>)",
            "<img src=https://evil.example/?q=)-\"'#>", "<img src= https://evil.example/?q=\"-#>", "![](https://evil.example/?q=]\"'<>#)", "![](https://evil.example/?q=(a)-#)",
            R"(![](https://evil.example/?q=\)-#))", "![](<https://evil.example/?q=) #>)", "https://evil.example/?q=)#", "https://evil.example/?q=']}`-#", "`https://evil.example/?q=)-#`",
            "url('https://evil.example/?q=)-#')", "\"https://evil.example/?q=\n-#\""},
           true);
}

TEST_CASE("a URL ends with the partner of what stands before its scheme") {
    in_url({R"("https://a.example", #)", R"(<a href="https://a.example">#</a>)", "'https://a.example' #", "(https://a.example) #", "[a](https://a.example/(b)), #", "[https://a.example](#",
            "{https://a.example}.#", "<https://a.example>#", "`https://a.example`, #", "(https://a.example #", "`https://a.example #", "<a href=https://a.example>#", "<https://a.example\n#",
            "see https://a.example, #", R"({"u":"see https://a.example","v":"#"})", R"({\"u\":\"https://a.example\",\"v\":\"#\"})", "https://a.example<b>#"},
           false);
}

TEST_CASE("what closes a URL does not where a word goes on at once") { in_url({"(https://evil.example/?q=)#", "'https://evil.example/?q='#", "\"https://evil.example/?q=\"#", "(https://evil.example/?q=)E)#"}, true); }

TEST_CASE("what browsers and JSON readers take for slashes opens a URL, and so do two behind a quote or bracket") {
    in_url({R"(https:\/\/evil.example\/?q=#)", R"("https:\/\/evil.example\/?q=#)", R"(https:\\evil.example?q=#)", R"(https:/\evil.example?q=#)", R"(https:\\\/evil.example?q=#)", "https:/\t/evil.example?q=#", "https:\n//evil.example?q=#",
            "<img src=\"//evil.example/?q=#\">", "<img src='//evil.example/?q=#'>", "<img src=//evil.example/?q=#>", "![](//evil.example/?q=#)", "![](<//evil.example/?q=#>)", R"("\/\/evil.example?q=#")", "x://#", "://#"},
           true);
    in_url({"C:\\\\Users\\\\#", "\"C:\\\\Users\\\\#", "// #", "//#", "a//#", ":/#", ": //#", ":a//#", "a: #", R"("\n\n#")", R"("\\#")", "(/#"}, false);
}

TEST_CASE("what came before matters while a URL is open or may open, and no longer") {
    const auto usual = [](std::string_view text) {
        UrlWatch watch;
        for (const char c : text) watch.pass(c);
        return watch.usual();
    };
    for (const auto text : {"", "a", "see htt", "a)", "https://a.example ", "(a b", "1234567"}) {
        INFO(text);
        CHECK(usual(text));
    }
    for (const auto text : {"https:", "https://", "https://a", "(", "(htt", "\"", "x=", "x= ", "(https://a)"}) {
        INFO(text);
        CHECK_FALSE(usual(text));
    }
    CHECK(usual("(" + std::string(100, 'x')));
}

#include <catch2/catch.hpp>
#include <string>

#include "filters/body/text.hpp"
#include "tests/support/every_split.hpp"
#include "tests/support/sightings.hpp"
#include "tests/support/world.hpp"

using namespace bordergate;
using testing::transformed;
using testing::World;

namespace {

std::string dates(std::string_view text) { return bordergate::testing::sighted(text, {}, true); }

}  // namespace

TEST_CASE("dates in figures", "[date]") {
    CHECK(dates("on 2024-03-12.") == "on <DATE_TIME>.");
    CHECK(dates("2024-03-12T10:15:30.123Z") == "<DATE_TIME>");
    CHECK(dates("2024-03-12 10:15:30+02:00 x") == "<DATE_TIME> x");
    CHECK(dates("2024/3/1, 12.03.2024, 1.3.2024") == "<DATE_TIME>, <DATE_TIME>, <DATE_TIME>");
    CHECK(dates("13/02/2024 or 02/13/2024") == "<DATE_TIME> or <DATE_TIME>");
    CHECK(dates("12-03-1999") == "<DATE_TIME>");
    for (const char* text : {"2024-13-12", "32.01.2024", "13.13.2024", "13/13/2024", "02.13.2024", "1.2.3", "2024-03", "12/03", "1.2.2024.5", "v2024-03-12", "9999-01-01", "12.03.24"}) {
        INFO(text);
        CHECK(dates(text) == text);
    }
}

TEST_CASE("dates with the names of months", "[date]") {
    for (const char* text : {"12 March 2024", "12 MARCH 2024", "March 12, 2024", "Mar 12th 2024", "12th of March, 2024", "12-Mar-2024", "12. M\u00e4rz 2024", "1er mars 2024", "12 f\u00e9vrier 2024", "12 D\u00c9CEMBRE 2024",
                             "12 de marzo de 2024", "12 maggio 2024", "3 augustus 2024", "1 de mar\u00e7o de 2024", "Sept. 3, 2024", "12 March", "March 12", "12 March 2024 10:15"}) {
        INFO(text);
        CHECK(dates(text) == "<DATE_TIME>");
        CHECK(dates("x " + std::string(text) + ".") == "x <DATE_TIME>.");
    }
    for (const char* text : {"12 monkeys 2024", "32 March 2024", "30 February 2024", "march 12 miles", "12 Marching bands", "the 12 of us", "smarch 12, 2024", "Demarch 12"}) {
        INFO(text);
        CHECK(dates(text) == text);
    }
}

TEST_CASE("dates of other languages and of machines", "[date]") {
    for (const char* text : {"12. 3. 2024", "12.\u00a03.\u00a02024", "2024. 03. 12", "2024. m\u00e1rcius 12", "2024\u5e743\u670812\u65e5", "2024\ub144 3\uc6d4 12\uc77c", "12.M\u00e4rz 2024", "1\u00ba maggio 2024", "5 wrze\u015bnia 2024", "3 \u039c\u03b1\u0390\u03bf\u03c5 2024",
                             "3 \u0430\u0432\u0433\u0443\u0441\u0442\u0430 2024", "12-Mar-24", "12/Mar/2024:10:15:30 +0000", "20240312T101530Z", "2024-W11-2", "2024-Mar-12", "Mar 12 10:15:30 2024", "2024-03-12T10:15:30,123", "12 mars 2024 \u00e0 14h30", "12.03.2024 um 14 Uhr",
                             "3/12/2024, 2:30 p.m.", "12 maart 2024 om 14:30 uur", "5 listopada 2024 o godz. 14:30", "03/12/24"}) {
        const std::string one = text;
        INFO(text);
        CHECK(dates(text) == "<DATE_TIME>");
        CHECK(dates("x " + one + ".") == "x <DATE_TIME>.");
        CHECK(dates("(" + one + ")") == "(<DATE_TIME>)");
    }
    CHECK(dates("12.03.2024-15.03.2024") == "<DATE_TIME>-<DATE_TIME>");
    CHECK(dates("2024-03-12/2024-03-15") == "<DATE_TIME>/<DATE_TIME>");
    CHECK(dates("2024-03-12 10:15-5") == "<DATE_TIME> 10:15-5");
    CHECK(dates("\u751f\u5e74\u6708\u65e52024\u5e743\u670812\u65e5\u751f") == "\u751f\u5e74\u6708\u65e5<DATE_TIME>\u751f");
    CHECK(dates("12 March 2024 at 10 people, 12.03.2024 that 5 h") == "<DATE_TIME> at 10 people, <DATE_TIME> that 5 h");
    for (const char* text : {"2 out of 3", "12 may be late", "10 set points", "5 lug nuts", "they may 5 times", "In 2024 may 12 people come", "version 12.3.2024", "Version: 1.2.2024", "IDEA 2024.3.1", "12/24/36 months", "2024-W54", "20241312T101530Z", "20240312", "2024\u5e7413\u67081\u65e5", "32. 3. 2024",
                             "1.12.03.2024", "1-2024-03-12", "2024-03-12-1", "3.12.10"}) {
        INFO(text);
        CHECK(dates(text) == text);
    }
}

TEST_CASE("what is a date or a version is told by what stands near it", "[date]") {
    CHECK(dates("born 12.03.24 in Berlin") == "born <DATE_TIME> in Berlin");
    CHECK(dates("Geburtsdatum: 12.3.71") == "Geburtsdatum: <DATE_TIME>");
    CHECK(dates("naissance 2024.3.1") == "naissance <DATE_TIME>");
    CHECK(dates("release 22.04.23") == "release 22.04.23");
    CHECK(bordergate::testing::sighted("12-03-24", "birth_date", true) == "<DATE_TIME>");
    CHECK(bordergate::testing::sighted("12-03-24", "x", true) == "<DATE_TIME>");  // all that a field holds
}

TEST_CASE("dates in a stream are found wherever it is split", "[date]") {
    World world;
    world.cell("personal").form = Form::mask;
    world.judgement.sort(world.classes.all());
    world.scanner = Scanner({builtin_recogniser("DATE_TIME", *world.classes.find("personal"))});
    const std::string text = "on 12 de mar\u00e7o de 2024 \u00e0s 14h30, 2024\ub144 3\uc6d4 12\uc77c 10:15; born 12.03.24. Version 1.2.2024, March 12, 2024 at 2:30 PM, 20240312T101530Z!";
    const auto out = testing::at_every_split(text.size(), [&](std::size_t step) { return transformed(*make_text(world.treatment, nullptr, 8192), text, step); });
    CHECK(out == "on <DATE_TIME>, <DATE_TIME>; born <DATE_TIME>. Version 1.2.2024, <DATE_TIME>, <DATE_TIME>!");
}

TEST_CASE("addresses with a scheme", "[url]") {
    CHECK(dates("see https://example.org/a?b=c#d, or (http://x.de).") == "see <URL>, or (<URL>).");
    CHECK(dates("ftp://h/\u00fcber") == "<URL>");
    CHECK(dates("std::x a:// b ://x") == "std::x a:// b ://x");
    const std::string longer = "https://example.org/" + std::string(380, 'a') + "\u00fc" + std::string(20, 'b');
    CHECK(dates(longer).starts_with("<URL>"));
}

TEST_CASE("hardware addresses", "[mac]") {
    CHECK(dates("eth0 00:1a:2b:3c:4d:5e up") == "eth0 <MAC_ADDRESS> up");
    CHECK(dates("00-1A-2B-3C-4D-5E") == "<MAC_ADDRESS>");
    CHECK(dates("aa:bb:cc:dd:ee:ff") == "<MAC_ADDRESS>");
    CHECK(dates("aa-bb-cc-dd-ee-f0") == "<MAC_ADDRESS>");
    for (const char* text : {"00:1a:2b:3c:4d", "00:1a:2b:3c:4d:5e:6f", "00:1a-2b:3c-4d:5e", "x00:1a:2b:3c:4d:5e", "00:1a:2b:3c:4d:5g", "00-1a-2b-3c-4d-5e-6f"}) {
        INFO(text);
        CHECK(dates(text) == text);
    }
}

TEST_CASE("the name of a month ends at punctuation and letters of any script", "[date]") {
    CHECK(dates("12 March，2024") == "<DATE_TIME>，2024");
    CHECK(dates("“12. März” 2024") == "“<DATE_TIME>” 2024");
    CHECK(dates("于March 12, 2024。") == "于<DATE_TIME>。");
    CHECK(dates("\u00a0mars 12, 2024") == "\u00a0<DATE_TIME>");
}

// What leaves, what was found and what was decided depend on what came, never on how it was split: for every kind of body, in
// every coding, under every operator.
#include <catch2/catch.hpp>
#include <functional>
#include <random>

#include "tests/unit/filters/crossed_body.hpp"

using namespace bordergate;
using namespace bordergate::testing;

namespace {

/// A document of that form which holds a plan's values where they are declared and where they are found.
std::string document(const BodyForm& form, const MaskPlan& plan) {
    const auto& [name, spec, value, number, found] = plan;
    const std::string said = found.empty() ? "nothing" : "on " + found + " it was";
    if (form.name == "json")
        return R"({"born":")" + value + R"(","n":[1.5,{"born":)" + number + R"(}],"t":"é \u0040 \"q\" )" + said + R"(","j":"{\"born\":\")" + value + R"(\"}","é )" + said + R"(":null})";
    if (form.name == "ndjson") return R"({"born":")" + value + "\"}\r\n\n[\"" + said + "\",true]\n{\"born\":" + number + "}";
    if (form.name == "csv") return "born;" + said + ";é\r\n" + value + ";x;\"a \"\"b\"\" " + said + "\"\n\"" + value + "\";;" + said + "\n";
    if (form.name == "tsv") return "x\tborn\n" + said + "\t" + value + "\r\n\"\t" + said + "\n\"\t" + value;
    if (form.name == "form") return "born=" + value + "&a+b=%c3%a9+" + said + "&" + said + "=1&j=%7B%22born%22%3A" + number + "%7D&=&x";
    if (form.name == "text") return "é " + said + ",\n\\u0040 %40 " + said + " end";
    if (form.name == "multipart")
        return "--b\r\nContent-Disposition: form-data; name=\"born\"\r\n\r\n" + value + "\r\n--b \r\nContent-Disposition: form-data; name=\"f\"; filename=\"" + said +
               ".x\"\r\nContent-Type: application/json\r\n\r\n{\"born\":" + number + "}\r\n--b\r\n\r\n--b- " + said + "\r\n--b--\r\n";
    if (form.name == "grpc")
        return note("text: \"" + said + "\" inner { n: 7 many: \"" + said + "\" }") + note("") + note("m { key: \"k\" value: \"" + said + "\" }");
    return "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + said + "\"}}]}\r\n\r\nid: 1\ndata: {\"x\":\ndata: \"" + said + "\"}\n\ndata: [DONE]\n\n";
}

using Cuts = std::vector<std::size_t>;
using Run = std::function<Crossed(const Cuts&, std::size_t)>;

/// Cuts drawn by lot, ascending.
Cuts drawn(std::mt19937& random, std::size_t size) {
    Cuts cuts(random() % 9);
    for (auto& one : cuts) one = random() % (size + 1);
    std::sort(cuts.begin(), cuts.end());
    return cuts;
}

/// Compares `crossed(cuts, step)` for a body of `size` bytes: whole, byte by byte, at each cut in two that `stride` leaves, and
/// at many drawn ones.
Crossed same_at_splits(std::size_t size, std::size_t stride, std::size_t draws, const Run& crossed) {
    const Crossed whole = crossed({}, 0);
    const auto same = [&](const Crossed& other) { return other.refused == whole.refused && other.verdict == whole.verdict && other.out == whole.out && other.findings == whole.findings; };
    const auto check = [&](const Cuts& cuts, std::size_t step) {
        const Crossed other = crossed(cuts, step);
        if (same(other)) return;
        std::string told;
        for (const auto cut : cuts) told += " " + std::to_string(cut);
        std::size_t differs = 0;
        while (differs < other.out.size() && differs < whole.out.size() && other.out[differs] == whole.out[differs]) ++differs;
        const auto shown = [differs](const Crossed& one) { return one.verdict + one.out.substr(std::min(one.out.size(), differs < 40 ? 0 : differs - 40), 400) + "\n" + one.findings; };
        FAIL("cut at" << told << ", in steps of " << step << ":\n" << shown(other) << "\nwhole:\n" << shown(whole) << "\nwhich differ from " << differs);
    };
    check({}, 1);
    for (std::size_t cut = 0; cut <= size; cut += stride) check({cut}, 0);
    std::mt19937 random(static_cast<unsigned>(size));
    for (std::size_t i = 0; i < draws; ++i) check(drawn(random, size), i % 3 == 0 ? 1 + random() % 7 : 0);
    return whole;
}

}  // namespace

TEST_CASE("a masked body is the same at every split, in every coding, under every operator", "[law]") {
    for (const auto& form : body_forms())
        for (const auto coding : coding_names()) {
            if (!takes_coding(form, coding)) continue;
            std::size_t crossed = 0;
            std::string refusals;
            for (const auto& plan : mask_plans()) {
                INFO(form.name << " in " << coding << " under " << plan.name);
                const auto plain = document(form, plan);
                const auto body = coded(form, coding, plain);
                const Crossed whole = same_at_splits(body.size(), 1, 8, [&](const Cuts& cuts, std::size_t step) { return BodyCrossing(&plan).request(form, coding, body, cuts, step); });
                crossed += whole.refused ? 0 : 1;
                refusals += whole.verdict + "\n";
                if (!whole.refused && !plan.found.empty()) CHECK(decoded(form, coding, whole.out) != plain);
            }
            INFO(form.name << " in " << coding << ":\n" << refusals);
            // Events are read in answers only; of what is found in running text some operators can make nothing.
            CHECK(crossed >= (form.kind == BodyKind::sse ? 0 : mask_plans().size() - 4));
        }
}

TEST_CASE("a body that ends too early or goes on too long is judged alike at every split", "[law]") {
    const auto& plan = mask_plan(MaskSpec::Kind::pseudonym);
    for (const auto& form : body_forms())
        for (const auto coding : coding_names()) {
            if (!takes_coding(form, coding)) continue;
            const auto body = coded(form, coding, document(form, plan));
            for (std::size_t size = 0; size < body.size(); size += 1 + body.size() / 16) {
                INFO(form.name << " in " << coding << ", the first " << size << " bytes");
                const auto part = std::string_view(body).substr(0, size);
                same_at_splits(size, 5, 3, [&](const Cuts& cuts, std::size_t step) { return BodyCrossing(&plan).request(form, coding, part, cuts, step); });
            }
            for (const std::string_view behind : std::initializer_list<std::string_view>{" ", "\r\n", "x", "\"", "}{", "\xff", "\xc3", std::string_view("\0", 1)}) {
                INFO(form.name << " in " << coding << ", with something behind it");
                const auto longer = body + std::string(behind);
                same_at_splits(longer.size(), 5, 3, [&](const Cuts& cuts, std::size_t step) { return BodyCrossing(&plan).request(form, coding, longer, cuts, step); });
            }
        }
}

TEST_CASE("an answer is restored alike at every split", "[law]") {
    const auto& plan = mask_plan(MaskSpec::Kind::pseudonym);
    for (const auto& form : body_forms())
        for (const auto coding : coding_names()) {
            if (!takes_coding(form, coding)) continue;
            INFO(form.name << " in " << coding);
            BodyCrossing exchange(&plan);
            // What asked for the labels, and the document that holds them.
            REQUIRE_FALSE(exchange.request(body_form("text"), "", plan.found).refused);
            REQUIRE_FALSE(exchange.request(body_form("csv"), "", "born\n" + plan.value).refused);
            REQUIRE(exchange.masks().size() == 2);
            MaskPlan echo = plan;
            echo.found = exchange.masks()[0];  // EMAIL_ADDRESS_…
            echo.value = exchange.masks()[1];  // HEALTH_…
            const auto body = coded(form, coding, document(form, echo));
            const Crossed whole = same_at_splits(body.size(), 1, 8, [&](const Cuts& cuts, std::size_t step) { return exchange.answer(form, coding, body, cuts, step); });
            CHECK(whole.verdict == "");
            CHECK(whole.findings.find("restored 0") == std::string::npos);
        }
}

TEST_CASE("a text longer than a window is the same at every split", "[law]") {
    constexpr std::size_t hold_back = 4096;
    std::mt19937 random(5);
    constexpr std::string_view pieces[] = {"lorem ipsum ", "anna@example.org ", "\xc3\xa9t\xc3\xa9 ", "DE89370400440532013000 ", "%61nna%40example.org ", "\\u0061nna\\u0040example.org ", "YW5uYUBleGFtcGxlLm9yZyBpcyBoZXJl ",
                                           "postgres://u:secret@db.example.org/x ", "4012 8888 8888 1881\n", "-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG9w0B\\n-----END PRIVATE KEY-----", "ghp_", "a.b.c.", "((((", "1-2-3-4-"};
    std::size_t crossed = 0;
    for (const auto& plan : {mask_plan(MaskSpec::Kind::pseudonym), mask_plan(MaskSpec::Kind::redact), mask_plan(MaskSpec::Kind::replace)})
        for (int round = 0; round < 4; ++round) {
            std::string text;
            while (text.size() < 3 * hold_back) {
                const auto piece = pieces[random() % std::size(pieces)];
                for (auto times = random() % 3 == 0 ? random() % 40 : 1; times > 0; --times) text += piece;
            }
            std::string escaped;
            for (const char c : text) escaped += c == '\n' ? "\\n" : std::string(1, c);
            const std::pair<std::string_view, std::string> bodies[] = {
                {"text", text},
                {"json", "{\"a\":[\"" + escaped + "\"]}"},
                {"ndjson", "\"" + escaped + "\"\n1"},
                {"multipart", "--b\r\nContent-Disposition: form-data; name=f; filename=x\r\n\r\n" + text + "\r\n--b--"}};
            for (const auto& [name, plain] : bodies)
                for (const std::string_view coding : {"", "zstd"}) {
                    INFO(name << " in " << coding << " under " << plan.name << ", round " << round);
                    const auto body = coded(body_form(name), coding, plain);
                    crossed += same_at_splits(body.size(), 1 + body.size() / 8, 8, [&](const Cuts& cuts, std::size_t step) { return BodyCrossing(&plan, hold_back).request(body_form(name), coding, body, cuts, step); }).refused ? 0 : 1;
                }
        }
    CHECK(crossed > 30);
}

TEST_CASE("whether a body decodes to too much does not depend on how it was split", "[law]") {
    const auto& plan = mask_plan(MaskSpec::Kind::pseudonym);
    std::mt19937 random(9);
    std::string noise;
    for (int i = 0; i < 60'000; ++i) noise += static_cast<char>('a' + random() % 26);
    const std::string spaces(6 << 20, ' ');
    for (const std::string_view coding : {"gzip", "deflate", "br", "zstd"})
        for (const auto& [plain, refused] : {std::pair(spaces + noise, true), std::pair(noise + spaces, false), std::pair(spaces, true)}) {
            INFO(coding << " of " << plain.size() << " bytes");
            const auto body = coded(body_form("text"), coding, plain);
            const auto crossed = [&](const Cuts& cuts, std::size_t step) { return BodyCrossing(&plan).request(body_form("text"), coding, body, cuts, step); };
            const Crossed whole = crossed({}, 0);
            CHECK(whole.refused == refused);
            for (const std::size_t step : {1U, 7U, 1000U, 4096U, 5000U}) {
                const Crossed split = crossed({}, step);
                CHECK(split.verdict == whole.verdict);
                CHECK((split.out == whole.out));
            }
        }
}

TEST_CASE("heads and boundaries of parts are bounded alike at every split", "[law]") {
    const auto& plan = mask_plan(MaskSpec::Kind::pseudonym);
    const auto& form = body_form("multipart");
    for (const std::size_t length : {16 * 1024 - 8, 16 * 1024 - 4, 16 * 1024 - 3, 16 * 1024 - 2, 16 * 1024 - 1, 16 * 1024, 16 * 1024 + 1}) {
        const std::string field = "Content-Disposition: form-data; name=\"x\"; more=";
        const auto body = "--b\r\n" + field + std::string(length - field.size(), 'y') + "\r\n\r\nvalue\r\n--b--";
        INFO("a head of " << length);
        same_at_splits(body.size(), 997, 8, [&](const Cuts& cuts, std::size_t step) { return BodyCrossing(&plan).request(form, "", body, cuts, step); });
    }
    for (const std::size_t blanks : {60, 69, 70, 71, 72, 100}) {
        const auto body = "--b" + std::string(blanks, ' ') + "\r\n\r\nvalue\r\n--b--";
        INFO(blanks << " blanks behind the boundary");
        same_at_splits(body.size(), 1, 8, [&](const Cuts& cuts, std::size_t step) { return BodyCrossing(&plan).request(form, "", body, cuts, step); });
    }
}

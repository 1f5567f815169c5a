// What left holds none of the values that went in, in no way of writing them, and nothing in which the scanner would find
// anything to mask but the masks; or it did not leave.
#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <map>
#include <random>

#include "filters/detect/deep_scan.hpp"
#include "filters/head_filter.hpp"
#include "tests/unit/filters/hidden_values.hpp"
#include "tests/unit/filters/other_reader.hpp"

using namespace bordergate;
using namespace bordergate::testing;

namespace {

std::string without(std::string text, const std::vector<std::string>& masks) {
    for (const auto& mask : masks)
        for (auto at = text.find(mask); at != std::string::npos && mask.size() > 3; at = text.find(mask, at)) text.replace(at, mask.size(), "·");
    return text;
}

/// What is wrong with texts that left, in words; empty: nothing. `shows`: the masks may show values, as ranges of numbers do.
std::string residue(const std::vector<NamedText>& texts, std::string_view value, std::vector<std::string> masks, bool shows) {
    std::sort(masks.begin(), masks.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
    for (const auto& [name, text] : texts) {
        const auto rest = without(text, masks);
        for (const auto& reading : readings(shows ? rest : text))
            if (reading.find(value) != std::string::npos) return "the value stands in: " + text.substr(0, 300);
        // What a document holds is read as such: masks in it are spelled as it spells them.
        if (const auto inside = texts_in(body_form("json"), text); !inside.empty() && text.find_first_of("{[") != std::string::npos) {
            if (const auto wrong = residue(inside, value, masks, shows); !wrong.empty()) return wrong;
            continue;
        }
        std::vector<Finding> findings;
        deep_scan(usual_recognisers(), rest, findings, name);
        if (!findings.empty()) return std::string(findings.front().entity) + " is found in: " + rest.substr(0, 300);
    }
    return {};
}

/// A place in a head: puts a text there, and reads it again.
struct HeadPlace {
    std::string name;
    std::function<void(RequestHead&, const std::string&)> put;
};

std::string one_line(std::string text) {
    std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
    return text;
}

const std::vector<HeadPlace>& head_places() {
    static const std::vector<HeadPlace> places{
        {"field", [](RequestHead& head, const std::string& text) { head.fields.add("X-Note", one_line(text)); }},
        {"one of two fields", [](RequestHead& head, const std::string& text) { head.fields.add("Accept", "a"), head.fields.add("accept", one_line(text)); }},
        {"field of bytes", [](RequestHead& head, const std::string& text) { head.fields.add("x-note-bin", base64(text)); }},
        {"one of two values of bytes", [](RequestHead& head, const std::string& text) { head.fields.add("x-note-bin", "b2s, " + base64(text, true)); }},
        {"cookie", [](RequestHead& head, const std::string& text) { head.fields.add("Cookie", "sid=1; who=" + percent(text, false)); }},
        {"quoted cookie", [](RequestHead& head, const std::string& text) { head.fields.add("Cookie", "who=\"" + one_line(text) + "\"; x=1"); }},
        {"quoted string whose characters are protected",
         [](RequestHead& head, const std::string& text) {
             std::string guarded;
             for (const char c : one_line(text)) guarded += (static_cast<unsigned char>(c) < 0x80 ? "\\" : "") + std::string(1, c);
             head.fields.add("X-Note", "who=\"" + guarded + "\"");
         }},
        {"segment of the path", [](RequestHead& head, const std::string& text) { head.path = "/a/" + percent(text, false) + "/b"; }},
        {"value of the query", [](RequestHead& head, const std::string& text) { head.has_query = true, head.query = "a=1&b=" + percent(text, false); }},
        {"value of the query with pluses",
         [](RequestHead& head, const std::string& text) {
             head.has_query = true;
             head.query = "a=";
             for (const char c : text) head.query += c == ' ' ? "+" : percent({&c, 1}, false);
         }},
        {"name in the query", [](RequestHead& head, const std::string& text) { head.has_query = true, head.query = percent(text) + "=1"; }},
        {"JSON in the query", [](RequestHead& head, const std::string& text) { head.has_query = true, head.query = "q=" + percent("{\"a\":\"" + json_escaped(text, true) + "\"}"); }},
    };
    return places;
}

std::vector<NamedText> texts_in(const RequestHead& head) {
    std::vector<NamedText> texts;
    std::string_view path = head.path;
    while (!path.empty()) {
        const auto segment = path.substr(0, path.find('/'));
        path.remove_prefix(std::min(path.size(), segment.size() + 1));
        for (const auto& text : texts_in(body_form("form"), segment)) texts.push_back(text);
    }
    for (const auto& text : texts_in(body_form("form"), head.query)) texts.push_back(text);
    for (std::size_t i = 0; i < head.fields.size(); ++i) {
        const auto line = head.fields[i];
        std::string_view rest = line.value;
        while (line.name.ends_with("-bin") && !rest.empty()) {
            const auto one = rest.substr(0, rest.find(','));
            rest.remove_prefix(std::min(rest.size(), one.size() + 1));
            texts.emplace_back(std::string(line.name), unbase64(one));
        }
        if (rest.empty()) continue;
        texts.emplace_back(std::string(line.name), std::string(rest));
        if (rest.find('"') != std::string_view::npos) texts.emplace_back(std::string(line.name), unquoted(rest));
    }
    return texts;
}

}  // namespace

TEST_CASE("nothing that must be masked is left in a head that went", "[law]") {
    const auto values = hidden_values(4, 4);
    std::size_t next = 0;
    for (const auto& place : head_places()) {
        std::size_t went = 0, of = 0;
        for (const auto& plan : mask_plans())
            for (int i = 0; i < 24; ++i) {
                const auto& hidden = values[next % values.size()];
                const auto& disguise = disguises()[next % 3 == 0 ? 0 : next / 3 % disguises().size()];
                ++next;
                RequestHead head;
                head.method = "GET";
                head.path = "/";
                place.put(head, disguise.apply(hidden.text));
                INFO("under " << plan.name << ", " << hidden.entity << " as " << place.name << ", disguised by " << disguise.name << "\n" << head.path << "?" << head.query);
                BodyCrossing exchange(&plan, 64 * 1024, usual_recognisers());
                HeadReport report;
                ++of;
                if (filter_head(head, exchange.treatment(), false, report).has_error()) continue;
                ++went;
                CHECK(residue(texts_in(head), hidden.value, exchange.masks(), plan.spec.kind == MaskSpec::Kind::bucketing) == "");
            }
        INFO(place.name << ": " << went << " of " << of << " left");
        if (place.name.find("protected") == std::string::npos) CHECK(went * 3 > of);
    }
}

TEST_CASE("nothing that must be masked is left in what went, wherever and however it was hidden", "[law]") {
    const auto values = hidden_values(3, 4);
    REQUIRE(values.size() > 200);
    std::size_t next = 0;
    for (const auto& form : body_forms()) {
        std::map<std::string, std::pair<std::size_t, std::size_t>> left;  // by place: how many left, of how many
        for (const auto coding : coding_names()) {
            if (!takes_coding(form, coding)) continue;
            for (const auto& plan : mask_plans())
                for (const auto& place : hiding_places(form))
                    for (int i = 0; i < 4; ++i) {
                        const auto& hidden = values[next % values.size()];
                        const auto& disguise = disguises()[next % 3 == 0 ? 0 : next / 3 % disguises().size()];
                        ++next;
                        const auto body = place.body(hidden, disguise.apply(hidden.text));
                        if (!body) continue;
                        BodyCrossing exchange(&plan, 64 * 1024, usual_recognisers());
                        const auto crossed = exchange.request(form, coding, coded(form, coding, *body));
                        auto& [went, of] = left[place.name];
                        ++of;
                        if (crossed.refused) continue;
                        ++went;
                        INFO(form.name << " in " << coding << " under " << plan.name << ", " << hidden.entity << " as " << place.name << ", disguised by " << disguise.name << "\n" << *body);
                        const auto out = decoded(form, coding, crossed.out);
                        const auto texts = texts_in(form, out);
                        CHECK_FALSE(texts.empty());
                        CHECK(residue(texts, hidden.value, exchange.masks(), plan.spec.kind == MaskSpec::Kind::bucketing) == "");
                    }
        }
        for (const auto& [place, counts] : left) {
            INFO(form.name << ", " << place << ": " << counts.first << " of " << counts.second << " left");
            // Some operators can make nothing of most values; and of events, bytes, and what is written with backslashes, nothing
            // can be masked.
            if (form.kind != BodyKind::sse && place != "bytes" && place.find("protected") == std::string::npos) CHECK(counts.first * 3 > counts.second);
        }
    }
}

TEST_CASE("nothing is left between the windows of a long text", "[law]") {
    const auto values = hidden_values(5, 6);
    std::mt19937 random(17);
    constexpr std::size_t hold_back = 8192;  // of escapes alone a smaller one is opaque
    std::size_t went = 0, of = 0;
    std::string refusals;
    for (const auto& plan : {mask_plan(MaskSpec::Kind::pseudonym), mask_plan(MaskSpec::Kind::redact), mask_plan(MaskSpec::Kind::crypto_hash)})
        for (int round = 0; round < 6; ++round) {
            std::string text;
            std::vector<const HiddenValue*> inside;
            while (text.size() < 5 * hold_back) {
                const auto& hidden = values[random() % values.size()];
                const auto& disguise = disguises()[random() % 2 == 0 ? 0 : random() % disguises().size()];
                const auto piece = disguise.apply(hidden.text) + " ,\n";
                if (BodyCrossing(&plan, hold_back, usual_recognisers()).request(body_form("text"), "", piece).refused) continue;
                inside.push_back(&hidden);
                text += std::string(random() % 100, 'n') + " " + piece;
            }
            const bool json = round % 2 == 0;
            const auto& form = body_form(json ? "json" : "text");
            BodyCrossing exchange(&plan, hold_back, usual_recognisers());
            const auto crossed = exchange.request(form, "", json ? "[\"" + json_escaped(text) + "\"]" : text, {}, 1 + random() % 5000);
            ++of;
            refusals += crossed.verdict + "\n";
            if (crossed.refused) continue;
            ++went;
            std::string all;
            for (const auto& [name, one] : texts_in(form, crossed.out))
                for (const auto& reading : readings(one)) all += reading + "\n";
            for (const auto* hidden : inside) {
                INFO("under " << plan.name << ", round " << round << ": " << hidden->text);
                CHECK(all.find(hidden->value) == std::string::npos);
            }
        }
    INFO(refusals);
    CHECK(went * 2 > of);
}

// How fast bodies are treated, one core: JSON through the rewriter when only paths are masked, and when every
// recogniser looks at everything. Prints MB/s over the input. Build: ./dev bench, or ninja bench_filters.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <string>
#include <string_view>

#include "filters/body/json_rewrite.hpp"
#include "filters/mask/treater.hpp"

namespace {

using namespace bordergate;

constexpr std::array<std::string_view, 9> sentences{
    "Could you summarise the minutes of yesterday's meeting and list who promised what by when?",
    "The shipment left the warehouse on Tuesday, and nobody has seen it since then.",
    "Please keep the tone friendly but firm; we have been waiting for three weeks already.",
    "K\xc3\xb6nnten Sie mir bitte erkl\xc3\xa4ren, warum die Rechnung h\xc3\xb6her ausf\xc3\xa4llt als vereinbart?",
    "Die Lieferung wurde am Dienstag abgeschickt, ist aber bis heute nicht bei uns angekommen.",
    "Wir haben den Vertrag im M\xc3\xa4rz gek\xc3\xbcndigt, und trotzdem wurde weiter abgebucht.",
    "Pourriez-vous r\xc3\xa9sumer ce courriel en quelques phrases et proposer une r\xc3\xa9ponse polie ?",
    "La livraison est pr\xc3\xa9vue pour vendredi, mais le transporteur n'a toujours pas confirm\xc3\xa9.",
    "L'\xc3\xa9quipe a termin\xc3\xa9 les travaux avant l'\xc3\xa9" "ch\xc3\xa9" "ance, ce qui est plut\xc3\xb4t rare.",
};
constexpr std::array<std::string_view, 6> personal{
    "Write to anna.schmidt@example.org.", "My card is 4111 1111 1111 1111.",      "IBAN DE89 3704 0044 0532 0130 00, please.",
    "Telefon: 030 901820 oder +49 30 901820.", "It came from 192.168.10.77 at 10:42.", "Mon adresse : jean.dupont@example.fr",
};

/// Chat requests, one after the other in an array: prose in three languages, something personal in every `rarity`th
/// sentence. The same on every machine.
std::string chats(std::size_t size, unsigned rarity, std::string_view escape) {
    std::uint32_t state = 1;
    const auto draw = [&state](std::uint32_t below) {
        state = state * 1664525 + 1013904223;
        return (state >> 8) % below;
    };
    std::string body = "[";
    while (body.size() < size) {
        if (body.size() > 1) body += ",";
        body += R"({"model":"gpt-4o-mini","temperature":0.7,"user":"u-)" + std::to_string(draw(1000)) + R"(","messages":[)";
        for (int turn = 0; turn < 3; ++turn) {
            body += turn ? "," : "";
            body += turn % 2 ? R"({"role":"assistant","content":")" : R"({"role":"user","content":")";
            for (int i = 0; i < 8; ++i) {
                body.append(sentences[draw(sentences.size())]).append(i % 4 == 3 ? escape : " ");
                if (draw(rarity) == 0) body.append(personal[draw(personal.size())]).append(" ");
            }
            body += "\"}";
        }
        body += "]}";
    }
    return body + "]";
}

struct Bench {
    ClassTree classes = builtin_classes();
    Policy policy{Atlas::builtin(), classes, {}};
    Scanner scanner{active()};
    Judgement judgement;

    Bench() {
        for (std::size_t i = 0; i < classes.size(); ++i) {
            judgement.cells[i].form = Form::mask;
            judgement.cells[i].with.kind = MaskSpec::Kind::replace_with_info_type;
        }
        judgement.cells[static_cast<unsigned>(ClassTree::plain)].form = Form::clear;
        judgement.sort(classes.all());
    }
    std::vector<Recogniser> active() const {
        std::vector<Recogniser> all;
        for (const auto& one : builtin_recognisers())
            if (one.enabled) all.push_back({one, *classes.find(one.data)});
        return all;
    }

    /// One pass over `body` in chunks of 64 KiB, as they come from a socket. Returns how many bytes came out.
    std::size_t rewrite(std::string_view body, bool detect, const std::vector<std::string_view>& paths, std::uint64_t& masked) const {
        Findings findings;
        ExchangeTreater treater(policy, TreatmentKeys{"tenant", "destination", "digest", "DE", {}}, findings);
        Treatment treatment;
        treatment.judgement = &judgement;
        treatment.scanner = detect ? &scanner : nullptr;
        treatment.treater = &treater;
        treatment.findings = &findings;
        treatment.policy = &policy;
        JsonPaths selected;
        JsonRewriteSpec spec;
        spec.paths = &selected;
        spec.treatment = &treatment;
        for (auto path : paths) selected.selectors.push_back({JsonPath::compile(path).value(), ClassSet{*classes.find("identifier")}});
        const auto transform = make_json_rewrite(std::move(spec));
        std::string out;
        std::size_t written = 0;
        for (std::size_t i = 0; i < body.size(); i += 65536) {
            out.clear();
            if (transform->feed(body.substr(i, 65536), out).has_error()) return 0;
            written += out.size();
        }
        out.clear();
        if (transform->finish(out).has_error()) return 0;
        masked = findings.masked;
        return written + out.size();
    }
};

/// Median MB/s of processor time over 7 passes: neighbours on the machine do not count.
template <class Pass>
double rate(std::size_t size, Pass&& pass) {
    std::array<double, 7> runs{};
    for (auto& run : runs) {
        const auto start = std::clock();
        pass();
        run = static_cast<double>(size) / (static_cast<double>(std::clock() - start) * 1e6 / CLOCKS_PER_SEC);
    }
    std::sort(runs.begin(), runs.end());
    return runs[runs.size() / 2];
}

void report(const char* what, const char* bar, const Bench& bench, std::string_view body, bool detect, const std::vector<std::string_view>& paths) {
    std::uint64_t masked = 0;
    std::size_t written = 0;
    const double speed = rate(body.size(), [&] { written = bench.rewrite(body, detect, paths, masked); });
    std::printf("  %-46s %8.0f MB/s  %9llu masked  %s%s\n", what, speed, static_cast<unsigned long long>(masked), bar, written ? "" : "  FAULT");
}

}  // namespace

int main() {
    const Bench bench;
    constexpr std::size_t size = 32 << 20;
    const std::vector<std::string_view> three{"$[*].user", "$[*].messages[*].name", "$[*].metadata.patient"};
    const std::string prose = chats(size, 20, " "), escaped = chats(size, 20, "\\n\\n"), dense = chats(size, 2, " ");
    std::string numbers = "[0";
    while (numbers.size() < size) numbers += ",{\"id\":" + std::to_string(numbers.size()) + ",\"x\":0." + std::to_string(numbers.size() * 7919) + ",\"ok\":true}";
    numbers += "]";

    std::printf("filters: chat JSON of %zu MiB in 64 KiB chunks, one core\n", size >> 20);
    report("three paths masked", "bar 500, aim 1000", bench, prose, false, three);
    report("three paths masked, strings with escapes", "", bench, escaped, false, three);
    report("all recognisers, masked", "bar 100, aim 300", bench, prose, true, {});
    report("the same, strings with escapes", "", bench, escaped, true, {});
    report("the same, every second sentence personal", "", bench, dense, true, {});
    report("small objects of numbers, two paths", "", bench, numbers, false, {"$[*].id", "$..patient"});
    report("small objects of numbers, all recognisers", "", bench, numbers, true, {});

    std::vector<Match> matches;
    const double scan = rate(prose.size(), [&] {
        matches.clear();
        bench.scanner.scan(prose, matches);
    });
    std::printf("  %-46s %8.0f MB/s  %9zu matches\n", "the scanner alone", scan, matches.size());
}

// How fast bodies are treated, one core: JSON through the rewriter when only paths are masked, and when every
// recogniser looks at everything. Prints MB/s over the input. Build: ./dev bench, or ninja bench_filters.
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "bench/texts.hpp"
#include "filters/body/csv.hpp"
#include "filters/body/json_rewrite.hpp"
#include "filters/body/text.hpp"
#include "filters/mask/treater.hpp"

namespace {

using namespace bordergate;
using namespace bordergate::bench;

enum class Format { json, text, csv };

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
    std::size_t rewrite(Format format, std::string_view body, bool detect, const std::vector<std::string_view>& paths, std::uint64_t& masked) const {
        Findings findings;
        ExchangeTreater treater(policy, TreatmentKeys{"tenant", "destination", "digest", "DE", {}}, findings);
        Treatment treatment;
        treatment.judgement = &judgement;
        treatment.scanner = detect ? &scanner : nullptr;
        treatment.treater = &treater;
        treatment.findings = &findings;
        treatment.policy = &policy;
        JsonPaths selected;
        for (auto path : paths) selected.selectors.push_back({JsonPath::compile(path).value(), ClassSet{*classes.find("identifier")}});
        const auto transform = make(format, treatment, selected);
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

    static TransformPtr make(Format format, const Treatment& treatment, const JsonPaths& paths) {
        if (format == Format::text) return make_text(treatment, nullptr, 64 * 1024);
        if (format == Format::csv) {
            NamedValuesSpec spec;
            spec.treatment = &treatment;
            spec.paths = &paths;
            return std::move(*make_csv(spec, false, true));
        }
        JsonRewriteSpec spec;
        spec.paths = &paths;
        spec.treatment = &treatment;
        return make_json_rewrite(std::move(spec));
    }
};

void report(const char* what, const char* bar, const Bench& bench, std::string_view body, bool detect, const std::vector<std::string_view>& paths, Format format = Format::json) {
    std::uint64_t masked = 0;
    std::size_t written = 0;
    const double speed = rate(body.size(), [&] { written = bench.rewrite(format, body, detect, paths, masked); });
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
    report("log lines (text), all recognisers", "bar 80", bench, log_lines(size), true, {}, Format::text);
    report("a table (CSV), all recognisers", "bar 80", bench, table(size), true, {}, Format::csv);

    const auto scan = [&bench](const char* what, const std::string& text) {
        std::vector<Match> matches;
        const double speed = rate(text.size(), [&] {
            matches.clear();
            bench.scanner.scan(text, matches);
        });
        std::printf("  %-46s %8.0f MB/s  %9zu matches\n", what, speed, matches.size());
    };
    scan("the scanner alone, chat JSON", prose);
    scan("the scanner alone, log lines", log_lines(size));
    scan("the scanner alone, a table", table(size));
}

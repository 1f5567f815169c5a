#include "proxy/commands/detect.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <cmath>
#include <fstream>
#include <iostream>

#include "config/loader.hpp"
#include "filters/body/document_texts.hpp"
#include "filters/body/json_reader.hpp"
#include "filters/detect/deep_scan.hpp"
#include "filters/detect/evaluation.hpp"
#include "proxy/commands/exit_codes.hpp"

namespace bordergate {

namespace {

namespace json = boost::json;

constexpr std::size_t piece = 256 * 1024;

std::size_t characters_before(std::string_view text, std::size_t byte) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(byte), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

DocumentKind kind_by_name(std::string_view file, std::string_view beginning) {
    const auto ends = [file](std::string_view ending) { return file.ends_with(ending); };
    if (ends(".ndjson") || ends(".jsonl")) return DocumentKind::ndjson;
    if (ends(".json")) return DocumentKind::json;
    if (ends(".csv") || ends(".tsv")) return DocumentKind::csv;
    if (ends(".txt") || ends(".log") || ends(".md")) return DocumentKind::text;
    const auto first = beginning.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || (beginning[first] != '{' && beginning[first] != '[')) return DocumentKind::text;
    // An object that ends with its line, and another behind it.
    const auto line = beginning.find('\n', first);
    if (line == std::string_view::npos) return DocumentKind::json;
    const bool whole = is_json_value(beginning.substr(first, line - first), {piece, 512});
    return whole && beginning.find_first_not_of(" \t\r\n", line) != std::string_view::npos ? DocumentKind::ndjson : DocumentKind::json;
}

DocumentKind kind_of(const std::string& format, std::string_view file, std::string_view beginning) {
    if (format == "json") return DocumentKind::json;
    if (format == "ndjson") return DocumentKind::ndjson;
    if (format == "csv") return DocumentKind::csv;
    return format == "text" ? DocumentKind::text : kind_by_name(file, beginning);
}

/// Says how far it is, on a terminal, once it takes long.
class Progress {
  public:
    Progress(std::ostream& err, std::string file, std::uint64_t size) : err_(err), file_(std::move(file)), size_(size), on_(::isatty(STDERR_FILENO) == 1) {}
    ~Progress() {
        if (said_) err_ << "\r\x1b[K" << std::flush;
    }
    void at(std::uint64_t bytes) {
        const auto now = std::chrono::steady_clock::now();
        if (!on_ || now - last_ < std::chrono::milliseconds(500)) return;
        last_ = now;
        said_ = true;
        err_ << "\r\x1b[K" << (size_ > 0 ? fmt::format("{}: {} of {} MB ({} %)", file_, bytes >> 20, size_ >> 20, bytes * 100 / size_) : fmt::format("{}: {} MB", file_, bytes >> 20)) << std::flush;
    }

  private:
    std::ostream& err_;
    std::string file_;
    std::uint64_t size_;
    bool on_, said_ = false;
    std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

class Detection {
  public:
    Detection(const DetectOptions& options, const Scanner& scanner, std::ostream& out, std::ostream& err) : options_(options), scanner_(scanner), out_(out), err_(err) {}

    int files() {
        const std::vector<std::string> input{"-"};
        for (const auto& file : options_.files.empty() ? input : options_.files) {
            const int done = one(file);
            if (done != exit_ok) return done;
        }
        if (!options_.json) summary();
        return found_ > 0 ? exit_ok : exit_negative;
    }

  private:
    int one(const std::string& name) {
        std::ifstream opened;
        if (name != "-") opened.open(name, std::ios::binary);
        std::istream& in = name == "-" ? std::cin : opened;
        if (!in) return err_ << "bordergate detect: cannot read " << name << "\n", exit_io;
        std::uint64_t size = 0;
        if (name != "-") {
            in.seekg(0, std::ios::end);
            size = in.tellg() > 0 ? static_cast<std::uint64_t>(in.tellg()) : 0;
            in.clear();
            in.seekg(0);
        }
        Progress progress(err_, name, size);
        std::string bytes(piece, '\0');
        std::unique_ptr<DocumentTexts> texts;
        std::uint64_t done = 0;
        Status status;
        while (status.has_value() && in.read(bytes.data(), static_cast<std::streamsize>(bytes.size())), in.gcount() > 0) {
            const std::string_view here(bytes.data(), static_cast<std::size_t>(in.gcount()));
            if (!texts) texts = DocumentTexts::make(kind_of(options_.format, name, here), [&](const DocumentText& text) { look(name, text); });
            status = texts->feed(here);
            progress.at(done += here.size());
        }
        if (status.has_value() && texts) status = texts->finish();
        if (status.has_error()) return err_ << "bordergate detect: " << name << ": " << status.error().detail << "\n", exit_io;
        return in.bad() ? exit_io : exit_ok;
    }

    void look(const std::string& file, const DocumentText& where) {
        findings_.clear();
        deep_matches(scanner_, where.text, findings_, where.name);
        for (const auto& one : findings_) {
            if (one.entity.empty()) continue;
            ++found_;
            ++counts_[std::string(one.entity)];
            std::size_t begin = one.begin, end = one.end;
            if (options_.characters) {
                begin = characters_before(where.text, begin);
                end = characters_before(where.text, end);
            }
            options_.json ? tell_json(file, where, one, begin, end) : tell(file, where, one, begin, end);
        }
    }

    void tell_json(const std::string& file, const DocumentText& where, const Finding& one, std::size_t begin, std::size_t end) {
        json::object line{{"file", file}, {"line", where.line}, {"entity", std::string(one.entity)}, {"start", begin}, {"end", end}, {"score", std::round(static_cast<double>(one.score) * 100) / 100}};
        if (!where.place.empty()) line["place"] = std::string(where.place);
        line["text"] = std::string(where.text.substr(one.begin, one.end - one.begin));
        out_ << json::serialize(line) << "\n";
    }

    void tell(const std::string& file, const DocumentText& where, const Finding& one, std::size_t begin, std::size_t end) {
        constexpr std::size_t shown = 60;
        std::string text(where.text.substr(one.begin, std::min(one.end - one.begin, shown)));
        std::replace_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
        if (one.end - one.begin > shown) text += "...";
        out_ << fmt::format("{}:{}:{}-{}  {:<22} {:.2f}  {}{}\n", file, where.line, begin, end, one.entity, one.score, text, where.place.empty() ? "" : fmt::format("   ({})", where.place));
    }

    void summary() {
        if (found_ == 0) {
            out_ << "nothing found\n";
            return;
        }
        out_ << "\n";
        std::vector<std::pair<std::string, std::uint64_t>> all(counts_.begin(), counts_.end());
        std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
        for (const auto& [entity, count] : all) out_ << fmt::format("{:>9}  {}\n", count, entity);
    }

    const DetectOptions& options_;
    const Scanner& scanner_;
    std::ostream& out_;
    std::ostream& err_;
    std::vector<Finding> findings_;
    std::map<std::string, std::uint64_t> counts_;
    std::uint64_t found_ = 0;
};

/// One labelled text, `{"text", "spans": [{"entity", "start", "end"}]}`. Fault: what is wrong with it.
Status read_labelled(std::string_view line, bool characters, std::string& text, std::vector<LabelledSpan>& spans) {
    boost::system::error_code error;
    const auto value = json::parse(json::string_view(line.data(), line.size()), error);
    const auto* object = error ? nullptr : value.if_object();
    const auto* said = object ? object->if_contains("text") : nullptr;
    const auto* list = object ? object->if_contains("spans") : nullptr;
    if (!said || !said->is_string() || !list || !list->is_array()) return fault(Code::body_invalid, "it is no object with \"text\" and \"spans\"");
    text = std::string(said->as_string());
    spans.clear();
    for (const auto& one : list->as_array()) {
        const auto* span = one.if_object();
        const auto* entity = span ? span->if_contains("entity") : nullptr;
        const auto *start = span ? span->if_contains("start") : nullptr, *end = span ? span->if_contains("end") : nullptr;
        if (!entity || !entity->is_string() || !start || !start->is_int64() || !end || !end->is_int64()) return fault(Code::body_invalid, "a span needs \"entity\", \"start\" and \"end\"");
        const auto begin = start->as_int64(), last = end->as_int64();
        if (begin < 0 || last <= begin) return fault(Code::body_invalid, "a span must begin before it ends");
        LabelledSpan made{std::string(entity->as_string()), static_cast<std::size_t>(begin), static_cast<std::size_t>(last)};
        if (characters) {
            made.begin = byte_of_character(text, made.begin);
            made.end = byte_of_character(text, made.end);
        }
        if (made.end > text.size()) return fault(Code::body_invalid, "a span ends beyond its text");
        spans.push_back(std::move(made));
    }
    return {};
}

json::object to_json(const Evaluation::Score& score) {
    return {{"labelled", score.labelled}, {"found", score.found}, {"exact", score.exact}, {"matches", score.matches}, {"recall", score.recall()}, {"precision", score.precision()}, {"f1", score.f1()}};
}

int evaluate(const DetectOptions& options, const Scanner& scanner, std::ostream& out, std::ostream& err) {
    std::ifstream opened;
    if (options.eval != "-") opened.open(options.eval, std::ios::binary);
    std::istream& in = options.eval == "-" ? std::cin : opened;
    if (!in) return err << "bordergate detect: cannot read " << options.eval << "\n", exit_io;
    Evaluation evaluation;
    std::vector<LabelledSpan> labelled, matched;
    std::vector<Match> matches;
    std::string text;
    std::uint64_t number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        const Status read = read_labelled(line, options.characters, text, labelled);
        if (read.has_error()) return err << "bordergate detect: " << options.eval << ":" << number << ": " << read.error().detail << "\n", exit_io;
        matches.clear();
        scanner.scan(text, matches);
        matched.clear();
        for (const auto& one : matches) matched.push_back({std::string(scanner.entity(one.entity)), one.begin, one.end});
        evaluation.add(labelled, matched);
    }
    if (options.json) {
        json::object report;
        for (const auto& [entity, score] : evaluation.scores()) report[entity] = to_json(score);
        out << json::serialize(json::object{{"entities", report}, {"all", to_json(evaluation.total())}}) << "\n";
    } else {
        const auto row = [&out](std::string_view name, const Evaluation::Score& score) {
            out << fmt::format("{:<24} {:>9} {:>9} {:>8.4f} {:>10.4f} {:>8.4f} {:>8}\n", name, score.labelled, score.matches, score.recall(), score.precision(), score.f1(), score.exact);
        };
        out << fmt::format("{:<24} {:>9} {:>9} {:>8} {:>10} {:>8} {:>8}\n", "entity", "labelled", "matches", "recall", "precision", "F1", "exact");
        for (const auto& [entity, score] : evaluation.scores()) row(entity, score);
        row("all", evaluation.total());
    }
    return number > 0 ? exit_ok : exit_negative;
}

void print_list(const std::vector<Recogniser>& recognisers, bool as_json, std::ostream& out) {
    for (const auto& [spec, data] : recognisers) {
        if (as_json)
            out << json::serialize(json::object{{"entity", spec.entity}, {"title", spec.title}, {"country", spec.country}, {"data", spec.data}, {"checksum", spec.checksum}, {"alone", spec.alone}, {"near", spec.near}}) << "\n";
        else
            out << fmt::format("{:<22} {:<3} {:<11} {:<20} {}\n", spec.entity, spec.country, spec.data, spec.checksum.empty() ? "-" : spec.checksum, spec.title);
    }
}

}  // namespace

int detect_command(const DetectOptions& options, std::ostream& out, std::ostream& err) {
    std::vector<Recogniser> recognisers;
    if (options.config.empty()) {
        const auto classes = builtin_classes();
        for (const auto& spec : builtin_recognisers()) recognisers.push_back({spec, classes.find(spec.data).value_or(ClassTree::opaque)});
    } else {
        auto loaded = load(options.config);
        err << format(loaded.diagnostics);
        if (!loaded.snapshot) return exit_of(loaded);
        recognisers = loaded.snapshot->recognisers;
    }
    for (const auto& wanted : options.entities)
        if (std::none_of(recognisers.begin(), recognisers.end(), [&](const auto& one) { return one.spec.entity == wanted; }))
            return err << "bordergate detect: no recogniser is called \"" << wanted << "\"; bordergate detect --list names them\n", exit_usage;
    if (!options.entities.empty())
        std::erase_if(recognisers, [&](const auto& one) { return std::find(options.entities.begin(), options.entities.end(), one.spec.entity) == options.entities.end(); });
    if (options.list) return print_list(recognisers, options.json, out), exit_ok;
    const Scanner scanner(std::move(recognisers));
    if (!options.eval.empty()) return evaluate(options, scanner, out, err);
    return Detection(options, scanner, out, err).files();
}

}  // namespace bordergate

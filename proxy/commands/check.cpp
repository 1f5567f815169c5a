#include "proxy/commands/check.hpp"

#include <boost/json.hpp>
#include <ostream>

#include "config/loader.hpp"
#include "filters/body/declared_paths.hpp"
#include "proxy/commands/exit_codes.hpp"

namespace bordergate {

namespace {

namespace json = boost::json;

json::object to_json(const Diagnostic& one) {
    return {{"file", one.file}, {"line", one.line}, {"column", one.column}, {"severity", one.severity == Diagnostic::Severity::error ? "error" : "warning"},
            {"what", one.what}, {"suggestion", one.suggestion}};
}

std::string counted(std::size_t count, std::string_view noun) {
    return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

}  // namespace

int check_command(const std::filesystem::path& file, bool as_json, std::ostream& out) {
    auto loaded = load(file);
    check_declared_paths(loaded);
    if (as_json) {
        json::array diagnostics;
        for (const auto& one : loaded.diagnostics) diagnostics.push_back(to_json(one));
        json::object report{{"ok", loaded.snapshot != nullptr}, {"diagnostics", std::move(diagnostics)}};
        if (loaded.snapshot) {
            report["digest"] = loaded.snapshot->digest;
            json::array lists;
            for (const auto& one : loaded.snapshot->word_files) lists.push_back(json::object{{"file", one.file.string()}, {"words", one.words}});
            if (!lists.empty()) report["word_files"] = std::move(lists);
        }
        out << json::serialize(report) << "\n";
    } else {
        out << format(loaded.diagnostics);
        if (loaded.snapshot) {
            const auto& snapshot = *loaded.snapshot;
            out << file.string() << ": ok (" << counted(snapshot.sources.size(), "source") << ", " << counted(snapshot.destinations.size(), "destination") << ", "
                << counted(snapshot.routes.size(), "route") << ", " << counted(snapshot.policy.rules().size(), "rule") << ")\n";
            for (const auto& one : snapshot.word_files) out << one.file.string() << ": " << counted(one.words, "word") << " to look for\n";
        }
    }
    return loaded.snapshot ? exit_ok : exit_of(loaded);
}

int schema_command(std::ostream& out) {
    out << json_schema();
    return exit_ok;
}

}  // namespace bordergate

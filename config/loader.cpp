#include "config/loader.hpp"

#include <algorithm>
#include <ctime>
#include <fstream>
#include <sstream>
#include <tuple>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/parser.h>

#include "config/binder.hpp"
#include "config/config_schema.hpp"
#include "config/digest.hpp"
#include "config/soundness.hpp"

namespace bordergate {

namespace {

constexpr std::size_t longest_file = 8 * 1024 * 1024;

/// The first line whose indentation holds a tab; null if there is none.
YAML::Mark tab_in_indentation(std::string_view text) {
    YAML::Mark mark;
    for (std::size_t at = 0; at < text.size(); ++mark.line) {
        const auto end = std::min(text.find('\n', at), text.size());
        const auto indent = text.substr(at, end - at).find_first_not_of(' ');
        if (indent != std::string_view::npos && text[at + indent] == '\t') {
            mark.column = static_cast<int>(indent);
            mark.pos = static_cast<int>(at + indent);
            return mark;
        }
        at = end + 1;
    }
    return YAML::Mark::null_mark();
}

/// Remembers where the latest document began, and nothing else.
class DocumentStarts final : public YAML::EventHandler {
  public:
    YAML::Mark latest;

    void OnDocumentStart(const YAML::Mark& mark) override { latest = mark; }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
    void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
    void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
    void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
    void OnMapEnd() override {}
};

/// Reports a second document of `text`, if it has one. Two are asked for and never all: before a comma that
/// stands alone yaml-cpp finds empty documents without end.
void check_one_document(const std::string& text, Report& report) {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    DocumentStarts starts;
    if (!parser.HandleNextDocument(starts) || !parser.HandleNextDocument(starts)) return;
    const auto at = static_cast<std::size_t>(starts.latest.pos);
    if (at < text.size() && text.compare(at, 3, "---") == 0)
        report.error(starts.latest, "a second document begins here, and would not be read", "remove the --- before it");
    else
        report.error(starts.latest,
                     "this is not YAML: what stands above is a whole document, and this is no part of it",
                     "look at its indentation, and for a character that opens or separates nothing");
}

/// The one document of `text`, or nothing.
std::optional<YAML::Node> parse(std::string_view text, Report& report) {
    const std::string whole(text);
    try {
        const auto document = YAML::Load(whole);
        check_one_document(whole, report);
        if (report.failed()) return std::nullopt;
        if (!document.IsDefined() || document.IsNull()) {
            report.error(YAML::Mark::null_mark(), "the file is empty", "it starts with version: 1");
            return std::nullopt;
        }
        return document;
    } catch (const YAML::Exception& error) {
        const auto tab = tab_in_indentation(text);
        if (tab.is_null() || tab.line > error.mark.line)
            report.error(error.mark, "this is not YAML: " + error.msg);
        else
            report.error(tab, "a tab in the indentation", "YAML is indented with spaces");
        return std::nullopt;
    }
}

bool is_version_one(const YAML::Node& root, Report& report) {
    if (!root.IsMap()) return true;  // said by the schema
    const auto version = root["version"];
    if (!version || !version.IsScalar() || version.Scalar() == "1") return true;
    report.error(version.Mark(),
                 "version " + in_quotes(version.Scalar()) + " is not known to this bordergate",
                 "it reads version: 1");
    return false;
}

/// Names that a section gives to its elements, also to those that are not sound otherwise.
std::vector<std::string> names_in(const YAML::Node& root, const char* section, const char* key) {
    std::vector<std::string> names;
    if (!root.IsMap()) return names;
    const auto list = root[section];
    if (!list || !list.IsSequence()) return names;
    for (const auto& item : list) {
        const YAML::Node element = item;
        if (!element.IsMap()) continue;
        const auto name = element[key];
        if (name && name.IsScalar()) names.push_back(name.Scalar());
    }
    return names;
}

Vocabulary vocabulary_of(const YAML::Node& root, const ClassTree& classes) {
    Vocabulary vocabulary;
    for (std::size_t i = 0; i < classes.size(); ++i)
        vocabulary.classes.emplace_back(classes.name(static_cast<ClassId>(i)));
    if (root.IsMap())
        if (const auto own = root["classes"]; own && own.IsMap())
            for (const auto& entry : own)
                if (entry.first.IsScalar()) vocabulary.classes.push_back(entry.first.Scalar());
    vocabulary.destinations = names_in(root, "destinations", "id");
    vocabulary.listeners = names_in(root, "listeners", "name");
    return vocabulary;
}

void bind(const YAML::Node& root, const std::filesystem::path& folder, Snapshot& snapshot,
          Report& report) {
    const auto now = static_cast<std::int64_t>(std::time(nullptr));
    Binder binder{snapshot, report, folder, now};
    binder.classes(root);
    binder.recognisers(root);
    binder.node_and_listeners(root);
    binder.audit_and_bounds(root);
    binder.dns(root);
    binder.sources(root);
    binder.destinations(root);
    binder.routes(root);
    binder.descriptors(root);
    auto rules = binder.rules(root);
    if (report.failed()) return;
    snapshot.policy = Policy(*snapshot.atlas, snapshot.classes, std::move(rules));
    check_soundness(snapshot, root, now, report);
}

void sort_by_place(Diagnostics& diagnostics) {
    std::stable_sort(diagnostics.begin(), diagnostics.end(), [](const auto& a, const auto& b) {
        return std::tie(a.line, a.column) < std::tie(b.line, b.column);
    });
}

Loaded nothing(const std::string& name, const std::string& what) {
    Loaded loaded;
    Report(name, loaded.diagnostics).file_error(YAML::Mark::null_mark(), what);
    return loaded;
}

}  // namespace

Loaded load_text(std::string_view text, const std::string& name,
                 const std::filesystem::path& folder) {
    if (text.size() > longest_file) return nothing(name, "the file is longer than 8 MiB");
    Loaded loaded;
    Report report(name, loaded.diagnostics);
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->atlas = &Atlas::builtin();
    snapshot->classes = builtin_classes();
    try {
        const auto root = parse(text, report);
        if (!root || !is_version_one(*root, report)) return loaded;
        check(*root, config_schema(), vocabulary_of(*root, snapshot->classes), report);
        if (root->IsMap()) bind(*root, folder, *snapshot, report);
    } catch (const std::exception& error) {
        // The schema makes this unreachable; should it be wrong, the file is refused all the same.
        report.error(YAML::Mark::null_mark(),
                     std::string("the file cannot be read: ") + error.what());
    }
    sort_by_place(loaded.diagnostics);
    if (report.failed()) return loaded;
    snapshot->file = name;
    snapshot->digest = sha256_hex(text);
    loaded.snapshot = std::move(snapshot);
    return loaded;
}

Loaded load(const std::filesystem::path& file) {
    std::error_code error;
    if (std::filesystem::is_directory(file, error))
        return nothing(file.string(), "this is a folder, not a file");
    std::ifstream in(file, std::ios::binary);
    std::string text(longest_file + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad() || !in.is_open()) return nothing(file.string(), "the file cannot be read");
    text.resize(static_cast<std::size_t>(in.gcount()));
    return load_text(text, file.string(), std::filesystem::absolute(file).parent_path());
}

}  // namespace bordergate

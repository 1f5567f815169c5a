#include "config/loader.hpp"

#include <algorithm>
#include <ctime>
#include <fstream>
#include <tuple>

#include "config/binder.hpp"
#include "config/config_schema.hpp"
#include "config/digest.hpp"
#include "config/soundness.hpp"
#include "config/yaml_document.hpp"

namespace bordergate {

namespace {

constexpr std::size_t longest_file = 8 * 1024 * 1024;

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
    binder.analysers(root);
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
        const auto root = yaml_document(text, report);
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

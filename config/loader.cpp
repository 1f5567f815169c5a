#include "config/loader.hpp"

#include <openssl/evp.h>

#include <array>
#include <ctime>
#include <fstream>
#include <sstream>

#include "config/binder.hpp"
#include "config/config_schema.hpp"

namespace bordergate {

namespace {

constexpr std::size_t longest_file = 8 * 1024 * 1024;

std::string sha256_hex(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
    std::string hex;
    for (unsigned i = 0; i < size; ++i) {
        hex += "0123456789abcdef"[digest[i] >> 4];
        hex += "0123456789abcdef"[digest[i] & 15];
    }
    return hex;
}

/// What a source may carry must be allowed to stand in clear here, or this proxy may not receive it
/// (design, section 2: the node has a standing too).
void check_node(const Snapshot& snapshot, const YAML::Node& root, Report& report) {
    for (std::size_t i = 0; i < snapshot.sources.size(); ++i) {
        const auto& source = snapshot.sources[i];
        Crossing crossing;
        crossing.laws = source.laws;
        crossing.from = &source.standing;
        crossing.may_carry = source.carries | source.declares;
        crossing.purposes = source.purposes;
        crossing.instant = std::time(nullptr);
        ClassSet carried = crossing.may_carry;
        carried.add(ClassTree::plain);
        carried.each([&](ClassId id) {
            const Cell cell = snapshot.policy.judge(crossing, snapshot.node, id);
            if (cell.form == Form::clear) return;
            std::string why = cell.rule == no_rule ? "no permit reaches this node's standing" : "rule " + snapshot.policy.rule(cell.rule).id;
            report.error(root["sources"][i].Mark(), "what source " + source.id + " carries of class " + std::string(snapshot.classes.name(id)) +
                         " may not stand in clear at this node: " + why, "run bordergate where the data stands, or permit it");
        });
    }
}

void check_conflicts(const Snapshot& snapshot, const YAML::Node& root, Report& report) {
    for (const auto& one : conflicts(snapshot.policy)) {
        YAML::Mark where = root["rules"].Mark();
        where.line = snapshot.policy.rule(one.b).line - 1;
        report.error(where, one.what);
    }
}

bool is_version_one(const YAML::Node& root, Report& report) {
    if (!root.IsMap()) {
        report.error(root.Mark(), "the file is not a map", "it starts with version: 1");
        return false;
    }
    const auto version = root["version"];
    if (version && version.IsScalar() && version.Scalar() != "1") {
        report.error(version.Mark(), "version " + version.Scalar() + " is not known to this bordergate", "it reads version: 1");
        return false;
    }
    return true;
}

void bind(const YAML::Node& root, const std::filesystem::path& folder, Snapshot& snapshot, Report& report) {
    snapshot.atlas = &Atlas::builtin();
    snapshot.classes = builtin_classes();
    Binder binder{snapshot, report, folder};
    binder.classes(root);
    binder.node_and_listeners(root);
    binder.audit_and_bounds(root);
    binder.sources(root);
    binder.destinations(root);
    binder.routes(root);
    auto rules = binder.rules(root);
    if (report.failed()) return;
    snapshot.policy = Policy(*snapshot.atlas, snapshot.classes, std::move(rules));
    check_conflicts(snapshot, root, report);
    check_node(snapshot, root, report);
}

}  // namespace

Loaded load_text(std::string_view text, const std::string& name, const std::filesystem::path& folder) {
    Loaded loaded;
    Report report(name, loaded.diagnostics);
    YAML::Node root;
    try {
        root = YAML::Load(std::string(text));
    } catch (const YAML::Exception& error) {
        report.error(error.mark, "this is not YAML: " + error.msg);
        return loaded;
    }
    auto snapshot = std::make_shared<Snapshot>();
    try {
        if (!is_version_one(root, report)) return loaded;
        check(root, config_schema(), report);
        if (report.failed()) return loaded;
        bind(root, folder, *snapshot, report);
    } catch (const std::exception& error) {
        // The schema makes this unreachable; should it be wrong, the file is refused all the same.
        report.error(root.Mark(), std::string("the file cannot be read: ") + error.what());
    }
    if (report.failed()) return loaded;
    snapshot->file = name;
    snapshot->digest = sha256_hex(text);
    loaded.snapshot = std::move(snapshot);
    return loaded;
}

Loaded load(const std::filesystem::path& file) {
    Loaded failed;
    Report report(file.string(), failed.diagnostics);
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    if (in) text << in.rdbuf();
    if (!in) {
        report.error(YAML::Mark::null_mark(), "the file cannot be read");
        return failed;
    }
    if (text.view().size() > longest_file) {
        report.error(YAML::Mark::null_mark(), "the file is longer than 8 MiB");
        return failed;
    }
    return load_text(text.view(), file.string(), std::filesystem::absolute(file).parent_path());
}

}  // namespace bordergate

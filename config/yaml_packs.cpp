// Reads the packs that are compiled in: the atlas and the built-in classes. They are part of the program,
// so a mistake in them is a fault of the build and throws.
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <map>

#include "config/class_tree.hpp"
#include "config/jurisdiction.hpp"
#include "config/yaml_pack_file.hpp"

namespace bordergate {

namespace {

// Midnight UTC of `YYYY-MM-DD`, in seconds since the epoch.
std::int64_t instant_of(const std::string& file, const std::string& day) {
    const auto number = [&](std::size_t at, std::size_t length) {
        int value = 0;
        const char* begin = day.data() + at;
        const auto [end, error] = std::from_chars(begin, begin + length, value);
        if (error != std::errc{} || end != begin + length) broken(file, "no date: " + day);
        return value;
    };
    if (day.size() != 10 || day[4] != '-' || day[7] != '-') broken(file, "no date: " + day);
    const std::chrono::year_month_day date{std::chrono::year(number(0, 4)),
                                           std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                           std::chrono::day(static_cast<unsigned>(number(8, 2)))};
    if (!date.ok()) broken(file, "no date: " + day);
    return std::chrono::seconds(std::chrono::sys_days(date).time_since_epoch()).count();
}

}  // namespace

struct AtlasLoader {
    using Member = Atlas::Member;
    const std::string file = "jurisdictions.yaml";
    Atlas atlas;
    std::map<std::string, Atlas::Named, std::less<>> named;
    std::size_t places = 0;

    Atlas load() {
        const YAML::Node pack = read_pack(file);
        atlas.as_of_ = instant_of(file, pack["as_of"].Scalar());
        countries(pack);
        for (const auto& group : pack["groups"]) add_group(group.first.Scalar(), group.second);
        for (auto& [code, entry] : named) atlas.named_.push_back(entry);  // a map is sorted
        for (const auto& pair : pack["often_meant"])
            atlas.often_meant_.emplace_back(pair.first.Scalar(), pair.second.Scalar());
        laws(pack);
        return std::move(atlas);
    }

    // One place each; a country's code then stands for its own place and those of its subdivisions.
    void countries(const YAML::Node& pack) {
        for (const auto& country : pack["countries"])
            add_place(country.first.Scalar(), country.second.Scalar());
        for (const auto& part : pack["subdivisions"]) {
            const std::string code = part.first.Scalar();
            const auto whole = named.find(code.substr(0, 2));
            if (whole == named.end()) broken(file, code + " is part of no country");
            const Places place = add_place(code, part.second.Scalar());
            whole->second.members.front().places |= place;
        }
    }

    Places add_place(const std::string& code, const std::string& title) {
        if (places == Places::capacity) broken(file, "more places than a set of them holds");
        Places place;
        place.add(places++);
        atlas.everywhere_ |= place;
        add(code, {code, title, {Member{place}}});
        return place;
    }

    void add(const std::string& code, Atlas::Named entry) {
        if (!named.emplace(code, std::move(entry)).second) broken(file, code + " stands there twice");
    }

    void add_group(const std::string& code, const YAML::Node& node) {
        Atlas::Named group{code, node["title"].Scalar(), {}};
        for (const auto& line : node["members"]) {
            Member limits;
            limits.conditional = line["if"].IsDefined();
            if (line["since"]) limits.since = instant_of(file, line["since"].Scalar());
            if (line["until"]) limits.until = instant_of(file, line["until"].Scalar());
            if (!line["cite"] || !line["verified_on"]) broken(file, code + ": a member without a source");
            instant_of(file, line["verified_on"].Scalar());
            for (const auto& inner : line["in"])
                for (Member member : entry(inner.Scalar()).members) {
                    member.conditional |= limits.conditional;
                    member.since = std::max(member.since, limits.since);
                    member.until = std::min(member.until, limits.until);
                    group.members.push_back(member);
                }
        }
        add(code, std::move(group));
    }

    const Atlas::Named& entry(const std::string& code) const {
        const auto found = named.find(code);
        if (found == named.end()) broken(file, "no jurisdiction " + code);
        return found->second;
    }

    void laws(const YAML::Node& pack) {
        Places covered;
        const auto surely = [this](const YAML::Node& code) {
            return entry(code.Scalar()).at(atlas.as_of_).sure;
        };
        for (const auto& law : pack["laws"]) {
            Places territory = surely(law["territory"]);
            if (law["except"]) territory = territory - surely(law["except"]);
            covered |= territory;
            atlas.laws_.push_back({law["id"].Scalar(), law["title"].Scalar(), territory});
        }
        atlas.pack_laws_ = atlas.laws_.size();
        for (const auto& country : pack["countries"]) {
            const Places territory = surely(country.first);
            if (!covered.covers(territory))
                atlas.laws_.push_back({"law-of-" + country.first.Scalar(),
                                       "the law of " + country.second.Scalar(), territory});
        }
    }
};

const Atlas& Atlas::builtin() {
    static const Atlas atlas = AtlasLoader{}.load();
    return atlas;
}

namespace {

void add_classes(ClassTree& tree, const YAML::Node& classes, std::optional<ClassId> parent) {
    for (const auto& pair : classes) {
        const YAML::Node& node = pair.second;
        const std::string name = pair.first.Scalar();
        const auto id = tree.add(name, parent, node["special"].as<bool>(false));
        if (!id) broken("classes.yaml", name + " stands there twice, or is one too many");
        if (node["children"]) add_classes(tree, node["children"], id);
    }
}

}  // namespace

ClassTree builtin_classes() {
    ClassTree tree;
    add_classes(tree, read_pack("classes.yaml")["classes"], std::nullopt);
    return tree;
}

}  // namespace bordergate

// `with:` of a rule: the operator, its parameters, and those for entities and paths.
#include <algorithm>
#include <set>

#include "config/binder.hpp"
#include "config/recogniser_spec.hpp"

namespace bordergate {

namespace {

using Kind = MaskSpec::Kind;

/// The word's place in the table; the schema has seen to it that it has one.
template <class Word, std::size_t size>
Word word_of(const std::array<std::string_view, size>& names, const std::string& word) {
    return static_cast<Word>(std::find(names.begin(), names.end(), word) - names.begin());
}

Kind kind_named(const std::string& word) {
    for (std::size_t i = 0; i < MaskSpec::kinds; ++i)
        if (to_string(static_cast<Kind>(i)) == word) return static_cast<Kind>(i);
    return Kind::redact;
}

/// What an operator that cannot do without is written with.
std::string_view parameters_of(Kind kind) {
    switch (kind) {
        case Kind::replace: return "{replace: \"a text\"}";
        case Kind::replace_dictionary: return "{replace_dictionary: {words: [Alex, Robin]}}";
        case Kind::date_shift: return "{date_shift: {days: 30}}";
        case Kind::bucketing: return "{bucketing: {size: 10}}";
        case Kind::time_part: return "{time_part: year}";
        default: return {};
    }
}

class MaskBinder {
  public:
    MaskBinder(MaskTable& table, Report& report) : table_(table), report_(report) {}

    MaskSpec mask(const YAML::Node& node) {
        MaskSpec spec;
        if (node.IsScalar()) {
            spec.kind = kind_named(node.Scalar());
            if (const auto wanted = parameters_of(spec.kind); !wanted.empty())
                report_.error(node.Mark(), node.Scalar() + " needs to be told more", "with: " + std::string(wanted));
            return spec;
        }
        for (const auto& entry : node)
            if (const auto& key = entry.first.Scalar(); key != "entities" && key != "paths") {
                spec.kind = kind_named(key);
                parameters(entry.second, spec);
            }
        return spec;
    }

  private:
    void parameters(const YAML::Node& node, MaskSpec& spec) {
        MaskParameters more;
        switch (spec.kind) {
            case Kind::replace: more.text = node.Scalar(); break;
            case Kind::replace_dictionary: dictionary(node, more); break;
            case Kind::character_mask: characters(node, spec, more); break;
            case Kind::fpe: fpe(node, more); break;
            case Kind::date_shift: date_shift(node, more); break;
            case Kind::bucketing: bucketing(node, more); break;
            case Kind::time_part:
                more.part = word_of<TimePart>(time_part_names, (node.IsMap() ? node["part"] : node).Scalar());
                if (node.IsMap()) more.month_first = node["order"] && node["order"].Scalar() == "month_first";
                break;
            default: return;
        }
        table_.parameters.push_back(std::move(more));
        spec.more = &table_.parameters.back();
    }

    void dictionary(const YAML::Node& node, MaskParameters& more) {
        std::set<std::string> known;
        for (const auto& word : node["words"]) {
            if (known.insert(word.Scalar()).second)
                more.words.push_back(word.Scalar());
            else
                report_.error(word.Mark(), in_quotes(word.Scalar()) + " stands twice among the words");
        }
        if (more.words.size() == 1)
            report_.error(node["words"].Mark(), "one word is no list to choose from", "replace: " + more.words.front() + " says the same");
        // The order in which they are written must not matter.
        std::sort(more.words.begin(), more.words.end());
    }

    void characters(const YAML::Node& node, MaskSpec& spec, MaskParameters& more) {
        if (node["character"]) spec.mask_character = node["character"].Scalar().front();
        if (node["keep_first"]) spec.keep_first = node["keep_first"].as<std::uint16_t>();
        if (node["keep_last"]) spec.keep_last = node["keep_last"].as<std::uint16_t>();
        if (const auto keep = node["keep"]) {
            const std::set<char> kept(keep.Scalar().begin(), keep.Scalar().end());
            more.keep.assign(kept.begin(), kept.end());
            if (std::any_of(kept.begin(), kept.end(), [](char c) { return c < ' ' || c > '~'; }))
                report_.error(keep.Mark(), "characters to keep are printable ASCII", "keep: \"-. \"");
        }
        if (node["count"]) more.count = node["count"].as<std::uint32_t>();
        more.from_end = is_set(node["from_end"]);
        if (more.from_end && more.count == 0)
            report_.error(node["from_end"].Mark(), "from_end without count has no effect", "add count: 4, or leave it out");
    }

    void fpe(const YAML::Node& node, MaskParameters& more) {
        if (node["alphabet"]) more.alphabet = word_of<Alphabet>(alphabet_names, node["alphabet"].Scalar());
        more.luhn = is_set(node["luhn"]);
        if (more.luhn && more.alphabet != Alphabet::digits)
            report_.error(node["luhn"].Mark(), "a check digit by Luhn needs a number", "alphabet: digits");
    }

    void date_shift(const YAML::Node& node, MaskParameters& more) {
        more.days = node["days"].as<std::uint32_t>();
        more.month_first = node["order"] && node["order"].Scalar() == "month_first";
        if (const auto subject = node["subject"]) {
            more.subject = subject.Scalar();
            table_.subjects.push_back({more.subject, subject.Mark().line + 1, subject.Mark().column + 1});
        }
    }

    void bucketing(const YAML::Node& node, MaskParameters& more) {
        if (node["size"]) more.size = node["size"].as<std::int64_t>();
        if (!node["bounds"]) return;
        for (const auto& bound : node["bounds"]) {
            const auto number = bound.as<std::int64_t>();
            if (!more.bounds.empty() && number <= more.bounds.back())
                report_.error(bound.Mark(), "bounds ascend, and " + bound.Scalar() + " follows " + std::to_string(more.bounds.back()));
            more.bounds.push_back(number);
        }
    }

    MaskTable& table_;
    Report& report_;
};

}  // namespace

void Binder::entity_of_mask(const YAML::Node& name) {
    std::vector<std::string> known;
    for (const auto& one : snapshot.recognisers) known.push_back(one.spec.entity);
    for (const auto& one : builtin_recognisers()) known.push_back(one.entity);
    for (const auto& analyser : snapshot.analysers)
        for (const auto& one : analyser.entities) known.push_back(one.entity);
    for (std::size_t i = 0; i < snapshot.classes.size(); ++i) known.emplace_back(snapshot.classes.name(static_cast<ClassId>(i)));
    if (std::find(known.begin(), known.end(), name.Scalar()) == known.end())
        report.error(name.Mark(), "no recogniser and no class is called " + in_quotes(name.Scalar()), suggest(name.Scalar(), known));
}

void Binder::masks(const YAML::Node& with, Rule& rule) {
    const auto table = std::make_shared<MaskTable>();
    MaskBinder binder(*table, report);
    rule.with = binder.mask(with);
    if (with.IsMap()) {
        if (const auto entities = with["entities"])
            for (const auto& entry : entities) {
                entity_of_mask(entry.first);
                table->entities.emplace(entry.first.Scalar(), binder.mask(entry.second));
            }
        if (const auto paths = with["paths"])
            for (const auto& entry : paths) {
                const auto where = entry.first.Mark();
                table->paths.push_back({entry.first.Scalar(), binder.mask(entry.second), where.line + 1, where.column + 1});
                // Where both stand for one value, one must hide more.
                for (const auto& [entity, of_entity] : table->entities)
                    if (incomparable(table->paths.back().with, of_entity))
                        report.error(where, "at " + entry.first.Scalar() + " and for " + entity + " neither operator hides more than the other",
                                     "name the same operator, or a stricter one, for one of them");
            }
        std::sort(table->paths.begin(), table->paths.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    }
    rule.masks = table;
}

}  // namespace bordergate

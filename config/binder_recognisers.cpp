// Recognisers: the built-in ones with what the operator changes of them, and the operator's own.
#include <algorithm>
#include <fstream>

#include "config/binder.hpp"
#include "config/binding.hpp"
#include "config/pattern_check.hpp"
#include "config/utf8.hpp"
#include "config/words.hpp"

namespace bordergate {

namespace {

constexpr float percent = 0.01F;
constexpr std::size_t most_words = 1'000'000;

std::vector<std::string> texts(const YAML::Node& node) {
    std::vector<std::string> made;
    each_word(node, [&](const YAML::Node& word) { made.push_back(word.Scalar()); });
    return made;
}

/// What is wrong with a word or phrase to look for; empty: nothing.
std::string word_mistake(std::string_view phrase) {
    if (find_invalid_utf8(phrase) != std::string_view::npos) return "is no UTF-8";
    if (phrase.size() > longest_phrase) return "is longer than " + std::to_string(longest_phrase) + " bytes";
    return next_word(phrase, 0).empty() ? "is no word to look for: it has neither a letter nor a digit" : "";
}

/// One word or phrase a line; empty lines and those that begin with `#` say nothing. A list that cannot be read whole, or
/// finds nothing, would let pass what it is there to find.
void read_words(const std::filesystem::path& file, const YAML::Node& where, Report& report, std::vector<std::string>& words) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    std::ifstream in(file, std::ios::binary);
    if (!in.is_open()) return report.file_error(where.Mark(), "the file " + file.string() + " cannot be read");
    std::size_t line = 0;
    const auto before = words.size();
    for (std::string word; std::getline(in, word);) {
        if (++line == 1 && word.starts_with(byte_order_mark)) word.erase(0, byte_order_mark.size());
        if (word.ends_with('\r')) word.pop_back();
        if (word.find_first_not_of(" \t") == std::string::npos || word.front() == '#') continue;
        if (const auto mistake = word_mistake(word); !mistake.empty()) return report.file_error(where.Mark(), "line " + std::to_string(line) + " of " + file.string() + " " + mistake);
        if (words.size() - before == most_words) return report.file_error(where.Mark(), file.string() + " has more than " + std::to_string(most_words) + " words");
        words.push_back(std::move(word));
    }
    if (in.bad()) return report.file_error(where.Mark(), "the file " + file.string() + " cannot be read to its end");
    if (words.size() == before) return report.file_error(where.Mark(), "the file " + file.string() + " has no word to look for", "one word or phrase a line; or leave out words_file");
}

}  // namespace

/// What the operator says of how it is recognised takes the place of what is built in.
void Binder::recognise_by(const YAML::Node& node, RecogniserSpec& spec) {
    if (node["title"]) spec.title = node["title"].Scalar();
    if (node["patterns"] || node["words"] || node["words_file"]) {
        spec.method.clear();
        spec.patterns.clear();
        spec.words.clear();
        spec.checksum.clear();
        spec.context.clear();
        spec.alone = spec.near = 1;
    }
    if (node["patterns"]) each_word(node["patterns"], [&](const YAML::Node& pattern) {
        if (const auto mistake = pattern_mistake(pattern.Scalar()))
            report.error(pattern.Mark(), "the pattern " + in_quotes(pattern.Scalar()) + " cannot be a recogniser's: " + *mistake);
        else
            spec.patterns.push_back(pattern.Scalar());
    });
    if (node["words"]) each_word(node["words"], [&](const YAML::Node& word) {
        if (const auto mistake = word_mistake(word.Scalar()); !mistake.empty()) report.error(word.Mark(), in_quotes(word.Scalar()) + " " + mistake);
        else spec.words.push_back(word.Scalar());
    });
    if (const auto file = node["words_file"]) {
        const auto path = public_file(file);
        const auto before = spec.words.size();
        if (std::filesystem::is_regular_file(path)) read_words(path, file, report, spec.words);
        snapshot.word_files.push_back({path, spec.words.size() - before});
    }
    if (node["checksum"]) spec.checksum = node["checksum"].Scalar();
    if (node["context"]) spec.context = texts(node["context"]);
    if (const auto score = node["score"]) {
        if (score["alone"]) spec.alone = score["alone"].as<float>() * percent;
        if (score["near"]) spec.near = score["near"].as<float>() * percent;
    } else if (node["context"] && node["patterns"]) {
        spec.alone = 0;  // words that announce it are named so that it counts only near them
    }
}

void Binder::recognisers(const YAML::Node& root) {
    auto all = builtin_recognisers();
    std::vector<std::string> names;
    for (const auto& one : all) names.push_back(one.entity);
    std::vector<ClassId> classes(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) classes[i] = snapshot.classes.find(all[i].data).value_or(ClassTree::opaque);
    for (const auto& node : root["recognisers"] ? root["recognisers"] : YAML::Node(YAML::NodeType::Sequence)) {
        const auto entity = node["entity"].Scalar();
        auto known = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.entity == entity; });
        const bool own = known == all.end();
        const bool says_how = node["patterns"] || node["words"] || node["words_file"];
        if (own && !says_how) {
            report.error(node["entity"].Mark(), "no recogniser is called " + in_quotes(entity) + ", and one of your own needs patterns, words or words_file", suggest(entity, names));
            continue;
        }
        if (own && !node["data"]) {
            report.error(node["entity"].Mark(), "the recogniser " + in_quotes(entity) + " needs data: the class that it yields");
            continue;
        }
        if (own) {
            RecogniserSpec made;
            made.entity = entity;
            all.push_back(std::move(made));
            classes.push_back(ClassTree::opaque);
            known = all.end() - 1;
        }
        RecogniserChange change{entity, false, std::nullopt, !own && (says_how || node["context"] || node["score"] || node["checksum"])};
        const bool before = known->enabled;
        recognise_by(node, *known);
        known->enabled = !node["enabled"] ? (before || says_how) : is_set(node["enabled"]);
        change.off = before && !own && !known->enabled;
        if (node["data"]) {
            const auto data = class_id(node["data"]);
            auto& now = classes[static_cast<std::size_t>(known - all.begin())];
            if (!own && now != data) change.data = data;
            now = data;
        }
        if (change.off || change.data || change.rarer) snapshot.recogniser_changes.push_back(std::move(change));
    }
    for (std::size_t i = 0; i < all.size(); ++i)
        if (all[i].enabled) snapshot.recognisers.push_back({std::move(all[i]), classes[i]});
}

}  // namespace bordergate

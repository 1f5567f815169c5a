#include "proxy/commands/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <ctime>
#include <ostream>

#include "config/loader.hpp"
#include "filters/body/declared_paths.hpp"
#include "proxy/checkpoint.hpp"
#include "proxy/commands/exit_codes.hpp"
#include "proxy/equipment.hpp"

namespace bordergate {

namespace {

namespace json = boost::json;

/// What is to be explained, resolved against the snapshot.
struct Question {
    const Source* source = nullptr;
    const Route* route = nullptr;
    std::vector<const Destination*> candidates;
    ClassSet classes;
    PurposeSet purposes = all_purposes;
};

template <class List>
const auto* find(const List& list, const std::string& id) {
    const auto found = std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.id == id; });
    return found == list.end() ? nullptr : &*found;
}

template <class List>
std::string known_ids(const List& list) {
    std::string text;
    for (const auto& one : list) text += ' ' + one.id;
    return text;
}

/// The one of `list` that is called `id`; null after saying which are known.
template <class List>
const auto* known(const char* noun, const List& list, const std::string& id, std::ostream& errors) {
    const auto* found = find(list, id);
    if (!found) errors << "bordergate: no " << noun << " is called \"" << id << "\"; these are known:" << known_ids(list) << "\n";
    return found;
}

bool resolve_purpose(const std::string& word, Question& question, std::ostream& errors) {
    question.purposes = question.source->purposes;
    if (word.empty()) return true;
    const auto purpose = find_purpose(word);
    if (!purpose) {
        const auto nearest = nearest_word(word, {purpose_names.begin(), purpose_names.end()});
        errors << "bordergate: no purpose is called \"" << word << "\"";
        if (!nearest.empty()) errors << "; did you mean " << nearest << "?";
        errors << "\n";
        return false;
    }
    question.purposes &= bit(*purpose);
    if (question.purposes == 0) errors << "bordergate: source " << question.source->id << " has no purpose " << word << "\n";
    return question.purposes != 0;
}

bool resolve_candidates(const ExplainOptions& options, const Snapshot& snapshot, Question& question, std::ostream& errors) {
    if (!options.route.empty()) {
        question.route = known("route", snapshot.routes, options.route, errors);
        if (!question.route) return false;
    }
    for (const auto& id : options.destinations) {
        const auto* destination = known("destination", snapshot.destinations, id, errors);
        if (!destination) return false;
        question.candidates.push_back(destination);
    }
    if (!question.candidates.empty()) return true;
    if (question.route)
        for (auto index : question.route->destinations) question.candidates.push_back(&snapshot.destinations[index]);
    else
        for (const auto& one : snapshot.destinations) question.candidates.push_back(&one);
    return true;
}

bool resolve(const ExplainOptions& options, const Snapshot& snapshot, Question& question, std::ostream& errors) {
    question.source = known("source", snapshot.sources, options.source, errors);
    if (!question.source) return false;
    if (!resolve_candidates(options, snapshot, question, errors) || !resolve_purpose(options.purpose, question, errors)) return false;
    for (const auto& name : options.classes) {
        const auto id = snapshot.classes.find(name);
        if (!id) {
            errors << "bordergate: no class is called \"" << name << "\"\n";
            return false;
        }
        question.classes.add(*id);
    }
    return true;
}

/// One class towards one candidate, in words.
struct Answer {
    std::string destination, data, form, why, how;
    int line = 0;
};

Answer answer(const Snapshot& snapshot, const Destination& destination, ClassId data, const Cell& cell, ClassSet whole) {
    Answer one;
    one.destination = destination.id;
    one.data = snapshot.classes.name(data);
    one.form = to_string(cell.form);
    const std::string law = cell.law == no_law ? "" : snapshot.atlas->laws()[cell.law].id;
    if (cell.rule != no_rule) {
        const auto& rule = snapshot.policy.rule(cell.rule);
        one.line = rule.line;
        one.why = std::string(rule.permit ? "permit " : "limit ") + rule.id + " (line " + std::to_string(rule.line) + ")";
        for (const auto& cite : rule.cite) one.why += ", " + cite;
    } else {
        one.why = cell.at_home ? "at home" : "no permit";
    }
    if (!law.empty()) one.why += ", under " + law;
    const bool masks = (destination.accepts & bit(Form::mask)) != 0;
    if (cell.not_accepted) one.why += whole.has(data) && masks ? "; a body as a whole cannot be masked" : "; the destination does not accept the form";
    if (cell.form == Form::mask) one.how = to_string(cell.with.kind);
    if (cell.form == Form::mask && cell.refined != 0) one.how += " and others";
    if (cell.form == Form::seal && cell.key_rule != no_rule) one.how = "key " + *snapshot.policy.rule(cell.key_rule).key;
    return one;
}

/// What the checkpoint would do with the message.
struct Outcome {
    std::vector<Answer> answers;
    std::string verdict = "refused", destination, plan, why;
};

Outcome ask_checkpoint(const Snapshot& snapshot, const Question& question) {
    Checkpoint checkpoint(snapshot, *question.source, question.route, question.candidates, Scanner(snapshot.recognisers).yields() | analysed_classes(snapshot.analysers), nullptr, std::time(nullptr), question.purposes);
    Findings found;
    found.classes = question.classes;
    auto ruling = checkpoint.at_head(Findings{}, {BodyKind::json});
    if (ruling.has_value()) ruling = checkpoint.after_reading(found);
    Outcome outcome;
    ClassSet classes = question.classes | checkpoint.declared();
    if (classes.empty()) classes.add(ClassTree::plain);
    for (const auto* one : question.candidates) {
        const auto judgement = checkpoint.judge(*one, classes);
        classes.each([&](ClassId id) { outcome.answers.push_back(answer(snapshot, *one, id, judgement.cells[static_cast<unsigned>(id)], checkpoint.whole())); });
    }
    if (ruling.has_error()) {
        outcome.why = ruling.error().detail;
        return outcome;
    }
    outcome.destination = ruling->destination->id;
    outcome.plan = to_string(ruling->plan);
    outcome.verdict = ruling->rerouted() ? "rerouted" : !ruling->judgement.sealed.empty() ? "sealed" : !ruling->judgement.masked.empty() ? "masked" : "clear";
    if (ruling->rerouted()) outcome.why = ruling->reroute.detail;
    return outcome;
}

void print(const Outcome& outcome, std::ostream& out) {
    std::size_t wide = 11, data = 5;
    for (const auto& one : outcome.answers) {
        wide = std::max(wide, one.destination.size());
        data = std::max(data, one.data.size());
    }
    out << fmt::format("{:<{}}  {:<{}}  {:<6}  {:<22}  {}\n", "destination", wide, "class", data, "form", "how", "why");
    for (const auto& one : outcome.answers) out << fmt::format("{:<{}}  {:<{}}  {:<6}  {:<22}  {}\n", one.destination, wide, one.data, data, one.form, one.how, one.why);
    out << "\nverdict: " << outcome.verdict;
    if (!outcome.destination.empty()) out << ", to " << outcome.destination << " (plan " << outcome.plan << ")";
    if (!outcome.why.empty()) out << ": " << outcome.why;
    out << "\n";
}

json::object to_json(const Outcome& outcome) {
    json::array list;
    for (const auto& one : outcome.answers)
        list.push_back(json::object{{"destination", one.destination}, {"class", one.data}, {"form", one.form}, {"how", one.how}, {"why", one.why}, {"line", one.line}});
    return {{"verdict", outcome.verdict}, {"destination", outcome.destination}, {"plan", outcome.plan}, {"why", outcome.why}, {"cells", std::move(list)}};
}

}  // namespace

int explain_command(const ExplainOptions& options, std::ostream& out, std::ostream& errors) {
    auto loaded = load(options.config);
    check_declared_paths(loaded);
    errors << format(loaded.diagnostics);
    if (!loaded.snapshot) return exit_of(loaded);
    Question question;
    if (!resolve(options, *loaded.snapshot, question, errors)) return exit_usage;
    const auto outcome = ask_checkpoint(*loaded.snapshot, question);
    if (options.json)
        out << json::serialize(to_json(outcome)) << "\n";
    else
        print(outcome, out);
    return outcome.destination.empty() ? exit_negative : exit_ok;
}

}  // namespace bordergate

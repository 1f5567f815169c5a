#include "proxy/commands/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <ctime>
#include <ostream>

#include "config/loader.hpp"
#include "filters/body/declared_paths.hpp"
#include "proxy/commands/exit_codes.hpp"

namespace bordergate {

namespace {

namespace json = boost::json;

/// What is to be explained, resolved against the snapshot.
struct Question {
    const Source* source = nullptr;
    std::vector<const Destination*> candidates;
    ClassSet classes;
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

bool resolve(const ExplainOptions& options, const Snapshot& snapshot, Question& question, std::ostream& errors) {
    question.source = find(snapshot.sources, options.source);
    if (!question.source) {
        errors << "bordergate: no source is called \"" << options.source << "\"; these are known:" << known_ids(snapshot.sources) << "\n";
        return false;
    }
    std::vector<std::string> ids = options.destinations;
    if (ids.empty() && !options.route.empty()) {
        const auto* route = find(snapshot.routes, options.route);
        if (!route) {
            errors << "bordergate: no route is called \"" << options.route << "\"; these are known:" << known_ids(snapshot.routes) << "\n";
            return false;
        }
        for (auto index : route->destinations) ids.push_back(snapshot.destinations[index].id);
    }
    if (ids.empty())
        for (const auto& one : snapshot.destinations) ids.push_back(one.id);
    for (const auto& id : ids) {
        const auto* destination = find(snapshot.destinations, id);
        if (!destination) {
            errors << "bordergate: no destination is called \"" << id << "\"; these are known:" << known_ids(snapshot.destinations) << "\n";
            return false;
        }
        question.candidates.push_back(destination);
    }
    for (const auto& name : options.classes) {
        const auto id = snapshot.classes.find(name);
        if (!id) {
            errors << "bordergate: no class is called \"" << name << "\"\n";
            return false;
        }
        question.classes.add(*id);
    }
    question.classes |= question.source->declares;
    if (question.classes.empty()) question.classes.add(ClassTree::plain);
    return true;
}

/// One class towards one candidate, in words.
struct Answer {
    std::string destination, data, form, why, how;
    int line = 0;
};

Answer answer(const Snapshot& snapshot, const Destination& destination, ClassId data, const Cell& cell) {
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
    if (cell.not_accepted) one.why += "; the destination does not accept the form";
    if (cell.form == Form::mask) one.how = to_string(cell.with.kind);
    if (cell.form == Form::seal && cell.key_rule != no_rule) one.how = "key " + *snapshot.policy.rule(cell.key_rule).key;
    return one;
}

void print(const std::vector<Answer>& answers, const std::string& conclusion, std::ostream& out) {
    std::size_t wide = 11, data = 5;
    for (const auto& one : answers) {
        wide = std::max(wide, one.destination.size());
        data = std::max(data, one.data.size());
    }
    out << fmt::format("{:<{}}  {:<{}}  {:<6}  {:<22}  {}\n", "destination", wide, "class", data, "form", "how", "why");
    for (const auto& one : answers) out << fmt::format("{:<{}}  {:<{}}  {:<6}  {:<22}  {}\n", one.destination, wide, one.data, data, one.form, one.how, one.why);
    out << "\n" << conclusion << "\n";
}

}  // namespace

int explain_command(const ExplainOptions& options, std::ostream& out, std::ostream& errors) {
    auto loaded = load(options.config);
    check_declared_paths(loaded);
    errors << format(loaded.diagnostics);
    if (!loaded.snapshot) return exit_config_invalid;
    const Snapshot& snapshot = *loaded.snapshot;
    Question question;
    if (!resolve(options, snapshot, question, errors)) return exit_usage;
    Crossing crossing;
    crossing.laws = question.source->laws;
    crossing.from = &question.source->standing;
    crossing.may_carry = question.source->carries | question.classes;
    crossing.purposes = question.source->purposes;
    crossing.instant = std::time(nullptr);
    std::vector<Answer> answers;
    std::vector<Candidate> candidates;
    for (const auto* one : question.candidates) {
        candidates.push_back({&one->standing, one->accepts});
        const auto judgement = judge_all(snapshot.policy, crossing, candidates.back(), question.classes);
        question.classes.each([&](ClassId id) { answers.push_back(answer(snapshot, *one, id, judgement.cells[static_cast<unsigned>(id)])); });
    }
    const auto lawful = first_lawful(snapshot.policy, crossing, candidates, question.classes);
    std::string verdict = "refused", destination, plan;
    if (lawful) {
        const auto judgement = judge_all(snapshot.policy, crossing, candidates[*lawful], question.classes);
        destination = question.candidates[*lawful]->id;
        plan = to_string(plan_for(judgement, question.classes, false));
        verdict = *lawful > 0 ? "rerouted" : !judgement.sealed.empty() ? "sealed" : !judgement.masked.empty() ? "masked" : "clear";
    }
    if (options.json) {
        json::array list;
        for (const auto& one : answers)
            list.push_back(json::object{{"destination", one.destination}, {"class", one.data}, {"form", one.form}, {"how", one.how}, {"why", one.why}, {"line", one.line}});
        out << json::serialize(json::object{{"verdict", verdict}, {"destination", destination}, {"plan", plan}, {"cells", std::move(list)}}) << "\n";
    } else {
        print(answers, lawful ? "verdict: " + verdict + ", to " + destination + " (plan " + plan + ")" : "verdict: refused, no candidate is lawful for all of it", out);
    }
    return lawful ? exit_ok : exit_negative;
}

}  // namespace bordergate

#include "filters/body/json_marks.hpp"

namespace bordergate {

JsonMarks::JsonMarks(const JsonPaths* paths, std::span<const JsonPath> subjects, std::span<const JsonPath* const> choices, JsonAnswers* answers)
    : paths_(paths), subject_paths_(subjects), answers_(answers) {
    std::size_t next = first_selector;
    if (paths_) {
        if (paths_->model) tracker_.add(*paths_->model, model_path);
        if (paths_->correlation) tracker_.add(*paths_->correlation, correlation_path);
        for (const auto& path : paths_->tool_arguments) tracker_.add(path, tool_path);
        for (const auto& path : paths_->signed_blocks) tracker_.add(path, signed_path);
        for (const auto& selector : paths_->selectors) tracker_.add(selector.path, next++);
    }
    for (const auto& path : subject_paths_) tracker_.add(path, next++);
    for (const auto* path : choices) {
        tracker_.add(*path, next++);
        choices_.push_back({path, {}});
    }
}

void JsonMarks::at(std::span<const JsonStep> steps, std::uint64_t position) {
    declared_ = {};
    is_model_ = is_correlation_ = false;
    tool_.begin();
    signed_.begin();
    subject_of_.clear();
    forget(steps.size());
    if (steps.empty())
        tracker_.at_root();
    else if (answers_)
        tracker_.at(steps.back(), [&](const JsonPath& path) { return answers_->of(path, position); });
    else
        tracker_.at(steps.back());
    tracker_.selected([&](std::size_t use) { mark(use, steps.size()); });
}

void JsonMarks::mark(std::size_t use, std::size_t depth) {
    if (use == model_path) is_model_ = true;
    if (use == correlation_path) is_correlation_ = true;
    if (use == tool_path) tool_.here = true;
    if (use == signed_path) signed_.here = true;
    if (use < first_selector) return;
    const std::size_t selectors = paths_ ? paths_->selectors.size() : 0;
    use -= first_selector;
    if (use < selectors)
        declared_ |= paths_->selectors[use].data;
    else if (use - selectors < subject_paths_.size())
        subject_of_.push_back(&subject_paths_[use - selectors]);
    else
        choices_[use - selectors - subject_paths_.size()].depths.push_back(depth + 1);
}

void JsonMarks::forget(std::size_t depth) {
    for (auto& choice : choices_)
        while (!choice.depths.empty() && choice.depths.back() > depth) choice.depths.pop_back();
}

std::size_t JsonMarks::selected_depth(const JsonPath& path) const {
    for (const auto& choice : choices_)
        if (choice.path == &path) return choice.depths.empty() ? 0 : choice.depths.back();
    return 0;
}

void JsonMarks::open(std::size_t depth) {
    tool_.open(depth);
    signed_.open(depth);
    tracker_.open();
}

void JsonMarks::close(std::size_t depth) {
    tracker_.close();
    forget(depth + 1);
    tool_.close(depth);
    signed_.close(depth);
    if (!subject_paths_.empty()) subjects_.close(depth);
}

void JsonMarks::says(std::size_t depth, std::string_view text) {
    for (const auto* path : subject_of_) subjects_.found(*path, depth, text);
}

}  // namespace bordergate

#include "filters/body/json_marks.hpp"

namespace bordergate {

JsonMarks::JsonMarks(const JsonPaths* paths, std::span<const JsonPath> subjects) : paths_(paths), subject_paths_(subjects) {
    std::size_t next = first_selector;
    if (paths_) {
        if (paths_->model) tracker_.add(*paths_->model, model_path);
        for (const auto& path : paths_->tool_arguments) tracker_.add(path, tool_path);
        for (const auto& selector : paths_->selectors) tracker_.add(selector.path, next++);
    }
    for (const auto& path : subject_paths_) tracker_.add(path, next++);
}

void JsonMarks::at(std::span<const JsonStep> steps) {
    declared_ = {};
    is_model_ = false;
    tool_arguments_ = tool_depth_ != 0;
    subject_of_.clear();
    if (steps.empty())
        tracker_.at_root();
    else
        tracker_.at(steps.back());
    const std::size_t selectors = paths_ ? paths_->selectors.size() : 0;
    tracker_.selected([&](std::size_t use) {
        if (use == model_path) is_model_ = true;
        else if (use == tool_path) tool_arguments_ = true;
        else if (use - first_selector < selectors) declared_ |= paths_->selectors[use - first_selector].data;
        else subject_of_.push_back(&subject_paths_[use - first_selector - selectors]);
    });
}

void JsonMarks::open(std::size_t depth) {
    if (tool_arguments_ && tool_depth_ == 0) tool_depth_ = depth + 1;
    tracker_.open();
}

void JsonMarks::close(std::size_t depth) {
    tracker_.close();
    if (tool_depth_ > depth) tool_depth_ = 0;
    if (!subject_paths_.empty()) subjects_.close(depth);
}

void JsonMarks::says(std::size_t depth, std::string_view text) {
    for (const auto* path : subject_of_) subjects_.found(*path, depth, text);
}

}  // namespace bordergate

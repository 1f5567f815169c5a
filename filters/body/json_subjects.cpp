#include "filters/body/json_subjects.hpp"

#include <algorithm>

namespace bordergate {

void JsonSubjects::found(const JsonPath& path, std::size_t depth, std::string_view value) {
    const auto record = path.record_depth(depth);
    std::erase_if(subjects_, [&](const Subject& one) { return one.path == &path && one.record >= record; });
    subjects_.push_back({&path, record, std::string(value)});
}

void JsonSubjects::close(std::size_t depth) {
    std::erase_if(subjects_, [&](const Subject& one) { return one.record >= depth; });
}

const std::string* JsonSubjects::find(const JsonPath& path) const {
    const Subject* innermost = nullptr;
    for (const auto& one : subjects_)
        if (one.path == &path && (!innermost || one.record > innermost->record)) innermost = &one;
    return innermost ? &innermost->value : nullptr;
}

}  // namespace bordergate

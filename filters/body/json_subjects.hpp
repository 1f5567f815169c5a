// Whose record a value of a JSON document belongs to: the subjects that paths select, each while its record lasts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "filters/body/json_path.hpp"

namespace bordergate {

/// Told of the values that subject paths select, in the order of the document.
class JsonSubjects {
  public:
    /// `path` selects the value at `depth` steps from the root, whose text is now known.
    void found(const JsonPath& path, std::size_t depth, std::string_view value);
    /// The container at `depth` steps ends, and with it the records that it is or holds.
    void close(std::size_t depth);
    /// The subject of the innermost record that is open; null: none was found in it so far.
    const std::string* find(const JsonPath& path) const;

  private:
    struct Subject {
        const JsonPath* path;
        std::size_t record;  ///< steps from the root to what it is the subject of
        std::string value;
    };
    std::vector<Subject> subjects_;  ///< of open records
};

}  // namespace bordergate

// A schema for YAML: the one description of the configuration file. It checks the file and explains
// it to editors (JSON Schema), so that the two cannot drift apart.
#pragma once

#include <yaml-cpp/yaml.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/yaml_formats.hpp"

namespace bordergate {

struct SchemaNode;
using Schema = std::shared_ptr<const SchemaNode>;

struct SchemaMember {
    std::string key;
    Schema value;
    bool required = false;
};

/// What may stand at one place of the file. Only the members of its kind mean anything.
struct SchemaNode {
    enum class Kind { object, list, map, text, integer, boolean, one_of };
    Kind kind = Kind::text;
    std::string about;                  ///< one sentence
    std::vector<SchemaMember> members;  ///< object
    std::vector<std::string>
        exactly_one;        ///< object: of these keys one must be given; none: no such demand
    Schema element;         ///< list, map (of values)
    std::string unique;     ///< list: the key whose values must differ
    std::size_t least = 0;  ///< object, list: fewest members
    std::vector<Schema> alternatives;  ///< one_of: told apart by YAML kind (scalar, list, map)
    std::vector<std::string> words;    ///< text: the only ones allowed, if any
    Format format = Format::any;       ///< text; map (of keys)
    long long minimum = 0,
              maximum = 0;  ///< integer; size in bytes; duration in microseconds (0, 0: any)
};

/// Builders, so that a schema reads like the file it describes.
namespace schema {
Schema object(std::string about, std::vector<SchemaMember> members);
/// An object that says at least something.
Schema some_of(std::string about, std::vector<SchemaMember> members);
/// An object in which exactly one of `keys` is given.
Schema one_key_of(std::vector<std::string> keys, std::string about,
                  std::vector<SchemaMember> members);
Schema list(std::string about, Schema element);
/// A list that is not empty.
Schema some(std::string about, Schema element);
/// A list of objects whose `key` differs.
Schema unique_list(std::string about, std::string key, Schema element);
/// The same, not empty.
Schema some_unique(std::string about, std::string key, Schema element);
/// A map from words to values.
Schema map(std::string about, Schema element);
/// A map whose keys have a format of their own; not empty.
Schema map_by(Format keys, std::string about, Schema element);
Schema text(std::string about, Format format = Format::any);
Schema words(std::string about, std::vector<std::string> words);
Schema integer(std::string about, long long minimum, long long maximum);
Schema size(std::string about, long long minimum_bytes, long long maximum_bytes);
Schema duration(std::string about, long long minimum_us, long long maximum_us);
Schema boolean(std::string about);
Schema one_of(std::string about, std::vector<Schema> alternatives);
SchemaMember required(std::string key, Schema value);
SchemaMember optional(std::string key, Schema value);
}  // namespace schema

/// Where mistakes go, with the file they are in.
class Report {
  public:
    Report(std::string file, Diagnostics& diagnostics)
        : file_(std::move(file)), diagnostics_(diagnostics) {}
    void error(const YAML::Mark& where, std::string what, std::string suggestion = {});
    /// The same about a file that the configuration names and that cannot be used.
    void file_error(const YAML::Mark& where, std::string what, std::string suggestion = {});
    void warning(const YAML::Mark& where, std::string what, std::string suggestion = {});
    bool failed() const { return has_errors(diagnostics_); }

  private:
    void add(const YAML::Mark& where, Diagnostic::Severity severity, std::string what,
             std::string suggestion);
    std::string file_;
    Diagnostics& diagnostics_;
};

/// Reports every place where `root` is not what `schema` says, and takes it out, so that what is
/// sound can be checked further: an optional member goes alone, a required one takes its list
/// element or top-level section with it. Visits at most 100,000 values, so that nested aliases end
/// in an error and not in memory. Afterwards every value left has the shape and format that the
/// schema promises.
void check(YAML::Node root, const SchemaNode& schema, const Vocabulary& vocabulary, Report& report);

/// JSON Schema (2020-12) of `schema`.
std::string to_json_schema(const SchemaNode& schema, std::string_view title);

}  // namespace bordergate

// A schema for YAML: the one description of the configuration file, from which it is checked, explained to
// editors (JSON Schema) and documented.
#pragma once

#include <yaml-cpp/yaml.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostic.hpp"

namespace bordergate {

struct SchemaNode;
using Schema = std::shared_ptr<const SchemaNode>;

/// What a scalar must look like.
enum class Format { any, word, size, duration, endpoint, secret, network, url, date, api_key };

struct SchemaMember {
    std::string key;
    Schema value;
    bool required = false;
};

/// Exactly one of these kinds is meant by a node.
struct SchemaNode {
    enum class Kind { object, list, map, text, integer, boolean, one_of };
    Kind kind = Kind::text;
    std::string about;                  ///< one sentence
    std::vector<SchemaMember> members;  ///< object
    Schema element;                     ///< list, map (of values)
    std::vector<Schema> alternatives;   ///< one_of: told apart by YAML kind (scalar, list, map)
    std::vector<std::string> words;     ///< text: the only ones allowed, if any
    Format format = Format::any;        ///< text
    long long minimum = 0;              ///< integer
    long long maximum = 0;
};

/// Builders, so that a schema reads like the file it describes.
namespace schema {
Schema object(std::string about, std::vector<SchemaMember> members);
Schema list(std::string about, Schema element);
Schema map(std::string about, Schema element);
Schema text(std::string about, Format format = Format::any);
Schema words(std::string about, std::vector<std::string> words);
Schema integer(std::string about, long long minimum, long long maximum);
Schema boolean(std::string about);
Schema one_of(std::string about, std::vector<Schema> alternatives);
SchemaMember required(std::string key, Schema value);
SchemaMember optional(std::string key, Schema value);
}  // namespace schema

/// Where mistakes go, with the file they are in.
class Report {
  public:
    Report(std::string file, Diagnostics& diagnostics) : file_(std::move(file)), diagnostics_(diagnostics) {}
    void error(const YAML::Mark& where, std::string what, std::string suggestion = {});
    void warning(const YAML::Mark& where, std::string what, std::string suggestion = {});
    bool failed() const { return has_errors(diagnostics_); }

  private:
    void add(const YAML::Mark& where, Diagnostic::Severity severity, std::string what, std::string suggestion);
    std::string file_;
    Diagnostics& diagnostics_;
};

/// `did you mean "x"?`, or the words themselves if none is near.
std::string suggest(std::string_view word, const std::vector<std::string_view>& words);

/// Reports every place where `node` is not what `schema` says. Visits at most 100,000 nodes, so that a file
/// of nested aliases ends in an error and not in memory.
void check(const YAML::Node& node, const SchemaNode& schema, Report& report);

/// JSON Schema (2020-12) of `schema`.
std::string to_json_schema(const SchemaNode& schema, std::string_view title);

/// What a format looks like, in words with an example.
std::string_view describe(Format format);

}  // namespace bordergate

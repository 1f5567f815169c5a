// `bordergate detect`: what the recognisers find in files, and how good they are against labelled ones.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace bordergate {

struct DetectOptions {
    std::vector<std::string> files;     ///< `-`, or none: standard input
    std::string format = "auto";        ///< text, json, ndjson or csv; auto goes by the file's name, else by how it begins
    std::string config;                 ///< whose recognisers; empty: all built-in ones, also those that are off by default
    std::vector<std::string> entities;  ///< only these; none: all
    std::string eval;                   ///< a file of labelled texts, one JSON object a line; empty: detect
    bool characters = false;            ///< spans count characters (code points), not bytes
    bool json = false;
    bool list = false;                  ///< print the recognisers instead
};

/// Returns exit_ok if something was found (or evaluated), exit_negative if nothing was, exit_io or exit_usage.
int detect_command(const DetectOptions& options, std::ostream& out, std::ostream& err);

}  // namespace bordergate

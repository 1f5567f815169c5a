#include "proxy/commands/audit.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <deque>
#include <fstream>
#include <optional>
#include <ostream>
#include <vector>

#include "proxy/commands/exit_codes.hpp"

namespace bordergate {

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

/// Segments in the order they were written; nothing if the folder cannot be read.
std::optional<std::vector<fs::path>> segments(const fs::path& directory, std::ostream& errors) {
    std::vector<fs::path> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(directory, error))
        if (entry.path().extension() == ".ndjson") files.push_back(entry.path());
    if (error) {
        errors << "bordergate: cannot read " << directory.string() << ": " << error.message() << "\n";
        return std::nullopt;
    }
    std::sort(files.begin(), files.end());
    return files;
}

/// Calls `visit(line)` for every whole record; a torn last line was never acknowledged and is passed over.
template <class Visit>
void each_line(const std::vector<fs::path>& files, Visit&& visit) {
    for (const auto& file : files) {
        std::ifstream in(file, std::ios::binary);
        std::string line;
        while (std::getline(in, line))
            if (!in.eof() && line.starts_with('{')) visit(line);
    }
}

void print(const std::string& line, bool as_json, std::ostream& out) {
    boost::system::error_code error;
    const auto parsed = as_json ? json::value() : json::parse(line, error);
    if (as_json || error || !parsed.is_object()) {
        out << line << "\n";
        return;
    }
    const auto& record = parsed.get_object();
    const auto text = [&](const char* name) {
        const auto* value = record.if_contains(name);
        return value && value->is_string() ? std::string(value->get_string()) : std::string();
    };
    out << text("time") << "  " << text("kind") << "  " << text("attempt") << "\n";
    for (const auto& [name, value] : record) {
        if (name == "time" || name == "kind" || name == "attempt" || name == "policy_digest") continue;
        out << "    " << std::string(name) << ": " << (value.is_string() ? std::string(value.get_string()) : json::serialize(value)) << "\n";
    }
}

}  // namespace

int audit_show_command(const fs::path& directory, const std::string& attempt, bool as_json, std::ostream& out, std::ostream& errors) {
    const std::string wanted = "\"attempt\":\"" + attempt + "\"";
    const auto files = segments(directory, errors);
    if (!files) return exit_io;
    bool found = false;
    each_line(*files, [&](const std::string& line) {
        if (line.find(wanted) == std::string::npos) return;
        found = true;
        print(line, as_json, out);
    });
    if (!found) errors << "bordergate: no record of attempt " << attempt << " in " << directory.string() << "\n";
    return found ? exit_ok : exit_negative;
}

int audit_tail_command(const fs::path& directory, std::size_t count, bool as_json, std::ostream& out, std::ostream& errors) {
    const auto files = segments(directory, errors);
    if (!files) return exit_io;
    std::deque<std::string> last;
    each_line(*files, [&](const std::string& line) {
        last.push_back(line);
        if (last.size() > count) last.pop_front();
    });
    for (const auto& line : last) print(line, as_json, out);
    return exit_ok;
}

}  // namespace bordergate

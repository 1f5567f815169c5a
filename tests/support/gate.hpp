// The real bordergate in a flow test: a configuration around the given destination, on ports that the kernel chooses.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "tests/support/process.hpp"

namespace bordergate::testing {

struct GateSettings {
    std::string destination_url;          ///< of the one destination, `far` (US)
    std::string destination_more;         ///< further lines of it, indented by four
    std::string rules;                    ///< replaces the default: everything may go in clear
    std::string source_match = "api_key: {sha256: 2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b}";  ///< of "secret"
    std::string listener_more;            ///< further lines of the sidecar listener, indented by four
    std::string more_listeners;           ///< further elements of the list of listeners, indented by two
    std::string source_more;              ///< further lines of the source, indented by four
    std::string route_destinations = "far";
    std::string route_more;               ///< further keys of the route, from ", " on
    unsigned workers = 1;
    std::uint16_t sidecar_port = 0;       ///< 0: the kernel chooses
    bool keys = false;                    ///< makes a key ring of DE and names its folder
    std::string more;                     ///< further top-level lines
    std::string audit_more;               ///< further lines of audit, indented by two
    std::optional<std::size_t> file_limit;
};

class Gate {
  public:
    explicit Gate(const GateSettings& settings);
    std::uint16_t port(const std::string& listener = "sidecar") const { return ports_.at(listener); }
    Process& process() { return *process_; }
    const Folder& folder() const { return folder_; }
    /// All records of the audit log, as they stand.
    std::string records() const;
    /// Waits until the log holds `text`; false after five seconds.
    bool recorded(const std::string& text) const;

    static std::string binary();

  private:
    Folder folder_;
    std::unique_ptr<Process> process_;
    std::map<std::string, std::uint16_t> ports_;
};

/// A request with the credential and a JSON or other body.
std::string request(const std::string& method, const std::string& path, const std::string& body = {}, const std::string& type = "application/json");

}  // namespace bordergate::testing

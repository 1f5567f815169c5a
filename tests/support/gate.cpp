#include "tests/support/gate.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

namespace bordergate::testing {

namespace {

constexpr const char* clear_rules = R"(  - {id: all-clear, permit: clear, data: [plain, opaque, personal, financial, credential], from: EEA, to: US}
  - {id: all-back, permit: clear, data: [plain, opaque, personal, financial, credential], from: US, to: EEA}
)";

}  // namespace

std::string Gate::binary() {
    const char* path = std::getenv("BORDERGATE_BIN");
    REQUIRE(path != nullptr);
    return path;
}

Gate::Gate(const GateSettings& settings) {
    const std::string config = "version: 1\ninstance: flow\nworkers: " + std::to_string(settings.workers) + "\nnode: {location: DE, operator: DE}\nlisteners:\n"
                               "  - name: sidecar\n    address: 127.0.0.1:" + std::to_string(settings.sidecar_port) + "\n    mode: reverse\n" + settings.listener_more +
                               "  - {name: egress, address: \"127.0.0.1:0\", mode: forward}\n" + settings.more_listeners +
                               "admin: {address: \"127.0.0.1:0\"}\naudit:\n  directory: ./audit\n" + settings.audit_more +
                               "sources:\n  - id: app\n    match: {" + settings.source_match + "}\n    standing: {location: DE, operator: DE}\n"
                               "    carries: personal\n" + settings.source_more + "destinations:\n  - id: far\n    url: " + settings.destination_url +
                               "\n    standing: {location: US, operator: US}\n    allow_private_address: true\n    dialect: openai\n" +
                               settings.destination_more + "routes:\n  - {id: all, listener: sidecar, destinations: [" + settings.route_destinations + "]" + settings.route_more + "}\nrules:\n" +
                               (settings.rules.empty() ? clear_rules : settings.rules) + settings.more +
                               (settings.keys ? "keys: {directory: ./keys}\n" : "");
    folder_.write("gate.yaml", config);
    if (settings.keys) REQUIRE(run_program({binary(), "keys", "create", "DE", "--directory", folder_.path("keys")}).code == 0);
    process_ = std::make_unique<Process>(std::vector<std::string>{binary(), "run", folder_.path("gate.yaml")}, settings.file_limit);
    while (auto line = process_->line()) {
        if (*line == "ready") return;
        const auto name_start = line->starts_with("listening ") ? 10U : 0U;
        const auto name = line->substr(name_start, line->find(' ', name_start) - name_start);
        ports_[name] = static_cast<std::uint16_t>(std::atoi(line->c_str() + line->rfind(':') + 1));
    }
    FAIL("bordergate did not start:\n" << config);
}

std::string Gate::records() const {
    std::string all;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path("audit")))
        if (entry.path().extension() == ".ndjson") all += read_file(entry.path().string());
    return all;
}

bool Gate::recorded(const std::string& text) const {
    for (int tries = 0; tries < 500; ++tries) {
        if (records().find(text) != std::string::npos) return true;
        ::usleep(10'000);
    }
    return false;
}

std::string request(const std::string& method, const std::string& path, const std::string& body, const std::string& type) {
    std::string text = method + " " + path + " HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer secret\r\n";
    if (!body.empty()) text += "Content-Type: " + type + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
    return text + "\r\n" + body;
}

}  // namespace bordergate::testing

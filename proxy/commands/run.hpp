// `bordergate run`: from a configuration file to a proxy that serves until it is told to stop.
#pragma once

#include <filesystem>

namespace bordergate {

struct RunOptions {
    std::filesystem::path config;
};

/// Loads, starts, serves, drains. Prints `listening NAME HOST:PORT` for every listener, `admin HOST:PORT`,
/// and `ready` on standard output. Returns an exit code (exit_codes.hpp).
int run(const RunOptions& options);

}  // namespace bordergate

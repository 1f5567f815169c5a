// Exit codes of every subcommand: one table, told by --help and the man page.
#pragma once

#include "config/loader.hpp"

namespace bordergate {

inline constexpr int exit_ok = 0;
inline constexpr int exit_negative = 1;         ///< the answer is no: refused, not found
inline constexpr int exit_usage = 2;            ///< the command line is wrong
inline constexpr int exit_config_invalid = 3;   ///< the configuration file is wrong
inline constexpr int exit_io = 4;               ///< a file, an address or a disk failed
inline constexpr int exit_internal = 70;        ///< a bug

/// Of a configuration that gave no snapshot: what it says is wrong, or only files cannot be used.
inline int exit_of(const Loaded& loaded) { return only_file_errors(loaded.diagnostics) ? exit_io : exit_config_invalid; }

}  // namespace bordergate

// Exit codes of every subcommand: one table, told by --help and the man page.
#pragma once

namespace bordergate {

inline constexpr int exit_ok = 0;
inline constexpr int exit_negative = 1;         ///< the answer is no: refused, not found
inline constexpr int exit_usage = 2;            ///< the command line is wrong
inline constexpr int exit_config_invalid = 3;   ///< the configuration file is wrong
inline constexpr int exit_io = 4;               ///< a file, an address or a disk failed
inline constexpr int exit_internal = 70;        ///< a bug

}  // namespace bordergate

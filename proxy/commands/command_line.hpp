// The command line: subcommands, their help, completion and man page, from one tree.
#pragma once

namespace bordergate {

/// Parses and runs; returns an exit code (exit_codes.hpp).
int command_line(int argc, char** argv);

}  // namespace bordergate

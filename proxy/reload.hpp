// Reload: the configuration is read anew on SIGHUP or when a file it is made of changes. It takes over whole, or not at all:
// a file with mistakes is told of, and the one in use stays.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "proxy/server.hpp"

namespace bordergate {

/// The files that a configuration is made of: itself, certificates, keys, secrets in files, key rings.
std::vector<std::filesystem::path> watched_files(const Snapshot& snapshot);

/// What tells one state of these files from another without reading them; a missing file is a state too.
std::string fingerprint(const std::vector<std::filesystem::path>& files);

/// What of `next` cannot take over without a restart, in words; empty if all can.
std::string needs_restart(const Snapshot& now, const Snapshot& next);

class Reloader {
  public:
    /// `server` is borrowed; it is started before anything is reloaded.
    Reloader(std::filesystem::path config, Server& server);

    /// Reads everything anew and puts it to use. False if it was refused; the log says why.
    bool reload();
    /// Reloads if the files changed since the last look and have settled (are the same in two looks). Called about once
    /// a second. Does nothing where `reload.watch` is false.
    void look();

  private:
    bool refuse(const std::string& why);
    std::filesystem::path config_;
    Server& server_;
    std::string in_use_, last_look_;
};

}  // namespace bordergate

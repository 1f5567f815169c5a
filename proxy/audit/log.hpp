// The audit log: `append` hands over a rendered record, `durable` tells when it is on disk. One writer
// thread commits groups by time and size (one fdatasync each); workers never touch the file.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "config/settings.hpp"
#include "filters/fault.hpp"

namespace bordergate {

/// Position of a record in the order of the log; records up to a durable ticket are on disk.
using Ticket = std::uint64_t;

/// The files under a log, injected so that tests can fail each step. All calls are from the writer thread.
class LogFiles {
  public:
    virtual ~LogFiles() = default;
    virtual int open_segment(const std::string& name) = 0;  ///< -1 and errno on failure
    virtual long write(int file, std::string_view bytes) = 0;
    virtual int sync(int file) = 0;
    virtual int close(int file) = 0;
    virtual std::int64_t free_bytes() = 0;  ///< of the log's file system; -1 on failure
    static std::unique_ptr<LogFiles> system(const std::string& directory);
};

/// Told on the writer thread after each commit; implementations post to their worker.
class CommitListener {
  public:
    virtual ~CommitListener() = default;
    /// A commit ended, well or badly: every ticket up to `decided` is durable or lost now.
    virtual void committed(Ticket decided) = 0;
};

/// What became of a ticket.
enum class Fate : std::uint8_t { pending, durable, lost };

class AuditLog {
  public:
    /// Opens a new segment in `settings.directory` (created 0700) and starts the writer thread.
    /// Fails if the directory cannot be written.
    static Result<std::unique_ptr<AuditLog>> open(const AuditSettings& settings, std::string instance,
                                                 std::unique_ptr<LogFiles> files = nullptr);
    virtual ~AuditLog() = default;

    /// Queues one rendered line (with its newline). Thread-safe, does not block on the disk. Fault
    /// unauditable while the log is unhealthy, or for `unidentified` records in the reserved part of the disk.
    virtual Result<Ticket> append(std::string_view line, bool unidentified = false) = 0;
    /// Asks the writer to commit as soon as its interval allows (a waiter exists for this ticket).
    virtual void wanted(Ticket ticket) = 0;
    /// append() and wanted() in one step, for a record that will be waited for.
    virtual Result<Ticket> append_wanted(std::string_view line) {
        const auto ticket = append(line);
        if (ticket.has_value()) wanted(*ticket);
        return ticket;
    }
    /// Lost: the commit that held it failed; it was not written and never will be.
    virtual Fate fate(Ticket ticket) const = 0;
    virtual bool healthy() const = 0;
    virtual void subscribe(CommitListener* listener) = 0;
    virtual void unsubscribe(CommitListener* listener) = 0;
    /// Commits what is queued and stops the writer.
    virtual void close() = 0;
    /// Names this opening of the log in attempt ids.
    virtual const std::string& epoch() const = 0;
};

}  // namespace bordergate

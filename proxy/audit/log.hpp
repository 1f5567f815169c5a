// The audit log: every producer has a lane of its own into it, where `append` hands over a rendered record and `fate`
// tells what became of it. One writer thread commits groups by time and size (one fdatasync for all lanes); workers
// never touch the file, and meet each other nowhere on the way of a record.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "config/settings.hpp"
#include "filters/fault.hpp"

namespace bordergate {

/// Position of a record in the order of its lane; records of a lane up to a decided ticket are on disk, or lost.
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

/// Told on the writer thread after each commit that held records of its lane; implementations post to their worker.
class CommitListener {
  public:
    virtual ~CommitListener() = default;
    /// A commit ended, well or badly: every ticket of the lane up to `decided` is durable or lost now.
    virtual void committed(Ticket decided) = 0;
};

/// What became of a ticket.
enum class Fate : std::uint8_t { pending, durable, lost };

/// One producer's way into the log. Used by one thread at a time; what is queued when it is destroyed is written all
/// the same. Its records stand in the log in the order in which they were appended.
class AuditLane {
  public:
    virtual ~AuditLane() = default;
    /// Queues one rendered line (with its newline). Takes no lock and does not wait for the disk. Fault unauditable
    /// while the log is unhealthy or closed, or for `unidentified` records in the reserved part of the disk.
    virtual Result<Ticket> append(std::string_view line, bool unidentified = false) = 0;
    /// Asks the writer to commit as soon as its interval allows (a waiter exists for this ticket).
    virtual void wanted(Ticket ticket) = 0;
    /// append() and wanted() in one step, for a record that will be waited for.
    virtual Result<Ticket> append_wanted(std::string_view line) = 0;
    /// Lost: the commit that held it failed; nobody may rely on it.
    virtual Fate fate(Ticket ticket) const = 0;
};

class AuditLog {
  public:
    /// Opens a new segment in `settings.directory` (created 0700) and starts the writer thread.
    /// Fails if the directory cannot be written.
    static Result<std::unique_ptr<AuditLog>> open(const AuditSettings& settings, std::string instance,
                                                 std::unique_ptr<LogFiles> files = nullptr);
    virtual ~AuditLog() = default;

    /// A new lane; `listener` (borrowed, may be null) is not told any more once the lane is destroyed. The log
    /// outlives its lanes.
    virtual std::unique_ptr<AuditLane> lane(CommitListener* listener) = 0;
    virtual bool healthy() const = 0;
    /// Commits what is queued and stops the writer.
    virtual void close() = 0;
    /// Names this opening of the log in attempt ids.
    virtual const std::string& epoch() const = 0;
};

}  // namespace bordergate

#include "proxy/audit/log.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <mutex>
#include <thread>
#include <vector>

#include "proxy/audit/record.hpp"
#include "proxy/log.hpp"

namespace bordergate {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto lazy_commit = std::chrono::milliseconds(100);  ///< for records nobody waits for
constexpr auto probe_interval = std::chrono::milliseconds(500);
constexpr auto space_interval = std::chrono::milliseconds(250);
constexpr std::size_t most_queued_bytes = 64 * 1024 * 1024;
constexpr std::size_t most_kept_bytes = 1024 * 1024;  ///< of a buffer between two commits
/// Below this nothing is accepted any more: a commit in flight must still fit.
constexpr std::int64_t hard_floor = 1024 * 1024;

/// Seconds and microseconds in base 36: short, sortable, new with every start.
std::string make_epoch() {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    auto value = static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(now.tv_nsec) / 1000;
    std::string text;
    for (; value > 0; value /= 36) text.insert(text.begin(), "0123456789abcdefghijklmnopqrstuvwxyz"[value % 36]);
    return text;
}

class GroupCommitLog final : public AuditLog {
  public:
    GroupCommitLog(const AuditSettings& settings, std::unique_ptr<LogFiles> files, int lock)
        : settings_(settings), files_(std::move(files)), epoch_(make_epoch()), lock_(lock) {}

    ~GroupCommitLog() override {
        close();
        if (lock_ >= 0) ::close(lock_);
    }

    Status start() {
        measure_space();
        if (!next_segment()) return fault(Code::unauditable, "cannot write the audit log in " + settings_.directory.string() + ": " + std::strerror(errno));
        writer_ = std::thread([this] { serve(); });
        return {};
    }

    Result<Ticket> append(std::string_view line, bool unidentified) override { return queue(line, unidentified, false); }
    Result<Ticket> append_wanted(std::string_view line) override { return queue(line, false, true); }

    void wanted(Ticket ticket) override {
        std::unique_lock guard(mutex_);
        if (wanted_ >= ticket) return;
        const bool asleep = want(ticket);
        guard.unlock();
        if (asleep) wake_.notify_one();
    }

    Fate fate(Ticket ticket) const override {
        if (decided_.load(std::memory_order_acquire) < ticket) return Fate::pending;
        if (!any_lost_.load(std::memory_order_acquire)) return Fate::durable;
        const std::lock_guard guard(mutex_);
        for (const auto& [after, upto] : lost_)
            if (ticket > after && ticket <= upto) return Fate::lost;
        return Fate::durable;
    }
    bool healthy() const override { return healthy_.load(std::memory_order_relaxed); }
    const std::string& epoch() const override { return epoch_; }

    void subscribe(CommitListener* listener) override {
        const std::lock_guard guard(listeners_mutex_);
        listeners_.push_back(listener);
    }
    void unsubscribe(CommitListener* listener) override {
        const std::lock_guard guard(listeners_mutex_);
        std::erase(listeners_, listener);
    }

    void close() override {
        {
            const std::lock_guard guard(mutex_);
            closing_ = true;
            wake_.notify_one();
        }
        if (writer_.joinable()) writer_.join();
        if (file_ >= 0) files_->close(file_);
        file_ = -1;
    }

  private:
    /// Under one lock, for workers meet here and nowhere else.
    Result<Ticket> queue(std::string_view line, bool unidentified, bool waited_for) {
        std::unique_lock guard(mutex_);
        if (!healthy_.load(std::memory_order_relaxed) || closing_) return fault(Code::unauditable, "the audit log cannot be written");
        if (queued_.size() + line.size() > most_queued_bytes) return fault(Code::unauditable, "the audit log is too far behind");
        const auto left = free_.load(std::memory_order_relaxed) - static_cast<std::int64_t>(queued_.size() + line.size());
        const auto floor = unidentified ? static_cast<std::int64_t>(settings_.reserve_bytes) : hard_floor;
        if (left < floor) return fault(Code::unauditable, "the disk of the audit log is full");
        queued_.append(line);
        ++queued_records_;
        const Ticket ticket = ++last_;
        bool due = collecting_ && queued_records_ == settings_.commit_records;
        if (waited_for) due = want(ticket) || due;
        // Woken only after the lock is free: a writer on this core would else run at once, only to wait for it.
        guard.unlock();
        if (due) wake_.notify_one();
        return ticket;
    }

    /// Somebody waits for `ticket` (mutex_ held). True if the writer must be told: it sleeps without a waiter only if
    /// nobody wanted anything yet.
    bool want(Ticket ticket) {
        const bool asleep = wanted_ <= taken_ && idle_;
        wanted_ = ticket;
        return asleep;
    }

    /// The writer's life: wait for company, commit, tell; or, while unhealthy, try a new segment.
    void serve() {
        std::string batch;
        while (true) {
            Ticket upto = 0;
            batch.clear();
            if (!take(batch, upto)) return;
            if (batch.empty()) {
                if (!healthy()) recover();
                continue;
            }
            if (commit(batch))
                decided_.store(upto, std::memory_order_release);
            else
                upto = fail();
            // After a rush it would keep what it needed then, and so would the queue that it changes places with.
            if (batch.capacity() > most_kept_bytes) batch = {};
            tell(upto);
        }
    }

    /// Waits until a group is due and takes it. False when the log is closed and empty.
    bool take(std::string& batch, Ticket& upto) {
        std::unique_lock guard(mutex_);
        const auto due = [this] { return closing_ || wanted_ > taken_; };
        // Asleep between commits, but never for long: appending wakes nobody, so that a record for which nobody
        // waits costs no system call.
        idle_ = true;
        if (!healthy())
            wake_.wait_for(guard, probe_interval, [this] { return closing_; });
        else
            wake_.wait_for(guard, lazy_commit, due);
        idle_ = false;
        if (queued_.empty()) return !closing_;
        if (healthy() && !closing_ && settings_.commit_interval.count() > 0) {
            collecting_ = true;
            wake_.wait_for(guard, settings_.commit_interval,
                           [this] { return closing_ || queued_records_ >= settings_.commit_records; });
            collecting_ = false;
        }
        std::swap(batch, queued_);
        queued_records_ = 0;
        upto = taken_ = last_;
        return !(closing_ && batch.empty());
    }

    bool commit(std::string_view batch) {
        if (segment_bytes_ + batch.size() > settings_.segment_bytes && segment_bytes_ > 0 && !next_segment()) return false;
        const auto before = segment_bytes_;
        segment_bytes_ += batch.size();
        while (!batch.empty()) {
            const auto written = files_->write(file_, batch);
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) return false;
            batch.remove_prefix(static_cast<std::size_t>(written));
        }
        if (files_->sync(file_) != 0) return false;
        // Between two looks at the disk the count goes down by what was written.
        free_ -= static_cast<std::int64_t>(segment_bytes_ - before);
        if (const auto now = Clock::now(); now - measured_ >= space_interval) {
            measured_ = now;
            measure_space();
        }
        return true;
    }

    /// A file whose write or sync failed is never written again: what the kernel holds of it is unknown.
    bool next_segment() {
        if (file_ >= 0) files_->close(file_);
        char name[96];
        std::snprintf(name, sizeof name, "audit-%s-%06u.ndjson", epoch_.c_str(), ++segment_);
        file_ = files_->open_segment(name);
        segment_bytes_ = 0;
        return file_ >= 0;
    }

    /// Everything taken or queued since the last good commit is lost, and traffic is refused.
    Ticket fail() {
        log_error("audit_unwritable", std::string("the audit log cannot be written, traffic is refused: ") + std::strerror(errno));
        const std::lock_guard guard(mutex_);
        healthy_ = false;
        queued_.clear();
        queued_records_ = 0;
        taken_ = wanted_ = last_;
        lost_.emplace_back(decided_.load(std::memory_order_relaxed), last_);
        any_lost_.store(true, std::memory_order_release);
        decided_.store(last_, std::memory_order_release);
        return last_;
    }

    /// Health returns when a record of its own is durable in a new segment.
    void recover() {
        measure_space();
        if (free_.load(std::memory_order_relaxed) < hard_floor || !next_segment()) return;
        Record event;
        event.kind = RecordKind::event;
        event.time_us = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
        event.detail = "the audit log can be written again";
        std::string line;
        render(event, line);
        if (!commit(line)) return;
        {
            const std::lock_guard guard(mutex_);
            healthy_ = true;
        }
        log_info("audit_writable", "the audit log can be written again");
    }

    void tell(Ticket decided) {
        const std::lock_guard guard(listeners_mutex_);
        for (auto* listener : listeners_) listener->committed(decided);
    }

    void measure_space() { free_ = files_->free_bytes(); }

    const AuditSettings settings_;
    const std::unique_ptr<LogFiles> files_;
    const std::string epoch_;
    int lock_;
    std::thread writer_;

    // Workers write the first group with every record, the writer the second with every commit: on lines of their own,
    // so that looking at one does not wait for the other.
    alignas(64) mutable std::mutex mutex_;  // guards what stands below it
    std::condition_variable wake_;
    std::string queued_;
    std::size_t queued_records_ = 0;
    Ticket last_ = 0, wanted_ = 0, taken_ = 0;
    bool idle_ = false, collecting_ = false, closing_ = false;

    std::vector<std::pair<Ticket, Ticket>> lost_;  // (after, up to]; one entry per failure of the disk

    alignas(64) std::atomic<Ticket> decided_{0};
    std::atomic<bool> any_lost_{false};
    std::atomic<bool> healthy_{true};
    std::atomic<std::int64_t> free_{0};

    alignas(64) std::mutex listeners_mutex_;
    std::vector<CommitListener*> listeners_;

    int file_ = -1;  // the writer's own
    Clock::time_point measured_{};
    unsigned segment_ = 0;
    std::size_t segment_bytes_ = 0;
};

/// One process per directory: two writers would interleave.
Result<int> lock_directory(const std::filesystem::path& directory) {
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (error) return fault(Code::unauditable, "cannot create the audit directory " + directory.string() + ": " + error.message());
    ::chmod(directory.c_str(), 0700);
    const int lock = ::open((directory / "lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (lock < 0) return fault(Code::unauditable, "cannot write in the audit directory " + directory.string() + ": " + std::strerror(errno));
    if (::flock(lock, LOCK_EX | LOCK_NB) == 0) return lock;
    ::close(lock);
    return fault(Code::unauditable, "another bordergate uses the audit directory " + directory.string());
}

}  // namespace

Result<std::unique_ptr<AuditLog>> AuditLog::open(const AuditSettings& settings, std::string,
                                                 std::unique_ptr<LogFiles> files) {
    int lock = -1;
    if (!files) {
        const auto locked = lock_directory(settings.directory);
        if (locked.has_error()) return locked.error();
        lock = *locked;
        files = LogFiles::system(settings.directory.string());
    }
    auto log = std::make_unique<GroupCommitLog>(settings, std::move(files), lock);
    const Status started = log->start();
    if (started.has_error()) return started.error();
    return std::unique_ptr<AuditLog>(std::move(log));
}

}  // namespace bordergate

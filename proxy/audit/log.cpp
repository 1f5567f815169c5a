#include "proxy/audit/log.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <mutex>
#include <thread>
#include <vector>

#include "proxy/audit/bell.hpp"
#include "proxy/audit/lane_queue.hpp"
#include "proxy/audit/record.hpp"
#include "proxy/audit/segments.hpp"
#include "proxy/log.hpp"

namespace bordergate {

namespace {

constexpr auto lazy_commit = std::chrono::milliseconds(100);  ///< for records nobody waits for
constexpr auto probe_interval = std::chrono::milliseconds(500);
constexpr std::size_t most_queued_bytes = 64 * 1024 * 1024;  ///< of one lane
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

/// What all lanes of a log look at before they take a record.
struct Common {
    explicit Common(const AuditSettings& settings_, Segments& segments_) : settings(settings_), segments(segments_) {}
    const AuditSettings& settings;
    const Segments& segments;
    std::atomic<bool> healthy{true}, closing{false};
    Bell bell;
};

/// A lane as both sides know it; it outlives its producer until all of it is written.
class Lane {
  public:
    explicit Lane(Common& common, CommitListener* listener_) : listener(listener_), common_(common) {}

    // The producer's side.

    Result<Ticket> append(std::string_view line, bool unidentified, bool waited_for) {
        if (!common_.healthy.load(std::memory_order_relaxed) || common_.closing.load(std::memory_order_relaxed))
            return fault(Code::unauditable, "the audit log cannot be written");
        const auto behind = queue_.bytes_put() + line.size() - settled_bytes_.load(std::memory_order_relaxed);
        if (behind > most_queued_bytes) return fault(Code::unauditable, "the audit log is too far behind");
        const auto left = common_.segments.free_bytes() - static_cast<std::int64_t>(behind);
        if (left < (unidentified ? static_cast<std::int64_t>(common_.settings.reserve_bytes) : hard_floor))
            return fault(Code::unauditable, "the disk of the audit log is full");
        std::size_t records = 0;
        const auto ticket = queue_.put(line, waited_for, records);
        if (waited_for) common_.bell.ring(Bell::Rest::idle);
        if (records >= common_.settings.commit_records) common_.bell.ring(Bell::Rest::collecting);
        return ticket;
    }
    void wanted(Ticket ticket) {
        if (decided_.load(std::memory_order_relaxed) >= ticket) return;
        queue_.want();
        common_.bell.ring(Bell::Rest::idle);
    }
    Fate fate(Ticket ticket) const {
        if (decided_.load(std::memory_order_acquire) < ticket) return Fate::pending;
        if (!any_lost_.load(std::memory_order_acquire)) return Fate::durable;
        const std::lock_guard guard(lost_mutex_);
        for (const auto& [after, upto] : lost_)
            if (ticket > after && ticket <= upto) return Fate::lost;
        return Fate::durable;
    }

    // The writer's side.

    const LaneBatch& take() {
        queue_.take(taken_);
        // Whoever waited for what is decided already waits no more.
        if (taken_.records == 0) taken_.wanted = false;
        return taken_;
    }
    std::string_view lines() const { return taken_.lines; }
    /// What was taken is decided; true if there was anything.
    bool settle(bool durable) {
        if (taken_.records == 0) return false;
        if (!durable) {
            const std::lock_guard guard(lost_mutex_);
            lost_.emplace_back(decided_.load(std::memory_order_relaxed), taken_.last);
            any_lost_.store(true, std::memory_order_release);
        }
        decided_.store(taken_.last, std::memory_order_release);
        settled_bytes_.fetch_add(taken_.lines.size(), std::memory_order_relaxed);
        taken_.clear();
        return true;
    }
    Ticket decided() const { return decided_.load(std::memory_order_relaxed); }
    /// True once its producer is gone and all of it is decided.
    bool over() const { return left && queue_.last() == decided(); }

    // Under the log's mutex.
    CommitListener* listener;
    bool left = false;  ///< its producer is gone

  private:
    Common& common_;
    LaneQueue queue_;
    // Written by the writer once for each commit, as what follows.
    alignas(64) std::atomic<Ticket> decided_{0};
    std::atomic<std::uint64_t> settled_bytes_{0};
    std::atomic<bool> any_lost_{false};
    LaneBatch taken_;                              // the writer's own
    mutable std::mutex lost_mutex_;                // looked at only after a failure of the disk
    std::vector<std::pair<Ticket, Ticket>> lost_;  // (after, up to]; one entry per failure
};

class GroupCommitLog final : public AuditLog {
  public:
    GroupCommitLog(const AuditSettings& settings, std::unique_ptr<LogFiles> files, int lock)
        : settings_(settings), epoch_(make_epoch()), lock_(lock), segments_(std::move(files), epoch_, settings.segment_bytes) {}

    ~GroupCommitLog() override {
        close();
        if (lock_ >= 0) ::close(lock_);
    }

    Status start() {
        segments_.measure();
        if (!segments_.next()) return fault(Code::unauditable, "cannot write the audit log in " + settings_.directory.string() + ": " + std::strerror(errno));
        writer_ = std::thread([this] { serve(); });
        return {};
    }

    std::unique_ptr<AuditLane> lane(CommitListener* listener) override;
    bool healthy() const override { return common_.healthy.load(std::memory_order_relaxed); }
    const std::string& epoch() const override { return epoch_; }

    void close() override {
        common_.closing.store(true);
        common_.bell.ring_always();
        if (writer_.joinable()) writer_.join();
        segments_.close();
    }

    void leave(Lane& lane) {
        const std::lock_guard guard(lanes_mutex_);
        lane.listener = nullptr;
        lane.left = true;
    }

  private:
    /// The writer's life: wait for company, commit, tell; or, while unhealthy, try a new segment.
    void serve() {
        while (true) {
            const bool last = common_.closing.load();
            if (!healthy())
                mend();
            else if (!collect(last))
                continue;
            else if (commit())
                settle(true);
            else
                fail();
            if (last) return;
            if (!healthy()) common_.bell.sleep(probe_interval);
        }
    }

    /// Waits until a group is due and takes it. False if there is nothing to commit yet.
    bool collect(bool last) {
        // Asleep between commits, but never for long: appending wakes nobody, so that a record for which nobody
        // waits costs no system call.
        common_.bell.rest(Bell::Rest::idle);
        auto taken = take();
        if (taken.wanted || last)
            common_.bell.rise();
        else {
            common_.bell.sleep(lazy_commit);
            taken = take();
        }
        if (taken.records == 0) return last;
        if (!last && settings_.commit_interval.count() > 0) {
            common_.bell.rest(Bell::Rest::collecting);
            if (take().records < settings_.commit_records)
                common_.bell.sleep(settings_.commit_interval);
            else
                common_.bell.rise();
            take();
        }
        return true;
    }

    struct Taken {
        std::size_t records = 0;
        bool wanted = false;
    };

    /// Takes what lies in all lanes; of all that is taken and not yet decided.
    Taken take() {
        const std::lock_guard guard(lanes_mutex_);
        Taken all;
        for (const auto& lane : lanes_) {
            const auto& batch = lane->take();
            all.records += batch.records;
            all.wanted |= batch.wanted;
        }
        return all;
    }

    bool commit() {
        parts_.clear();
        {
            const std::lock_guard guard(lanes_mutex_);
            for (const auto& lane : lanes_)
                if (!lane->lines().empty()) parts_.push_back(lane->lines());
        }
        return parts_.empty() || segments_.commit(parts_);
    }

    /// Everything taken is durable, or lost; whoever waits for it is told.
    void settle(bool durable) {
        const std::lock_guard guard(lanes_mutex_);
        for (const auto& lane : lanes_)
            if (lane->settle(durable) && lane->listener != nullptr) lane->listener->committed(lane->decided());
        std::erase_if(lanes_, [](const auto& lane) { return lane->over(); });
    }

    /// Everything taken or queued since the last good commit is lost, and traffic is refused.
    void fail() {
        log_error("audit_unwritable", std::string("the audit log cannot be written, traffic is refused: ") + std::strerror(errno));
        common_.healthy.store(false);
        take();
        settle(false);
    }

    /// Health returns when a record of its own is durable in a new segment. What producers queued before they saw
    /// the failure is lost like what they queued before it.
    void mend() {
        take();
        settle(false);
        segments_.measure();
        if (segments_.free_bytes() < hard_floor || !segments_.next()) return;
        Record event;
        event.kind = RecordKind::event;
        event.time_us = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
        event.detail = "the audit log can be written again";
        std::string line;
        render(event, line);
        const std::string_view parts[] = {line};
        if (!segments_.commit(parts)) return;
        common_.healthy.store(true);
        log_info("audit_writable", "the audit log can be written again");
    }

    const AuditSettings settings_;
    const std::string epoch_;
    int lock_;
    std::thread writer_;
    Segments segments_;
    Common common_{settings_, segments_};
    // Producers take it only to come and to go.
    std::mutex lanes_mutex_;
    std::vector<std::shared_ptr<Lane>> lanes_;
    std::vector<std::string_view> parts_;  // the writer's own
};

/// What a producer holds of its lane.
class LaneEnd final : public AuditLane {
  public:
    LaneEnd(GroupCommitLog& log, std::shared_ptr<Lane> lane) : log_(log), lane_(std::move(lane)) {}
    ~LaneEnd() override { log_.leave(*lane_); }
    Result<Ticket> append(std::string_view line, bool unidentified) override { return lane_->append(line, unidentified, false); }
    Result<Ticket> append_wanted(std::string_view line) override { return lane_->append(line, false, true); }
    void wanted(Ticket ticket) override { lane_->wanted(ticket); }
    Fate fate(Ticket ticket) const override { return lane_->fate(ticket); }

  private:
    GroupCommitLog& log_;
    std::shared_ptr<Lane> lane_;
};

std::unique_ptr<AuditLane> GroupCommitLog::lane(CommitListener* listener) {
    auto lane = std::make_shared<Lane>(common_, listener);
    const std::lock_guard guard(lanes_mutex_);
    lanes_.push_back(lane);
    return std::make_unique<LaneEnd>(*this, std::move(lane));
}

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

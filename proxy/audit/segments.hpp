// The files of an audit log as the writer sees them: one open segment, a new one when it is full or has failed, and how
// much room the disk has left.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "proxy/audit/log.hpp"

namespace bordergate {

/// Used by the writer's thread alone, but for free_bytes().
class Segments {
  public:
    Segments(std::unique_ptr<LogFiles> files, std::string epoch, std::size_t segment_bytes)
        : files_(std::move(files)), epoch_(std::move(epoch)), most_(segment_bytes) {}
    ~Segments() { close(); }

    /// Begins a new segment. A file whose write or sync failed is never written again: what the kernel holds of it is
    /// unknown. False and errno on failure.
    bool next();
    /// Writes `parts` and syncs once. False and errno on failure.
    bool commit(std::span<const std::string_view> parts);
    void close();

    /// Of the disk: looked at now and then, counted down in between. -1 if it cannot be told.
    std::int64_t free_bytes() const { return free_.load(std::memory_order_relaxed); }
    void measure() { free_.store(files_->free_bytes(), std::memory_order_relaxed); }

  private:
    bool write(std::string_view bytes);

    const std::unique_ptr<LogFiles> files_;
    const std::string epoch_;
    const std::size_t most_;
    int file_ = -1;
    unsigned number_ = 0;
    std::size_t size_ = 0;
    std::chrono::steady_clock::time_point measured_{};
    alignas(64) std::atomic<std::int64_t> free_{0};
};

}  // namespace bordergate

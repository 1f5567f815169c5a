// Overload: how much memory this process may hold. Beyond it new requests are turned away, before the machine suffers;
// those under way go on.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

#include "config/settings.hpp"

namespace bordergate {

/// Resident bytes of this process, from /proc/self/statm; 0 if it cannot be read.
std::uint64_t resident_bytes();

/// The memory this process can have: of its control group and those it lies in (version 2 or 1), or of the machine,
/// whichever is least. `root` is put before /proc and /sys. The largest number if nothing says.
std::uint64_t memory_bound(const std::filesystem::path& root = "/");

/// One for the process. All but look() may be called from any thread.
class Overload {
  public:
    /// Why a request was turned away. The order is that of the metric's values.
    enum class Reason : std::uint8_t { memory, held, connections };
    using Reader = std::function<std::uint64_t()>;

    /// `resident` reads what the process holds; `bound` is what `limits.memory` defaults to 95 % of.
    explicit Overload(Reader resident = resident_bytes, std::uint64_t bound = memory_bound());

    /// Reads anew what the process holds. Called by one thread, a few times a second.
    void look() { resident_.store(reader_(), std::memory_order_relaxed); }

    /// Why no further request may begin under these limits; nothing if one may.
    std::optional<Reason> sheds(const Limits& limits) const;

  private:
    friend class HeldBytes;
    Reader reader_;
    std::uint64_t bound_;
    std::atomic<std::uint64_t> resident_{0};           ///< written four times a second
    alignas(64) std::atomic<std::uint64_t> held_{0};  ///< written by exchanges that hold a body or much of it, by no others
};

/// The share of one exchange in the bytes that are held; given back when this goes.
class HeldBytes {
  public:
    explicit HeldBytes(Overload& overload) : overload_(overload) {}
    HeldBytes(const HeldBytes&) = delete;
    HeldBytes& operator=(const HeldBytes&) = delete;
    ~HeldBytes() { set(0); }
    /// From now on so many are held.
    void set(std::uint64_t bytes) {
        if (bytes != bytes_) overload_.held_.fetch_add(bytes - bytes_, std::memory_order_relaxed);
        bytes_ = bytes;
    }

  private:
    Overload& overload_;
    std::uint64_t bytes_ = 0;
};

}  // namespace bordergate

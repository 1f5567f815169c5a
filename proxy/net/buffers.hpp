// Read buffers of one worker. A connection borrows one only while it has something to read, so idle
// connections hold none.
#pragma once

#include <memory>
#include <span>
#include <vector>

namespace bordergate {

class Buffers;

/// A borrowed buffer; goes back to its worker's pool when destroyed. Movable, may be empty.
class Buffer {
  public:
    Buffer() = default;
    Buffer(Buffer&& other) noexcept : owner_(other.owner_), bytes_(std::move(other.bytes_)) { other.owner_ = nullptr; }
    Buffer& operator=(Buffer&& other) noexcept;
    ~Buffer();
    explicit operator bool() const { return bytes_ != nullptr; }
    char* data() const { return bytes_.get(); }
    std::span<char> span() const;
    static constexpr std::size_t size = 64 * 1024;

  private:
    friend class Buffers;
    Buffers* owner_ = nullptr;
    std::unique_ptr<char[]> bytes_;
};

/// Keeps at most `kept` free buffers. Single-threaded; outlives what it lent.
class Buffers {
  public:
    Buffer borrow();
    /// Buffers that are here and lent to nobody.
    std::size_t spare() const { return free_.size(); }
    /// Frees the buffers that nobody borrowed since the last call; how many.
    std::size_t give_back() noexcept;
    static constexpr std::size_t kept = 64;

  private:
    friend class Buffer;
    void take_back(std::unique_ptr<char[]> bytes);
    std::vector<std::unique_ptr<char[]>> free_;
    std::size_t least_ = 0;  ///< that lay free since the last call of give_back
};

}  // namespace bordergate

#include "proxy/net/buffers.hpp"

#include <algorithm>

namespace bordergate {

Buffer& Buffer::operator=(Buffer&& other) noexcept {
    std::swap(owner_, other.owner_);
    std::swap(bytes_, other.bytes_);
    return *this;
}

Buffer::~Buffer() {
    if (bytes_ && owner_) owner_->take_back(std::move(bytes_));
}

std::span<char> Buffer::span() const { return bytes_ ? std::span<char>(bytes_.get(), size) : std::span<char>{}; }

Buffer Buffers::borrow() {
    Buffer buffer;
    buffer.owner_ = this;
    if (free_.empty()) {
        buffer.bytes_ = std::make_unique_for_overwrite<char[]>(Buffer::size);
    } else {
        buffer.bytes_ = std::move(free_.back());
        free_.pop_back();
    }
    least_ = std::min(least_, free_.size());
    return buffer;
}

std::size_t Buffers::give_back() noexcept {
    const auto unused = least_;
    free_.resize(free_.size() - unused);
    least_ = free_.size();
    return unused;
}

void Buffers::take_back(std::unique_ptr<char[]> bytes) {
    if (free_.size() < kept) free_.push_back(std::move(bytes));
}

}  // namespace bordergate

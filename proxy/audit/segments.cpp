#include "proxy/audit/segments.hpp"

#include <cerrno>
#include <cstdio>

namespace bordergate {

namespace {

constexpr auto space_interval = std::chrono::milliseconds(250);

}  // namespace

bool Segments::next() {
    close();
    char name[96];
    std::snprintf(name, sizeof name, "audit-%s-%06u.ndjson", epoch_.c_str(), ++number_);
    file_ = files_->open_segment(name);
    size_ = 0;
    return file_ >= 0;
}

bool Segments::commit(std::span<const std::string_view> parts) {
    std::size_t size = 0;
    for (const auto part : parts) size += part.size();
    if (size_ + size > most_ && size_ > 0 && !next()) return false;
    size_ += size;
    for (const auto part : parts)
        if (!write(part)) return false;
    if (files_->sync(file_) != 0) return false;
    // Between two looks at the disk the count goes down by what was written.
    free_.fetch_sub(static_cast<std::int64_t>(size), std::memory_order_relaxed);
    if (const auto now = std::chrono::steady_clock::now(); now - measured_ >= space_interval) {
        measured_ = now;
        measure();
    }
    return true;
}

bool Segments::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = files_->write(file_, bytes);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

void Segments::close() {
    if (file_ >= 0) files_->close(file_);
    file_ = -1;
}

}  // namespace bordergate

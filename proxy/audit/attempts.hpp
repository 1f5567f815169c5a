// Attempt ids: `INSTANCE-EPOCH-WORKER-N`. They name the proxy, the opening of its log, and the attempt.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>

namespace bordergate {

/// Ids of one worker; unique because the epoch is new with every opening of the log. Not thread-safe.
class AttemptIds {
  public:
    AttemptIds(const std::string& instance, const std::string& epoch, unsigned worker)
        : prefix_(instance + '-' + epoch + '-' + std::to_string(worker) + '-') {}

    std::string next() {
        char digits[20];
        const auto end = std::to_chars(digits, digits + sizeof digits, ++last_).ptr;
        std::string id;
        id.reserve(prefix_.size() + static_cast<std::size_t>(end - digits));
        return id.append(prefix_).append(digits, end);
    }

  private:
    std::string prefix_;
    std::uint64_t last_ = 0;
};

}  // namespace bordergate

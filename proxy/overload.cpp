#include "proxy/overload.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <limits>
#include <string>

namespace bordergate {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t unbounded = std::numeric_limits<std::uint64_t>::max();

/// The number a file begins with; unbounded for `max`, and where there is none.
std::uint64_t number_in(const fs::path& file) {
    std::ifstream in(file);
    std::uint64_t number = 0;
    return in >> number ? number : unbounded;
}

/// The least bound of a group and of those it lies in.
std::uint64_t least_bound(const fs::path& mount, const fs::path& group, const char* name) {
    std::uint64_t least = number_in(mount / name);
    fs::path at = mount;
    for (const auto& part : group.relative_path()) {
        at /= part;
        least = std::min(least, number_in(at / name));
    }
    return least;
}

std::uint64_t memory_of_machine(const fs::path& root) {
    std::ifstream in(root / "proc/meminfo");
    std::string name;
    std::uint64_t kibibytes = 0;
    return in >> name >> kibibytes && name == "MemTotal:" ? kibibytes * 1024 : unbounded;
}

}  // namespace

std::uint64_t resident_bytes() {
    const int file = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    std::array<char, 128> text{};
    const auto got = ::read(file, text.data(), text.size());
    ::close(file);
    if (got <= 0) return 0;
    const char* const end = text.data() + got;
    const char* const space = std::find(static_cast<const char*>(text.data()), end, ' ');
    std::uint64_t pages = 0;
    if (space == end || std::from_chars(space + 1, end, pages).ec != std::errc{}) return 0;
    return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::uint64_t memory_bound(const fs::path& root) {
    std::uint64_t least = memory_of_machine(root);
    std::ifstream groups(root / "proc/self/cgroup");
    for (std::string line; std::getline(groups, line);) {
        const auto first = line.find(':');
        const auto second = line.find(':', first + 1);
        if (first == std::string::npos || second == std::string::npos) continue;
        const auto controllers = line.substr(first + 1, second - first - 1);
        const fs::path group = line.substr(second + 1);
        if (controllers.empty()) least = std::min(least, least_bound(root / "sys/fs/cgroup", group, "memory.max"));
        if (controllers == "memory") least = std::min(least, least_bound(root / "sys/fs/cgroup/memory", group, "memory.limit_in_bytes"));
    }
    return least;
}

Overload::Overload(Reader resident, std::uint64_t bound) : reader_(std::move(resident)), bound_(bound) {}

std::optional<Overload::Reason> Overload::sheds(const Limits& limits) const {
    const std::uint64_t memory = limits.memory_bytes ? *limits.memory_bytes : bound_ / 100 * 95;
    if (resident_.load(std::memory_order_relaxed) > memory) return Reason::memory;
    const std::uint64_t held = limits.held_total_bytes ? *limits.held_total_bytes : memory / 4;
    if (held_.load(std::memory_order_relaxed) > held) return Reason::held;
    return std::nullopt;
}

}  // namespace bordergate

#include "proxy/net/descriptor_states.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <vector>

namespace bordergate {

namespace {

constexpr std::size_t batch = 256;
constexpr std::size_t reserve = 64;  ///< of upstream connections and timers, and for those who come before the next look

}  // namespace

std::size_t DescriptorStates::make_room(std::size_t descriptors) {
    if (descriptors + reserve <= made_) return made_;
    // The kernel does not watch a file of memory, so one can be told to the loop many times over.
    const int file = ::memfd_create("bordergate", MFD_CLOEXEC);
    if (file < 0) return made_;
    std::vector<boost::asio::posix::stream_descriptor> side_by_side;
    side_by_side.reserve(batch);
    for (std::size_t i = 0; i < batch; ++i) {
        boost::system::error_code ignored;
        side_by_side.emplace_back(io_).assign(file, ignored);
    }
    // Forgotten again, and their memory is kept for others; the file is ours to close.
    for (auto& one : side_by_side)
        if (one.is_open()) (void)one.release();
    ::close(file);
    return made_ += batch;
}

}  // namespace bordergate

#include "proxy/remote/endings.hpp"

#include <chrono>
#include <future>
#include <mutex>
#include <system_error>
#include <vector>

namespace bordergate {

namespace {

class Endings {
  public:
    void add(std::function<void()> end) {
        const std::lock_guard guard(mutex_);
        std::erase_if(ending_, [](const auto& one) { return one.wait_for(std::chrono::seconds(0)) == std::future_status::ready; });
        try {
            ending_.push_back(std::async(std::launch::async, end));
        } catch (const std::system_error&) {
            end();
        }
    }

  private:
    std::mutex mutex_;
    std::vector<std::future<void>> ending_;  ///< each waits for its thread when it is destroyed
};

}  // namespace

void end_aside(std::function<void()> end) {
    static Endings endings;
    endings.add(std::move(end));
}

}  // namespace bordergate

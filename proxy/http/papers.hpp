// Papers: the memory that a connection needs while a message is under way and not while it waits for the next. A thread
// keeps what was laid down and gives it to whichever connection comes next, so idle connections hold none of it, and
// busy ones get memory that is still warm.
#pragma once

#include <memory>
#include <utility>
#include <vector>

namespace bordergate {

/// A T on loan, or nothing. `T::clear()` forgets what it holds; it may keep its own memory as long as that is bounded.
template <class T>
class Papers {
  public:
    Papers() = default;
    ~Papers() { lay_down(); }
    Papers(const Papers&) = delete;
    Papers& operator=(const Papers&) = delete;

    /// Afterwards there is a T; one that is there already stays as it is.
    void take_up() {
        if (held_) return;
        auto& tray = kept();
        if (tray.empty()) {
            held_ = std::make_unique<T>();
        } else {
            held_ = std::move(tray.back());
            tray.pop_back();
        }
    }
    /// Forgets what it held. Views into it are gone.
    void lay_down() {
        if (!held_) return;
        auto one = std::move(held_);
        auto& tray = kept();
        if (tray.size() >= most_kept) return;
        one->clear();
        tray.push_back(std::move(one));
    }
    /// Only while taken up.
    T* operator->() const { return held_.get(); }

  private:
    static constexpr std::size_t most_kept = 64;  ///< by each thread
    /// Those of this thread that nobody holds.
    static std::vector<std::unique_ptr<T>>& kept() {
        thread_local std::vector<std::unique_ptr<T>> tray;
        return tray;
    }
    std::unique_ptr<T> held_;
};

}  // namespace bordergate

// Ends what has a thread of its own without making its last user wait.
#pragma once

#include <functional>
#include <memory>

namespace bordergate {

/// Runs `end` in a thread of its own; the process's end waits for it. Here, if there are no threads to be had.
void end_aside(std::function<void()> end);

/// Shared by its users, the last of whom does not wait for its destructor.
template <class T>
std::shared_ptr<T> ending_aside(std::unique_ptr<T> made) {
    return {made.release(), [](T* last) { end_aside([last] { delete last; }); }};
}

}  // namespace bordergate

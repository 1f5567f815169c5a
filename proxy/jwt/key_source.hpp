// An issuer's keys as they are now: read from a file whenever it changes, or fetched from a URL every so often, by a
// thread of its own. Whoever asks never waits. Keys that could not be read anew for too long count for nothing.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "config/settings.hpp"
#include "filters/fault.hpp"
#include "proxy/jwt/jwk.hpp"

namespace bordergate {

class KeySource {
  public:
    using Clock = std::chrono::steady_clock;
    /// Reads the keys once: their JSON, or why not. Tests give their own.
    using Read = std::function<Result<std::string>(const std::stop_token&)>;

    /// Reads at once in its thread; the caller waits for that, so that what starts has keys if there are any. A
    /// first reading that fails is told in the log, and there are no keys until one succeeds.
    KeySource(const JwtKeys& settings, Read read);
    /// With the file or URL of `settings`. Whoever lets go of the last reference does not wait: what is left of a fetch
    /// ends in a thread of its own, and the process's end waits for that.
    static std::shared_ptr<KeySource> open(const JwtKeys& settings);
    static std::shared_ptr<KeySource> open(const JwtKeys& settings, Read read);
    /// Ends a fetch that is under way.
    ~KeySource() = default;

    /// Where the keys are from, and how they are read: what is equal here may be one source.
    const JwtKeys& settings() const { return settings_; }
    /// The keys; null if none were ever read, or if they are older than their deadline. A set without keys takes the
    /// place of one with them; what cannot be read does not. Thread-safe.
    std::shared_ptr<const KeySet> keys() const;
    /// Changes whenever keys() does: what was verified under another number is to be verified anew. 0: no keys.
    /// Two loads, no lock.
    std::uint64_t generation() const;
    /// Somebody shows a key that is not known: true if the keys are being read anew, so that asking again may help.
    /// At most one reading per refresh interval is begun so.
    bool miss();
    /// Has the keys read anew, now; the ones there are go on meanwhile, and if that fails.
    void read_anew();

  private:
    void work(const std::stop_token& stop);
    void take(Result<std::string> text);
    bool wait(const std::stop_token& stop, Clock::duration time);

    const JwtKeys settings_;
    const std::string where_;
    const Read read_;
    std::atomic<std::uint64_t> generation_{0};
    std::atomic<Clock::rep> until_{0};
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::shared_ptr<const KeySet> keys_;
    std::string text_;
    bool tried_ = false, reading_ = false, asked_ = false, failing_ = false;
    Clock::time_point last_miss_ = Clock::time_point::min();
    std::jthread thread_;  ///< last: ends before what it uses
};

}  // namespace bordergate

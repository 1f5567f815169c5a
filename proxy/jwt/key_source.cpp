#include "proxy/jwt/key_source.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>

#include "proxy/jwt/fetch_keys.hpp"
#include "proxy/log.hpp"
#include "proxy/remote/endings.hpp"

namespace bordergate {

namespace {

/// A file is looked at this often.
constexpr std::chrono::seconds file_interval{1};
/// A reading that failed is repeated after this, or after the refresh interval if that is shorter.
constexpr std::chrono::seconds retry_interval{5};

Result<std::string> read_key_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::string text(KeySet::longest + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad() || in.gcount() == 0) return fault(Code::key_unavailable, "cannot read " + file.string());
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
}

}  // namespace

KeySource::KeySource(const JwtKeys& settings, Read read)
    : settings_(settings), where_(settings.url.empty() ? settings.file.string() : settings.url), read_(std::move(read)) {
    thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return tried_; });
}

std::shared_ptr<KeySource> KeySource::open(const JwtKeys& settings) {
    Read read;
    if (settings.url.empty())
        read = [file = settings.file](const std::stop_token&) { return read_key_file(file); };
    else
        read = [settings](const std::stop_token& stop) { return fetch_keys(settings, KeySet::longest, stop); };
    return open(settings, std::move(read));
}

std::shared_ptr<KeySource> KeySource::open(const JwtKeys& settings, Read read) {
    return ending_aside(std::make_unique<KeySource>(settings, std::move(read)));
}

std::shared_ptr<const KeySet> KeySource::keys() const {
    if (generation() == 0) return nullptr;
    const std::lock_guard guard(mutex_);
    return keys_;
}

std::uint64_t KeySource::generation() const {
    if (Clock::now().time_since_epoch().count() >= until_.load(std::memory_order_acquire)) return 0;
    return generation_.load(std::memory_order_acquire);
}

bool KeySource::miss() {
    const auto now = Clock::now();
    const std::lock_guard guard(mutex_);
    // A file is read within a second of its change; who asks for more has another key.
    if (settings_.url.empty()) return false;
    if (reading_ || asked_) return true;
    if (last_miss_ != Clock::time_point::min() && now - last_miss_ < settings_.refresh) return false;
    last_miss_ = now;
    asked_ = true;
    changed_.notify_all();
    return true;
}

void KeySource::read_anew() {
    const std::lock_guard guard(mutex_);
    asked_ = true;
    changed_.notify_all();
}

/// False if the thread is to end. Ends early when somebody asks.
bool KeySource::wait(const std::stop_token& stop, Clock::duration time) {
    std::unique_lock lock(mutex_);
    tried_ = true;
    reading_ = false;
    changed_.notify_all();
    changed_.wait_for(lock, stop, time, [this] { return asked_; });
    asked_ = false;
    reading_ = !stop.stop_requested();
    return reading_;
}

void KeySource::work(const std::stop_token& stop) {
    do {
        take(read_(stop));
        if (stop.stop_requested()) return;
    } while (wait(stop, settings_.url.empty() ? file_interval : failing_ ? std::min<Clock::duration>(retry_interval, settings_.refresh) : settings_.refresh));
}

void KeySource::take(Result<std::string> text) {
    std::string why;
    if (text.has_error()) {
        why = text.error().detail;
    } else if (*text != text_ || !keys_) {
        auto parsed = KeySet::parse(*text);
        if (parsed.has_error()) {
            why = parsed.error().detail;
        } else {
            // As the issuer says: all of them are withdrawn.
            if (parsed->empty()) log_warning("jwks_empty", "the keys at " + where_ + " have none that can verify signatures: every token is refused");
            const std::lock_guard guard(mutex_);
            keys_ = std::make_shared<const KeySet>(std::move(*parsed));
            text_ = std::move(*text);
            generation_.fetch_add(1, std::memory_order_release);
        }
    }
    if (why.empty()) until_.store((Clock::now() + settings_.deadline).time_since_epoch().count(), std::memory_order_release);
    if (!why.empty() && !failing_) {
        log_warning("jwks_unavailable", "the keys at " + where_ + " cannot be read anew: " + why);
    }
    failing_ = !why.empty();
}

}  // namespace bordergate

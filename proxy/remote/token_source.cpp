#include "proxy/remote/token_source.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <ctime>

#include "proxy/log.hpp"
#include "proxy/remote/endings.hpp"

namespace bordergate {

namespace {

/// A token that could not be had is asked for again after this.
constexpr std::chrono::seconds retry_interval{5};
/// A token is not given up before this, or a fifth of its life, whatever the destination says of it.
constexpr std::chrono::seconds least_life{5};
constexpr std::chrono::seconds margin{60};

TokenSource::Ask asking(const TokenGrant& grant, const std::string& secret) {
    return [&grant, &secret](const std::stop_token& stop) -> Result<GrantedToken> {
        const auto request = grant_request(grant, secret, std::time(nullptr));
        if (request.has_error()) return request.error();
        const auto answer = send_control(*request, stop);
        if (answer.has_error()) return answer.error();
        return read_grant(*answer);
    };
}

}  // namespace

TokenSource::Clock::duration TokenSource::time_to_renewal(std::chrono::seconds lifetime) {
    const Clock::duration whole = lifetime;
    return std::max<Clock::duration>(whole - whole / 5, whole - margin);
}

std::shared_ptr<TokenSource> TokenSource::open(TokenGrant grant, std::string secret) { return open(std::move(grant), std::move(secret), {}); }

std::shared_ptr<TokenSource> TokenSource::open(TokenGrant grant, std::string secret, Ask ask) {
    return ending_aside(std::make_unique<TokenSource>(std::move(grant), std::move(secret), std::move(ask)));
}

TokenSource::TokenSource(TokenGrant grant, std::string secret, Ask ask)
    : grant_(std::move(grant)), secret_(std::move(secret)), ask_(ask ? std::move(ask) : asking(grant_, secret_)) {
    thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

TokenSource::~TokenSource() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
    OPENSSL_cleanse(secret_.data(), secret_.size());
    OPENSSL_cleanse(authorization_.data(), authorization_.size());
}

Result<std::string> TokenSource::authorization() const {
    const std::lock_guard guard(mutex_);
    if (holds()) return authorization_;
    return fault(Code::key_unavailable, why_);
}

bool TokenSource::coming() const {
    const std::lock_guard guard(mutex_);
    return asking_ && !holds();
}

void TokenSource::refused(std::string_view authorization) {
    const std::lock_guard guard(mutex_);
    if (asking_ || wanted_ || authorization != authorization_ || Clock::now() < trusted_until_) return;
    wanted_ = true;
    changed_.notify_all();
}

void TokenSource::work(const std::stop_token& stop) {
    Clock::duration pause{0};
    do {
        pause = take(ask_(stop));
    } while (!stop.stop_requested() && wait(stop, pause));
}

/// Until when nothing needs to be asked.
TokenSource::Clock::duration TokenSource::take(Result<GrantedToken> answer) {
    const std::lock_guard guard(mutex_);
    if (answer.has_value()) {
        OPENSSL_cleanse(authorization_.data(), authorization_.size());
        authorization_ = std::move(answer->authorization);
        const auto now = Clock::now();
        const Clock::duration lifetime = answer->lifetime;
        until_ = now + lifetime;
        trusted_until_ = now + std::min<Clock::duration>(least_life, lifetime / 5);
        why_ = "the token has expired, and no other was given yet";
        return time_to_renewal(answer->lifetime);
    }
    const std::string why = "no token from " + grant_.token_url + ": " + answer.error().detail;
    if (why != why_) log_warning("token_unavailable", why);
    why_ = why;
    return retry_interval;
}

/// False if the thread is to end. Ends early if another token is wanted.
bool TokenSource::wait(const std::stop_token& stop, Clock::duration time) {
    std::unique_lock lock(mutex_);
    asking_ = false;
    changed_.wait_for(lock, stop, time, [this] { return wanted_; });
    wanted_ = false;
    asking_ = !stop.stop_requested();
    return asking_;
}

}  // namespace bordergate

// The access token of one destination, for all workers: fetched by a thread of its own, kept, and fetched anew before it
// expires. One request for it is under way at a time, however many wait. It is never logged.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "config/signing.hpp"
#include "filters/fault.hpp"
#include "proxy/remote/token_grant.hpp"

namespace bordergate {

class TokenSource {
  public:
    using Clock = std::chrono::steady_clock;
    /// Asks the endpoint once. Tests give their own.
    using Ask = std::function<Result<GrantedToken>(const std::stop_token&)>;

    /// How long until a token that was given just now is replaced: four fifths of its life, a minute before its end if that
    /// is later.
    static Clock::duration time_to_renewal(std::chrono::seconds lifetime);

    /// Begins to ask at once, and waits for nothing. Whoever lets go of the last reference does not wait either.
    static std::shared_ptr<TokenSource> open(TokenGrant grant, std::string secret);
    static std::shared_ptr<TokenSource> open(TokenGrant grant, std::string secret, Ask ask);
    TokenSource(TokenGrant grant, std::string secret, Ask ask);
    ~TokenSource();

    /// True if a source of `grant` and `secret` would get the same tokens.
    bool is_of(const TokenGrant& grant, const std::string& secret) const { return grant_ == grant && secret_ == secret; }
    const TokenGrant& grant() const { return grant_; }

    /// The value of `authorization`. Fault key_unavailable if there is no token, with why none could be had.
    Result<std::string> authorization() const;
    /// True while there is none and one is being asked for: waiting may help.
    bool coming() const;
    /// The destination did not take `authorization`: if that is the token, another is asked for now, unless the last one
    /// was only just given. It goes on being shown meanwhile.
    void refused(std::string_view authorization);

  private:
    void work(const std::stop_token& stop);
    Clock::duration take(Result<GrantedToken> answer);
    bool wait(const std::stop_token& stop, Clock::duration time);
    bool holds() const { return !authorization_.empty() && Clock::now() < until_; }

    const TokenGrant grant_;
    std::string secret_;
    const Ask ask_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::string authorization_, why_ = "no token was asked for yet";
    Clock::time_point until_{}, trusted_until_{};
    bool asking_ = true, wanted_ = false;
    std::jthread thread_;  ///< last: ends before what it uses
};

}  // namespace bordergate

// What a request shows to its destination: the client's credential, another one, a token, or a signature over all of it.
#include "filters/sign/sigv4.hpp"
#include "proxy/exchange.hpp"

namespace bordergate {

namespace {

constexpr std::chrono::milliseconds look_interval{5};

}  // namespace

/// The body is held although nothing in it needs to be known: its hash is signed, and goes with the head.
bool Exchange::must_be_whole() const {
    const Destination* destination = request_.destination;
    return destination && destination->sign && destination->sign->needs_whole_body() && outlook_.present() && !upgrades();
}

/// Waits for the token of `destination` while one is on its way. Whether there is one then is seen when it is needed.
Task<void> Exchange::await_token(const Destination& destination) {
    if (!destination.sign || !destination.sign->grant) co_return;
    const auto tokens = equipment_.signers[equipment_.index_of(destination)].tokens;
    if (!tokens->coming()) co_return;
    attempt_.residence.end();
    const auto latest = std::chrono::steady_clock::now() + destination.sign->grant->timeout;
    while (tokens->coming() && !watch_->ended() && std::chrono::steady_clock::now() < latest) co_await pause(look_interval);
    attempt_.residence.begin();
}

/// Puts into the head what `destination`, which is declared, is to know its sender by.
Status Exchange::authorize(const Destination& destination) {
    const auto index = equipment_.index_of(destination);
    shown_token_.clear();
    bool forwarded = false;
    if (destination.sign) {
        strip_sigv4(head_);
        if (!destination.sign->grant) return {};  // signed when all else is as it will be
        auto token = equipment_.signers[index].tokens->authorization();
        if (token.has_error()) return fault(Code::key_unavailable, "destination " + destination.id + " cannot be asked: " + token.error().detail);
        shown_token_ = std::move(*token);
        head_.fields.set("authorization", shown_token_);
    } else if (destination.credential) {
        head_.fields.set(destination.credential->header, equipment_.credentials[index]);
    } else if (destination.forward_credentials && !request_.rerouted() && !credential_.field.empty()) {
        head_.fields.set(credential_.field, credential_.value);
        attempt_.credentials_forwarded = forwarded = true;
    }
    // Half of a client's credential (temporary keys of AWS) goes where the other half does.
    if (!forwarded) head_.fields.erase("x-amz-security-token");
    return {};
}

/// Signs the request as it is about to be sent, with the time of now: a repetition is signed anew.
Status Exchange::sign_request() {
    const Destination& destination = *request_.destination;
    if (!destination.sign || !destination.sign->sigv4) return {};
    const auto& sigv4 = *destination.sign->sigv4;
    if (must_be_whole() && !is_held_) return fault(Code::internal, "a body that is not held cannot be signed");
    const auto& keys = equipment_.signers[equipment_.index_of(destination)].keys;
    const std::string_view body = outlook_.present() && !upgrades() ? outgoing() : std::string_view();
    return sigv4_sign(head_, body, keys, {sigv4.region, sigv4.service}, wall_clock_us() / 1'000'000);
}

/// The destination did not take the token it was shown: another may be.
void Exchange::note_refused_token(unsigned status) const {
    if (status != 401 || shown_token_.empty()) return;
    equipment_.signers[equipment_.index_of(*request_.destination)].tokens->refused(shown_token_);
}

}  // namespace bordergate

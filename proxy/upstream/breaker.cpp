#include "proxy/upstream/breaker.hpp"

#include <algorithm>

namespace bordergate {

Breaker::State Breaker::state(Time now) const {
    return state_ == State::open && now >= until_ ? State::half_open : state_;
}

std::chrono::milliseconds Breaker::closed_for(Time now) const {
    if (state(now) == State::open) return std::chrono::ceil<std::chrono::milliseconds>(until_ - now);
    return std::chrono::milliseconds{0};
}

Breaker::Pass Breaker::enter(Time now) {
    if (state_ == State::closed) return Pass::ordinary;
    if (state_ == State::open) {
        if (now < until_) return Pass::none;
        state_ = State::half_open;
        trials_ = good_ = 0;
    }
    if (trials_ + good_ >= settings_.trials) return Pass::none;
    ++trials_;
    return Pass::trial;
}

bool Breaker::lets_in(Time now) const {
    if (state_ == State::half_open) return trials_ + good_ < settings_.trials;
    return state_ == State::closed || now >= until_;
}

void Breaker::succeeded(Pass pass) {
    if (pass == Pass::ordinary) {
        // What was let in before it opened says nothing of now.
        if (state_ == State::closed) failures_ = 0;
        return;
    }
    if (pass != Pass::trial || state_ != State::half_open) return;
    if (trials_ > 0) --trials_;
    if (++good_ < settings_.trials) return;
    state_ = State::closed;
    failures_ = openings_ = 0;
}

void Breaker::failed(Pass pass, Time now) {
    if (pass == Pass::ordinary && state_ == State::closed && ++failures_ >= settings_.failures) open(now);
    if (pass == Pass::trial && state_ == State::half_open) open(now);
}

void Breaker::abandoned(Pass pass) {
    if (pass == Pass::trial && state_ == State::half_open && trials_ > 0) --trials_;
}

void Breaker::open(Time now) {
    auto time = settings_.open;
    for (unsigned i = 0; i < openings_ && time < settings_.longest; ++i) time *= 2;
    ++openings_;
    state_ = State::open;
    until_ = now + std::min(time, std::max(settings_.open, settings_.longest));
}

}  // namespace bordergate

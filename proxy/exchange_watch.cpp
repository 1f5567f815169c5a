#include "proxy/exchange_watch.hpp"

#include <algorithm>

namespace bordergate {

namespace {

using std::chrono::milliseconds;
/// How often a waiting exchange asks whether its client is still there.
constexpr milliseconds look_interval{500};

}  // namespace

ExchangeWatch::ExchangeWatch(Deadlines& deadlines, ClientLink& client, milliseconds total, std::function<Status()> still_lawful)
    : Deadline(deadlines), client_(client), still_lawful_(std::move(still_lawful)), began_(std::chrono::steady_clock::now()), end_(began_ + total) {
    look_again();
}

ExchangeWatch::Party::Party(ExchangeWatch& watch, std::function<void()> interrupt)
    : watch_(watch), interrupt_(std::move(interrupt)), next_(watch.parties_) {
    watch.parties_ = this;
}

ExchangeWatch::Party::~Party() {
    Party** at = &watch_.parties_;
    while (*at != this) at = &(*at)->next_;
    *at = next_;
}

void ExchangeWatch::look_again() {
    const auto now = std::chrono::steady_clock::now();
    if (end_ - now > look_interval) return set(look_interval);
    set(std::max(milliseconds{1}, std::chrono::duration_cast<milliseconds>(end_ - now)));
}

void ExchangeWatch::on_expired() {
    if (!ended_) {
        if (std::chrono::steady_clock::now() >= end_)
            ended_ = fault(Code::upstream_timeout, "the exchange took longer than timeouts.total allows");
        else if (!client_.responded() && client_.gone())
            ended_ = fault(Code::client_gone, "the client closed its connection before the answer came");
        else if (const Status lawful = still_lawful_(); lawful.has_error())
            ended_ = lawful.error();
    }
    if (ended_) {
        // Whoever is not waiting just now will be soon: the next look ends that wait too.
        client_.stop_reading();
        for (const Party* one = parties_; one; one = one->next_) one->interrupt_();
    }
    look_again();
}

}  // namespace bordergate

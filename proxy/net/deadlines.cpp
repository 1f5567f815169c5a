#include "proxy/net/deadlines.hpp"

namespace bordergate {

Deadline::Deadline(Deadlines& deadlines) : owner_(deadlines) { owner_.enlist(*this); }
Deadline::~Deadline() { owner_.delist(*this); }

void Deadline::set(std::chrono::milliseconds from_now) {
    at_ = Clock::now() + from_now;
    expired_ = false;
}

Deadlines::Deadlines(const boost::asio::any_io_executor& executor) : timer_(executor) {}

void Deadlines::stop() {
    stopped_ = true;
    timer_.cancel();
}

void Deadlines::enlist(Deadline& deadline) {
    deadline.next_ = first_;
    if (first_) first_->previous_ = &deadline;
    first_ = &deadline;
    arm();
}

void Deadlines::delist(Deadline& deadline) {
    if (cursor_ == &deadline) cursor_ = deadline.next_;
    if (deadline.previous_) deadline.previous_->next_ = deadline.next_;
    if (deadline.next_) deadline.next_->previous_ = deadline.previous_;
    if (first_ == &deadline) first_ = deadline.next_;
}

void Deadlines::arm() {
    if (armed_ || stopped_ || !first_) return;
    armed_ = true;
    timer_.expires_after(sweep_interval);
    timer_.async_wait([this](boost::system::error_code error) {
        armed_ = false;
        if (error) return;
        sweep();
        arm();
    });
}

void Deadlines::sweep() {
    const auto now = Deadline::Clock::now();
    for (cursor_ = first_; cursor_;) {
        Deadline& visited = *cursor_;
        cursor_ = visited.next_;
        if (visited.at_ > now) continue;
        visited.at_ = Deadline::never;
        visited.expired_ = true;
        visited.on_expired();
    }
}

}  // namespace bordergate

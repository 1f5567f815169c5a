#include "proxy/hedge.hpp"

#include <boost/asio/steady_timer.hpp>

#include "proxy/net/event.hpp"

namespace bordergate {

namespace asio = boost::asio;

struct Race::Course {
    explicit Course(const asio::any_io_executor& executor) : bell(executor), patience(executor) {}
    Event bell;  ///< something has ended, or the time is over
    asio::steady_timer patience;
    bool late = false;
    std::array<Leg, 2> legs;
};

Race::Race(const asio::any_io_executor& executor, Runner& first, std::chrono::milliseconds after)
    : executor_(executor), after_(after), course_(std::make_shared<Course>(executor)) {
    course_->legs[0].runner = &first;
}

const Race::Leg& Race::first() const { return course_->legs[0]; }
const Race::Leg& Race::second() const { return course_->legs[1]; }

Task<void> Race::keep(std::shared_ptr<Course> course, std::size_t which) {
    Leg& leg = course->legs[which];
    const Status ran = co_await leg.runner->run();
    leg.status = ran;
}

void Race::begin(std::size_t which, Runner& runner) {
    course_->legs[which].runner = &runner;
    auto ended = [course = course_, which](std::exception_ptr failure) {
        Leg& leg = course->legs[which];
        if (failure) leg.status = fault(Code::internal, "an attempt failed in a way that nobody expected");
        leg.done = true;
        leg.good = leg.status.has_value() && leg.runner->serves();
        course->bell.signal();
    };
    spawn(executor_, keep(course_, which), std::move(ended));
}

bool Race::settled() const {
    return first().good || second().good || (first().done && (second().done || !second().runner));
}

Task<void> Race::run(Second second) {
    Course& course = *course_;
    course.patience.expires_after(after_);
    course.patience.async_wait([kept = course_](const boost::system::error_code& ended) {
        if (ended) return;
        kept->late = true;
        kept->bell.signal();
    });
    begin(0, *course.legs[0].runner);
    while (!course.legs[0].done && !course.late) co_await course.bell.wait();
    course.patience.cancel();
    if (!course.legs[0].done)
        if (Runner* other = second()) begin(1, *other);
    while (!settled()) co_await course.bell.wait();
    for (Leg& leg : course.legs) {
        if (!leg.runner || leg.done) continue;
        leg.cut = true;
        leg.runner->cut();
        while (!leg.done) co_await course.bell.wait();
    }
}

}  // namespace bordergate

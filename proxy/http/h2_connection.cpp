#include "proxy/http/h2_connection.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

namespace bordergate {

namespace asio = boost::asio;

namespace {

/// Frames that are written at once.
constexpr std::size_t write_batch = 64 * 1024;
/// How long streams that the client opened before it heard of a drain are still taken.
constexpr std::chrono::milliseconds drain_notice{500};
/// How long the peer may take to read our last frames and close.
constexpr std::chrono::milliseconds linger{1000};
/// Buffers that are read before others have their turn.
constexpr int reads_per_turn = 4;

}  // namespace

H2Connection::H2Connection(H2Session::Role role, StreamPtr stream, const H2Bounds& bounds, H2Surroundings surroundings)
    : Deadline(*surroundings.deadlines), role_(role), stream_(std::move(stream)), around_(std::move(surroundings)), session_(role, bounds) {
    address_ = stream_->peer_address();
}

Peer H2Connection::peer() const {
    Peer peer;
    peer.address = address_;
    peer.secure = stream_->secure();
    peer.identity = &stream_->identity();
    return peer;
}

Task<void> H2Connection::run(std::function<void(H2StreamPtr)> on_request) {
    const auto self = shared_from_this();
    on_request_ = std::move(on_request);
    flush();
    while (!lost_) {
        watch_clock();
        const ErrorCode failed = co_await read_some();
        if (failed) break;
        for (auto& stream : session_.arrivals()) on_request_(std::move(stream));
        flush_soon();
    }
    // What was produced last (a GOAWAY that says why) is worth one more try.
    flush();
    finish();
    close();
    on_request_ = nullptr;
}

/// Reads what is here and gives it to the session; a buffer is held only meanwhile.
Task<ErrorCode> H2Connection::read_some() {
    if (stream_->has_buffered()) {
        co_await asio::post(around_.executor, resumed);
        if (lost_) co_return asio::error::operation_aborted;
    } else {
        const ErrorCode error = co_await stream_->wait(Want::readable);
        if (error) co_return error;
    }
    const Buffer buffer = around_.buffers->borrow();
    for (int reads = 0; reads < reads_per_turn; ++reads) {
        const Step step = stream_->try_read(buffer.span());
        if (step.error) co_return step.error;
        if (step.end) co_return asio::error::eof;
        if (step.bytes == 0) co_return ErrorCode{};
        if (finished_) continue;  // read away, so that closing does not destroy what we said last
        const Status taken = session_.receive({buffer.data(), step.bytes});
        if (taken.has_error()) {
            flush();  // says why, if that can be said, and finishes
            co_return ErrorCode{};
        }
        say_greeted();
        // A full buffer means that more is here; short of that the next wait costs less than another read.
        if (step.bytes < Buffer::size && !stream_->has_buffered()) co_return ErrorCode{};
        for (auto& stream : session_.arrivals()) on_request_(std::move(stream));
        if (lost_) co_return asio::error::operation_aborted;
    }
    co_return ErrorCode{};
}

/// True if all of `bytes` went; otherwise what is left stays, and `want` says for what it waits.
bool H2Connection::write_out(std::string& bytes, Want& want) {
    std::size_t sent = 0;
    while (sent < bytes.size()) {
        const iovec part{bytes.data() + sent, bytes.size() - sent};
        const Step step = stream_->try_write(std::span(&part, 1));
        if (step.error) {
            close();
            return true;
        }
        if (step.bytes == 0) {
            bytes.erase(0, sent);
            want = step.want;
            return false;
        }
        sent += step.bytes;
        written_ += step.bytes;
    }
    bytes.clear();
    return true;
}

void H2Connection::flush() {
    thread_local std::string scratch;
    while (!writing_ && !lost_ && !finished_) {
        scratch.clear();
        session_.produce(scratch, write_batch);
        if (scratch.empty()) break;
        Want want = Want::nothing;
        if (write_out(scratch, want)) continue;
        unsent_.assign(scratch);
        writing_ = true;
        auto ended = [self = shared_from_this()](std::exception_ptr failure) {
            if (failure) self->close();
        };
        spawn(around_.executor, write_rest(shared_from_this(), want), std::move(ended));
    }
    if (session_.over() && !writing_) finish();
    watch_clock();
}

/// Says that nothing more comes, and lets the peer read it: the connection closes when the peer does.
void H2Connection::finish() {
    if (finished_ || lost_) return;
    finished_ = true;
    stream_->finish();
    watch_clock();
}

void H2Connection::flush_soon() {
    if (flush_due_ || lost_) return;
    flush_due_ = true;
    asio::post(around_.executor, [self = shared_from_this()] {
        self->flush_due_ = false;
        self->flush();
    });
}

/// `alive` keeps the connection while its frame waits.
Task<void> H2Connection::write_rest([[maybe_unused]] std::shared_ptr<H2Connection> alive, Want want) {
    while (!lost_) {
        watch_clock();
        const ErrorCode error = co_await stream_->wait(want);
        if (error) {
            close();
            break;
        }
        if (write_out(unsent_, want)) break;
    }
    unsent_ = {};
    writing_ = false;
    flush();
}

H2Connection::Phase H2Connection::phase() const {
    if (lost_) return Phase::none;
    if (finished_) return Phase::lingering;
    if (writing_) return Phase::writing;
    if (draining_ && !drained_) return Phase::draining;
    if (!session_.greeted()) return Phase::greeting;
    if (session_.mid_head()) return Phase::head;
    if (session_.open_streams() == 0) return Phase::idle;
    return session_.has_left_streams() ? Phase::leftover : Phase::none;
}

std::chrono::milliseconds H2Connection::time_for(Phase phase) const {
    const auto& timeouts = around_.timeouts;
    // Streams that wait for an upstream have deadlines of their own, which say it better.
    const auto head = role_ == H2Session::Role::server ? timeouts.head : timeouts.first_byte + linger;
    switch (phase) {
        case Phase::greeting:
        case Phase::head: return head;
        case Phase::draining: return drain_notice;
        case Phase::lingering: return linger;
        case Phase::idle: return timeouts.idle;
        default: return timeouts.body;
    }
}

/// One deadline serves: what is waited for decides how long. It runs from when that began, so that nobody gains time by
/// sending a byte now and then; only writing that goes on, and heads that follow each other, begin anew.
void H2Connection::watch_clock() {
    const Phase now = phase();
    const auto mark = now == Phase::writing ? written_ : session_.heads_begun();
    if (now == phase_ && mark == mark_) return;
    const bool renewed = now != phase_ || now == Phase::writing || now == Phase::head || now == Phase::idle;
    phase_ = now;
    mark_ = mark;
    if (now == Phase::none) return clear();
    if (renewed) set(time_for(now));
}

void H2Connection::on_expired() {
    const Phase expired = std::exchange(phase_, Phase::none);
    switch (expired) {
        case Phase::idle:
        case Phase::draining:
            drained_ = true;
            session_.drain();
            return flush();
        case Phase::leftover:
            session_.reset_left(std::chrono::steady_clock::now() - around_.timeouts.body);
            return flush();
        default: return close();
    }
}

void H2Connection::say_greeted() {
    if (!session_.greeted() && !lost_) return;
    for (auto* one : awaiting_) one->signal();
}

void H2Connection::drain() {
    if (draining_ || lost_) return;
    draining_ = true;
    session_.announce_drain();
    flush_soon();
}

void H2Connection::close() {
    if (lost_) return;
    lost_ = true;
    clear();
    session_.lose();
    say_greeted();
    stream_->close();
}

}  // namespace bordergate

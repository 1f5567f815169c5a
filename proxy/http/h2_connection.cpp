#include "proxy/http/h2_connection.hpp"

#include <boost/asio/co_spawn.hpp>
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

}  // namespace

H2Connection::H2Connection(H2Session::Role role, StreamPtr stream, const H2Bounds& bounds, H2Surroundings surroundings)
    : Deadline(*surroundings.deadlines), role_(role), stream_(std::move(stream)), around_(std::move(surroundings)), session_(role, bounds) {
    ErrorCode ignored;
    address_ = stream_->socket().remote_endpoint(ignored);
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
    if (!stream_->has_buffered()) {
        const ErrorCode error = co_await stream_->wait(Want::readable);
        if (error) co_return error;
    }
    const Buffer buffer = around_.buffers->borrow();
    for (;;) {
        const Step step = stream_->try_read(buffer.span());
        if (step.error) co_return step.error;
        if (step.end) co_return asio::error::eof;
        if (step.bytes == 0) co_return ErrorCode{};
        greeted_ = true;
        if (finished_) continue;  // read away, so that closing does not destroy what we said last
        const Status taken = session_.receive({buffer.data(), step.bytes});
        if (taken.has_error()) co_return asio::error::invalid_argument;
        // A full buffer means that more is here; short of that the next wait costs less than another read.
        if (step.bytes < Buffer::size && !stream_->has_buffered()) co_return ErrorCode{};
        for (auto& stream : session_.arrivals()) on_request_(std::move(stream));
    }
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
    }
    bytes.clear();
    return true;
}

void H2Connection::flush() {
    thread_local std::string scratch;
    while (!writing_ && !lost_) {
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
        asio::co_spawn(around_.executor, write_rest(shared_from_this(), want), std::move(ended));
    }
    watch_clock();
    if (session_.over() && !writing_) finish();
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

/// One deadline serves: what is waited for decides how long.
void H2Connection::watch_clock() {
    if (lost_) return clear();
    if (finished_) return set(linger);
    if (writing_) return set(around_.timeouts.body);
    if (!greeted_ || session_.mid_head()) return set(around_.timeouts.head);
    if (draining_ && !drained_) return set(drain_notice);
    if (session_.open_streams() == 0) return set(around_.timeouts.idle);
    clear();
}

void H2Connection::on_expired() {
    if (lost_) return;
    const bool idle = !writing_ && greeted_ && !session_.mid_head();
    if (!idle || drained_ || finished_) return close();
    drained_ = true;
    session_.drain();
    flush();
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
    stream_->close();
}

}  // namespace bordergate

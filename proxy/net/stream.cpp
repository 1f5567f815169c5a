#include "proxy/net/stream.hpp"

#include <sys/socket.h>

#include <boost/asio/error.hpp>
#include <cerrno>

namespace bordergate {

namespace asio = boost::asio;

namespace {

Step failed_step(int error, Want want) {
    Step step;
    if (error == EAGAIN || error == EWOULDBLOCK || error == EINTR)
        step.want = want;
    else
        step.error = ErrorCode(error, boost::system::system_category());
    return step;
}

}  // namespace

Stream::Stream(Socket socket) : socket_(std::move(socket)) {
    ErrorCode ignored;
    socket_.non_blocking(true, ignored);
    socket_.native_non_blocking(true, ignored);
}

Step Stream::try_read(std::span<char> into) {
    const auto got = ::recv(socket_.native_handle(), into.data(), into.size(), 0);
    if (got < 0) return failed_step(errno, Want::readable);
    Step step;
    step.bytes = static_cast<std::size_t>(got);
    step.end = got == 0;
    return step;
}

Step Stream::try_write(std::span<const iovec> parts) {
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(parts.data());
    message.msg_iovlen = parts.size();
    const auto sent = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL);
    if (sent < 0) return failed_step(errno, Want::writable);
    Step step;
    step.bytes = static_cast<std::size_t>(sent);
    return step;
}

void Stream::finish() {
    ErrorCode ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
}

Task<ErrorCode> Stream::open() { co_return ErrorCode{}; }

const PeerIdentity& Stream::identity() const {
    static const PeerIdentity nobody;
    return nobody;
}

asio::ip::tcp::endpoint Stream::peer_address() const {
    ErrorCode ignored;
    return spoken_for_ ? *spoken_for_ : socket_.remote_endpoint(ignored);
}

struct Stream::Waiting::Handler {
    Waiting& waiting;
    Resumption resumption;
    void operator()(const ErrorCode& error) {
        waiting.error_ = error;
        resumption.resume();
    }
};

void Stream::Waiting::begin(Resumption resumption) {
    const auto kind = want_ == Want::writable ? Socket::wait_write : Socket::wait_read;
    stream_.socket_.async_wait(kind, Handler{*this, std::move(resumption)});
}

ErrorCode Stream::Waiting::await_resume() const {
    // Another task may have closed the socket after the wait ended and before we ran.
    if (!error_ && !stream_.is_open()) return asio::error::operation_aborted;
    return error_;
}

std::size_t Stream::peek(std::span<char> into) const {
    const auto got = ::recv(const_cast<Socket&>(socket_).native_handle(), into.data(), into.size(), MSG_PEEK | MSG_DONTWAIT);
    return got > 0 ? static_cast<std::size_t>(got) : 0;
}

Task<boost::system::result<std::size_t>> Stream::read(std::span<char> into) {
    for (;;) {
        const Step step = try_read(into);
        if (step.bytes > 0 || step.end) co_return step.bytes;
        if (step.error) co_return step.error;
        const ErrorCode error = co_await wait(step.want);
        if (error) co_return error;
    }
}

Task<ErrorCode> Stream::write(std::span<iovec> parts) {
    while (!parts.empty()) {
        if (parts.front().iov_len == 0) {
            parts = parts.subspan(1);
            continue;
        }
        const Step step = try_write(parts);
        if (step.error) co_return step.error;
        if (step.bytes == 0) {
            const ErrorCode error = co_await wait(step.want);
            if (error) co_return error;
            continue;
        }
        for (auto rest = step.bytes; rest > 0;) {
            auto& part = parts.front();
            const auto taken = std::min(rest, part.iov_len);
            part.iov_base = static_cast<char*>(part.iov_base) + taken;
            part.iov_len -= taken;
            rest -= taken;
            if (part.iov_len == 0) parts = parts.subspan(1);
        }
    }
    co_return ErrorCode{};
}

void Stream::abort() {
    ErrorCode ignored;
    if (socket_.is_open()) {
        socket_.set_option(asio::socket_base::linger(true, 0), ignored);
        socket_.close(ignored);
    }
}

void Stream::close() {
    ErrorCode ignored;
    socket_.close(ignored);
}

}  // namespace bordergate

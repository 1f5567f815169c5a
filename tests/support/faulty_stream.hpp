// A stream over one end of a socket pair whose N-th step fails in a chosen way.
#pragma once

#include <sys/socket.h>

#include <boost/asio/error.hpp>
#include <cerrno>
#include <utility>

#include "proxy/net/stream.hpp"

namespace bordergate::testing {

enum class Failure { none, reset, broken_pipe, timed_out, end, short_step, closed_while_waiting };
inline constexpr Failure every_failure[] = {Failure::reset, Failure::broken_pipe, Failure::timed_out, Failure::end, Failure::short_step, Failure::closed_while_waiting};

/// Counts its steps (reads and writes that were tried); `at` is the one that fails, and what ends a connection ends all
/// that follow.
class FaultyStream final : public Stream {
  public:
    FaultyStream(Socket socket, Failure failure, int at, int& steps) : Stream(std::move(socket)), failure_(failure), at_(at), steps_(steps) {}

    Step try_read(std::span<char> into) override {
        Step step;
        if (fails(step, Want::readable)) return step;
        return Stream::try_read(short_now_ ? into.first(1) : into);
    }
    Step try_write(std::span<const iovec> parts) override {
        Step step;
        if (fails(step, Want::writable)) return step;
        if (!short_now_) return Stream::try_write(parts);
        for (const auto& part : parts) {
            if (part.iov_len == 0) continue;
            const iovec one{part.iov_base, 1};
            return Stream::try_write(std::span(&one, 1));
        }
        return Stream::try_write(parts);
    }

  private:
    /// True if this step fails; `want` is what a step of its kind waits for.
    bool fails(Step& step, Want want) {
        const bool now = failure_ != Failure::none && ++steps_ > at_;
        short_now_ = now && steps_ == at_ + 1 && failure_ == Failure::short_step;
        if (!now || failure_ == Failure::short_step) return false;
        const auto system = [](int number) { return ErrorCode(number, boost::system::system_category()); };
        switch (failure_) {
            case Failure::reset: step.error = system(ECONNRESET); break;
            case Failure::broken_pipe: step.error = system(EPIPE); break;
            case Failure::timed_out: step.error = system(ETIMEDOUT); break;
            case Failure::end:
                // A write does not see the end; the reads do.
                if (want == Want::writable) return false;
                step.end = true;
                break;
            default:
                close();
                step.want = want;
                break;
        }
        return true;
    }
    Failure failure_;
    int at_;
    int& steps_;
    bool short_now_ = false;
};

/// Two sockets that are each other's peers. Their buffers are small, so that writes have to wait.
inline std::pair<Socket, Socket> socket_pair(const boost::asio::any_io_executor& executor) {
    int ends[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) throw boost::system::system_error(ErrorCode(errno, boost::system::system_category()));
    const int small = 8 * 1024;
    for (const int one : ends) ::setsockopt(one, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    std::pair<Socket, Socket> pair{Socket(executor), Socket(executor)};
    pair.first.assign(boost::asio::ip::tcp::v4(), ends[0]);
    pair.second.assign(boost::asio::ip::tcp::v4(), ends[1]);
    return pair;
}

}  // namespace bordergate::testing

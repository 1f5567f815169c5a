#include "tests/support/peers.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>

namespace bordergate::testing {

namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return text;
}

std::uint16_t bind_to(int socket, const std::string& host, std::uint16_t port) {
    auto address = loopback(port);
    ::inet_pton(AF_INET, host.c_str(), &address.sin_addr);
    ::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address);
    socklen_t size = sizeof address;
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
}

std::uint16_t bind_any(int socket) { return bind_to(socket, "127.0.0.1", 0); }

}  // namespace

Connection::Connection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    set_deadline();
    const auto address = loopback(port);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) finish();
}

Connection::~Connection() {
    if (socket_ >= 0) ::close(socket_);
}

void Connection::set_deadline() {
    const timeval limit{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

bool Connection::send(const std::string& bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const auto sent = ::send(socket_, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
        if (sent <= 0) return false;
        done += static_cast<std::size_t>(sent);
    }
    return true;
}

bool Connection::more(bool* reset) {
    char bytes[65536];
    const auto got = ::recv(socket_, bytes, sizeof bytes, 0);
    if (got < 0 && reset) *reset = errno == ECONNRESET;
    if (got <= 0) return false;
    buffered_.append(bytes, static_cast<std::size_t>(got));
    return true;
}

std::string Connection::head() {
    std::size_t end;
    while ((end = buffered_.find("\r\n\r\n")) == std::string::npos)
        if (!more()) return {};
    auto text = buffered_.substr(0, end + 4);
    buffered_.erase(0, end + 4);
    return text;
}

std::string Connection::exactly(std::size_t bytes) {
    while (buffered_.size() < bytes)
        if (!more()) break;
    auto text = buffered_.substr(0, bytes);
    buffered_.erase(0, bytes);
    return text;
}

std::string Connection::message() {
    const auto text = head();
    const auto folded = lower(text);
    if (const auto at = folded.find("\r\ncontent-length: "); at != std::string::npos)
        return text + exactly(static_cast<std::size_t>(std::atoll(folded.c_str() + at + 18)));
    if (folded.find("\r\ntransfer-encoding: chunked") == std::string::npos) return text;
    std::string body;
    while (true) {
        std::size_t end;
        while ((end = buffered_.find("\r\n")) == std::string::npos)
            if (!more()) return text + body;
        const auto size = std::strtoull(buffered_.c_str(), nullptr, 16);
        const auto chunk = exactly(end + 2 + size + 2);
        body += chunk;
        if (size == 0) return text + body;
    }
}

std::string Connection::all(bool* reset) {
    while (more(reset)) {
    }
    return std::exchange(buffered_, {});
}

std::vector<std::string> Connection::all(std::vector<Connection>& many, std::chrono::milliseconds quiet) {
    std::vector<pollfd> waiting;
    for (const auto& one : many) waiting.push_back({one.socket_, POLLIN, 0});
    auto open = many.size();
    while (open > 0 && ::poll(waiting.data(), waiting.size(), static_cast<int>(quiet.count())) > 0)
        for (std::size_t i = 0; i < many.size(); ++i) {
            if (waiting[i].revents == 0 || many[i].more()) continue;
            waiting[i].fd = -1;  // poll passes it over
            --open;
        }
    std::vector<std::string> texts;
    for (auto& one : many) texts.push_back(std::exchange(one.buffered_, {}));
    return texts;
}

std::string Connection::some(bool* reset) {
    if (buffered_.empty()) (void)more(reset);
    return std::exchange(buffered_, {});
}

void Connection::finish() { ::shutdown(socket_, SHUT_WR); }

Upstream::Upstream(std::function<void(Connection&)> serve, const std::string& address, std::uint16_t port)
    : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int yes = 1;
    if (port != 0) ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    port_ = bind_to(listener_, address, port);
    ::listen(listener_, 64);
    thread_ = std::thread([this, serve = std::move(serve)] {
        for (;;) {
            const int accepted = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (accepted < 0) return;
            ++accepted_;
            const std::scoped_lock lock(mutex_);
            open_.insert(accepted);
            serving_.emplace_back([this, accepted, serve] {
                Connection connection(accepted);
                serve(connection);
                const std::scoped_lock closing(mutex_);
                open_.erase(accepted);
            });
        }
    });
}

void Upstream::die() {
    if (std::exchange(dead_, true)) return;
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
    const std::scoped_lock lock(mutex_);
    for (int one : open_) ::shutdown(one, SHUT_RDWR);
}

Upstream::~Upstream() {
    if (!dead_) {
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
    }
    for (auto& one : serving_) one.join();
}

std::uint16_t free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto port = bind_any(socket);
    ::close(socket);
    return port;
}

std::string body_of(const std::string& message) {
    const auto end = message.find("\r\n\r\n");
    if (end == std::string::npos) return {};
    std::string rest = message.substr(end + 4), body;
    if (lower(message.substr(0, end)).find("transfer-encoding: chunked") == std::string::npos) return rest;
    while (!rest.empty()) {
        const auto size = std::strtoull(rest.c_str(), nullptr, 16);
        const auto start = rest.find("\r\n") + 2;
        body += rest.substr(start, size);
        if (size == 0) break;
        rest.erase(0, start + size + 2);
    }
    return body;
}

}  // namespace bordergate::testing

#include "tests/support/name_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace bordergate::testing {

namespace {

constexpr std::size_t header_size = 12;
constexpr unsigned type_a = 1;

void put16(std::string& out, unsigned value) {
    out += static_cast<char>(value >> 8);
    out += static_cast<char>(value & 255);
}

/// The name of the one question, and where the question ends.
std::string question_name(const std::string& query, std::size_t& at) {
    std::string name;
    for (at = header_size; at < query.size() && query[at] != 0;) {
        const auto size = static_cast<unsigned char>(query[at]);
        if (!name.empty()) name += '.';
        name += query.substr(at + 1, size);
        at += size + 1U;
    }
    at += 5;  // the root label, type and class
    return name;
}

}  // namespace

NameServer::NameServer() : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    socklen_t size = sizeof address;
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    const timeval often{0, 50'000};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &often, sizeof often);
    thread_ = std::thread([this] { serve(); });
}

NameServer::~NameServer() {
    ending_ = true;
    thread_.join();
    ::close(socket_);
}

void NameServer::set(const std::string& name, std::vector<std::string> addresses, std::uint32_t ttl) {
    const std::scoped_lock lock(mutex_);
    names_[name] = {std::move(addresses), ttl};
}

void NameServer::behave(Manner manner) {
    const std::scoped_lock lock(mutex_);
    manner_ = manner;
}

int NameServer::asked(const std::string& name) const {
    const std::scoped_lock lock(mutex_);
    const auto found = asked_.find(name);
    return found == asked_.end() ? 0 : found->second;
}

void NameServer::serve() {
    while (!ending_) {
        char bytes[1500];
        sockaddr_in from{};
        socklen_t size = sizeof from;
        const auto got = ::recvfrom(socket_, bytes, sizeof bytes, 0, reinterpret_cast<sockaddr*>(&from), &size);
        if (got < static_cast<ssize_t>(header_size)) continue;
        const auto reply = answer(std::string(bytes, static_cast<std::size_t>(got)));
        if (!reply.empty()) ::sendto(socket_, reply.data(), reply.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
    }
}

std::string NameServer::answer(const std::string& query) {
    const std::scoped_lock lock(mutex_);
    std::size_t end = 0;
    const auto name = question_name(query, end);
    const bool for_ipv4 = end <= query.size() && static_cast<unsigned char>(query[end - 3]) == type_a;
    if (for_ipv4) ++asked_[name];
    if (manner_ == Manner::silence) return {};
    std::string reply = query.substr(0, 2);
    const auto known = names_.find(name);
    const bool exists = known != names_.end() && manner_ != Manner::no_such_name;
    const unsigned code = manner_ == Manner::refuse ? 5 : exists ? 0 : 3;
    const std::size_t count = exists && code == 0 && for_ipv4 ? known->second.addresses.size() : 0;
    put16(reply, 0x8180 | code);
    put16(reply, 1);
    put16(reply, static_cast<unsigned>(count));
    put16(reply, 0);
    put16(reply, 0);
    reply += query.substr(header_size, end - header_size);
    for (std::size_t i = 0; i < count; ++i) {
        put16(reply, 0xc000 | header_size);  // the name in the question
        put16(reply, type_a);
        put16(reply, 1);
        put16(reply, known->second.ttl >> 16);
        put16(reply, known->second.ttl & 0xffff);
        put16(reply, manner_ == Manner::nonsense ? 900 : 4);
        in_addr address{};
        ::inet_pton(AF_INET, known->second.addresses[i].c_str(), &address);
        reply.append(reinterpret_cast<const char*>(&address), sizeof address);
    }
    if (manner_ == Manner::cut_short) reply.resize(reply.size() - 3);
    return reply;
}

}  // namespace bordergate::testing

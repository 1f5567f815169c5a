#include "proxy/net/inherited_sockets.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <sstream>

#include "proxy/log.hpp"

namespace bordergate {

namespace {

constexpr int first_descriptor = 3;

bool listens(int descriptor) {
    int value = 0;
    socklen_t size = sizeof value;
    return ::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value != 0;
}

}  // namespace

std::vector<InheritedSocket> inherited_sockets() {
    const char* pid = std::getenv("LISTEN_PID");
    const char* count = std::getenv("LISTEN_FDS");
    const char* names = std::getenv("LISTEN_FDNAMES");
    std::vector<InheritedSocket> found;
    if (pid && count && std::atol(pid) == static_cast<long>(::getpid())) {
        std::istringstream named(names ? names : "");
        for (int i = 0; i < std::atoi(count) && i < 64; ++i) {
            InheritedSocket one;
            one.descriptor = first_descriptor + i;
            std::getline(named, one.name, ':');
            sockaddr_storage address{};
            socklen_t size = sizeof address;
            if (!listens(one.descriptor) || ::getsockname(one.descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
                log_warning("socket_unusable", "the inherited descriptor " + std::to_string(one.descriptor) + (one.name.empty() ? "" : " (" + one.name + ")") + " is no listening socket; a listener that it was meant for opens its own");
                continue;
            }
            if ((address.ss_family != AF_INET && address.ss_family != AF_INET6) || size > one.address.capacity()) continue;
            std::memcpy(one.address.data(), &address, size);
            one.address.resize(size);
            ::fcntl(one.descriptor, F_SETFD, FD_CLOEXEC);
            found.push_back(std::move(one));
        }
    }
    for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(name);
    return found;
}

}  // namespace bordergate

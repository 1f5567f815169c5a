// Listening sockets that were opened before us: by systemd, or by whoever starts the next version of this program. They
// stay open while one process hands over to another, so no connection is refused in between (sd_listen_fds(3)).
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <vector>

namespace bordergate {

/// One socket handed to this process.
struct InheritedSocket {
    int descriptor = -1;
    std::string name;  ///< LISTEN_FDNAMES; empty where nothing was said
    boost::asio::ip::tcp::endpoint address;
};

/// What LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES say, of sockets that listen for TCP. Empty if they are meant for another
/// process. Takes the variables out of the environment, so children do not take them for theirs.
std::vector<InheritedSocket> inherited_sockets();

}  // namespace bordergate

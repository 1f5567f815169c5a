// The admin listener: plain HTTP/1.1 on loopback, served by the first worker.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "proxy/admin/admin_pages.hpp"
#include "proxy/worker.hpp"

namespace bordergate {

class AdminServer {
  public:
    /// `worker` and `pages` outlive this.
    AdminServer(Worker& worker, boost::asio::ip::tcp::acceptor acceptor, const AdminPages& pages);
    void start();

  private:
    Task<void> accept();
    Task<void> serve(StreamPtr stream);
    Worker& worker_;
    boost::asio::ip::tcp::acceptor acceptor_;
    const AdminPages& pages_;
};

}  // namespace bordergate

#include "proxy/admin/admin_server.hpp"


#include "proxy/http/h1_client_link.hpp"
#include "proxy/log.hpp"

namespace bordergate {

namespace asio = boost::asio;

AdminServer::AdminServer(Worker& worker, asio::ip::tcp::acceptor acceptor, const AdminPages& pages)
    : worker_(worker), acceptor_(std::move(acceptor)), pages_(pages) {}

void AdminServer::start() {
    auto ended = [](std::exception_ptr failure) { log_exception("admin listener", failure); };
    spawn(worker_.io, accept(), std::move(ended));
}

Task<void> AdminServer::accept() {
    while (acceptor_.is_open()) {
        auto [error, socket] = co_await acceptor_.async_accept(resumed);
        if (error) co_return;
        auto ended = [](std::exception_ptr failure) { log_exception("admin connection", failure); };
        spawn(worker_.io, serve(std::make_unique<Stream>(std::move(socket))), std::move(ended));
    }
}

Task<void> AdminServer::serve(StreamPtr stream) {
    H1ClientLink client(std::move(stream), worker_.buffers, worker_.deadlines);
    for (bool first = true;; first = false) {
        const ErrorCode waited = co_await client.wait_for_request(first ? worker_.snapshot().timeouts.head : worker_.snapshot().timeouts.idle);
        const Timeouts& timeouts = worker_.snapshot().timeouts;
        const auto next = co_await client.next_request(waited, worker_.snapshot().limits.head_bytes, timeouts.head, timeouts.body);
        if (next.has_error() || !*next) break;
        const auto page = pages_.answer(client.request().method, client.request().path);
        ResponseHead head;
        head.status = page.status;
        head.reason = page.status == 200 ? "OK" : "Not OK";
        head.fields.add("content-type", page.content_type);
        const BodyLength length = BodyLength::exact(page.body.size());
        const Status sent = co_await client.respond(head, length, page.body, true);
        if (sent.has_error()) co_return;
        const bool more = co_await client.settle();
        if (!more) break;
    }
    co_await client.linger();
}

}  // namespace bordergate

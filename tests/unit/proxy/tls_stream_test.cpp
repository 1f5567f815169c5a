// What a TLS stream must not do once its socket is closed.
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <catch2/catch.hpp>

#include "config/settings.hpp"
#include "proxy/net/tls.hpp"

using namespace bordergate;
namespace asio = boost::asio;

namespace {

Task<void> open_into(Stream& stream, ErrorCode& result) { result = co_await stream.open(); }

}  // namespace

TEST_CASE("a closed TLS stream neither reads nor writes, even if its descriptor is another connection's by now") {
    asio::io_context io;
    asio::ip::tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
    Socket socket(io);
    socket.connect(acceptor.local_endpoint());
    const int number = socket.native_handle();
    const auto context = TlsContext::client(UpstreamTls{}, Protocols{}, "localhost", std::nullopt);
    REQUIRE(context.has_value());
    const auto stream = (*context)->stream(std::move(socket));
    stream->close();
    int other[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, other) == 0);
    REQUIRE(::dup2(other[0], number) == number);

    char bytes[] = "secret";
    const iovec part{bytes, sizeof bytes};
    CHECK(stream->try_write({&part, 1}).error);
    CHECK(stream->try_read(bytes).error);
    stream->finish();
    ErrorCode opened;
    spawn(io, open_into(*stream, opened), [](std::exception_ptr) {});
    io.run();
    CHECK(opened);
    char got = 0;
    CHECK(::recv(other[1], &got, 1, MSG_DONTWAIT) == -1);
    for (const int one : {other[0], other[1], number}) ::close(one);
}

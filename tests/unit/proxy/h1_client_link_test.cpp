// A connection that has sent nothing that can be read yet is as silent as one that sent nothing: it holds no read buffer.
#include "proxy/http/h1_client_link.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <string>

#include "tests/support/faulty_stream.hpp"

using namespace bordergate;
using namespace bordergate::testing;
namespace asio = boost::asio;

namespace {

/// Takes the first byte and makes nothing of it, as TLS does with a part of a record.
class PartOfRecord final : public Stream {
  public:
    using Stream::Stream;
    Step try_read(std::span<char> into) override {
        if (reads++ > 0) return Stream::try_read(into);
        char byte = 0;
        Step step = Stream::try_read({&byte, 1});
        step.want = Want::readable;
        step.bytes = 0;
        return step;
    }
    int reads = 0;
};

}  // namespace

TEST_CASE("a part of a TLS record makes no idle connection hold a buffer") {
    asio::io_context io(1);
    Buffers buffers;
    Deadlines deadlines(io.get_executor());
    auto [near, far] = socket_pair(io.get_executor());
    auto owned = std::make_unique<PartOfRecord>(std::move(far));
    const auto& stream = *owned;
    H1ClientLink link(std::move(owned), buffers, deadlines);

    bool came = false;
    auto server = [](H1ClientLink& at, bool& whole) -> Task<void> {
        constexpr std::chrono::seconds time{5};
        const ErrorCode waited = co_await at.wait_for_request(time);
        const auto next = co_await at.next_request(waited, 4096, time, time);
        whole = next.has_value() && *next && at.request().path == "/a";
    };
    bool ended = false;
    bordergate::spawn(io, server(link, came), [&](std::exception_ptr) { ended = true; });

    ErrorCode error;
    asio::write(near, asio::buffer("x", 1), error);
    REQUIRE_FALSE(error);
    while (stream.reads == 0) io.run_one();
    CHECK_FALSE(ended);
    CHECK(buffers.spare() == 1);  // borrowed for the read, and given back before the wait

    const std::string request = "GET /a HTTP/1.1\r\nHost: gate\r\n\r\n";
    asio::write(near, asio::buffer(request), error);
    REQUIRE_FALSE(error);
    while (!ended) io.run_one();
    CHECK(came);
    deadlines.stop();
}

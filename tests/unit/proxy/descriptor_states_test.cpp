// What a loop remembers of descriptors is made ahead in batches, and neither descriptors nor work stay behind.
#include "proxy/net/descriptor_states.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <catch2/catch.hpp>
#include <filesystem>
#include <iterator>

using namespace bordergate;
namespace asio = boost::asio;

namespace {

auto open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
}

}  // namespace

TEST_CASE("descriptor states: made in batches, before those that are there are used up") {
    asio::io_context io;
    DescriptorStates states(io);
    const auto first = states.make_room(0);
    CHECK(first > 0);
    CHECK(states.make_room(first / 2) == first);
    CHECK(states.make_room(first) > first);
    CHECK(states.make_room(0) > first);  // never fewer again
}

TEST_CASE("descriptor states: no descriptor and no work stays behind, and sockets use what was made") {
    const auto before = open_descriptors();
    asio::io_context io;
    asio::ip::tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
    const auto open = open_descriptors();
    DescriptorStates states(io);
    states.make_room(0);
    CHECK(open_descriptors() == open);
    bool accepted = false;
    asio::ip::tcp::socket client(io);
    client.connect(acceptor.local_endpoint());
    acceptor.async_accept([&](const boost::system::error_code& error, const asio::ip::tcp::socket&) { accepted = !error; });
    io.run();  // ends, for nothing else is waited for
    CHECK(accepted);
    CHECK(open > before);
}

#include "proxy/net/addresses.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;
using boost::asio::ip::make_address;

TEST_CASE("special addresses are not public, whatever they are dressed as") {
    for (auto text : {"127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "169.254.169.254",
                      "0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1",
                      "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
                      "2002:7f00:1::1", "2001:0:1::1", "2001:db8::1", "::127.0.0.1"}) {
        INFO(text);
        CHECK_FALSE(is_public(make_address(text)));
    }
    for (auto text : {"8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450::1"}) {
        INFO(text);
        CHECK(is_public(make_address(text)));
    }
}

TEST_CASE("networks contain addresses of either family by prefix") {
    Network network;
    network.address = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 1, 0, 0};
    network.prefix = 96 + 16;
    CHECK(contains(network, make_address("10.1.255.1")));
    CHECK_FALSE(contains(network, make_address("10.2.0.1")));
    CHECK_FALSE(contains(network, make_address("::1")));
}

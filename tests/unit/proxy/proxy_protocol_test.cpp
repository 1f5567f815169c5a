// PROXY protocol headers: what HAProxy's specification shows, at every split, and everything that is not one.
#include "proxy/net/proxy_protocol.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;
using namespace std::string_literals;

namespace {

const auto signature = "\r\n\r\n\0\r\nQUIT\n"s;
const auto v4_addresses = "\xc0\x00\x02\x01\xcb\x00\x71\x07\x12\x34\x01\xbb"s;

std::string v2(const std::string& command_and_family, const std::string& rest) {
    return signature + command_and_family + static_cast<char>(rest.size() >> 8) + static_cast<char>(rest.size() & 0xff) + rest;
}

/// `ADDRESS:PORT`, `nobody`, `unfinished` or `invalid`, and how much of the input is left; fed in pieces of `size`.
std::string read(std::string_view bytes, std::size_t size, bool with_v1 = true, bool with_v2 = true) {
    ProxyHeaderReader reader(with_v1, with_v2);
    while (!bytes.empty() && !reader.done()) {
        const auto piece = bytes.substr(0, size);
        const auto taken = reader.feed(piece);
        if (taken.has_error()) {
            CHECK(taken.error().code == Code::framing_invalid);
            return "invalid";
        }
        CHECK((reader.done() || *taken == piece.size()));
        bytes.remove_prefix(*taken);
    }
    if (!reader.done()) return "unfinished";
    const auto left = " +" + std::to_string(bytes.size());
    return reader.client() ? reader.client()->address().to_string() + ":" + std::to_string(reader.client()->port()) + left : "nobody" + left;
}

std::string read_at_every_split(const std::string& bytes, bool with_v1 = true, bool with_v2 = true) {
    const auto whole = read(bytes, bytes.size(), with_v1, with_v2);
    for (std::size_t size = 1; size < bytes.size(); ++size) {
        INFO(size);
        CHECK(read(bytes, size, with_v1, with_v2) == whole);
    }
    return whole;
}

}  // namespace

TEST_CASE("a version 1 header tells the client, and what follows it is left") {
    CHECK(read_at_every_split("PROXY TCP4 192.0.2.1 203.0.113.7 4660 443\r\nGET /") == "192.0.2.1:4660 +5");
    CHECK(read_at_every_split("PROXY TCP6 2001:db8::1 2001:db8::2 65535 1\r\n") == "2001:db8::1:65535 +0");
    CHECK(read_at_every_split("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\nx") ==
          "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe:65535 +1");
    CHECK(read_at_every_split("PROXY UNKNOWN\r\n\x16") == "nobody +1");
    CHECK(read_at_every_split("PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n") == "nobody +0");
}

TEST_CASE("what is no version 1 header is refused") {
    for (const auto* text : {"GET / HTTP/1.1\r\n", "PROXY\r\n", "PROXY TCP4 192.0.2.1 203.0.113.7 4660\r\n", "PROXY TCP4 192.0.2.1 203.0.113.7 4660 443\n",
                             "PROXY TCP4 192.0.2.1  203.0.113.7 4660 443\r\n", "PROXY TCP4 192.0.2.1 203.0.113.7 4660 443 \r\n",
                             "PROXY TCP4 192.0.2.1 203.0.113.7 04660 443\r\n", "PROXY TCP4 192.0.2.1 203.0.113.7 65536 443\r\n",
                             "PROXY TCP4 192.0.2.1 203.0.113.7 -1 443\r\n", "PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n", "PROXY TCP6 192.0.2.1 203.0.113.7 1 2\r\n",
                             "PROXY TCP4 192.0.2.256 203.0.113.7 1 2\r\n", "PROXY UDP4 192.0.2.1 203.0.113.7 1 2\r\n", "PROXY TCP6 fe80::1%lo 2001:db8::2 1 2\r\n",
                             "proxy TCP4 192.0.2.1 203.0.113.7 1 2\r\n", "PROXY UNKNOWNS\r\n"}) {
        INFO(text);
        CHECK(read_at_every_split(text) == "invalid");
    }
    CHECK(read_at_every_split("PROXY UNKNOWN " + std::string(200, 'x')) == "invalid");
    CHECK(read_at_every_split("PROXY TCP4 192.0.2.1 203.0.113.7 1 2\r\n", false, true) == "invalid");
    CHECK(read("PROXY TCP4 192.0.2.1", 1) == "unfinished");
}

TEST_CASE("a version 2 header tells the client, and its TLVs are passed over") {
    CHECK(read_at_every_split(v2("\x21\x11", v4_addresses) + "rest") == "192.0.2.1:4660 +4");
    std::string v6(36, '\0');
    v6[0] = 0x20, v6[1] = 0x01, v6[15] = 7, v6[33] = 80;
    CHECK(read_at_every_split(v2("\x21\x21", v6)) == "2001::7:80 +0");
    CHECK(read_at_every_split(v2("\x21\x11", v4_addresses + "\x04\x00\x02zz\x01\x00\x08http/1.1"s) + "x") == "192.0.2.1:4660 +1");
    CHECK(read_at_every_split(v2("\x20\x00"s, "")) == "nobody +0");
    CHECK(read_at_every_split(v2("\x20\x11", v4_addresses)) == "nobody +0");
    CHECK(read_at_every_split(v2("\x21\x00"s, "") + "x") == "nobody +1");
    CHECK(read_at_every_split(v2("\x21\x31", std::string(216, 'u'))) == "nobody +0");
}

TEST_CASE("what is no version 2 header is refused") {
    for (const auto& bytes : {v2("\x31\x11", v4_addresses), v2("\x22\x11", v4_addresses), v2("\x21\x12", v4_addresses), v2("\x21\x41", v4_addresses),
                              v2("\x21\x11", v4_addresses.substr(1)), v2("\x21\x21", v4_addresses), v2("\x21\x11", v4_addresses + "\x04"),
                              v2("\x21\x11", v4_addresses + "\x04\x00\x03zz"s), v2("\x21\x11", v4_addresses + std::string(4096, '\0')), "\r\n\r\n\0\r\nQUIX\n"s + std::string(16, ' ')})
        CHECK(read_at_every_split(bytes) == "invalid");
    CHECK(read_at_every_split(v2("\x21\x11", v4_addresses), true, false) == "invalid");
    CHECK(read(v2("\x21\x11", v4_addresses).substr(0, 20), 7) == "unfinished");
}

TEST_CASE("a checksum is verified where there is one") {
    // CRC-32C over the header with its own four bytes zero, computed by another implementation.
    const auto with = [](const std::string& sum) { return v2("\x21\x11", v4_addresses + "\x03\x00\x04"s + sum); };
    CHECK(read_at_every_split(with("\x36\x52\x6a\xa2"s)) == "192.0.2.1:4660 +0");
    CHECK(read_at_every_split(with("\x00\x00\x00\x00"s)) == "invalid");
    CHECK(read_at_every_split(v2("\x21\x11", v4_addresses + "\x03\x00\x03zzz"s)) == "invalid");
}

TEST_CASE("the header that is told is one that is read") {
    using boost::asio::ip::make_address;
    const ProxyHeaderReader::Endpoint v4(make_address("192.0.2.1"), 4660), server(make_address("203.0.113.7"), 443), v6(make_address("2001:db8::1"), 5);
    CHECK(proxy_header(ProxyProtocol::off, v4, server).empty());
    CHECK(proxy_header(ProxyProtocol::v1, v4, server) == "PROXY TCP4 192.0.2.1 203.0.113.7 4660 443\r\n");
    CHECK(proxy_header(ProxyProtocol::v2, v4, server) == v2("\x21\x11", v4_addresses));
    CHECK(read_at_every_split(proxy_header(ProxyProtocol::v1, v6, server)) == "2001:db8::1:5 +0");
    CHECK(read_at_every_split(proxy_header(ProxyProtocol::v2, v4, v6)) == "::ffff:192.0.2.1:4660 +0");
}

TEST_CASE("a connection of the proxy's own tells no client") {
    const ProxyHeaderReader::Endpoint server(boost::asio::ip::make_address("203.0.113.7"), 443);
    CHECK(proxy_header(ProxyProtocol::off, std::nullopt, server).empty());
    CHECK(proxy_header(ProxyProtocol::v1, std::nullopt, server) == "PROXY UNKNOWN\r\n");
    CHECK(proxy_header(ProxyProtocol::v2, std::nullopt, server) == v2("\x20\0"s, ""));
    for (const auto version : {ProxyProtocol::v1, ProxyProtocol::v2}) CHECK(read_at_every_split(proxy_header(version, std::nullopt, server)) == "nobody +0");
}

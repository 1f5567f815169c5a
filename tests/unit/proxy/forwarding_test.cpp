// Forwarding: who is believed about the client, what destinations are told, and what comes back to ourselves.
#include "proxy/forwarding.hpp"

#include <catch2/catch.hpp>

#include "config/yaml_formats.hpp"
#include "proxy/net/addresses.hpp"

using namespace bordergate;
using Catch::Contains;
using boost::asio::ip::make_address;
using boost::asio::ip::tcp;

namespace {

Listener behind(std::initializer_list<const char*> networks) {
    Listener listener;
    for (const auto* one : networks) listener.trusted_hops.push_back(*parse_network(one));
    return listener;
}

/// Who the client is taken for; `!code` on a fault.
std::string client(const Listener& listener, const char* peer_address, std::initializer_list<std::pair<const char*, const char*>> lines) {
    Fields fields;
    for (const auto& [name, value] : lines) fields.add(name, value);
    Peer peer;
    peer.address = tcp::endpoint(make_address(peer_address), 4000);
    const Status told = believe_hops(listener, fields, peer);
    return told.has_error() ? "!" + std::string(info(told.error().code).name) : text_of(peer.address.address());
}

}  // namespace

TEST_CASE("only trusted hops are believed, and of what they say the right-most that is no hop", "[forwarding]") {
    const auto hops = behind({"10.0.0.0/8", "fd00::/8"});
    CHECK(client(behind({}), "10.0.0.1", {{"X-Forwarded-For", "192.0.2.7"}}) == "10.0.0.1");
    CHECK(client(hops, "198.51.100.1", {{"X-Forwarded-For", "192.0.2.7"}}) == "198.51.100.1");
    CHECK(client(hops, "10.0.0.1", {}) == "10.0.0.1");
    CHECK(client(hops, "10.0.0.1", {{"X-Forwarded-For", "192.0.2.7"}}) == "192.0.2.7");
    CHECK(client(hops, "::ffff:10.0.0.1", {{"x-forwarded-for", "192.0.2.7:1234"}}) == "192.0.2.7");
    CHECK(client(hops, "fd00::1", {{"X-Forwarded-For", "6.6.6.6, 192.0.2.7 ,10.1.1.1,, 10.2.2.2"}}) == "192.0.2.7");
    CHECK(client(hops, "10.0.0.1", {{"X-Forwarded-For", "6.6.6.6"}, {"X-Forwarded-For", "192.0.2.7, 10.1.1.1"}}) == "192.0.2.7");
    CHECK(client(hops, "10.0.0.1", {{"X-Forwarded-For", "10.3.3.3, 10.1.1.1"}}) == "10.3.3.3");
    CHECK(client(hops, "10.0.0.1", {{"X-Forwarded-For", "nonsense, 192.0.2.7"}}) == "192.0.2.7");
    CHECK(client(hops, "10.0.0.1", {{"X-Real-IP", "192.0.2.7"}}) == "10.0.0.1");
}

TEST_CASE("Forwarded is read with its quotes, ports and other parameters", "[forwarding]") {
    const auto hops = behind({"10.0.0.0/8"});
    for (const char* value : {"for=192.0.2.7", "For=192.0.2.7;proto=https", "by=10.0.0.1; for=\"192.0.2.7:80\"", "host=\"a,for=6.6.6.6\";for=192.0.2.7",
                              "for=6.6.6.6, for=192.0.2.7, for=10.9.9.9", "host=\"x\\\",for=6.6.6.6\";for=192.0.2.7"}) {
        INFO(value);
        CHECK(client(hops, "10.0.0.1", {{"Forwarded", value}}) == "192.0.2.7");
    }
    CHECK(client(hops, "10.0.0.1", {{"Forwarded", "for=\"[2001:db8::7]:443\""}}) == "2001:db8::7");
    CHECK(client(hops, "10.0.0.1", {{"Forwarded", "for=\"[::ffff:192.0.2.7]\""}}) == "192.0.2.7");
}

TEST_CASE("a hop that names no address, or two, is refused rather than taken for the client itself", "[forwarding]") {
    const auto hops = behind({"10.0.0.0/8"});
    for (const char* value : {"unknown", "192.0.2.7, nonsense", "192.0.2.7, [::1", "1.2.3", "192.0.2.7, unknown, 10.1.1.1"})
        CHECK(client(hops, "10.0.0.1", {{"X-Forwarded-For", value}}) == "!framing_invalid");
    for (const char* value : {"for=unknown", "for=_hidden", "proto=https", "for=192.0.2.7, proto=http", "for=\"192.0.2.7"})
        CHECK(client(hops, "10.0.0.1", {{"Forwarded", value}}) == "!framing_invalid");
    CHECK(client(hops, "10.0.0.1", {{"Forwarded", "for=6.6.6.6"}, {"X-Forwarded-For", "192.0.2.7"}}) == "!framing_invalid");
    CHECK(client(hops, "10.0.0.1", {{"Forwarded", "for=192.0.2.7"}, {"X-Forwarded-For", "192.0.2.7"}}) == "192.0.2.7");
}

TEST_CASE("a destination is told what it asks for and nothing else", "[forwarding]") {
    Peer peer;
    peer.address = tcp::endpoint(make_address("2001:db8::7"), 1);
    peer.secure = true;
    const auto told = [&](ForwardingSet forwarded) {
        Destination destination;
        destination.forwarded = forwarded;
        RequestHead head;
        head.authority = "gate:8443";
        add_forwarding(destination, peer, head);
        std::string text;
        for (std::size_t i = 0; i < head.fields.size(); ++i) text.append(head.fields[i].name).append(": ").append(head.fields[i].value).append("\n");
        return text;
    };
    CHECK(told(0).empty());
    CHECK(told(bit(Forwarding::x_forwarded)) == "x-forwarded-for: 2001:db8::7\nx-forwarded-proto: https\nx-forwarded-host: gate:8443\n");
    CHECK(told(bit(Forwarding::forwarded)) == "forwarded: for=\"[2001:db8::7]\";proto=https;host=\"gate:8443\"\n");
    CHECK(told(bit(Forwarding::via)) == "via: 1.1 bordergate\n");
    peer.secure = false;
    peer.address = tcp::endpoint(make_address("::ffff:192.0.2.7"), 1);
    CHECK(told(bit(Forwarding::forwarded)) == "forwarded: for=192.0.2.7;proto=http;host=\"gate:8443\"\n");
}

TEST_CASE("an address is ours if a listener answers there", "[forwarding]") {
    const auto at = [](const char* address, std::uint16_t port) { return tcp::endpoint(make_address(address), port); };
    const OwnAddresses one({at("127.0.0.1", 8080), at("10.0.0.5", 8443)}, {make_address("10.0.0.5"), make_address("10.0.0.6")});
    CHECK(one.has(at("127.0.0.1", 8080)));
    CHECK(one.has(at("::ffff:127.0.0.1", 8080)));
    CHECK(one.has(at("0.0.0.0", 8080)));
    CHECK(one.has(at("10.0.0.5", 8443)));
    CHECK_FALSE(one.has(at("127.0.0.1", 8081)));
    CHECK_FALSE(one.has(at("127.0.0.2", 8080)));
    CHECK_FALSE(one.has(at("10.0.0.6", 8443)));
    const OwnAddresses all({at("0.0.0.0", 80)}, {make_address("10.0.0.5")});
    for (const char* address : {"127.0.0.1", "127.8.8.8", "10.0.0.5", "::ffff:10.0.0.5", "0.0.0.0"}) CHECK(all.has(at(address, 80)));
    CHECK_FALSE(all.has(at("10.0.0.7", 80)));
    CHECK(refuse_loop(all, at("10.0.0.5", 80)).error().code == Code::forwarding_loop);
    CHECK(refuse_loop(all, at("10.0.0.5", 81)).has_value());
    bool loopback = false;
    for (const auto& address : local_addresses()) loopback = loopback || address.is_loopback();
    CHECK(loopback);
}

#include "proxy/net/addresses.hpp"

#include <array>
#include <charconv>

namespace bordergate {

namespace {

using Bytes = std::array<std::uint8_t, 16>;

struct Special {
    Bytes address;
    unsigned prefix;
};

constexpr Bytes v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
    return {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d};
}

/// IANA special-purpose registries (RFC 6890 and later), IPv4 as ::ffff:a.b.c.d.
constexpr std::array special{
    Special{v4(0, 0, 0, 0), 96 + 8},      Special{v4(10, 0, 0, 0), 96 + 8},     Special{v4(100, 64, 0, 0), 96 + 10},
    Special{v4(127, 0, 0, 0), 96 + 8},    Special{v4(169, 254, 0, 0), 96 + 16}, Special{v4(172, 16, 0, 0), 96 + 12},
    Special{v4(192, 0, 0, 0), 96 + 24},   Special{v4(192, 0, 2, 0), 96 + 24},   Special{v4(192, 88, 99, 0), 96 + 24},
    Special{v4(192, 168, 0, 0), 96 + 16}, Special{v4(198, 18, 0, 0), 96 + 15},  Special{v4(198, 51, 100, 0), 96 + 24},
    Special{v4(203, 0, 113, 0), 96 + 24}, Special{v4(224, 0, 0, 0), 96 + 4},    Special{v4(240, 0, 0, 0), 96 + 4},
    Special{{}, 96},                                           // unspecified, loopback, IPv4-compatible
    Special{{0x00, 0x64, 0xff, 0x9b}, 32},                     // NAT64, well known and local
    Special{{0x01, 0x00}, 64},                                 // discard
    Special{{0x20, 0x01, 0x00, 0x00}, 23},                     // IETF assignments, Teredo among them
    Special{{0x20, 0x01, 0x0d, 0xb8}, 32},                     // documentation
    Special{{0x20, 0x02}, 16},                                 // 6to4
    Special{{0xfc, 0x00}, 7},  Special{{0xfe, 0x80}, 10}, Special{{0xfe, 0xc0}, 10}, Special{{0xff, 0x00}, 8},
};

Bytes bytes_of(const boost::asio::ip::address& address) {
    if (address.is_v6()) return address.to_v6().to_bytes();
    const auto b = address.to_v4().to_bytes();
    return v4(b[0], b[1], b[2], b[3]);
}

bool within(const Bytes& address, const Bytes& network, unsigned prefix) {
    for (unsigned bit = 0; bit < prefix; bit += 8) {
        const unsigned left = prefix - bit;
        const auto mask = static_cast<std::uint8_t>(left >= 8 ? 0xff : 0xff << (8 - left));
        if ((address[bit / 8] & mask) != (network[bit / 8] & mask)) return false;
    }
    return true;
}

}  // namespace

std::string text_of(const boost::asio::ip::address& address) {
    if (!address.is_v4()) return address.to_string();
    std::array<char, 16> text;
    char* end = text.data();
    for (const unsigned byte : address.to_v4().to_bytes()) {
        end = std::to_chars(end, text.data() + text.size(), byte).ptr;
        *end++ = '.';
    }
    return {text.data(), end - 1};
}

bool is_public(const boost::asio::ip::address& address) {
    const Bytes bytes = bytes_of(address);
    if (address.is_v6() && address.to_v6().is_v4_mapped()) return false;
    for (const auto& entry : special)
        if (within(bytes, entry.address, entry.prefix)) return false;
    return true;
}

bool contains(const Network& network, const boost::asio::ip::address& address) {
    return within(bytes_of(address), network.address, network.prefix);
}

}  // namespace bordergate

// Which addresses may be dialled at all. Loopback, private, link-local, metadata and their disguises are
// refused unless the destination declares them.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <string>

#include "config/settings.hpp"

namespace bordergate {

/// True for an address of the public internet. Everything special is not: loopback, private, CGNAT,
/// link-local (169.254.169.254 among them), multicast, unspecified, documentation, benchmarking, and IPv4
/// inside IPv6 (mapped, NAT64, 6to4, Teredo), whatever it embeds.
bool is_public(const boost::asio::ip::address& address);

/// As address.to_string() writes it; IPv4, which is written for every exchange, without printf.
std::string text_of(const boost::asio::ip::address& address);

/// True if `address` lies in `network`.
bool contains(const Network& network, const boost::asio::ip::address& address);

}  // namespace bordergate

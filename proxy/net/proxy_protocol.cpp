#include "proxy/net/proxy_protocol.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace bordergate {

namespace {

namespace ip = boost::asio::ip;
using Address = ProxyHeaderReader::Endpoint;
using namespace std::string_view_literals;

constexpr auto word_v1 = "PROXY "sv;
constexpr auto signature_v2 = "\r\n\r\n\0\r\nQUIT\n"sv;
constexpr std::size_t longest_v1 = 107;
constexpr std::size_t fixed_v2 = 16;  // signature, version and command, family, length
constexpr std::size_t unix_addresses = 216;
constexpr char crc32c_tlv = 0x03;

Fault invalid(std::string why) { return fault(Code::framing_invalid, "the PROXY protocol header " + std::move(why)); }

unsigned byte_at(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }
std::size_t big_endian_16(std::string_view bytes, std::size_t at) { return byte_at(bytes, at) << 8 | byte_at(bytes, at + 1); }

/// CRC-32C (RFC 3720, appendix B.4), bit by bit: headers are few and short.
std::uint32_t crc32c(std::string_view bytes) {
    std::uint32_t crc = ~0U;
    for (const char c : bytes) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? crc >> 1 ^ 0x82f63b78U : crc >> 1;
    }
    return ~crc;
}

std::optional<std::uint16_t> port_of(std::string_view text) {
    std::uint16_t port = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    const bool plain = text.size() == 1 || (!text.empty() && text[0] != '0');
    if (!plain || error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
    return port;
}

std::optional<ip::address> address_of(std::string_view text, bool v6) {
    boost::system::error_code error;
    const auto address = ip::make_address(text, error);
    if (error || address.is_v6() != v6 || (v6 && address.to_v6().scope_id() != 0)) return std::nullopt;
    return address;
}

/// Sees to it that the TLVs are whole and that a checksum, if there is one, is right. All others are passed over.
Status check_tlvs(std::string_view header, std::size_t at) {
    bool checked = false;
    while (at < header.size()) {
        if (header.size() - at < 3) return invalid("ends inside a TLV");
        const auto size = big_endian_16(header, at + 1);
        const auto value = at + 3;
        if (header.size() - value < size) return invalid("ends inside a TLV");
        if (header[at] == crc32c_tlv) {
            if (checked || size != 4) return invalid("has no proper checksum");
            checked = true;
            std::string zeroed(header);
            std::fill_n(zeroed.begin() + static_cast<std::ptrdiff_t>(value), 4, '\0');
            const auto told = static_cast<std::uint32_t>(big_endian_16(header, value) << 16 | big_endian_16(header, value + 2));
            if (crc32c(zeroed) != told) return invalid("does not have the checksum it tells");
        }
        at = value + size;
    }
    return {};
}

template <class Family>
Address endpoint_at(std::string_view header, std::size_t address, std::size_t port) {
    typename Family::bytes_type bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<unsigned char>(header[address + i]);
    return {Family(bytes), static_cast<std::uint16_t>(big_endian_16(header, port))};
}

ip::address_v6 as_v6(const ip::address& address) {
    return address.is_v6() ? address.to_v6() : ip::make_address_v6(ip::v4_mapped, address.to_v4());
}

template <class Bytes>
void append_bytes(std::string& out, const Bytes& bytes) {
    for (const auto byte : bytes) out += static_cast<char>(byte);
}

void append_16(std::string& out, std::size_t value) {
    out += static_cast<char>(value >> 8);
    out += static_cast<char>(value & 0xff);
}

}  // namespace

/// The length up to which the bytes certainly belong to the header, for what is known of it.
Result<std::size_t> ProxyHeaderReader::wanted() const {
    const auto start = [this](std::string_view what) { return what.starts_with(std::string_view(header_).substr(0, what.size())); };
    if (v1_ && start(word_v1)) return header_.size() + 1;
    if (!v2_ || !start(signature_v2)) return invalid("does not begin as one");
    if (header_.size() < fixed_v2) return fixed_v2;
    const auto size = fixed_v2 + big_endian_16(header_, 14);
    if (size > longest) return invalid("is longer than 4096 bytes");
    return size;
}

Result<std::size_t> ProxyHeaderReader::feed(std::string_view bytes) {
    std::size_t taken = 0;
    while (!done_) {
        const auto want = wanted();
        if (want.has_error()) return want.error();
        const bool v2 = header_.size() >= fixed_v2 && header_.starts_with(signature_v2);
        if (header_.size() == *want) {
            const Status finished = finish_v2();
            if (finished.has_error()) return finished.error();
            break;
        }
        if (taken == bytes.size()) break;
        // One by one while the start is still to be told from anything else.
        const auto more = v2 ? std::min(*want - header_.size(), bytes.size() - taken) : 1;
        header_.append(bytes.substr(taken, more));
        taken += more;
        if (v2 || !header_.starts_with(word_v1)) continue;
        if (header_.ends_with('\n')) {
            const Status finished = finish_v1();
            if (finished.has_error()) return finished.error();
        } else if (header_.size() >= longest_v1) {
            return invalid("is longer than 107 bytes");
        }
    }
    return taken;
}

Status ProxyHeaderReader::finish_v1() {
    std::string_view line(header_);
    if (!line.ends_with("\r\n")) return invalid("has a line end of its own");
    line = line.substr(word_v1.size(), line.size() - word_v1.size() - 2);
    done_ = true;
    if (line == "UNKNOWN" || line.starts_with("UNKNOWN ")) return {};
    std::array<std::string_view, 5> words;  // family, two addresses, two ports
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto end = i + 1 < words.size() ? line.find(' ') : line.size();
        if (end == std::string_view::npos) return invalid("lacks an address or a port");
        words[i] = line.substr(0, end);
        line.remove_prefix(std::min(line.size(), end + 1));
    }
    if (words[0] != "TCP4" && words[0] != "TCP6") return invalid("names an unknown family");
    const bool v6 = words[0] == "TCP6";
    const auto client = address_of(words[1], v6), server = address_of(words[2], v6);
    const auto client_port = port_of(words[3]), server_port = port_of(words[4]);
    if (!client || !server || !client_port || !server_port) return invalid("has an address or a port that is none");
    client_ = Address(*client, *client_port);
    return {};
}

Status ProxyHeaderReader::finish_v2() {
    done_ = true;
    const auto command = byte_at(header_, 12), family = byte_at(header_, 13);
    if (command == 0x20) return {};  // LOCAL: the proxy's own, whatever else it says
    if (command != 0x21) return invalid("has an unknown version or command");
    const std::string_view all(header_);
    const auto addresses = family == 0x11 ? 12U : family == 0x21 ? 36U : family == 0x31 ? unix_addresses : 0U;
    if (addresses == 0 && family != 0) return invalid("has a family that is no stream");
    if (all.size() < fixed_v2 + addresses) return invalid("is too short for its addresses");
    const Status tlvs = check_tlvs(all, fixed_v2 + addresses);
    if (tlvs.has_error()) return tlvs;
    if (family == 0x11) client_ = endpoint_at<ip::address_v4>(all, fixed_v2, fixed_v2 + 8);
    if (family == 0x21) client_ = endpoint_at<ip::address_v6>(all, fixed_v2, fixed_v2 + 32);
    return {};
}

std::string proxy_header(ProxyProtocol version, const std::optional<Address>& client, const Address& server) {
    if (version == ProxyProtocol::off) return {};
    if (!client) return version == ProxyProtocol::v1 ? std::string("PROXY UNKNOWN\r\n") : std::string(signature_v2).append("\x20\0\0\0"sv);
    const bool v4 = client->address().is_v4() && server.address().is_v4();
    std::string out;
    if (version == ProxyProtocol::v1) {
        out.append(word_v1).append(v4 ? "TCP4" : "TCP6");
        for (const auto* end : {&*client, &server}) out.append(" ").append(v4 ? end->address().to_string() : as_v6(end->address()).to_string());
        for (const auto* end : {&*client, &server}) out.append(" ").append(std::to_string(end->port()));
        return out.append("\r\n");
    }
    out.append(signature_v2).append("\x21").append(v4 ? "\x11" : "\x21");
    append_16(out, v4 ? 12 : 36);
    for (const auto* end : {&*client, &server})
        v4 ? append_bytes(out, end->address().to_v4().to_bytes()) : append_bytes(out, as_v6(end->address()).to_bytes());
    for (const auto* end : {&*client, &server}) append_16(out, end->port());
    return out;
}

}  // namespace bordergate

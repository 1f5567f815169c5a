#include "proxy/http/h2_upstream_link.hpp"

namespace bordergate {

namespace {

constexpr WireFaults upstream_faults{Code::upstream_timeout, Code::upstream_gone, Code::upstream_invalid, Code::upstream_invalid};

}  // namespace

H2UpstreamLink::H2UpstreamLink(H2ConnectionPtr connection, bool reused, std::size_t head_limit)
    : H2Channel(std::move(connection), upstream_faults), head_limit_(head_limit), reused_(reused) {}

Task<Status> H2UpstreamLink::send(const RequestHead& head, BodyLength length, std::string_view first, bool last) {
    asks_upgrade_ = !head.upgrade.empty();
    auto& session = connection().session();
    if (asks_upgrade_) {
        // Whether it takes WebSocket is for its first SETTINGS to say, which need not be here yet.
        const Status greeted = co_await await_greeting();
        if (greeted.has_error()) co_return greeted;
    }
    if (connection().lost() || !session.has_room()) co_return fault(Code::upstream_gone, "the HTTP/2 connection takes no more requests");
    if (asks_upgrade_ && !session.takes_extended_connect()) co_return fault(Code::upstream_invalid, "the upstream takes no WebSocket over HTTP/2");
    const bool ends = last && first.empty() && !asks_upgrade_;
    auto opened = session.request(head, length, ends);
    if (opened.has_error()) co_return opened.error();
    attach(std::move(*opened));
    if (ends || (first.empty() && !last) || asks_upgrade_) {
        connection().flush_soon();
        co_return Status{};
    }
    co_return co_await H2Channel::send(first, last);
}

Task<Status> H2UpstreamLink::receive(bool to_head_request) {
    const Status came = co_await await_head();
    if (came.has_error()) co_return came;
    if (stream().head.bytes > head_limit_) co_return fault(Code::upstream_invalid, "the head is longer than " + std::to_string(head_limit_) + " bytes");
    const auto length = gate_h2_response(stream().head, stream().in_ended && stream().arrived == 0, head_);
    if (length.has_error()) co_return length.error();
    length_ = to_head_request ? BodyLength::none() : *length;
    upgraded_ = asks_upgrade_ && head_.status >= 200 && head_.status < 300;
    co_return Status{};
}

}  // namespace bordergate

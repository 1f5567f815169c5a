#include "proxy/http/h2_client_link.hpp"

namespace bordergate {

namespace {

constexpr WireFaults client_faults{Code::client_timeout, Code::client_gone, Code::framing_invalid, Code::head_too_large};

}  // namespace

H2ClientLink::H2ClientLink(H2ConnectionPtr connection, H2StreamPtr stream) : H2Channel(std::move(connection), client_faults) { attach(std::move(stream)); }

Status H2ClientLink::open(const Limits& limits, const Timeouts& timeouts) {
    allow(timeouts.body);
    if (stream().head.bytes > limits.head_bytes) return fault(Code::head_too_large, "the head is longer than " + std::to_string(limits.head_bytes) + " bytes");
    const auto framing = gate_h2_request(stream().head, connection().peer().secure, stream().in_ended && stream().arrived == 0, head_);
    if (framing.has_error()) return framing.error();
    length_ = framing->length;
    continue_due_ = framing->expects_continue;
    return {};
}

void H2ClientLink::before_body() {
    if (!continue_due_ || responded_) return;
    continue_due_ = false;
    connection().session().inform(stream(), 100);
    connection().flush_soon();
}

Task<Status> H2ClientLink::respond(const ResponseHead& head, BodyLength length, std::string_view first, bool last) {
    responded_ = true;
    if (stream().closed) co_return failed();
    const bool bodiless = head_.method == "HEAD" || head.status == 204 || head.status == 304;
    const bool ends = bodiless || (last && first.empty());
    connection().session().respond(stream(), head, bodiless ? BodyLength::none() : length, ends);
    if (ends || (first.empty() && !last)) {
        connection().flush_soon();
        co_return Status{};
    }
    co_return co_await send(first, last);
}

Task<Status> H2ClientLink::open_tunnel(const ResponseHead& head) {
    ResponseHead opened;
    opened.status = 200;
    opened.fields = head.fields;
    co_return co_await respond(opened, BodyLength::streamed(), {}, false);
}

}  // namespace bordergate

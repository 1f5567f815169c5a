#include "proxy/http/h1_upstream_link.hpp"

#include <sys/socket.h>

#include "proxy/http/hop_by_hop.hpp"

namespace bordergate {

namespace {

constexpr WireFaults upstream_faults{Code::upstream_timeout, Code::upstream_gone, Code::upstream_invalid,
                                     Code::upstream_invalid};
/// More interim responses than this before the final one are a flood.
constexpr int interim_limit = 8;

}  // namespace

H1UpstreamLink::H1UpstreamLink(StreamPtr stream, Buffers& buffers, Deadlines& deadlines, std::size_t head_limit)
    : H1Wire(std::move(stream), buffers, deadlines, H1Decoder::for_responses(), upstream_faults),
      head_limit_(head_limit) {}

void H1UpstreamLink::start(bool reused) {
    start_message();
    papers_.take_up();
    reused_ = reused;
    answered_ = upgraded_ = false;
}

void H1UpstreamLink::Exchange::clear() {
    head.clear();
    out.clear();
}

void H1UpstreamLink::rest() {
    release_buffer();
    decoder().rest();
    papers_.lay_down();
}

bool H1UpstreamLink::still_idle() {
    if (!stream().is_open() || has_leftover() || stream().has_buffered()) return false;
    char byte;
    const auto got = ::recv(stream().socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (got == 0) return false;
    // Plain: nobody asked for bytes. TLS: session tickets arrive between exchanges and are no harm.
    return got < 0 || stream().secure();
}

Task<Status> H1UpstreamLink::send(const RequestHead& head, BodyLength length, std::string_view first, bool last) {
    papers_->out.assign(head.method).append(" ").append(head.path);
    if (head.has_query) papers_->out.append("?").append(head.query);
    papers_->out.append(" HTTP/1.1\r\n");
    append_field(papers_->out, "host", head.authority);
    for (std::size_t i = 0; i < head.fields.size(); ++i) append_field(papers_->out, head.fields[i].name, head.fields[i].value);
    if (!head.upgrade.empty()) {
        append_field(papers_->out, "connection", "upgrade");
        append_field(papers_->out, "upgrade", head.upgrade);
    } else if (head.takes_trailers) {
        append_field(papers_->out, "connection", "te");
        append_field(papers_->out, "te", "trailers");
    }
    upgrade_ = head.upgrade;
    append_framing(papers_->out, length);
    const bool expects_length = head.method == "POST" || head.method == "PUT" || head.method == "PATCH";
    if (!length.present() && expects_length) papers_->out += "content-length: 0\r\n";
    papers_->out += "\r\n";
    return send_head(papers_->out, length, first, last);
}

Task<Status> H1UpstreamLink::receive(bool to_head_request) {
    for (int interim = 0; interim <= interim_limit; ++interim) {
        const auto bytes = co_await read_head(head_limit_, interim > 0);
        if (bytes.has_error()) {
            answered_ = answered_ || has_leftover();
            co_return bytes.error();
        }
        answered_ = true;
        const Status parsed = decoder().response(*bytes, papers_->head, to_head_request);
        consume(bytes->size());
        if (parsed.has_error()) co_return parsed;
        if (papers_->head.status == 101) {
            if (upgrade_.empty() || !lists_token(papers_->head.fields, "upgrade", upgrade_)) co_return fault(Code::upstream_invalid, "101 to a protocol that was not asked for");
            upgraded_ = true;
            start_tunnel();
            co_return Status{};
        }
        if (papers_->head.status >= 200) {
            if (decoder().done()) (void)ready();
            co_return Status{};
        }
        start_scan();
    }
    co_return fault(Code::upstream_invalid, "too many interim responses");
}

void H1UpstreamLink::interrupt() {
    ErrorCode ignored;
    stream().socket().cancel(ignored);
}

bool H1UpstreamLink::reusable() const {
    return stream().is_open() && !upgraded_ && sent_all() && received_all() && !decoder().framing().close &&
           !decoder().until_close() && !has_leftover();
}

}  // namespace bordergate

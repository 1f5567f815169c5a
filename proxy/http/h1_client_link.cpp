#include "proxy/http/h1_client_link.hpp"

#include <poll.h>

#include "config/settings.hpp"
#include "proxy/http/hop_by_hop.hpp"
#include "proxy/http/reason_phrase.hpp"
#include "proxy/http/target.hpp"

namespace bordergate {

namespace {

constexpr WireFaults client_faults{Code::client_timeout, Code::client_gone, Code::framing_invalid,
                                   Code::head_too_large};
/// An unread rest of a request up to this size is read away rather than closing the connection.
constexpr std::uint64_t readable_rest = 64 * 1024;
constexpr std::size_t linger_bytes = 1024 * 1024;
/// How long the rest of a request may take to come, and how long a client may take to read its last answer.
constexpr std::chrono::milliseconds settle_time{5000}, linger_time{2000};

}  // namespace

H1ClientLink::H1ClientLink(StreamPtr stream, Buffers& buffers, Deadlines& deadlines)
    : H1Wire(std::move(stream), buffers, deadlines, H1Decoder::for_requests(), client_faults) {
    address_ = this->stream().peer_address();
}

Peer H1ClientLink::peer() const {
    Peer peer;
    peer.address = address_;
    peer.secure = stream().secure();
    peer.identity = &stream().identity();
    return peer;
}

void H1ClientLink::Request::clear() {
    head.clear();
    target.clear();
    out.clear();
}

H1Wire::Waiting H1ClientLink::wait_for_request(std::chrono::milliseconds time) {
    start_message();
    responded_ = aborted_ = continue_due_ = false;
    papers_.lay_down();
    allow(time);
    waits_ = true;
    return first_byte();
}

Task<Result<bool>> H1ClientLink::next_request(ErrorCode waited, std::size_t head_bytes, std::chrono::milliseconds head_time,
                                              std::chrono::milliseconds body_time) {
    Step here;
    while (!waited) {
        here = skim();
        if (here.want == Want::nothing) break;
        // What made the socket ready was no byte of ours (a part of a TLS record): still silent, so it holds no buffer.
        release_buffer();
        waited = co_await wait(here.want);
    }
    waits_ = false;
    // A peer that goes away or falls silent between requests did nothing wrong.
    if (waited || here.error || here.end) co_return false;
    papers_.take_up();
    allow_within(head_time);
    const auto bytes = co_await read_head(head_bytes);
    if (bytes.has_error()) {
        faulted_ = true;
        co_return bytes.error();
    }
    Status parsed = decoder().request(*bytes, papers_->head, papers_->target);
    consume(bytes->size());
    if (parsed.has_value()) {
        papers_->head.scheme = stream().secure() ? "https" : "http";
        parsed = set_target(papers_->head, papers_->target, absolute_);
    }
    allow(body_time);
    if (parsed.has_error()) {
        faulted_ = true;
        co_return parsed.error();
    }
    to_head_ = papers_->head.method == "HEAD";
    old_client_ = decoder().framing().minor_version == 0;
    find_upgrade();
    continue_due_ = decoder().framing().expects_continue && request_length().present();
    if (decoder().done()) (void)ready();
    co_return true;
}

/// WebSocket is the one protocol that a connection may change to (RFC 6455, 4.2.1). A request for another is served as
/// if it had not asked (RFC 9110, 7.8).
void H1ClientLink::find_upgrade() {
    papers_->head.takes_trailers = lists_token(papers_->head.fields, "te", "trailers");
    const bool asks = papers_->head.method == "GET" && !old_client_ && !request_length().present() &&
                      lists_token(papers_->head.fields, "connection", "upgrade") && lists_token(papers_->head.fields, "upgrade", "websocket");
    if (asks) papers_->head.upgrade = "websocket";
}

Task<Status> H1ClientLink::before_body() {
    if (!continue_due_) co_return Status{};
    continue_due_ = false;
    // Bytes that are already here mean that the client did not wait.
    if (has_leftover() || responded_) co_return Status{};
    co_return co_await send_raw("HTTP/1.1 100 Continue\r\n\r\n");
}

Task<Status> H1ClientLink::respond(const ResponseHead& head, BodyLength length, std::string_view first, bool last) {
    responded_ = true;
    raw_streaming_ = old_client_ && length.kind == BodyLength::Kind::streamed;
    // A client that was told nothing yet and is not read to its end will not be read further.
    const bool unread = !received_all() && (continue_due_ || request_length().kind == BodyLength::Kind::streamed ||
                                            request_length().bytes > readable_rest);
    if (faulted_ || raw_streaming_ || old_client_ || decoder().framing().close || (unread && last)) close_after_ = true;
    append_head(head.status, head.reason.empty() ? reason_phrase(head.status) : std::string_view(head.reason), head.fields);
    const bool bodiless = head.status == 204 || head.status == 304;
    if (!raw_streaming_ && !bodiless) {
        append_framing(papers_->out, length);
        if (!length.present() && !to_head_) papers_->out += "content-length: 0\r\n";
    }
    if (close_after_) papers_->out += "connection: close\r\n";
    papers_->out += "\r\n";
    const bool no_body = to_head_ || bodiless;
    const BodyLength framed = no_body ? BodyLength::none() : length;
    co_return co_await send_head(papers_->out, framed, no_body ? std::string_view{} : first, no_body || last);
}

Task<Status> H1ClientLink::end(const Fields& trailers) {
    static const Fields none;
    return send_trailers(papers_->head.takes_trailers ? trailers : none);
}

void H1ClientLink::append_head(unsigned status, std::string_view reason, const Fields& fields) {
    papers_->out.assign("HTTP/1.1 ");
    papers_->out += std::to_string(status);
    papers_->out += ' ';
    papers_->out += reason;
    papers_->out += "\r\n";
    for (std::size_t i = 0; i < fields.size(); ++i) append_field(papers_->out, fields[i].name, fields[i].value);
}

void H1ClientLink::drain() {
    if (waits_)
        stop_reading();
    else
        close_after_ = true;
}

void H1ClientLink::abort() {
    aborted_ = true;
    // A framed message that stops short is an error by itself, and a plain close lets the last bytes (a
    // refusal in the stream) arrive. Where the close is the framing, only a reset says it.
    if (responded_ && !raw_streaming_)
        stream().close();
    else
        stream().abort();
}

bool H1ClientLink::gone() const {
    pollfd look{const_cast<Stream&>(stream()).socket().native_handle(), POLLRDHUP, 0};
    return ::poll(&look, 1, 0) == 1 && (look.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

void H1ClientLink::stop_reading() {
    close_after_ = true;
    ErrorCode ignored;
    stream().socket().cancel(ignored);
}

bool H1ClientLink::may_serve_another() const {
    return !aborted_ && !faulted_ && !close_after_ && sent_all() && stream().is_open();
}

Task<bool> H1ClientLink::settle() {
    if (!may_serve_another()) co_return false;
    allow_within(settle_time);
    std::uint64_t rest = 0;
    while (!received_all()) {
        const auto chunk = co_await next();
        if (chunk.has_error()) co_return false;
        rest += chunk->bytes.size();
        if (rest > readable_rest) co_return false;
    }
    co_return true;
}

Task<void> H1ClientLink::linger() {
    if (aborted_ || !stream().is_open()) co_return;
    stream().finish();
    allow_within(linger_time);
    std::size_t drained = 0;
    // Closing with unread input sends a reset, which can destroy the response on its way.
    while (drained < linger_bytes && stream().is_open()) {
        (void)take();
        const ErrorCode silent = co_await first_byte();
        if (silent) break;
        const Step here = skim();
        if (here.error || here.end) break;
        drained += Buffer::size / 4;
    }
    stream().close();
}

Task<Status> H1ClientLink::open_tunnel(const ResponseHead& head) {
    responded_ = close_after_ = raw_streaming_ = true;
    if (papers_->head.upgrade.empty()) {
        append_head(200, "Connection established", head.fields);
    } else {
        append_head(101, reason_phrase(101), head.fields);
        append_field(papers_->out, "connection", "upgrade");
        append_field(papers_->out, "upgrade", papers_->head.upgrade);
    }
    papers_->out += "\r\n";
    start_tunnel();
    co_return co_await send_raw(papers_->out);
}

}  // namespace bordergate

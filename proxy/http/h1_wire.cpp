#include "proxy/http/h1_wire.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <charconv>
#include <cstring>

namespace bordergate {

namespace {

iovec part(std::string_view bytes) { return {const_cast<char*>(bytes.data()), bytes.size()}; }

constexpr std::string_view crlf = "\r\n";
constexpr std::string_view last_chunk = "0\r\n\r\n";
constexpr std::string_view end_and_last_chunk = "\r\n0\r\n\r\n";

}  // namespace

H1Wire::H1Wire(StreamPtr stream, Buffers& buffers, Deadlines& deadlines, H1Decoder decoder,
               WireFaults faults)
    : Deadline(deadlines),
      stream_(std::move(stream)),
      buffers_(buffers),
      decoder_(std::move(decoder)),
      faults_(faults) {}

void H1Wire::on_expired() {
    ErrorCode ignored;
    stream_->socket().cancel(ignored);
}

Fault H1Wire::failed(const ErrorCode& error) const {
    if (has_expired()) return fault(faults_.timeout, "the peer took longer than its deadline");
    return fault(faults_.gone, "the connection was lost: " + error.message());
}

void H1Wire::begin_wait() {
    // Two tasks may wait at once (one reads, one writes): the deadline goes when the last one is done.
    ++waiting_;
    auto time = allowed_;
    if (until_) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(*until_ - std::chrono::steady_clock::now());
        time = std::clamp(left, std::chrono::milliseconds(0), allowed_);
    }
    set(time);
}

void H1Wire::end_wait() {
    if (--waiting_ == 0) clear();
}

H1Wire::Waiting H1Wire::first_byte() {
    if (has_leftover()) return wait(Want::nothing);
    release_buffer();
    decoder_.rest();
    return wait(stream_->has_buffered() ? Want::nothing : Want::readable);
}

Status H1Wire::make_room() {
    if (!buffer_) {
        buffer_ = buffers_.borrow();
        begin_ = end_ = 0;
    }
    if (begin_ == end_) {
        begin_ = end_ = 0;
    } else if (end_ == Buffer::size) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (end_ == Buffer::size) return fault(faults_.invalid, "one element of the message fills the read buffer");
    return {};
}

/// A read into the room that is there. Sees to the end of the peer's side.
Step H1Wire::read_now() {
    const Step step = stream_->try_read(buffer_.span().subspan(end_));
    end_ += step.bytes;
    if (step.bytes == 0 && step.end) peer_finished_ = true;
    return step;
}

Step H1Wire::skim() {
    Step here;
    here.bytes = end_ - begin_;
    // Where nothing is left there is room.
    return here.bytes > 0 || make_room().has_error() ? here : read_now();
}

Task<Status> H1Wire::fill() {
    const Status room = make_room();
    if (room.has_error()) co_return room;
    for (;;) {
        const Step step = read_now();
        if (step.bytes > 0 || step.end) co_return Status{};
        if (step.error) co_return failed(step.error);
        const ErrorCode error = co_await wait(step.want);
        if (error) co_return failed(error);
    }
}

void H1Wire::start_message() {
    body_done_ = sent_all_ = sent_any_ = tunnel_ = false;
    scanned_ = 0;
    out_length_ = BodyLength::none();
}

void H1Wire::release_buffer() {
    if (buffer_ && begin_ == end_) buffer_ = Buffer{};
}

Task<Result<std::string_view>> H1Wire::read_head(std::size_t limit, bool soon) {
    // This is on the way of every message: it reads and waits in its own frame.
    auto want = soon || stream_->has_buffered() ? Want::nothing : Want::readable;
    for (;;) {
        const std::string_view here(buffer_ ? buffer_.data() + begin_ : "", end_ - begin_);
        const auto size = head_end(here, scanned_);
        if (size != std::string_view::npos && size <= limit) co_return here.substr(0, size);
        if (size != std::string_view::npos || here.size() >= limit)
            co_return fault(faults_.head_too_large, "the head is longer than " + std::to_string(limit) + " bytes");
        scanned_ = here.size();
        if (peer_finished_) co_return fault(faults_.gone, "the peer closed before a whole head came");
        if (want != Want::nothing) {
            const ErrorCode error = co_await wait(want);
            if (error) co_return failed(error);
        }
        const Status room = make_room();
        if (room.has_error()) co_return room.error();
        const Step step = read_now();
        if (step.error) co_return failed(step.error);
        want = step.want;
    }
}

std::string H1Wire::take() {
    if (!has_leftover()) return {};
    std::string bytes(buffer_.data() + begin_, end_ - begin_);
    begin_ = end_;
    return bytes;
}

Result<Chunk> H1Wire::decode() {
    Chunk chunk;
    while (begin_ < end_) {
        const auto step = decoder_.body({buffer_.data() + begin_, end_ - begin_});
        if (step.has_error()) return step.error();
        begin_ += step->consumed;
        if (step->done) body_done_ = true;
        chunk.bytes = step->bytes;
        chunk.last = body_done_;
        if (!chunk.bytes.empty() || chunk.last || step->consumed == 0) break;
    }
    return chunk;
}

std::optional<Result<Chunk>> H1Wire::ready() {
    if (tunnel_) {
        if (!has_leftover() && !peer_finished_) return std::nullopt;
        Chunk here;
        if (has_leftover()) here.bytes = {buffer_.data() + begin_, end_ - begin_};
        here.last = peer_finished_;
        begin_ = end_;
        return Result<Chunk>(here);
    }
    if (decoder_.done() || body_done_) {
        body_done_ = true;
        Chunk end;
        end.last = true;
        return Result<Chunk>(end);
    }
    if (begin_ == end_) return std::nullopt;
    auto chunk = decode();
    if (chunk.has_value() && chunk->bytes.empty() && !chunk->last) return std::nullopt;
    return chunk;
}

Task<Result<Chunk>> H1Wire::next() {
    const Status prepared = co_await before_body();
    if (prepared.has_error()) co_return prepared.error();
    for (;;) {
        auto here = ready();
        if (here) co_return *here;
        const Status filled = co_await fill();
        if (filled.has_error()) co_return filled.error();
        if (!peer_finished_ || tunnel_) continue;
        if (!decoder_.until_close()) co_return fault(faults_.gone, "the peer closed in the middle of a body");
        body_done_ = true;
        Chunk end;
        end.last = true;
        co_return end;
    }
}

Step H1Wire::write_now(std::span<iovec>& parts) {
    while (!parts.empty()) {
        if (parts.front().iov_len == 0) {
            parts = parts.subspan(1);
            continue;
        }
        const Step step = stream_->try_write(parts);
        if (step.error || step.bytes == 0) return step;
        sent_any_ = true;
        for (auto rest = step.bytes; rest > 0;) {
            auto& front = parts.front();
            const auto taken = std::min(rest, front.iov_len);
            front.iov_base = static_cast<char*>(front.iov_base) + taken;
            front.iov_len -= taken;
            rest -= taken;
            if (front.iov_len == 0) parts = parts.subspan(1);
        }
    }
    return {};
}

Task<Status> H1Wire::write_all(std::span<iovec> parts) {
    for (;;) {
        const Step step = write_now(parts);
        if (step.error) co_return failed(step.error);
        if (parts.empty()) co_return Status{};
        const ErrorCode error = co_await wait(step.want);
        if (error) co_return failed(error);
    }
}

std::size_t H1Wire::add_body(std::array<iovec, 5>& parts, std::size_t used, std::string_view bytes, bool last) {
    const bool chunked = is_chunked();
    if (chunked && !bytes.empty()) {
        auto* end = std::to_chars(chunk_line_.data(), chunk_line_.data() + 16, bytes.size(), 16).ptr;
        *end++ = '\r';
        *end++ = '\n';
        parts[used++] = part({chunk_line_.data(), static_cast<std::size_t>(end - chunk_line_.data())});
    }
    if (!bytes.empty()) parts[used++] = part(bytes);
    if (chunked && !bytes.empty()) parts[used++] = part(last ? end_and_last_chunk : crlf);
    if (chunked && bytes.empty() && last) parts[used++] = part(last_chunk);
    return used;
}

Task<Status> H1Wire::send_head(std::string_view head, BodyLength length, std::string_view first, bool last) {
    out_length_ = length;
    out_left_ = length.bytes;
    if (length.kind == BodyLength::Kind::exact) {
        if (first.size() > out_left_ || (last && first.size() != out_left_))
            co_return fault(Code::internal, "the body differs from its declared length");
        out_left_ -= first.size();
    }
    std::array<iovec, 5> parts;
    parts[0] = part(head);
    auto unsent = std::span(parts).first(add_body(parts, 1, first, last));
    // Nearly always the socket takes it all at once: no frame is made for waiting.
    const Step step = write_now(unsent);
    if (step.error) co_return failed(step.error);
    if (!unsent.empty()) {
        const Status written = co_await write_all(unsent);
        if (written.has_error()) co_return written;
    }
    if (last) sent_all_ = true;
    co_return Status{};
}

Task<Status> H1Wire::send_body(std::string_view bytes, bool last) {
    if (out_length_.kind == BodyLength::Kind::exact) {
        if (bytes.size() > out_left_ || (last && bytes.size() != out_left_))
            co_return fault(faults_.invalid, "the body differs from its declared length");
        out_left_ -= bytes.size();
    }
    std::array<iovec, 5> parts;
    const auto used = add_body(parts, 0, bytes, last);
    const Status written = co_await write_all(std::span(parts).first(used));
    if (written.has_value() && last) {
        sent_all_ = true;
        if (tunnel_) stream_->finish();
    }
    co_return written;
}

Task<Status> H1Wire::send_trailers(const Fields& trailers) {
    if (!is_chunked() || trailers.size() == 0) co_return co_await send_body({}, true);
    std::string end = "0\r\n";
    for (std::size_t i = 0; i < trailers.size(); ++i) append_field(end, trailers[i].name, trailers[i].value);
    end += crlf;
    const Status written = co_await send_raw(end);
    if (written.has_value()) sent_all_ = true;
    co_return written;
}

Task<Status> H1Wire::send_raw(std::string_view bytes) {
    std::array<iovec, 1> parts{part(bytes)};
    co_return co_await write_all(parts);
}

void H1Wire::append_field(std::string& out, std::string_view name, std::string_view value) {
    // A head is many short pieces: room for all four of them at once.
    const auto at = out.size();
    out.resize(at + name.size() + value.size() + 4);
    char* to = out.data() + at;
    std::memcpy(to, name.data(), name.size());
    to += name.size();
    *to++ = ':';
    *to++ = ' ';
    if (!value.empty()) std::memcpy(to, value.data(), value.size());
    std::memcpy(to + value.size(), crlf.data(), crlf.size());
}

void H1Wire::append_framing(std::string& out, BodyLength length) {
    if (length.kind == BodyLength::Kind::streamed) {
        out += "transfer-encoding: chunked\r\n";
    } else if (length.kind == BodyLength::Kind::exact) {
        std::array<char, 20> digits;
        const auto* end = std::to_chars(digits.data(), digits.data() + digits.size(), length.bytes).ptr;
        append_field(out, "content-length", {digits.data(), static_cast<std::size_t>(end - digits.data())});
    }
}

}  // namespace bordergate

#include "proxy/http/h2_session.hpp"

#include <nghttp2/nghttp2.h>

#include <array>

#include "proxy/http/h2_fields.hpp"

namespace bordergate {

namespace {

constexpr int interim_limit = 8;
constexpr std::size_t frame_header = 9;
/// A header block that grows beyond this multiple of its limit is not read to its end.
constexpr std::size_t absurd_head = 4;
/// Streams that a client may reset at once, and per second after that (nghttp2 answers beyond it with GOAWAY).
constexpr std::uint64_t reset_burst = 1000, reset_rate = 50;

std::string_view view(const std::uint8_t* bytes, std::size_t size) { return {reinterpret_cast<const char*>(bytes), size}; }

bool is_continuing(const nghttp2_frame& frame) {
    return frame.hd.type == NGHTTP2_HEADERS && frame.headers.cat == NGHTTP2_HCAT_HEADERS;
}

}  // namespace

/// What nghttp2 calls back. They only take note; nothing is sent and no coroutine is resumed from here.
struct H2Callbacks {
    static H2Session& session(void* user) { return *static_cast<H2Session*>(user); }

    /// nghttp2 skips a request on an id that was passed over; for RFC 9113, 5.1.1 that ends the connection.
    static int on_begin_frame(nghttp2_session* raw, const nghttp2_frame_hd* header, void* user) {
        H2Session& self = session(user);
        if (self.role_ != H2Session::Role::server || header->type != NGHTTP2_HEADERS) return 0;
        if (header->stream_id < self.newest_ && !nghttp2_session_find_stream(raw, header->stream_id)) {
            self.goodbye_ = true;
            nghttp2_session_terminate_session(raw, NGHTTP2_PROTOCOL_ERROR);
        }
        self.newest_ = std::max(self.newest_, header->stream_id);
        return 0;
    }

    static int on_begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user) {
        H2Session& self = session(user);
        self.mid_head_ = true;
        if (self.role_ != H2Session::Role::server || frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
        auto stream = std::make_shared<H2Stream>();
        stream->id = frame->hd.stream_id;
        self.streams_.emplace(stream->id, std::move(stream));
        return 0;
    }

    static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
                         const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* user) {
        H2Session& self = session(user);
        H2Stream* stream = self.find(frame->hd.stream_id);
        if (!stream) return 0;
        // Too much is counted and not kept: the request is answered by its status when the block has ended.
        H2Head& head = stream->head;
        if (head.bytes > self.bounds_.head_bytes) {
            head.bytes += name_size + value_size + 32;
            return head.bytes > absurd_head * self.bounds_.head_bytes ? NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE : 0;
        }
        if (!stream->has_head) return head.add(view(name, name_size), view(value, value_size)) ? 0 : NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
        head.bytes += name_size + value_size + 32;
        stream->trailers.add(view(name, name_size), view(value, value_size));
        return 0;
    }

    static int on_invalid_header(nghttp2_session*, const nghttp2_frame*, const std::uint8_t*, std::size_t, const std::uint8_t*, std::size_t, std::uint8_t, void*) {
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;  // not skipped: the stream is reset
    }

    static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
        H2Session& self = session(user);
        switch (frame->hd.type) {
            case NGHTTP2_HEADERS: return on_headers(self, *frame);
            case NGHTTP2_DATA:
                if (frame->hd.length == 0 && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return count(self);
                return on_end(self, *frame);
            case NGHTTP2_PING:
            case NGHTTP2_SETTINGS: return (frame->hd.flags & NGHTTP2_FLAG_ACK) != 0 ? 0 : count(self);
            case NGHTTP2_PRIORITY:
            case NGHTTP2_RST_STREAM: return count(self);
            case NGHTTP2_GOAWAY: self.goodbye_ = true; return 0;
            default: return 0;
        }
    }

    static int count(H2Session& self) {
        if (!self.flood_.admit()) self.calm_down();
        return 0;
    }

    static int on_headers(H2Session& self, const nghttp2_frame& frame) {
        self.mid_head_ = false;
        H2Stream* stream = self.find(frame.hd.stream_id);
        if (!stream) return 0;
        if (!stream->has_head && self.role_ == H2Session::Role::client && stream->head.status < 200) {
            if (++stream->interims > interim_limit || stream->head.status == 101) self.reset(*stream, H2Reset::cancel);
            stream->head.clear();
            return 0;
        }
        if (!stream->has_head) {
            stream->has_head = true;
            if (self.role_ == H2Session::Role::server) self.arrivals_.push_back(self.streams_.at(stream->id));
        } else if (!is_continuing(frame)) {
            return 0;
        }
        if (stream->owner) stream->owner->input_came();
        return on_end(self, frame);
    }

    static int on_end(H2Session& self, const nghttp2_frame& frame) {
        H2Stream* stream = self.find(frame.hd.stream_id);
        if (!stream || (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return 0;
        stream->in_ended = true;
        if (stream->owner) stream->owner->input_came();
        return 0;
    }

    static int on_data(nghttp2_session* raw, std::uint8_t, std::int32_t id, const std::uint8_t* bytes, std::size_t size, void* user) {
        H2Session& self = session(user);
        H2Stream* stream = self.find(id);
        if (!stream || (!stream->owner && stream->has_head && self.role_ == H2Session::Role::client)) {
            nghttp2_session_consume(raw, id, size);  // nobody reads it any more
            return 0;
        }
        stream->in.append(view(bytes, size));
        stream->arrived += size;
        if (stream->owner) stream->owner->input_came();
        return 0;
    }

    static int on_close(nghttp2_session*, std::int32_t id, std::uint32_t error, void* user) {
        H2Session& self = session(user);
        const auto found = self.streams_.find(id);
        if (found == self.streams_.end()) return 0;
        const H2StreamPtr stream = std::move(found->second);
        self.streams_.erase(found);
        self.mid_head_ = self.mid_head_ && stream->has_head;  // a block that was given up has ended
        self.close(*stream, error);
        return 0;
    }

    static int on_not_sent(nghttp2_session*, const nghttp2_frame* frame, int, void* user) {
        H2Session& self = session(user);
        if (frame->hd.type != NGHTTP2_HEADERS) return 0;
        const auto found = self.streams_.find(frame->hd.stream_id);
        if (found == self.streams_.end()) return 0;
        const H2StreamPtr stream = std::move(found->second);
        self.streams_.erase(found);
        stream->unprocessed = true;
        self.close(*stream, NGHTTP2_REFUSED_STREAM);
        return 0;
    }

    /// A whole answer makes the rest of its request needless (RFC 9113, 8.1): told when nobody reads it any more.
    static int on_sent(nghttp2_session*, const nghttp2_frame* frame, void* user) {
        H2Session& self = session(user);
        const bool ends = frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS;
        if (!ends || (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return 0;
        H2Stream* stream = self.find(frame->hd.stream_id);
        if (!stream) return 0;
        stream->out_sent = true;
        if (self.role_ == H2Session::Role::server && !stream->owner && !stream->in_ended) self.reset(*stream, H2Reset::no_error);
        return 0;
    }

    static ssize_t on_send(nghttp2_session*, const std::uint8_t* bytes, std::size_t size, int, void* user) {
        H2Session& self = session(user);
        if (self.sink_->size() >= self.sink_most_) return NGHTTP2_ERR_WOULDBLOCK;
        self.sink_->append(view(bytes, size));
        return static_cast<ssize_t>(size);
    }

    /// How much of what waits goes into the next DATA frame, and whether it is the last one.
    static ssize_t on_read(nghttp2_session* raw, std::int32_t, std::uint8_t*, std::size_t most, std::uint32_t* flags, nghttp2_data_source* source, void*) {
        auto& stream = *static_cast<H2Stream*>(source->ptr);
        const auto taken = std::min(most, stream.out.size());
        const bool last = stream.out_last && taken == stream.out.size();
        if (taken == 0 && !last) return NGHTTP2_ERR_DEFERRED;
        *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
        if (!last) return static_cast<ssize_t>(taken);
        *flags |= NGHTTP2_DATA_FLAG_EOF;
        if (stream.out_trailers.size() > 0) {
            *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
            const auto block = H2FieldBlock::of(stream.out_trailers);
            if (nghttp2_submit_trailer(raw, stream.id, block.data(), block.size()) != 0) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
        }
        stream.out_ended = true;
        return static_cast<ssize_t>(taken);
    }

    static int on_send_data(nghttp2_session*, nghttp2_frame*, const std::uint8_t* header, std::size_t size, nghttp2_data_source* source, void* user) {
        H2Session& self = session(user);
        if (self.sink_->size() >= self.sink_most_) return NGHTTP2_ERR_WOULDBLOCK;
        auto& stream = *static_cast<H2Stream*>(source->ptr);
        self.sink_->append(view(header, frame_header));
        self.sink_->append(stream.out.substr(0, size));
        stream.out.remove_prefix(size);
        if (stream.out.empty() && stream.owner) stream.owner->output_left();
        return 0;
    }

    static nghttp2_session_callbacks* all() {
        nghttp2_session_callbacks* made = nullptr;
        nghttp2_session_callbacks_new(&made);
        nghttp2_session_callbacks_set_on_begin_frame_callback(made, on_begin_frame);
        nghttp2_session_callbacks_set_on_begin_headers_callback(made, on_begin_headers);
        nghttp2_session_callbacks_set_on_header_callback(made, on_header);
        nghttp2_session_callbacks_set_on_invalid_header_callback(made, on_invalid_header);
        nghttp2_session_callbacks_set_on_frame_recv_callback(made, on_frame);
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made, on_data);
        nghttp2_session_callbacks_set_on_stream_close_callback(made, on_close);
        nghttp2_session_callbacks_set_on_frame_not_send_callback(made, on_not_sent);
        nghttp2_session_callbacks_set_on_frame_send_callback(made, on_sent);
        nghttp2_session_callbacks_set_send_callback(made, on_send);
        nghttp2_session_callbacks_set_send_data_callback(made, on_send_data);
        return made;
    }

    static nghttp2_option* options() {
        nghttp2_option* made = nullptr;
        nghttp2_option_new(&made);
        nghttp2_option_set_no_auto_window_update(made, 1);
        nghttp2_option_set_max_settings(made, 32);
        nghttp2_option_set_stream_reset_rate_limit(made, reset_burst, reset_rate);
        return made;
    }
};

H2Session::H2Session(Role role, const H2Bounds& bounds) : role_(role), bounds_(bounds) {
    static nghttp2_session_callbacks* const callbacks = H2Callbacks::all();
    static nghttp2_option* const options = H2Callbacks::options();
    if (role == Role::server)
        nghttp2_session_server_new2(&session_, callbacks, this, options);
    else
        nghttp2_session_client_new2(&session_, callbacks, this, options);
    std::vector<nghttp2_settings_entry> settings{{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, bounds.stream_window},
                                                 {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<std::uint32_t>(bounds.head_bytes)}};
    if (role == Role::server) {
        settings.push_back({NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, bounds.streams});
        settings.push_back({NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, 1});
    } else {
        settings.push_back({NGHTTP2_SETTINGS_ENABLE_PUSH, 0});
    }
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
    nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, static_cast<std::int32_t>(bounds.connection_window));
}

H2Session::~H2Session() {
    lose();
    nghttp2_session_del(session_);
}

H2Stream* H2Session::find(std::int32_t id) {
    const auto found = streams_.find(id);
    return found == streams_.end() ? nullptr : found->second.get();
}

void H2Session::close(H2Stream& stream, std::uint32_t error) {
    stream.closed = true;
    stream.error = error;
    if (error == NGHTTP2_REFUSED_STREAM) stream.unprocessed = true;
    stream.out = {};
    if (!stream.owner) return;
    stream.owner->input_came();
    stream.owner->output_left();
}

Status H2Session::receive(std::string_view bytes) {
    if (failed_) return fault(Code::framing_invalid, "the HTTP/2 connection is broken");
    const auto used = nghttp2_session_mem_recv(session_, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    if (used >= 0) return {};
    failed_ = true;
    return fault(Code::framing_invalid, std::string("HTTP/2: ") + nghttp2_strerror(static_cast<int>(used)));
}

void H2Session::produce(std::string& out, std::size_t most) {
    sink_ = &out;
    sink_most_ = most;
    if (nghttp2_session_send(session_) != 0) failed_ = true;
    sink_ = nullptr;
}

bool H2Session::wants_output() const { return nghttp2_session_want_write(session_) != 0; }
bool H2Session::over() const { return failed_ || (nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0); }

void H2Session::respond(H2Stream& stream, const ResponseHead& head, BodyLength length, bool last) {
    if (stream.closed) return;
    const auto block = H2FieldBlock::of(head, length);
    nghttp2_data_provider provider{};
    provider.source.ptr = &stream;
    provider.read_callback = H2Callbacks::on_read;
    if (last) stream.out_ended = true;
    nghttp2_submit_response(session_, stream.id, block.data(), block.size(), last ? nullptr : &provider);
}

void H2Session::inform(H2Stream& stream, unsigned status) {
    if (stream.closed) return;
    const auto block = H2FieldBlock::of(status);
    nghttp2_submit_headers(session_, NGHTTP2_FLAG_NONE, stream.id, nullptr, block.data(), block.size(), nullptr);
}

Result<H2StreamPtr> H2Session::request(const RequestHead& head, BodyLength length, bool last) {
    const auto block = H2FieldBlock::of(head, length);
    auto stream = std::make_shared<H2Stream>();
    nghttp2_data_provider provider{};
    provider.source.ptr = stream.get();
    provider.read_callback = H2Callbacks::on_read;
    const auto id = nghttp2_submit_request(session_, nullptr, block.data(), block.size(), last ? nullptr : &provider, nullptr);
    if (id < 0) return fault(Code::upstream_gone, std::string("the HTTP/2 connection takes no more requests: ") + nghttp2_strerror(id));
    stream->id = id;
    if (last) stream->out_ended = true;
    streams_.emplace(id, stream);
    return stream;
}

void H2Session::resume(H2Stream& stream) {
    if (!stream.closed) nghttp2_session_resume_data(session_, stream.id);
}

void H2Session::consumed(const H2Stream& stream, std::size_t bytes) {
    if (bytes > 0) nghttp2_session_consume(session_, stream.id, bytes);
}

void H2Session::reset(H2Stream& stream, H2Reset why) {
    if (!stream.closed) nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream.id, static_cast<std::uint32_t>(why));
}

void H2Session::announce_drain() {
    if (role_ == Role::server) nghttp2_submit_shutdown_notice(session_);
}

void H2Session::drain() {
    goodbye_ = true;
    nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(session_), NGHTTP2_NO_ERROR, nullptr, 0);
}

void H2Session::calm_down() {
    goodbye_ = true;
    nghttp2_session_terminate_session(session_, NGHTTP2_ENHANCE_YOUR_CALM);
}

bool H2Session::has_room() const {
    return !goodbye_ && !failed_ && nghttp2_session_check_request_allowed(session_) != 0 &&
           streams_.size() < nghttp2_session_get_remote_settings(session_, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
}

bool H2Session::takes_extended_connect() const {
    return nghttp2_session_get_remote_settings(session_, NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL) == 1;
}

void H2Session::lose() {
    failed_ = true;
    const auto streams = std::exchange(streams_, {});
    for (const auto& [id, stream] : streams) close(*stream, NGHTTP2_CONNECT_ERROR);
}

}  // namespace bordergate

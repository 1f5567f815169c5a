#include "proxy/http/h2_session.hpp"

#include <nghttp2/nghttp2.h>

#include <algorithm>
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
/// Heads are bounded where they come in; nghttp2's own bound is above that.
constexpr std::size_t longest_head_sent = 1024 * 1024;
constexpr std::uint32_t largest_window = 0x7fffffff;
constexpr std::size_t remembered_gaps = 64;

std::string_view view(const std::uint8_t* bytes, std::size_t size) { return {reinterpret_cast<const char*>(bytes), size}; }

bool is_continuing(const nghttp2_frame& frame) {
    return frame.hd.type == NGHTTP2_HEADERS && frame.headers.cat == NGHTTP2_HCAT_HEADERS;
}

}  // namespace

/// What nghttp2 calls back. They only take note; nothing is sent and no coroutine is resumed from here.
struct H2Callbacks {
    static H2Session& session(void* user) { return *static_cast<H2Session*>(user); }

    /// nghttp2 skips a request on an id that was passed over; for RFC 9113, 5.1.1 that ends the connection. (Trailers of
    /// a stream that was closed meanwhile do not.)
    static int on_begin_frame(nghttp2_session* raw, const nghttp2_frame_hd* header, void* user) {
        H2Session& self = session(user);
        if (self.role_ != H2Session::Role::server || header->type != NGHTTP2_HEADERS) return 0;
        if (!self.opens_passed_over(header->stream_id)) return 0;
        self.goodbye_ = true;
        nghttp2_session_terminate_session(raw, NGHTTP2_PROTOCOL_ERROR);
        return 0;
    }

    static int on_begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user) {
        H2Session& self = session(user);
        self.mid_head_ = true;
        ++self.heads_begun_;
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
        if (stream->has_head) {
            // What comes after a head was taken cannot be answered by a status any more: the message is cut.
            stream->trailer_bytes += name_size + value_size + 32;
            if (stream->trailer_bytes > self.bounds_.head_bytes) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
            stream->trailers.add(view(name, name_size), view(value, value_size));
            return 0;
        }
        // Too much is counted and not kept: the request is answered by its status when the block has ended.
        H2Head& head = stream->head;
        if (head.bytes > self.bounds_.head_bytes) {
            head.bytes += name_size + value_size + 32;
            return head.bytes > absurd_head * self.bounds_.head_bytes ? NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE : 0;
        }
        return head.add(view(name, name_size), view(value, value_size)) ? 0 : NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }

    static int on_invalid_header(nghttp2_session*, const nghttp2_frame*, const std::uint8_t*, std::size_t, const std::uint8_t*, std::size_t, std::uint8_t, void* user) {
        count(session(user));
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;  // not skipped: the stream is reset
    }

    /// A peer may make us reset streams by what it sends on them: that counts like resets of its own (CVE-2025-8671).
    static int on_invalid_frame(nghttp2_session*, const nghttp2_frame*, int, void* user) { return count(session(user)); }

    static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
        H2Session& self = session(user);
        switch (frame->hd.type) {
            case NGHTTP2_HEADERS: return on_headers(self, *frame);
            case NGHTTP2_DATA:
                // Padding alone is nothing either.
                if (frame->hd.length == frame->data.padlen && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return count(self);
                return on_end(self, *frame);
            case NGHTTP2_SETTINGS: self.greeted_ = true; [[fallthrough]];
            case NGHTTP2_PING: return (frame->hd.flags & NGHTTP2_FLAG_ACK) != 0 ? 0 : count(self);
            case NGHTTP2_PRIORITY: return count(self);
            // An upstream can reset no more than what it was asked.
            case NGHTTP2_RST_STREAM: return self.role_ == H2Session::Role::server ? count(self) : 0;
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
        if (!stream || stream->left_at) {
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

    /// A request that nghttp2 could not send was never made. Any other head that it could not send leaves a message that
    /// is not whole, and its peer must be told.
    static int on_not_sent(nghttp2_session* raw, const nghttp2_frame* frame, int, void* user) {
        H2Session& self = session(user);
        if (frame->hd.type != NGHTTP2_HEADERS) return 0;
        const auto found = self.streams_.find(frame->hd.stream_id);
        if (found == self.streams_.end()) return 0;
        if (frame->headers.cat != NGHTTP2_HCAT_REQUEST) {
            nghttp2_submit_rst_stream(raw, NGHTTP2_FLAG_NONE, frame->hd.stream_id, NGHTTP2_INTERNAL_ERROR);
            return 0;
        }
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
        self.flood_.earn();
        if (self.role_ == H2Session::Role::server && stream->left_at && !stream->in_ended) self.reset(*stream, H2Reset::no_error);
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
        if (stream.out_dropped) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
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
        // The frame may have waited: what it was measured for must still be there, or others' bytes would fill it.
        if (stream.out_dropped || stream.out.size() < size) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
        if (size > 0) self.flood_.earn();
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
        nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(made, on_invalid_frame);
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
        nghttp2_option_set_max_send_header_block_length(made, longest_head_sent);
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
    // An upstream's connection is shared by many clients: one that does not read must not stop the others.
    const auto window = role == Role::server ? bounds.connection_window : largest_window;
    nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, static_cast<std::int32_t>(window));
}

H2Session::~H2Session() {
    lose();
    nghttp2_session_del(session_);
}

H2Stream* H2Session::find(std::int32_t id) {
    const auto found = streams_.find(id);
    return found == streams_.end() ? nullptr : found->second.get();
}

/// True if the peer opens a stream below the newest one that it passed over.
bool H2Session::opens_passed_over(std::int32_t id) {
    if (id > newest_) {
        if (id > newest_ + 2) {
            if (passed_over_.size() >= remembered_gaps) passed_over_.erase(passed_over_.begin());
            passed_over_.emplace_back(newest_ + 1, id - 1);
        }
        newest_ = id;
        return false;
    }
    return std::any_of(passed_over_.begin(), passed_over_.end(), [id](const auto& gap) { return gap.first <= id && id <= gap.second; });
}

void H2Session::close(H2Stream& stream, std::uint32_t error) {
    stream.closed = true;
    if (stream.left_at) --left_;
    // What came and nobody will read must not keep the connection's window.
    if (!stream.owner && !stream.in.empty()) {
        nghttp2_session_consume_connection(session_, stream.in.size());
        stream.in.clear();
    }
    stream.error = error;
    if (error == NGHTTP2_REFUSED_STREAM) stream.unprocessed = true;
    stream.out = {};
    if (!stream.owner) return;
    stream.owner->input_came();
    stream.owner->output_left();
}

Status H2Session::receive(std::string_view bytes) {
    if (failed_ || lost_) return fault(Code::framing_invalid, "the HTTP/2 connection is broken");
    const auto used = nghttp2_session_mem_recv(session_, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    if (used >= 0) return {};
    failed_ = true;
    return fault(Code::framing_invalid, std::string("HTTP/2: ") + nghttp2_strerror(static_cast<int>(used)));
}

void H2Session::produce(std::string& out, std::size_t most) {
    if (lost_) return;
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
    if (nghttp2_submit_response(session_, stream.id, block.data(), block.size(), last ? nullptr : &provider) != 0)
        reset(stream, H2Reset::internal_error);
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

void H2Session::leave(H2Stream& stream) {
    stream.owner = nullptr;
    consumed(stream, stream.in.size());
    stream.in.clear();
    if (stream.closed) return;
    stream.left_at = std::chrono::steady_clock::now();
    ++left_;
    // A whole answer makes the rest of its request needless; what is not sent yet is looked at again when it is.
    const bool needless = role_ == Role::server && stream.out_sent && !stream.in_ended;
    if (needless) reset(stream, H2Reset::no_error);
}

void H2Session::reset_left(std::chrono::steady_clock::time_point then) {
    for (const auto& [id, stream] : streams_)
        if (stream->left_at && *stream->left_at <= then) reset(*stream, H2Reset::cancel);
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
    failed_ = lost_ = true;
    const auto streams = std::exchange(streams_, {});
    for (const auto& [id, stream] : streams) close(*stream, NGHTTP2_CONNECT_ERROR);
}

}  // namespace bordergate

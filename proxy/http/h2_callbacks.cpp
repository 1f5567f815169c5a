#include "proxy/http/h2_callbacks.hpp"

#include <algorithm>

#include "proxy/http/h2_fields.hpp"
#include "proxy/http/h2_session.hpp"

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

std::string_view view(const std::uint8_t* bytes, std::size_t size) { return {reinterpret_cast<const char*>(bytes), size}; }

bool is_continuing(const nghttp2_frame& frame) {
    return frame.hd.type == NGHTTP2_HEADERS && frame.headers.cat == NGHTTP2_HCAT_HEADERS;
}

}  // namespace

struct H2Callbacks::Notes {
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
};

nghttp2_session_callbacks* H2Callbacks::all() {
    nghttp2_session_callbacks* made = nullptr;
    nghttp2_session_callbacks_new(&made);
    nghttp2_session_callbacks_set_on_begin_frame_callback(made, Notes::on_begin_frame);
    nghttp2_session_callbacks_set_on_begin_headers_callback(made, Notes::on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(made, Notes::on_header);
    nghttp2_session_callbacks_set_on_invalid_header_callback(made, Notes::on_invalid_header);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(made, Notes::on_invalid_frame);
    nghttp2_session_callbacks_set_on_frame_recv_callback(made, Notes::on_frame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made, Notes::on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(made, Notes::on_close);
    nghttp2_session_callbacks_set_on_frame_not_send_callback(made, Notes::on_not_sent);
    nghttp2_session_callbacks_set_on_frame_send_callback(made, Notes::on_sent);
    nghttp2_session_callbacks_set_send_callback(made, Notes::on_send);
    nghttp2_session_callbacks_set_send_data_callback(made, Notes::on_send_data);
    return made;
}

nghttp2_option* H2Callbacks::options() {
    nghttp2_option* made = nullptr;
    nghttp2_option_new(&made);
    nghttp2_option_set_no_auto_window_update(made, 1);
    nghttp2_option_set_max_settings(made, 32);
    nghttp2_option_set_stream_reset_rate_limit(made, reset_burst, reset_rate);
    nghttp2_option_set_max_send_header_block_length(made, longest_head_sent);
    return made;
}

nghttp2_data_provider H2Callbacks::body_of(H2Stream& stream) {
    nghttp2_data_provider provider{};
    provider.source.ptr = &stream;
    provider.read_callback = Notes::on_read;
    return provider;
}

}  // namespace bordergate

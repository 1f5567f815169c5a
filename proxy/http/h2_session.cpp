#include "proxy/http/h2_session.hpp"

#include <nghttp2/nghttp2.h>

#include <algorithm>

#include "proxy/http/h2_callbacks.hpp"
#include "proxy/http/h2_fields.hpp"

namespace bordergate {

namespace {

constexpr std::uint32_t largest_window = 0x7fffffff;
constexpr std::size_t remembered_gaps = 64;

}  // namespace

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
    const auto provider = H2Callbacks::body_of(stream);
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
    const auto provider = H2Callbacks::body_of(*stream);
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
    if (role_ == Role::server && stream.out_sent && !stream.in_ended) reset(stream, H2Reset::no_error);
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

#include "proxy/http/h2_channel.hpp"

namespace bordergate {

namespace {

/// The end of a message up to this size need not be waited for: it is kept until the connection takes it.
constexpr std::size_t most_kept = 16 * 1024;

}  // namespace

H2Channel::H2Channel(H2ConnectionPtr connection, WireFaults faults)
    : Deadline(connection->deadlines()),
      connection_(std::move(connection)),
      faults_(faults),
      input_(connection_->executor()),
      output_(connection_->executor()) {}

H2Channel::~H2Channel() {
    connection_->take_back(input_);
    if (!stream_) return;
    auto& session = connection_->session();
    // What `out` borrows is gone soon; what is kept stays with the stream.
    const bool borrowed = !stream_->out.empty() && stream_->out.data() != stream_->kept.data() + (stream_->kept.size() - stream_->out.size());
    if (borrowed) drop_output();
    const bool whole = !stream_->out_dropped && (stream_->out_ended || stream_->out_last);
    // An upstream is told at once that nobody waits for its answer, or that it came before all of the request.
    const bool wanted = session.role() == H2Session::Role::server ? whole : whole && stream_->in_ended && stream_->out_sent;
    if (!wanted) session.reset(*stream_, H2Reset::cancel);
    session.consumed(*stream_, lent_.size());
    session.leave(*stream_);
    connection_->flush_soon();
}

void H2Channel::attach(H2StreamPtr stream) {
    stream_ = std::move(stream);
    stream_->owner = this;
}

void H2Channel::on_expired() {
    input_.signal();
    output_.signal();
}

void H2Channel::interrupt() {
    interrupted_ = true;
    on_expired();
}

void H2Channel::stop_waiting() {
    stopped_ = cut_ = true;
    on_expired();
}

/// What was given to send is not there any more: the stream can only be reset.
void H2Channel::drop_output() {
    stream_->out = {};
    stream_->out_dropped = true;
}

void H2Channel::reset(H2Reset why) {
    if (!stream_) return;
    connection_->session().reset(*stream_, why);
    connection_->flush_soon();
    interrupt();
}

Fault H2Channel::failed() const {
    if (has_expired() && !interrupted_ && !(stream_ && stream_->closed)) return fault(faults_.timeout, "the peer took longer than its deadline");
    if (stream_ && stream_->closed && stream_->error != 0)
        return fault(faults_.gone, "the HTTP/2 stream was reset with error " + std::to_string(stream_->error));
    return fault(faults_.gone, "the HTTP/2 stream ended early");
}

Task<void> H2Channel::wait(Event& event) {
    ++waiting_;
    set(allowed_);
    co_await event.wait();
    if (--waiting_ == 0 && !has_expired()) clear();
}

Task<Status> H2Channel::await_greeting() {
    connection_->tell_greeting(input_);
    bool late = false;
    while (!connection_->session().greeted() && !connection_->lost() && !interrupted_ && !late) {
        co_await wait(input_);
        late = has_expired();
    }
    connection_->take_back(input_);
    if (connection_->session().greeted() && !connection_->lost() && !interrupted_) co_return Status{};
    co_return failed();
}

Task<Status> H2Channel::await_head() {
    while (!stream_->has_head) {
        if (stream_->closed || interrupted_) co_return failed();
        co_await wait(input_);
        if (has_expired() && !stream_->has_head) co_return failed();
    }
    co_return Status{};
}

/// Opens the windows by what the reader has used.
void H2Channel::give_back() {
    if (lent_.empty()) return;
    connection_->session().consumed(*stream_, lent_.size());
    lent_.clear();
    if (connection_->session().wants_output()) connection_->flush_soon();
}

std::optional<Result<Chunk>> H2Channel::ready() {
    give_back();
    Chunk chunk;
    if (!stream_->in.empty()) {
        lent_.swap(stream_->in);
        chunk.bytes = lent_;
    }
    chunk.last = stream_->in_ended;
    if (chunk.last || !chunk.bytes.empty()) return Result<Chunk>(chunk);
    if (stream_->closed || interrupted_ || stopped_) return Result<Chunk>(failed());
    return std::nullopt;
}

Task<Result<Chunk>> H2Channel::next() {
    for (;;) {
        auto here = ready();
        if (here) co_return *here;
        before_body();
        co_await wait(input_);
        if (has_expired() && stream_->in.empty() && !stream_->in_ended) co_return failed();
    }
}

void H2Channel::keep(std::string_view bytes, bool last) {
    stream_->kept.assign(bytes);
    stream_->out = stream_->kept;
    stream_->out_last = last;
}

Task<Status> H2Channel::send(std::string_view bytes, bool last) {
    if (stream_->closed || interrupted_ || stream_->out_dropped) co_return failed();
    cut_ = false;
    if (last && bytes.size() <= most_kept) {
        keep(bytes, true);
        connection_->session().resume(*stream_);
        connection_->flush_soon();
        co_return Status{};
    }
    stream_->out = bytes;
    stream_->out_last = last;
    connection_->session().resume(*stream_);
    connection_->flush();
    while (!stream_->out.empty()) {
        if (stream_->closed || interrupted_ || cut_) break;
        const auto before = stream_->out.size();
        co_await wait(output_);
        // A peer that takes its time, but takes, is not late.
        if (has_expired() && stream_->out.size() == before) break;
    }
    const bool open = !stream_->closed && !interrupted_;
    const bool whole = last && stream_->out_ended && stream_->error == 0;
    if (stream_->out.empty() && (open || whole)) co_return Status{};
    if (!stream_->out.empty()) drop_output();
    co_return failed();
}

Task<Status> H2Channel::send_trailers(const Fields& trailers) {
    stream_->out_trailers = trailers;
    return send({}, true);
}

}  // namespace bordergate

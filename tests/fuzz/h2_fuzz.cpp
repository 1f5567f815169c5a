// HTTP/2 sessions on arbitrary bytes, as server and as client, with owners that consume, answer, reset and leave as the
// input says: nothing crashes, nothing is buffered beyond the windows, and no stream that failed looks whole.
#include <cstdlib>
#include <deque>
#include <string>

#include "proxy/http/h2_head.hpp"
#include "proxy/http/h2_session.hpp"

using namespace bordergate;

namespace {

constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

class Owner final : public H2StreamOwner {
  public:
    /// The request may have ended before anybody owned it.
    explicit Owner(H2StreamPtr held) : stream(std::move(held)), ended_(stream->in_ended) { stream->owner = this; }
    void input_came() override {
        if (stream->closed && stream->error != 0 && !ended_) failed_ = true;
        if (stream->in_ended && failed_) std::abort();
        ended_ = ended_ || stream->in_ended;
    }
    void output_left() override {}
    H2StreamPtr stream;
    std::string out;

  private:
    bool ended_, failed_ = false;
};

class Driver {
  public:
    Driver(H2Session::Role role, const H2Bounds& bounds) : session_(role, bounds), bounds_(bounds) {}
    ~Driver() {
        for (auto& one : owners_) leave(*one);
    }
    Driver(const Driver&) = delete;
    Driver& operator=(const Driver&) = delete;

    void receive(std::string_view bytes) {
        (void)session_.receive(bytes);
        for (auto& stream : session_.arrivals()) own(std::move(stream));
        for (const auto& one : owners_)
            if (one->stream->in.size() > bounds_.stream_window + 64 * 1024) std::abort();
    }

    void act(unsigned char how) {
        if ((how & 7U) == 7U && session_.role() == H2Session::Role::client) ask();
        if (!owners_.empty()) act_on(*owners_[how / 16U % owners_.size()], how);
        if ((how & 0x80U) == 0) {
            std::string out;
            session_.produce(out, how & 0x40U ? 64 * 1024 : 50);
        }
    }

    void ask() {
        RequestHead head;
        head.method = "POST";
        head.scheme = "http";
        head.authority = "a";
        head.path = "/";
        if (!session_.has_room()) return;
        auto opened = session_.request(head, BodyLength::streamed(), false);
        if (opened.has_value()) own(std::move(*opened));
    }

  private:
    void own(H2StreamPtr stream) {
        owners_.push_back(std::make_unique<Owner>(std::move(stream)));
        auto block = owners_.back()->stream->head;
        RequestHead head;
        if (session_.role() == H2Session::Role::server) (void)gate_h2_request(block, false, owners_.back()->stream->in_ended, head);
    }
    void leave(Owner& one) {
        if (!one.stream->out.empty()) {
            one.stream->out = {};
            one.stream->out_dropped = true;
        }
        if (!one.stream->out_ended) session_.reset(*one.stream, H2Reset::cancel);
        session_.leave(*one.stream);
    }
    void act_on(Owner& one, unsigned char how) {
        auto& stream = *one.stream;
        switch (how & 7U) {
            case 0: session_.consumed(stream, std::exchange(stream.in, {}).size()); break;
            case 1:
                if (session_.role() == H2Session::Role::server && !answered(stream)) respond(stream);
                break;
            case 2:
                if (!stream.closed && stream.out.empty() && !stream.out_last) {
                    one.out.assign(how * 100U, 'x');
                    stream.out = one.out;
                    stream.out_last = (how & 8U) != 0;
                    session_.resume(stream);
                }
                break;
            case 3: session_.reset(stream, H2Reset::internal_error); break;
            case 4:
                leave(one);
                std::erase_if(owners_, [&one](const auto& held) { return held.get() == &one; });
                break;
            case 5: session_.inform(stream, 100); break;
            case 6:
                if (how > 0xf0) session_.drain();
                break;
            default: break;
        }
    }
    bool answered(const H2Stream& stream) const { return std::find(answered_.begin(), answered_.end(), stream.id) != answered_.end(); }
    void respond(H2Stream& stream) {
        answered_.push_back(stream.id);
        ResponseHead head;
        head.status = 200;
        if (stream.id % 4 == 1) stream.out_trailers.add("t", "1");
        session_.respond(stream, head, BodyLength::streamed(), false);
    }

    H2Session session_;
    H2Bounds bounds_;
    std::deque<std::unique_ptr<Owner>> owners_;
    std::vector<std::int32_t> answered_;
};

}  // namespace

/// The first byte says who is under test; then follow pieces: a length, what the owners do, the bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    H2Bounds bounds;
    bounds.head_bytes = 2048;
    bounds.streams = 8;
    const bool server = (data[0] & 1U) == 0;
    Driver driver(server ? H2Session::Role::server : H2Session::Role::client, bounds);
    if (server && (data[0] & 2U) == 0) driver.receive(preface);
    if (!server) {
        driver.ask();
        driver.ask();
        driver.act(0x40);
    }
    std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
    while (rest.size() > 2) {
        const auto length = std::min<std::size_t>(static_cast<unsigned char>(rest[0]) + 1U, rest.size() - 2);
        const auto how = static_cast<unsigned char>(rest[1]);
        driver.receive(rest.substr(2, length));
        driver.act(how);
        rest.remove_prefix(2 + length);
    }
    return 0;
}

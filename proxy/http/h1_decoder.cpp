#include "proxy/http/h1_decoder.hpp"

#include <algorithm>

namespace bordergate {

Status H1Decoder::request(std::string_view bytes, RequestHead& head, std::string& target) {
    forget();
    const auto framing = gate_request(bytes, head, target);
    if (framing.has_error()) return framing.error();
    begin(*framing, false);
    return {};
}

Status H1Decoder::response(std::string_view bytes, ResponseHead& head, bool to_head_request) {
    forget();
    const auto framing = gate_response(bytes, head);
    if (framing.has_error()) return framing.error();
    begin(*framing, to_head_request || head.status < 200 || head.status == 204 || head.status == 304);
    return {};
}

void H1Decoder::forget() {
    framing_ = Framing{};
    left_ = 0;
    chunks_.reset();
    begun_ = bodiless_ = false;
}

void H1Decoder::begin(const Framing& framing, bool bodiless) {
    framing_ = framing;
    begun_ = true;
    bodiless_ = bodiless;
    left_ = framing.content_length.value_or(0);
    if (framing.chunked && !bodiless) chunks_ = std::make_unique<ChunkDecoder>(requests_ ? Code::framing_invalid : Code::upstream_invalid);
}

BodyLength H1Decoder::length() const {
    if (bodiless_) return BodyLength::none();
    if (framing_.chunked) return BodyLength::streamed();
    if (framing_.content_length) return BodyLength::exact(*framing_.content_length);
    return requests_ ? BodyLength::none() : BodyLength::streamed();
}

bool H1Decoder::done() const {
    if (bodiless_) return true;
    if (!begun_ || until_close()) return false;
    return framing_.chunked ? !chunks_ || chunks_->done() : left_ == 0;
}

const Fields& H1Decoder::trailers() const {
    static const Fields none;
    return chunks_ ? chunks_->trailers() : none;
}

Result<BodyStep> H1Decoder::body(std::string_view bytes) {
    if (chunks_) return chunks_->next(bytes);
    BodyStep step;
    step.consumed = until_close() ? bytes.size() : std::min<std::uint64_t>(left_, bytes.size());
    step.bytes = bytes.substr(0, step.consumed);
    if (until_close()) return step;
    left_ -= step.consumed;
    step.done = left_ == 0;
    return step;
}

}  // namespace bordergate

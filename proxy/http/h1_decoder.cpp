#include "proxy/http/h1_decoder.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <optional>

namespace bordergate {

namespace {

namespace http = boost::beast::http;
using ErrorCode = boost::beast::error_code;
using BeastView = boost::beast::string_view;

std::string_view view(BeastView text) { return {text.data(), text.size()}; }

/// True for the beginning of a last chunk of which too little is here. Beast 1.81 asserts that it is given five bytes
/// of one once it has seen its size line (found by fuzzing).
bool is_short_last_chunk(std::string_view bytes) {
    if (bytes.size() >= 5) return false;
    if (bytes.starts_with("\r\n")) bytes.remove_prefix(2);
    constexpr std::string_view hex_digits = "0123456789abcdefABCDEF";
    const auto rest = bytes.find_first_not_of('0');
    return bytes.starts_with('0') && (rest == std::string_view::npos || hex_digits.find(bytes[rest]) == std::string_view::npos);
}

/// Beast's parser, writing straight into our head and handing body bytes on without a copy.
template <bool isRequest>
class Parser final : public http::basic_parser<isRequest> {
  public:
    using Head = std::conditional_t<isRequest, RequestHead, ResponseHead>;
    explicit Parser(Head& head) : head_(&head) {}

    std::string* target = nullptr;
    Fields trailers;
    std::string_view piece;

  private:
    void on_request_impl(http::verb, BeastView method, BeastView path, int, ErrorCode&) override {
        if constexpr (isRequest) {
            head_->method.assign(method.data(), method.size());
            target->assign(path.data(), path.size());
        }
    }
    void on_response_impl(int code, BeastView reason, int, ErrorCode&) override {
        if constexpr (!isRequest) {
            head_->status = static_cast<unsigned>(code);
            head_->reason.assign(reason.data(), reason.size());
        }
    }
    void on_field_impl(http::field, BeastView name, BeastView value, ErrorCode&) override {
        (in_trailers_ ? trailers : head_->fields).add(view(name), view(value));
    }
    void on_header_impl(ErrorCode&) override { in_trailers_ = true; }
    void on_body_init_impl(boost::optional<std::uint64_t> const&, ErrorCode&) override {}
    std::size_t on_body_impl(BeastView body, ErrorCode&) override {
        piece = view(body);
        return body.size();
    }
    // Chunk extensions carry nothing that may cross a border: dropped here, always.
    void on_chunk_header_impl(std::uint64_t, BeastView, ErrorCode&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, BeastView body, ErrorCode&) override {
        piece = view(body);
        return body.size();
    }
    void on_finish_impl(ErrorCode&) override {}

    Head* head_;
    bool in_trailers_ = false;
};

template <bool isRequest>
class Decoder final : public H1Decoder {
  public:
    Status request(std::string_view bytes, RequestHead& head, std::string& target) override {
        if constexpr (isRequest) {
            auto framing = gate_request(bytes);
            if (framing.has_error()) return framing.error();
            framing_ = *framing;
            head.clear();
            parser_.emplace(head);
            parser_->target = &target;
            return parse(bytes);
        } else {
            return fault(Code::internal, "a response decoder was given a request");
        }
    }

    Status response(std::string_view bytes, ResponseHead& head, bool to_head_request) override {
        if constexpr (!isRequest) {
            auto framing = gate_response(bytes);
            if (framing.has_error()) return framing.error();
            framing_ = *framing;
            head.clear();
            parser_.emplace(head);
            if (to_head_request) parser_->skip(true);
            const Status parsed = parse(bytes);
            if (parsed.has_error()) return parsed;
            bodiless_ = to_head_request || head.status < 200 || head.status == 204 || head.status == 304;
            return parsed;
        } else {
            return fault(Code::internal, "a request decoder was given a response");
        }
    }

    BodyLength length() const override {
        if (bodiless_) return BodyLength::none();
        if (framing_.chunked) return BodyLength::streamed();
        if (framing_.content_length) return BodyLength::exact(*framing_.content_length);
        return isRequest ? BodyLength::none() : BodyLength::streamed();
    }

    const Framing& framing() const override { return framing_; }
    bool until_close() const override {
        return !isRequest && !bodiless_ && !framing_.chunked && !framing_.content_length;
    }
    bool done() const override {
        return bodiless_ || (parser_ && !until_close() && parser_->is_done());
    }
    const Fields& trailers() const override { return parser_->trailers; }

    Result<BodyStep> body(std::string_view bytes) override {
        BodyStep step;
        if (until_close()) {
            step.bytes = bytes;
            step.consumed = bytes.size();
            return step;
        }
        if (framing_.chunked && is_short_last_chunk(bytes)) return step;
        parser_->piece = {};
        ErrorCode error;
        step.consumed = parser_->put(boost::asio::buffer(bytes.data(), bytes.size()), error);
        if (error && error != http::error::need_more) return invalid(error.message());
        step.bytes = parser_->piece;
        step.done = parser_->is_done();
        return step;
    }

  private:
    static Fault invalid(const std::string& why) {
        return fault(isRequest ? Code::framing_invalid : Code::upstream_invalid, why);
    }

    Status parse(std::string_view bytes) {
        bodiless_ = false;
        parser_->header_limit(std::numeric_limits<std::uint32_t>::max());  // bounded by the reader
        parser_->body_limit(boost::none);
        ErrorCode error;
        // Without eager() one put takes one element: first the head as a whole, as the gate has seen it.
        const auto used = parser_->put(boost::asio::buffer(bytes.data(), bytes.size()), error);
        if (error) return invalid(error.message());
        if (!parser_->is_header_done() || used != bytes.size()) return invalid("the head is not one message");
        return {};
    }

    std::optional<Parser<isRequest>> parser_;
    Framing framing_;
    bool bodiless_ = false;
};

}  // namespace

std::unique_ptr<H1Decoder> H1Decoder::for_requests() { return std::make_unique<Decoder<true>>(); }
std::unique_ptr<H1Decoder> H1Decoder::for_responses() { return std::make_unique<Decoder<false>>(); }

}  // namespace bordergate

#include "proxy/http/chunk_decoder.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace bordergate {

namespace {

namespace http = boost::beast::http;
using ErrorCode = boost::beast::error_code;
using BeastView = boost::beast::string_view;

std::string_view view(BeastView text) { return {text.data(), text.size()}; }

/// Beast reads chunks only after a head. The gate has read the real one; this stands in for it.
constexpr std::string_view stand_in = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";

/// True for the beginning of a last chunk of which too little is here. Beast 1.81 asserts that it is given five bytes
/// of one once it has seen its size line (found by fuzzing).
bool is_short_last_chunk(std::string_view bytes) {
    if (bytes.size() >= 5) return false;
    if (bytes.starts_with("\r\n")) bytes.remove_prefix(2);
    constexpr std::string_view hex_digits = "0123456789abcdefABCDEF";
    const auto rest = bytes.find_first_not_of('0');
    return bytes.starts_with('0') && (rest == std::string_view::npos || hex_digits.find(bytes[rest]) == std::string_view::npos);
}

}  // namespace

/// Beast's parser, handing body bytes on without a copy.
class ChunkDecoder::Parser final : public http::basic_parser<true> {
  public:
    Fields trailers;
    std::string_view piece;

    Parser() {
        header_limit(std::numeric_limits<std::uint32_t>::max());  // of trailers: bounded by the reader
        body_limit(boost::none);
        ErrorCode error;
        // Without eager() one put takes one element: the head, as a whole.
        put(boost::asio::buffer(stand_in.data(), stand_in.size()), error);
        in_trailers_ = true;
    }

  private:
    void on_request_impl(http::verb, BeastView, BeastView, int, ErrorCode&) override {}
    void on_response_impl(int, BeastView, int, ErrorCode&) override {}
    void on_field_impl(http::field, BeastView name, BeastView value, ErrorCode&) override {
        if (in_trailers_) trailers.add(view(name), view(value));
    }
    void on_header_impl(ErrorCode&) override {}
    void on_body_init_impl(boost::optional<std::uint64_t> const&, ErrorCode&) override {}
    std::size_t on_body_impl(BeastView body, ErrorCode&) override { return body.size(); }
    // Chunk extensions carry nothing that may cross a border: dropped here, always.
    void on_chunk_header_impl(std::uint64_t, BeastView, ErrorCode&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, BeastView body, ErrorCode&) override {
        piece = view(body);
        return body.size();
    }
    void on_finish_impl(ErrorCode&) override {}

    bool in_trailers_ = false;
};

ChunkDecoder::ChunkDecoder(Code broken) : parser_(std::make_unique<Parser>()), broken_(broken) {}
ChunkDecoder::~ChunkDecoder() = default;

Result<BodyStep> ChunkDecoder::next(std::string_view bytes) {
    BodyStep step;
    if (is_short_last_chunk(bytes)) return step;
    parser_->piece = {};
    ErrorCode error;
    step.consumed = parser_->put(boost::asio::buffer(bytes.data(), bytes.size()), error);
    if (error && error != http::error::need_more) return fault(broken_, error.message());
    step.bytes = parser_->piece;
    step.done = parser_->is_done();
    return step;
}

bool ChunkDecoder::done() const { return parser_->is_done(); }
const Fields& ChunkDecoder::trailers() const { return parser_->trailers; }

}  // namespace bordergate

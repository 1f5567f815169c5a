#include "filters/body/grpc_coding.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <memory>

namespace bordergate {

GrpcCoding grpc_coding(std::string_view name) {
    if (name.empty() || name == "identity") return GrpcCoding::identity;
    if (name == "gzip") return GrpcCoding::gzip;
    return name == "deflate" ? GrpcCoding::deflate : GrpcCoding::unknown;
}

Status inflate_message(GrpcCoding coding, std::string_view bytes, std::size_t most, std::string& out) {
    constexpr int window = 15, gzip_header = 16;
    constexpr std::size_t step = 16 * 1024;
    if (bytes.size() > std::numeric_limits<uInt>::max()) return fault(Code::body_too_large, "a compressed message is too long");
    z_stream stream{};
    if (inflateInit2(&stream, coding == GrpcCoding::gzip ? window + gzip_header : window) != Z_OK) return fault(Code::internal, "no memory to decompress a message");
    const std::unique_ptr<z_stream, decltype(&inflateEnd)> ends(&stream, inflateEnd);
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));  // zlib only reads it
    stream.avail_in = static_cast<uInt>(bytes.size());
    const std::size_t before = out.size();
    for (int state = Z_OK; state != Z_STREAM_END;) {
        const std::size_t written = out.size() - before;
        // One byte beyond the bound tells a message of just that length from a longer one.
        const std::size_t room = std::min(step, most + 1 - written);
        out.resize(out.size() + room);
        stream.next_out = reinterpret_cast<Bytef*>(out.data() + out.size() - room);
        stream.avail_out = static_cast<uInt>(room);
        state = inflate(&stream, Z_NO_FLUSH);
        out.resize(out.size() - stream.avail_out);
        if (out.size() - before > most) return fault(Code::body_too_large, "a compressed message is longer than " + std::to_string(most) + " bytes");
        if (state != Z_OK && state != Z_STREAM_END) return fault(Code::body_invalid, "a compressed message is damaged");
    }
    // What follows one reader ignores and another reads on.
    if (stream.avail_in != 0) return fault(Code::body_invalid, "something follows the end of a compressed message");
    return {};
}

}  // namespace bordergate

#include "filters/body/coder.hpp"

#include <brotli/decode.h>
#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>

#include <array>
#include <new>
#include <string>

namespace bordergate {

namespace {

constexpr std::size_t step = 32 * 1024;
/// Decoders of HTTP need take no larger window (RFC 9659).
constexpr int longest_zstd_window = 23;
constexpr int gzip_header = 16;
// Little memory and little time: what is coded here was coded before, and goes no further than one hop.
constexpr int deflate_level = 4, zstd_level = 1, brotli_quality = 3, brotli_window = 18;

Fault damaged() { return fault(Code::body_invalid, "the body is not what its content-encoding says"); }
Fault cut_off() { return fault(Code::body_invalid, "the coded body ends in the middle"); }
Bytef* bytes_of(std::string_view text) { return reinterpret_cast<Bytef*>(const_cast<char*>(text.data())); }

/// gzip, and deflate with its zlib header or, as many send it, without.
class Inflate final : public Coder {
  public:
    explicit Inflate(bool gzip) : gzip_(gzip) {
        if (gzip_) begin(15 + gzip_header);
    }
    ~Inflate() override {
        if (begun_) inflateEnd(&stream_);
    }
    Inflate(const Inflate&) = delete;
    Inflate& operator=(const Inflate&) = delete;

    Status feed(std::string_view in, const Sink& sink) override {
        if (begun_) return run(in, sink);
        first_.append(in);
        if (first_.size() < 2) return {};
        const unsigned head = static_cast<unsigned>(static_cast<unsigned char>(first_[0])) << 8 | static_cast<unsigned char>(first_[1]);
        begin((head >> 8 & 0x0f) == Z_DEFLATED && head % 31 == 0 ? 15 : -15);
        return run(first_, sink);
    }
    Status finish(const Sink&) override { return ended_ ? Status{} : Status(cut_off()); }

  private:
    void begin(int window) {
        if (inflateInit2(&stream_, window) != Z_OK) throw std::bad_alloc();
        begun_ = true;
    }
    Status run(std::string_view in, const Sink& sink) {
        std::array<char, step> piece;
        stream_.next_in = bytes_of(in);
        stream_.avail_in = static_cast<uInt>(in.size());
        do {
            if (ended_) {
                // Another member may follow (RFC 1952, 2.2), and nothing else.
                if (stream_.avail_in == 0) return {};
                if (!gzip_ || inflateReset(&stream_) != Z_OK) return damaged();
                ended_ = false;
            }
            stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
            stream_.avail_out = static_cast<uInt>(piece.size());
            const int done = inflate(&stream_, Z_NO_FLUSH);
            if (done != Z_OK && done != Z_STREAM_END && done != Z_BUF_ERROR) return damaged();
            const Status taken = sink({piece.data(), piece.size() - stream_.avail_out});
            if (taken.has_error()) return taken;
            ended_ = done == Z_STREAM_END;
        } while (stream_.avail_in > 0 || stream_.avail_out == 0);
        return {};
    }

    z_stream stream_{};
    std::string first_;
    const bool gzip_;
    bool begun_ = false, ended_ = false;
};

class Deflate final : public Coder {
  public:
    explicit Deflate(bool gzip) {
        if (deflateInit2(&stream_, deflate_level, Z_DEFLATED, 15 + (gzip ? gzip_header : 0), 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc();
    }
    ~Deflate() override { deflateEnd(&stream_); }
    Deflate(const Deflate&) = delete;
    Deflate& operator=(const Deflate&) = delete;
    Status feed(std::string_view in, const Sink& sink) override { return run(in, Z_NO_FLUSH, sink); }
    Status finish(const Sink& sink) override { return run({}, Z_FINISH, sink); }

  private:
    Status run(std::string_view in, int flush, const Sink& sink) {
        std::array<char, step> piece;
        stream_.next_in = bytes_of(in);
        stream_.avail_in = static_cast<uInt>(in.size());
        do {
            stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
            stream_.avail_out = static_cast<uInt>(piece.size());
            if (::deflate(&stream_, flush) == Z_STREAM_ERROR) return fault(Code::internal, "a body could not be coded");
            const Status taken = sink({piece.data(), piece.size() - stream_.avail_out});
            if (taken.has_error()) return taken;
        } while (stream_.avail_out == 0);
        return {};
    }
    z_stream stream_{};
};

class BrotliDecode final : public Coder {
  public:
    BrotliDecode() : state_(BrotliDecoderCreateInstance(nullptr, nullptr, nullptr)) {
        if (!state_) throw std::bad_alloc();
    }
    ~BrotliDecode() override { BrotliDecoderDestroyInstance(state_); }
    BrotliDecode(const BrotliDecode&) = delete;
    BrotliDecode& operator=(const BrotliDecode&) = delete;

    Status feed(std::string_view in, const Sink& sink) override {
        std::array<std::uint8_t, step> piece;
        const auto* next = reinterpret_cast<const std::uint8_t*>(in.data());
        std::size_t left = in.size();
        for (;;) {
            if (ended_) return left == 0 ? Status{} : Status(damaged());
            std::uint8_t* out = piece.data();
            std::size_t room = piece.size();
            const auto done = BrotliDecoderDecompressStream(state_, &left, &next, &room, &out, nullptr);
            if (done == BROTLI_DECODER_RESULT_ERROR) return damaged();
            const Status taken = sink({reinterpret_cast<const char*>(piece.data()), piece.size() - room});
            if (taken.has_error()) return taken;
            ended_ = done == BROTLI_DECODER_RESULT_SUCCESS;
            if (done == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT) return {};
        }
    }
    Status finish(const Sink&) override { return ended_ ? Status{} : Status(cut_off()); }

  private:
    BrotliDecoderState* state_;
    bool ended_ = false;
};

class BrotliEncode final : public Coder {
  public:
    BrotliEncode() : state_(BrotliEncoderCreateInstance(nullptr, nullptr, nullptr)) {
        if (!state_) throw std::bad_alloc();
        BrotliEncoderSetParameter(state_, BROTLI_PARAM_QUALITY, brotli_quality);
        BrotliEncoderSetParameter(state_, BROTLI_PARAM_LGWIN, brotli_window);
    }
    ~BrotliEncode() override { BrotliEncoderDestroyInstance(state_); }
    BrotliEncode(const BrotliEncode&) = delete;
    BrotliEncode& operator=(const BrotliEncode&) = delete;
    Status feed(std::string_view in, const Sink& sink) override { return run(in, BROTLI_OPERATION_PROCESS, sink); }
    Status finish(const Sink& sink) override { return run({}, BROTLI_OPERATION_FINISH, sink); }

  private:
    Status run(std::string_view in, BrotliEncoderOperation operation, const Sink& sink) {
        std::array<std::uint8_t, step> piece;
        const auto* next = reinterpret_cast<const std::uint8_t*>(in.data());
        std::size_t left = in.size();
        do {
            std::uint8_t* out = piece.data();
            std::size_t room = piece.size();
            if (!BrotliEncoderCompressStream(state_, operation, &left, &next, &room, &out, nullptr)) return fault(Code::internal, "a body could not be coded");
            const Status taken = sink({reinterpret_cast<const char*>(piece.data()), piece.size() - room});
            if (taken.has_error()) return taken;
        } while (left > 0 || BrotliEncoderHasMoreOutput(state_) != BROTLI_FALSE);
        return {};
    }
    BrotliEncoderState* state_;
};

class ZstdDecode final : public Coder {
  public:
    ZstdDecode() : state_(ZSTD_createDCtx()) {
        if (!state_) throw std::bad_alloc();
        ZSTD_DCtx_setParameter(state_, ZSTD_d_windowLogMax, longest_zstd_window);
    }
    ~ZstdDecode() override { ZSTD_freeDCtx(state_); }
    ZstdDecode(const ZstdDecode&) = delete;
    ZstdDecode& operator=(const ZstdDecode&) = delete;

    Status feed(std::string_view in, const Sink& sink) override {
        std::array<char, step> piece;
        ZSTD_inBuffer from{in.data(), in.size(), 0};
        bool full = false;
        while (from.pos < from.size || full) {
            ZSTD_outBuffer to{piece.data(), piece.size(), 0};
            const auto left = ZSTD_decompressStream(state_, &to, &from);
            if (ZSTD_isError(left) != 0) return damaged();
            const Status taken = sink({piece.data(), to.pos});
            if (taken.has_error()) return taken;
            full = to.pos == to.size && left != 0;
            between_ = left == 0;
            any_ = true;
        }
        return {};
    }
    Status finish(const Sink&) override { return any_ && between_ ? Status{} : Status(cut_off()); }

  private:
    ZSTD_DCtx* state_;
    bool between_ = false, any_ = false;  ///< between frames; something came
};

class ZstdEncode final : public Coder {
  public:
    ZstdEncode() : state_(ZSTD_createCCtx()) {
        if (!state_) throw std::bad_alloc();
        ZSTD_CCtx_setParameter(state_, ZSTD_c_compressionLevel, zstd_level);
    }
    ~ZstdEncode() override { ZSTD_freeCCtx(state_); }
    ZstdEncode(const ZstdEncode&) = delete;
    ZstdEncode& operator=(const ZstdEncode&) = delete;
    Status feed(std::string_view in, const Sink& sink) override { return run(in, ZSTD_e_continue, sink); }
    Status finish(const Sink& sink) override { return run({}, ZSTD_e_end, sink); }

  private:
    Status run(std::string_view in, ZSTD_EndDirective end, const Sink& sink) {
        std::array<char, step> piece;
        ZSTD_inBuffer from{in.data(), in.size(), 0};
        for (;;) {
            ZSTD_outBuffer to{piece.data(), piece.size(), 0};
            const auto left = ZSTD_compressStream2(state_, &to, &from, end);
            if (ZSTD_isError(left) != 0) return fault(Code::internal, "a body could not be coded");
            const Status taken = sink({piece.data(), to.pos});
            if (taken.has_error()) return taken;
            if (end == ZSTD_e_end ? left == 0 : from.pos == from.size) return {};
        }
    }
    ZSTD_CCtx* state_;
};

}  // namespace

std::unique_ptr<Coder> make_decoder(ContentCoding coding) {
    switch (coding) {
        case ContentCoding::gzip: return std::make_unique<Inflate>(true);
        case ContentCoding::deflate: return std::make_unique<Inflate>(false);
        case ContentCoding::br: return std::make_unique<BrotliDecode>();
        case ContentCoding::zstd: break;
    }
    return std::make_unique<ZstdDecode>();
}

std::unique_ptr<Coder> make_encoder(ContentCoding coding) {
    switch (coding) {
        case ContentCoding::gzip: return std::make_unique<Deflate>(true);
        case ContentCoding::deflate: return std::make_unique<Deflate>(false);
        case ContentCoding::br: return std::make_unique<BrotliEncode>();
        case ContentCoding::zstd: break;
    }
    return std::make_unique<ZstdEncode>();
}

}  // namespace bordergate

// Frames of an event stream on arbitrary bytes: which are found does not depend on how reads split them, each is written again
// as it was read, and with another payload it is a frame too. The input is either a stream, or headers and payloads that
// are framed first: no fuzzer guesses two checksums.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "filters/body/aws_chunk.hpp"
#include "filters/body/aws_frames.hpp"

using namespace bordergate;

namespace {

constexpr std::size_t longest = 4096;

/// Every frame in brackets, and the fault.
std::string read(std::string_view stream, std::size_t step) {
    AwsFrameReader reader(longest);
    std::string said;
    while (!stream.empty()) {
        const std::string piece(stream.substr(0, step));
        std::string_view in = piece;
        stream.remove_prefix(piece.size());
        for (;;) {
            const auto frame = reader.next(in);
            if (frame.has_error()) return said + frame.error().detail;
            if (!*frame) break;
            said.append("[").append((*frame)->bytes()).append("]");
        }
        if (!in.empty() || reader.held() > longest) std::abort();
    }
    const Status ended = reader.finish();
    return ended.has_error() ? said + ended.error().detail : said;
}

void write_again(std::string_view stream) {
    AwsFrameReader reader(longest);
    for (;;) {
        const auto frame = reader.next(stream);
        if (frame.has_error() || !*frame) return;
        std::string same, other;
        if (append_with_payload(**frame, (*frame)->payload(), same).has_error() || same != (*frame)->bytes()) std::abort();
        if (append_with_payload(**frame, "other", other).has_error()) std::abort();
        AwsFrameReader again(longest + 8);
        std::string_view in = other;
        const auto changed = again.next(in);
        if (changed.has_error() || !*changed || (*changed)->payload() != "other" || (*changed)->headers() != (*frame)->headers()) std::abort();
        if ((*changed)->event_type() != (*frame)->event_type()) std::abort();
        if (const auto said = read_aws_chunk((*frame)->payload()); said.has_value()) {
            const auto written = write_aws_chunk((*frame)->payload(), *said);
            if (written.has_error() || read_aws_chunk(*written).value() != *said) std::abort();
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t step = 1U + data[1] % 32U;
    std::string stream;
    if ((data[0] & 1U) != 0) {
        stream = input.substr(2);
    } else {
        input.remove_prefix(2);
        while (input.size() > 2) {
            const std::size_t headers = static_cast<unsigned char>(input[0]) % 64U, payload = static_cast<unsigned char>(input[1]);
            input.remove_prefix(2);
            const auto front = input.substr(0, headers);
            input.remove_prefix(front.size());
            const auto rest = input.substr(0, payload);
            input.remove_prefix(rest.size());
            if (append_aws_frame(front, rest, stream).has_error()) std::abort();
        }
    }
    const auto whole = read(stream, stream.size() + 1);
    if (read(stream, step) != whole || read(stream, 1) != whole) std::abort();
    write_again(stream);
    return 0;
}

#include "filters/body/aws_frames.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <vector>

namespace bordergate {

namespace {

// Both lengths and their checksum come first; the checksum of the whole frame comes last.
constexpr std::size_t lengths_size = 8, prelude_size = 12, checksum_size = 4, least_frame = prelude_size + checksum_size;
/// An honest frame has a handful; more would make looking for doubles slow.
constexpr std::size_t most_headers = 64;
constexpr std::size_t kept_memory = 64 << 10;  ///< that one long frame may leave allocated

Fault invalid(const char* why) { return fault(Code::upstream_invalid, std::string("a frame of the event stream ") + why); }

std::uint32_t checksum(std::string_view bytes) {
    return static_cast<std::uint32_t>(::crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

std::uint32_t number(std::string_view bytes) {
    std::uint32_t value = 0;
    for (unsigned char byte : bytes) value = value << 8 | byte;
    return value;
}

void append_number(std::uint32_t value, std::size_t size, std::string& out) {
    for (std::size_t shift = size * 8; shift > 0; shift -= 8) out += static_cast<char>(value >> (shift - 8) & 0xff);
}

/// Bytes of a value, by its type; those of unknown length say it in two bytes before them.
constexpr std::size_t unknown_length = ~std::size_t{0};
constexpr std::array<std::size_t, 10> value_sizes{0, 0, 1, 2, 4, 8, unknown_length, unknown_length, 8, 16};

/// Takes a header off the front of `rest`; nothing if there is no sound one.
std::optional<AwsHeader> take_header(std::string_view& rest) {
    const auto take = [&rest](std::size_t size) -> std::optional<std::string_view> {
        if (rest.size() < size) return std::nullopt;
        const auto taken = rest.substr(0, size);
        rest.remove_prefix(size);
        return taken;
    };
    const auto name_size = take(1);
    const auto name = name_size ? take(number(*name_size)) : std::nullopt;
    const auto type = name ? take(1) : std::nullopt;
    if (!type || name->empty() || number(*type) >= value_sizes.size()) return std::nullopt;
    std::size_t size = value_sizes[number(*type)];
    if (size == unknown_length) {
        const auto length = take(2);
        if (!length) return std::nullopt;
        size = number(*length);
    }
    const auto value = take(size);
    if (!value) return std::nullopt;
    return AwsHeader{*name, static_cast<AwsHeaderType>(number(*type)), *value};
}

Status check_headers(std::string_view rest) {
    std::vector<std::string_view> names;
    while (!rest.empty()) {
        const auto header = take_header(rest);
        if (!header) return invalid("has malformed headers");
        if (names.size() == most_headers) return invalid("has too many headers");
        if (std::find(names.begin(), names.end(), header->name) != names.end()) return invalid("has two headers of one name");
        names.push_back(header->name);
    }
    return {};
}

/// What the prelude says, once it is whole and true: the frame's size.
Result<std::size_t> check_prelude(std::string_view prelude, std::size_t longest) {
    if (number(prelude.substr(lengths_size, checksum_size)) != checksum(prelude.substr(0, lengths_size))) return invalid("has a wrong checksum over its lengths");
    const std::size_t size = number(prelude.substr(0, 4)), headers = number(prelude.substr(4, 4));
    if (size < least_frame || headers > size - least_frame) return invalid("has lengths that contradict each other");
    if (headers > longest_aws_headers) return invalid("has too long headers");
    if (size > longest) return invalid("is too long");
    return size;
}

}  // namespace

std::string_view AwsFrame::headers() const { return bytes_.substr(std::min(prelude_size, bytes_.size()), headers_); }

std::string_view AwsFrame::payload() const {
    if (bytes_.size() < least_frame) return {};
    return bytes_.substr(prelude_size + headers_, bytes_.size() - least_frame - headers_);
}

std::optional<AwsHeader> AwsFrame::header(std::string_view name) const {
    for (auto rest = headers(); !rest.empty();) {
        const auto header = take_header(rest);
        if (!header || header->name == name) return header;
    }
    return std::nullopt;
}

std::string_view AwsFrame::text(std::string_view name) const {
    const auto found = header(name);
    return found && found->type == AwsHeaderType::text ? found->value : std::string_view();
}

AwsFrameReader::AwsFrameReader(std::size_t longest) : longest_(std::min(longest, longest_aws_frame)) {}

Result<const AwsFrame*> AwsFrameReader::next(std::string_view& in) {
    constexpr const AwsFrame* more_to_come = nullptr;
    if (std::exchange(given_, false)) {
        held_.clear();
        if (held_.capacity() > kept_memory) std::string().swap(held_);
    }
    const auto gather = [this, &in](std::size_t size) {
        const auto taken = std::min(in.size(), size - std::min(size, held_.size()));
        held_.append(in.substr(0, taken));
        in.remove_prefix(taken);
        return held_.size() >= size;
    };
    if (held_.empty() && in.size() >= prelude_size) {
        // Where all of it is here, nothing needs to be copied.
        const auto size = check_prelude(in.substr(0, prelude_size), longest_);
        if (size.has_error()) return size.error();
        if (in.size() >= *size) {
            const Status sound = take(in.substr(0, *size));
            if (sound.has_error()) return sound.error();
            in.remove_prefix(*size);
            return &frame_;
        }
    }
    if (!gather(prelude_size)) return more_to_come;
    const auto size = check_prelude(std::string_view(held_).substr(0, prelude_size), longest_);
    if (size.has_error()) return size.error();
    if (!gather(*size)) return more_to_come;
    const Status sound = take(held_);
    if (sound.has_error()) return sound.error();
    given_ = true;
    return &frame_;
}

/// `bytes` are a whole frame whose prelude is sound.
Status AwsFrameReader::take(std::string_view bytes) {
    const auto checked = bytes.size() - checksum_size;
    if (number(bytes.substr(checked)) != checksum(bytes.substr(0, checked))) return invalid("has a wrong checksum");
    frame_ = AwsFrame(bytes, number(bytes.substr(4, 4)));
    return check_headers(frame_.headers());
}

Status AwsFrameReader::finish() const {
    if (held() > 0) return invalid("ends before its end");
    return {};
}

void append_aws_header(std::string_view name, std::string_view text, std::string& headers) {
    append_number(static_cast<std::uint32_t>(name.size()), 1, headers);
    headers.append(name);
    append_number(static_cast<std::uint32_t>(AwsHeaderType::text), 1, headers);
    append_number(static_cast<std::uint32_t>(text.size()), 2, headers);
    headers.append(text);
}

Status append_aws_frame(std::string_view headers, std::string_view payload, std::string& out) {
    if (headers.size() > longest_aws_headers || payload.size() > longest_aws_frame - least_frame - headers.size())
        return fault(Code::upstream_too_large, "a frame of the event stream would be longer than its protocol allows");
    const auto start = out.size();
    out.reserve(start + least_frame + headers.size() + payload.size());
    append_number(static_cast<std::uint32_t>(least_frame + headers.size() + payload.size()), 4, out);
    append_number(static_cast<std::uint32_t>(headers.size()), 4, out);
    append_number(checksum(std::string_view(out).substr(start)), checksum_size, out);
    out.append(headers).append(payload);
    append_number(checksum(std::string_view(out).substr(start)), checksum_size, out);
    return {};
}

Status append_aws_exception(std::string_view type, std::string_view json, std::string& out) {
    std::string headers;
    append_aws_header(":exception-type", type, headers);
    append_aws_header(":content-type", "application/json", headers);
    append_aws_header(":message-type", "exception", headers);
    return append_aws_frame(headers, json, out);
}

}  // namespace bordergate

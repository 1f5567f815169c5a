// Content codings (RFC 9110, 8.4): a body that comes compressed is decoded, treated by another transform, and leaves compressed
// in the same way. gzip (RFC 1952), deflate (RFC 1950, and 1951 as many send it), br (RFC 7932), zstd (RFC 8878).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "filters/transform.hpp"

namespace bordergate {

enum class ContentCoding : std::uint8_t { gzip, deflate, br, zstd };

/// The codings that a Content-Encoding names, in the order in which they were applied; `identity` is none. Nothing if one is
/// not known, or there are more than two.
std::optional<std::vector<ContentCoding>> content_codings(std::string_view field);

struct CodingBounds {
    std::uint64_t decoded = 0;      ///< the most that a body may decode to; 0: no bound
    std::uint64_t ratio = 200;      ///< how many times its coded size, once it is a mebibyte: beyond it is a bomb
};

/// Decodes what it is fed by `codings` (the last applied first), gives it to `inner`, and codes what comes out again. With a
/// fault body_invalid where the coding is damaged, cut off or followed by something; body_too_large beyond the bounds.
TransformPtr make_coded(const std::vector<ContentCoding>& codings, TransformPtr inner, const CodingBounds& bounds);

}  // namespace bordergate

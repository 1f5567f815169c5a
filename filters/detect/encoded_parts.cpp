#include "filters/detect/encoded_parts.hpp"

#include <algorithm>

#include "config/utf8.hpp"
#include "filters/ascii.hpp"

namespace bordergate {

namespace {

/// What is looked for is ASCII, whatever stands around it: of so many bytes of a part in a row one at least is looked at.
constexpr std::size_t stride = 6;

constexpr bool is_printable(unsigned char byte) { return byte >= 0x20 && byte < 0x7f; }
constexpr bool may_be_text(unsigned char byte) { return (byte >= 0x20 && byte != 0x7f) || byte == '\n' || byte == '\r' || byte == '\t'; }

/// The bytes that a run stands for, read from one of its characters on.
class Base64Bytes {
  public:
    explicit Base64Bytes(std::string_view run) : run_(run) {}
    std::size_t size() const { return run_.size() / 4 * 3 + (run_.size() % 4) * 6 / 8; }
    unsigned char operator[](std::size_t i) const {
        const std::size_t group = i / 3 * 4;
        switch (i % 3) {
            case 0: return static_cast<unsigned char>(at(group) << 2U | at(group + 1) >> 4U);
            case 1: return static_cast<unsigned char>(at(group + 1) << 4U | at(group + 2) >> 2U);
            default: return static_cast<unsigned char>(at(group + 2) << 6U | at(group + 3));
        }
    }

  private:
    unsigned at(std::size_t i) const { return base64_digit(run_[i]); }
    std::string_view run_;
};

class HexBytes {
  public:
    explicit HexBytes(std::string_view run) : run_(run) {}
    std::size_t size() const { return run_.size() / 2; }
    unsigned char operator[](std::size_t i) const { return static_cast<unsigned char>(hex_value(run_[2 * i]) * 16 + hex_value(run_[2 * i + 1])); }

  private:
    std::string_view run_;
};

/// Appends `bytes`, none of which is a control character, without what is not UTF-8.
void add_part(std::string_view bytes, std::string& parts) {
    while (bytes.size() >= shortest_part) {
        const auto size = std::min(find_invalid_utf8(bytes), bytes.size());
        if (size >= shortest_part) parts.append(bytes.substr(0, size)) += '\n';
        bytes.remove_prefix(std::min(size + 1, bytes.size()));
    }
}

template <class Bytes>
void look(const Bytes& bytes, std::string& parts) {
    std::string part;
    for (std::size_t probe = stride - 1; probe < bytes.size(); probe += stride) {
        if (!is_printable(bytes[probe])) continue;
        std::size_t begin = probe, end = probe + 1;
        while (begin > 0 && may_be_text(bytes[begin - 1])) --begin;
        while (end < bytes.size() && may_be_text(bytes[end])) ++end;
        if (end - begin >= shortest_part) {
            part.clear();
            for (std::size_t i = begin; i < end; ++i) part += static_cast<char>(bytes[i]);
            add_part(part, parts);
        }
        while (probe + stride < end) probe += stride;
    }
}

}  // namespace

void find_encoded_parts(std::string_view run, std::string& parts) {
    for (std::size_t skipped = 0; skipped < 4 && skipped < run.size(); ++skipped) look(Base64Bytes(run.substr(skipped)), parts);
    constexpr std::size_t shortest_hex = 2 * shortest_part;
    for (std::size_t at = 0; at + shortest_hex <= run.size();) {
        // The last of so many must be a digit too.
        std::size_t end = at + shortest_hex;
        while (end > at && hex_value(run[end - 1]) >= 0) --end;
        if (end > at) {
            at = end;
            continue;
        }
        end = at + shortest_hex;
        while (end < run.size() && hex_value(run[end]) >= 0) ++end;
        for (std::size_t skipped = 0; skipped < 2; ++skipped) look(HexBytes(run.substr(at + skipped, end - at - skipped)), parts);
        at = end;
    }
}

}  // namespace bordergate

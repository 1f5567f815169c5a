#include "filters/mask/character_mask.hpp"

#include <algorithm>
#include <vector>

namespace bordergate {

namespace {

/// Positions of code points. A byte that starts none belongs to the one before it, or is the first.
std::vector<std::size_t> code_points(std::string_view text) {
    std::vector<std::size_t> starts;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (i == 0 || (static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) starts.push_back(i);
    return starts;
}

}  // namespace

void character_mask(const MaskSpec& spec, std::string_view value, std::string& out) {
    const auto& more = spec.parameters();
    auto starts = code_points(value);
    const std::size_t count = starts.size();
    starts.push_back(value.size());
    const auto kept = [&](std::size_t i) { return starts[i + 1] - starts[i] == 1 && more.keep.find(value[starts[i]]) != std::string::npos; };
    std::vector<std::size_t> open;  // characters that `keep` does not leave
    for (std::size_t i = 0; i < count; ++i)
        if (!kept(i)) open.push_back(i);
    std::size_t first = spec.keep_first, last = spec.keep_last;
    if (first + last >= open.size()) first = last = 0;
    std::size_t begin = first, end = open.size() - last;
    if (more.count > 0 && more.count < end - begin) (more.from_end ? begin : end) = more.from_end ? end - more.count : begin + more.count;
    std::vector<bool> hidden(count, open.empty());
    for (std::size_t i = begin; i < end; ++i) hidden[open[i]] = true;
    for (std::size_t i = 0; i < count; ++i) {
        if (hidden[i])
            out += spec.mask_character;
        else
            out.append(value.substr(starts[i], starts[i + 1] - starts[i]));
    }
}

}  // namespace bordergate

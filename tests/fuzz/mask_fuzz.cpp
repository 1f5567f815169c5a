// Mask operators on arbitrary values: they end, append nothing on a fault, and what is reversible comes back.
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

#include "filters/body/json_number.hpp"
#include "filters/mask/bucketing.hpp"
#include "filters/mask/character_mask.hpp"
#include "filters/mask/date_shift.hpp"
#include "filters/mask/fpe.hpp"
#include "filters/mask/tokens.hpp"
#include "filters/mask/written_date.hpp"

using namespace bordergate;

namespace {

constexpr std::array<std::uint8_t, 64> key{7};

/// What stands for the value, if it may; nothing was appended if not.
template <class Operator>
std::optional<std::string> made(Operator&& apply) {
    std::string out;
    const Status done = apply(out);
    if (done.has_error() && !out.empty()) std::abort();
    return done.has_error() ? std::nullopt : std::optional(out);
}

void fpe_comes_back(std::uint8_t choice, std::string_view value) {
    MaskParameters how;
    how.alphabet = static_cast<Alphabet>(choice % alphabet_names.size());
    how.luhn = how.alphabet == Alphabet::digits && (choice & 0x40) != 0;
    const bool number = (choice & 0x80) != 0 && is_whole_number(value);
    const auto apply = [&](ff1::Way way, std::string_view in) {
        return made([&](std::string& out) { return fpe(how, way, key, {"ENTITY", "far"}, number, in, out); });
    };
    const auto there = apply(ff1::Way::encrypt, value);
    if (!there) return;
    if (there->size() != value.size() || (number && how.alphabet == Alphabet::digits && !is_whole_number(*there))) std::abort();
    if (apply(ff1::Way::decrypt, *there) != value) std::abort();
}

void date_comes_back(std::uint8_t choice, std::string_view value) {
    const bool month_first = (choice & 1) != 0;
    const auto date = WrittenDate::read(value, month_first);
    const std::int64_t days = choice - 128;
    const auto there = date ? date->shifted(days) : std::nullopt;
    if (!there) return;
    // Where day and month could be told apart by what they are alone, another day may be read otherwise.
    const auto again = WrittenDate::read(*there, month_first);
    if (!again) std::abort();
    MaskParameters how;
    how.month_first = month_first;
    for (std::size_t i = 0; i < time_part_names.size(); ++i) {
        how.part = static_cast<TimePart>(i);
        const auto part = made([&](std::string& out) { return time_part(how, value, out); });
        if (part && !is_whole_number(*part)) std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1 || size > 4096) return 0;
    const std::string_view value(reinterpret_cast<const char*>(data + 1), size - 1);
    fpe_comes_back(data[0], value);
    date_comes_back(data[0], value);
    MaskParameters how;
    how.size = 1 + data[0];
    (void)made([&](std::string& out) { return bucketing(how, (data[0] & 1) != 0, value, out); });
    how.keep = "-. ";
    how.count = data[0] & 15U;
    how.from_end = (data[0] & 16) != 0;
    std::string masked;
    character_mask({MaskSpec::Kind::character_mask, '*', static_cast<std::uint16_t>(data[0] >> 6), 1, &how}, value, masked);
    if (!value.empty() && masked == value && value.find('*') == std::string_view::npos) std::abort();
    std::string token;
    const TokenContext context{"DE", "ward", "app", "far"};
    if (make_token(key, context, "ENTITY", "contact", value, token).has_error()) std::abort();
    const auto opened = open_token(key, context, token);
    if (opened.has_error() || opened->value != value) std::abort();
    // What somebody else made up is no token of ours.
    if (open_token(key, context, value).has_value()) std::abort();
    return 0;
}

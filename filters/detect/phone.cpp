#include <algorithm>

#include "filters/detect/calling_codes.hpp"
#include "filters/detect/context.hpp"
#include "filters/detect/recognisers.hpp"

namespace bordergate::recognise {

namespace {

constexpr std::size_t most_digits = 15;  // ITU-T E.164
constexpr std::size_t context_window = 48;

/// Whether a word that announces a number stands before it.
bool has_context(std::string_view text, std::size_t start) {
    static const ContextWords words({"phone", "phones", "telephone", "tel", "mobile", "cell", "call", "fax", "whatsapp", "sms",
                                     "telefon", "telefonnummer", "rufnummer", "handy", "handynummer", "mobil", "anrufen", "tél", "téléphone", "portable",
                                     "telefono", "teléfono", "móvil", "cellulare", "telefoon", "number", "dial", "hotline",
                                     "телефон", "тел", "τηλέφωνο", "τηλ", "电话", "電話", "手机", "手機", "携帯", "전화", "휴대폰", "โทร"});
    thread_local std::string folded;
    folded.clear();
    fold_words(whole_words_before(text, start, context_window), folded);
    return words.stand_in(folded);
}

/// Whether what stands before a number makes it a part of something else: a word, a fraction, a chain, an amount.
bool goes_on(std::string_view text, std::size_t start, bool international) {
    const char before = before_or_space(text, start);
    if (word_before(text, start) || before == '+' || before == '$') return true;
    // A plus begins a number whatever punctuation stands before it: `Tel.+49…`.
    if (international) return false;
    if (before == '.') return !word_before(text, start - 1) || is_digit(text[start - 2]);  // but `Tel.030…`
    return before == '-' || before == '/' || before == '#';
}

struct Shape {
    std::size_t end = 0;
    std::size_t digits = 0;
    std::size_t groups = 0;
    std::array<std::size_t, 8> group{};  ///< digits per group
    std::array<std::size_t, 8> until{};  ///< where each ends
    bool parenthesis = false;
};

/// Digits in groups, with single separators between them.
Shape shape_of(std::string_view text, std::size_t position) {
    Shape shape;
    std::size_t group = 0;
    bool open = false;
    while (position < text.size()) {
        const char c = text[position];
        if (is_digit(c)) {
            if (group == 0 && ++shape.groups > shape.group.size()) break;
            ++group;
            ++shape.digits;
            shape.group[shape.groups - 1] = group;
            shape.end = shape.until[shape.groups - 1] = ++position;
            continue;
        }
        const char next = at_or_space(text, position + 1);
        if (c == '(' && !open && (is_digit(next))) {
            open = shape.parenthesis = true;
        } else if (c == ')' && open) {
            open = false;
            shape.end = position + 1;
        } else if ((c == ' ' || c == '-' || c == '.' || c == '/') && (is_digit(next) || next == '(')) {
            // one separator
        } else {
            break;
        }
        group = 0;
        ++position;
    }
    return shape;
}

/// The end of the number with a country code that is a whole shape, or the first groups of one; 0 if no country has it.
std::size_t international_end(std::string_view text, std::size_t position, const Shape& shape) {
    std::array<char, 3> leading{};
    std::size_t count = 0, digits = 0;
    for (std::size_t at = position; at < shape.end && count < leading.size(); ++at)
        if (is_digit(text[at])) leading[count++] = text[at];
    // `+44 (0)20 …`: the zero is not dialled from abroad.
    const bool trunk = shape.parenthesis && text.substr(position, shape.end - position).find("(0)") != std::string_view::npos;
    const std::size_t groups = std::min(shape.groups, shape.group.size());
    for (std::size_t i = 0; i < groups; ++i) digits += shape.group[i];
    for (std::size_t i = groups; i-- > 0; digits -= shape.group[i]) {
        if (digits < (trunk ? 2 : 1) || word_at(text, shape.until[i])) continue;
        if (may_be_dialled({leading.data(), count}, digits - (trunk ? 1 : 0))) return shape.until[i];
    }
    return 0;
}

bool is_north_american(const Shape& shape) {
    return shape.groups == 3 && shape.group[0] == 3 && shape.group[1] == 3 && shape.group[2] == 4;
}

}  // namespace

std::optional<Found> phone(std::string_view text, std::size_t start) {
    const char first = text[start];
    const bool international = first == '+';
    if (goes_on(text, start, international)) return std::nullopt;
    const auto shape = shape_of(text, international ? start + 1 : start);
    if (international) {
        const auto end = international_end(text, start + 1, shape);
        return end == 0 ? std::nullopt : std::optional(Found{start, end, 0.9F});
    }
    if (shape.digits < 7 || shape.digits > most_digits || word_at(text, shape.end)) return std::nullopt;
    if (first == '(' && is_north_american(shape)) return Found{start, shape.end, 0.75F};
    const bool telling = first == '0' || first == '(' || is_north_american(shape) || shape.groups >= 2;
    if ((telling || shape.digits >= 9) && has_context(text, start)) return Found{start, shape.end, 0.7F};
    return std::nullopt;
}

}  // namespace bordergate::recognise

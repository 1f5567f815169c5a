#include "filters/body/json_answers.hpp"

namespace bordergate {

namespace {

constexpr std::size_t many = 1024;  ///< forgotten rows that are worth moving the others

}  // namespace

std::size_t JsonAnswers::ask(std::uint64_t position, const JsonPath& path, std::uint64_t asked) {
    rows_.push_back({position, &path, JsonPath::unasked, asked});
    return forgotten_ + rows_.size() - 1;
}

void JsonAnswers::answer(std::size_t row, unsigned filter, bool holds) {
    auto& one = rows_[row - forgotten_];
    const std::uint64_t bit = std::uint64_t{1} << filter;
    one.unknown &= ~bit;
    if (!holds) one.answers &= ~bit;
}

std::uint64_t JsonAnswers::settled(std::uint64_t received) {
    while (settled_ < rows_.size() && rows_[settled_].unknown == 0) ++settled_;
    return settled_ < rows_.size() ? rows_[settled_].position : received;
}

void JsonAnswers::forget_before(std::uint64_t position) {
    while (next_ < settled_ && rows_[next_].position < position) ++next_;
    if (next_ >= many && 2 * next_ >= rows_.size()) {
        rows_.erase(rows_.begin(), rows_.begin() + static_cast<std::ptrdiff_t>(next_));
        forgotten_ += next_;
        settled_ -= next_;
        next_ = 0;
    }
}

std::uint64_t JsonAnswers::of(const JsonPath& path, std::uint64_t position) {
    forget_before(position);
    for (std::size_t i = next_; i < settled_ && rows_[i].position == position; ++i)
        if (rows_[i].path == &path) return rows_[i].answers;
    return JsonPath::unasked;
}

}  // namespace bordergate

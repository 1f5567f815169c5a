#include "filters/byte_runs.hpp"

#include <catch2/catch.hpp>
#include <random>
#include <string>

using namespace bordergate;

namespace {

template <RunAlphabet alphabet>
std::size_t slowly(std::string_view text, std::size_t at) {
    for (; at + long_run <= text.size(); ++at) {
        std::size_t end = at;
        while (end < text.size() && in_run<alphabet>(text[end])) ++end;
        if (end - at >= long_run) return at;
    }
    return std::string_view::npos;
}

}  // namespace

TEST_CASE("long runs are found where a slow look finds them, at every length and place") {
    std::mt19937 random(3);
    for (int i = 0; i < 3000; ++i) {
        std::string text(random() % 300, ' ');
        for (auto& c : text) {
            const auto kind = random() % 40;
            c = kind == 0 ? ' ' : kind == 1 ? '.' : kind == 2 ? '\xc3' : kind == 3 ? '@' : kind == 4 ? '_' : static_cast<char>("azAZ09+/-"[random() % 9]);
        }
        for (std::size_t at = 0; at <= text.size(); at += 1 + random() % 20) {
            CHECK(find_long_run<RunAlphabet::base64>(text, at) == slowly<RunAlphabet::base64>(text, at));
            CHECK(find_long_run<RunAlphabet::token>(text, at) == slowly<RunAlphabet::token>(text, at));
        }
    }
}

TEST_CASE("every character is in a run or not, whichever way it is looked at") {
    for (int c = 0; c < 256; ++c) {
        std::string text = std::string(100, ' ') + std::string(long_run, static_cast<char>(c)) + std::string(100, ' ');
        INFO(c);
        CHECK((find_long_run<RunAlphabet::base64>(text, 0) == 100) == in_run<RunAlphabet::base64>(static_cast<char>(c)));
        CHECK((find_long_run<RunAlphabet::token>(text, 0) == 100) == in_run<RunAlphabet::token>(static_cast<char>(c)));
    }
}

TEST_CASE("the first escape is found at every place") {
    for (std::size_t at = 0; at < 70; ++at)
        for (const char c : {'%', '\\'}) {
            std::string text(70, 'x');
            text[at] = c;
            CHECK(find_escape(text.data(), text.data() + text.size()) == text.data() + at);
        }
    const std::string none(70, 'x');
    CHECK(find_escape(none.data(), none.data() + none.size()) == none.data() + none.size());
}

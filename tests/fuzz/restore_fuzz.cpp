// Restoring on arbitrary text: its output does not depend on how the text is split, what it holds back is bounded, and
// it changes nothing but labels that were issued.
#include <cstdint>
#include <cstdlib>

#include "filters/mask/labels.hpp"

using namespace bordergate;

namespace {

struct Run {
    std::string out;
    std::uint64_t restored = 0, foreign = 0;
    friend bool operator==(const Run&, const Run&) = default;
};

Run run(const Labels& labels, std::string_view in, std::string_view splits) {
    Run run;
    Restore restore(labels, run.restored, run.foreign);
    for (std::size_t i = 0; !in.empty(); ++i) {
        const auto wanted =
            splits.empty() ? in.size() : 1U + (static_cast<unsigned char>(splits[i % splits.size()]) & 63U);
        const auto piece = in.substr(0, wanted);
        in.remove_prefix(piece.size());
        restore.feed(std::string(piece), run.out);
        // Each underscore of a label, and of those around it, may have its backslash.
        if (restore.held() > 2 * (labels.longest() + 4) + 1) std::abort();
    }
    restore.finish(run.out);
    return run;
}

std::string fold(std::string_view text) {
    std::string folded(text);
    for (auto& c : folded) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    return folded;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const LabelKey key(std::array<std::uint8_t, 32>{1});
    static Labels labels(key);
    static const std::string mail = labels.issue("EMAIL_ADDRESS", "x@y.de").value(),
                             person = labels.issue("PERSON", "Ann").value();
    static const Labels none(key);
    if (size < 1) return 0;
    const std::size_t ways = std::min<std::size_t>(data[0] & 7U, size - 1);
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const auto splits = all.substr(1, ways);
    // No fuzzer guesses a label, so two control characters stand for them.
    std::string in;
    for (char c : all.substr(1 + ways)) {
        if (c == '\x01')
            in += mail;
        else if (c == '\x02')
            in += person;
        else
            in += c;
    }
    const Run whole = run(labels, in, {});
    if (run(labels, in, splits) != whole || run(labels, in, std::string_view("\0", 1)) != whole) std::abort();
    if (whole.restored == 0 && whole.out != in) std::abort();
    if (run(none, in, splits).out != in) std::abort();
    // Put back in place of the values, the labels give the input again.
    std::size_t at = 0;
    std::uint64_t restored = 0;
    for (std::size_t i = 0; i < in.size();) {
        const std::string_view rest = std::string_view(in).substr(i), got = std::string_view(whole.out).substr(at);
        // Of different lengths, and tolerant of case.
        const auto stands = [&](const std::string& label) { return fold(rest.substr(0, label.size())) == label; };
        const std::string_view label = stands(mail) ? mail : stands(person) ? person : std::string_view();
        const std::string_view value = stands(mail) ? "x@y.de" : "Ann";
        if (!label.empty() && got.starts_with(value)) {
            ++restored;
            i += label.size();
            at += value.size();
        } else {
            if (got.empty() || got.front() != in[i]) std::abort();
            ++i;
            ++at;
        }
    }
    if (at != whole.out.size() || restored != whole.restored) std::abort();
    return 0;
}

// Multipart bodies on arbitrary bytes: what comes out does not depend on how reads split it, and where nothing is replaced it
// is what went in.
#include <cstdlib>

#include "filters/body/multipart.hpp"
#include "tests/fuzz/fed.hpp"

using namespace bordergate;

namespace {

Fed run(std::string_view in, std::size_t step) {
    Judgement judgement;
    for (auto& cell : judgement.cells) cell.form = Form::clear;
    Findings findings;
    Treatment treatment;
    treatment.judgement = &judgement;
    treatment.findings = &findings;
    Limits limits;
    limits.hold_back_bytes = 64;
    BodyContext context;
    context.treatment = &treatment;
    context.limits = &limits;
    const auto transform = make_multipart("b", false, context);
    return fed(*transform, in, step);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    const std::string_view in(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto whole = run(in, in.size() + 1), split = run(in, 1U + data[0] % 7U);
    if (whole.failed != split.failed) std::abort();
    if (!whole.failed && (whole.out != split.out || whole.out != in)) std::abort();
    return 0;
}

// Tables on arbitrary bytes: what comes out does not depend on how reads split it, and where nothing is replaced it is what
// went in.
#include <cstdlib>

#include "filters/body/csv.hpp"
#include "filters/body/form.hpp"
#include "tests/fuzz/fed.hpp"

using namespace bordergate;

namespace {

Fed run(const Treatment& treatment, unsigned char how, std::string_view in, std::size_t step) {
    NamedValuesSpec spec;
    spec.treatment = &treatment;
    spec.bounds = {64, 8};
    const auto transform = (how & 4U) != 0 ? make_form(spec, *find_charset((how & 8U) != 0 ? "us-ascii" : "utf-8")).value() : make_csv(spec, (how & 1U) != 0, (how & 2U) != 0).value();
    return fed(*transform, in, step);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    Judgement judgement;
    for (auto& cell : judgement.cells) cell.form = Form::clear;
    Findings findings;
    Treatment treatment;
    treatment.judgement = &judgement;
    treatment.findings = &findings;
    const std::string_view in(reinterpret_cast<const char*>(data) + 2, size - 2);
    const auto whole = run(treatment, data[0], in, in.size() + 1);
    const auto split = run(treatment, data[0], in, 1U + data[1] % 7U);
    if (whole.failed != split.failed) std::abort();
    if (!whole.failed && (whole.out != split.out || whole.out != in)) std::abort();
    return 0;
}

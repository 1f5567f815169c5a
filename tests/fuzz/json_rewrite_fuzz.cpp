// The JSON rewrite on arbitrary bytes: its output does not depend on how the input is split, what it accepts is JSON
// to an independent parser and so is what it gives out, nothing recognised is left in it, and observing changes nothing.
#include <algorithm>
#include <boost/json.hpp>
#include <cstdint>
#include <cstdlib>

#include "filters/body/json_rewrite.hpp"
#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::World;

namespace {

struct Run {
    std::string out;
    bool accepted = false;
};

Run run(World& world, std::string_view in, std::string_view splits) {
    JsonRewriteSpec spec;
    spec.treatment = &world.treatment;
    spec.bounds = {4096, 32};
    spec.model = JsonPath::compile("$.model").value();
    spec.selectors.push_back({JsonPath::compile("$..patient").value(), ClassSet{*world.classes.find("health")}});
    spec.selectors.push_back({JsonPath::compile("$.a[1:3]").value(), ClassSet{*world.classes.find("contact")}});
    const auto transform = make_json_rewrite(std::move(spec));
    Run run;
    for (std::size_t i = 0; !in.empty(); ++i) {
        const auto wanted = splits.empty() ? in.size() : 1U + static_cast<unsigned char>(splits[i % splits.size()]);
        const auto piece = in.substr(0, wanted);
        in.remove_prefix(piece.size());
        // A copy of its own, so that the sanitizer sees whoever keeps a view of it.
        if (transform->feed(std::string(piece), run.out).has_error()) return run;
    }
    run.accepted = transform->finish(run.out).has_value();
    return run;
}

/// Whether Boost.JSON takes it too. It is stricter than RFC 8259 about lone surrogates, which are not asked about.
bool is_json(std::string_view text) {
    boost::json::parse_options options;
    options.max_depth = 64;
    boost::system::error_code error;
    boost::json::parse(text, error, {}, options);
    return !error || error == boost::json::error::expected_utf16_escape || error == boost::json::error::illegal_leading_surrogate ||
           error == boost::json::error::illegal_trailing_surrogate || error == boost::json::error::exponent_overflow;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    // The first bytes say how the rest is split.
    const std::size_t ways = std::min<std::size_t>(data[0] & 7U, size - 1);
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const auto splits = all.substr(1, ways), in = all.substr(1 + ways);

    World whole_world, split_world, observing;
    whole_world.cell("account").form = split_world.cell("account").form = Form::mask;
    observing.treatment.observe = true;
    const Run whole = run(whole_world, in, {});
    const Run split = run(split_world, in, splits.empty() ? std::string_view("\0", 1) : splits);
    if (whole.accepted != split.accepted) std::abort();
    if (whole.accepted && whole.out != split.out) std::abort();
    if (whole.accepted && whole_world.findings.values != split_world.findings.values) std::abort();
    if (whole.accepted && !(is_json(in) && is_json(whole.out))) std::abort();

    const Run observed = run(observing, in, splits);
    if (observed.accepted && observed.out != in) std::abort();
    if (!in.starts_with(observed.out)) std::abort();
    return 0;
}

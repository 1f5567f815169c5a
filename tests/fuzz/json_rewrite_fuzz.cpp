// The JSON rewrite on arbitrary bytes: its output does not depend on how the input is split (not even where it
// refuses), what it accepts is JSON to another parser and so is what it gives out, and observing changes nothing.
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

Run run(World& world, std::size_t hold_back, bool filters, std::string_view in, std::string_view splits) {
    world.findings = {};
    JsonPaths paths;
    JsonRewriteSpec spec;
    spec.paths = &paths;
    spec.treatment = &world.treatment;
    spec.bounds = {hold_back, 32};
    paths.model = JsonPath::compile("$.model").value();
    paths.selectors.push_back({JsonPath::compile("$..patient").value(), ClassSet{*world.classes.find("health")}});
    paths.selectors.push_back({JsonPath::compile("$.a[1:3]").value(), ClassSet{*world.classes.find("contact")}});
    if (filters) paths.selectors.push_back({JsonPath::compile("$..[?@.t=='x'||@.u.a].v").value(), ClassSet{*world.classes.find("health")}});
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

/// Whether Boost.JSON takes it too. It is stricter than RFC 8259 about escaped surrogates, so it sees other escapes.
bool is_json(std::string text) {
    for (std::size_t i = 0; i + 2 < text.size(); ++i) {
        if (text[i] != '\\') continue;
        ++i;
        if (text[i] == 'u' && (text[i + 1] == 'd' || text[i + 1] == 'D')) text[i + 1] = '0';
    }
    boost::json::parse_options options;
    options.max_depth = 64;
    boost::system::error_code error;
    boost::json::parse(text, error, {}, options);
    return !error || error == boost::json::error::exponent_overflow;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    // The first bytes say how the rest is split.
    const std::size_t ways = std::min<std::size_t>(data[0] & 7U, size - 1);
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const auto splits = all.substr(1, ways), in = all.substr(1 + ways);

    static World world, observing;
    world.cell("account").form = (data[0] & 8U) == 0 ? Form::mask : Form::refuse;
    observing.treatment.observe = true;
    // Few inputs are long, so for some a long string is a short one.
    const std::size_t hold_back = (data[0] & 16U) == 0 ? 4096 : 64;
    const bool filters = (data[0] & 32U) != 0;
    const Run whole = run(world, hold_back, filters, in, {});
    const auto values = world.findings.values;
    const auto model = world.findings.model;
    const Run split = run(world, hold_back, filters, in, splits.empty() ? std::string_view("\0", 1) : splits);
    if (whole.accepted != split.accepted || whole.out != split.out) std::abort();
    if (world.findings.values != values || world.findings.model != model) std::abort();
    if (whole.accepted && !(is_json(std::string(in)) && is_json(whole.out))) std::abort();

    const Run observed = run(observing, hold_back, filters, in, splits);
    if (observed.accepted && observed.out != in) std::abort();
    if (!in.starts_with(observed.out)) std::abort();
    return 0;
}

#include "proxy/admin/metrics.hpp"

#include <fmt/format.h>

namespace bordergate {

namespace {

constexpr std::size_t cells_per_line = 8;  ///< 64-byte cache lines

std::size_t cells_of(const MetricFamily& family) {
    const auto series = std::max<std::size_t>(1, family.values.size());
    // A histogram has a cell per bucket, one for +Inf, and one for the sum in nanounits.
    return family.type == MetricFamily::Type::histogram ? series * (family.buckets.size() + 2) : series;
}

/// As the text format wants it: backslash and newline, and in label values the quote.
std::string escaped(std::string_view text, bool label) {
    std::string out;
    out.reserve(text.size());
    for (char c : text) {
        if (c == '\\' || (label && c == '"')) out += '\\';
        if (c == '\n')
            out += "\\n";
        else
            out += c;
    }
    return out;
}

}  // namespace

struct Metrics::State {
    unsigned workers = 0;
    std::vector<MetricFamily> families;
    std::vector<std::size_t> offsets;
    std::size_t cells = 0;
    std::size_t stride = 0;
    std::unique_ptr<MetricCell[]> storage;

    MetricCell& cell(MetricId id, unsigned worker, std::size_t index) const {
        return storage[worker * stride + offsets[static_cast<std::size_t>(id)] + index];
    }
    std::uint64_t sum(MetricId id, std::size_t index) const {
        std::uint64_t total = 0;
        for (unsigned worker = 0; worker < workers; ++worker)
            total += cell(id, worker, index).load(std::memory_order_relaxed);
        return total;
    }
};

Metrics::Metrics(unsigned workers) : state_(std::make_unique<State>()) { state_->workers = workers; }
Metrics::~Metrics() = default;

MetricId Metrics::add(MetricFamily family) {
    state_->offsets.push_back(state_->cells);
    state_->cells += cells_of(family);
    state_->families.push_back(std::move(family));
    return static_cast<MetricId>(state_->families.size() - 1);
}

void Metrics::freeze() {
    // One spare line between workers, so that no two of them ever write the same one.
    state_->stride = (state_->cells / cells_per_line + 2) * cells_per_line;
    state_->storage = std::make_unique<MetricCell[]>(state_->stride * state_->workers);
}

void Metrics::count(MetricId id, unsigned worker, std::size_t label_value, std::uint64_t by) {
    auto& cell = state_->cell(id, worker, label_value);
    // One writer per cell: a plain add, made visible to the scrape.
    cell.store(cell.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

void Metrics::move(MetricId id, unsigned worker, std::int64_t by, std::size_t label_value) {
    count(id, worker, label_value, static_cast<std::uint64_t>(by));
}

void Metrics::observe(MetricId id, unsigned worker, double value, std::size_t label_value) {
    const auto& buckets = state_->families[static_cast<std::size_t>(id)].buckets;
    std::size_t bucket = 0;
    while (bucket < buckets.size() && value > buckets[bucket]) ++bucket;
    const auto base = label_value * (buckets.size() + 2);
    count(id, worker, base + bucket);
    count(id, worker, base + buckets.size() + 1, static_cast<std::uint64_t>(value * 1e9));
}

std::uint64_t Metrics::total(MetricId id, std::size_t label_value) const { return state_->sum(id, label_value); }

std::string Metrics::render() const {
    std::string out;
    auto into = std::back_inserter(out);
    for (std::size_t f = 0; f < state_->families.size(); ++f) {
        const auto& family = state_->families[f];
        const auto id = static_cast<MetricId>(f);
        static constexpr std::array<std::string_view, 3> types{"counter", "gauge", "histogram"};
        fmt::format_to(into, "# HELP {} {}\n# TYPE {} {}\n", family.name, escaped(family.help, false), family.name,
                       types[static_cast<std::size_t>(family.type)]);
        const auto series = std::max<std::size_t>(1, family.values.size());
        for (std::size_t s = 0; s < series; ++s) {
            const std::string label =
                family.label.empty() ? "" : fmt::format("{}=\"{}\"", family.label, escaped(family.values[s], true));
            if (family.type != MetricFamily::Type::histogram) {
                const std::string set = label.empty() ? "" : '{' + label + '}';
                fmt::format_to(into, "{}{} {}\n", family.name, set, static_cast<std::int64_t>(state_->sum(id, s)));
                continue;
            }
            const auto base = s * (family.buckets.size() + 2);
            const std::string comma = label.empty() ? "" : label + ',';
            const std::string set = label.empty() ? "" : '{' + label + '}';
            std::uint64_t below = 0;
            for (std::size_t b = 0; b <= family.buckets.size(); ++b) {
                below += state_->sum(id, base + b);
                const std::string bound = b < family.buckets.size() ? fmt::format("{:g}", family.buckets[b]) : "+Inf";
                fmt::format_to(into, "{}_bucket{{{}le=\"{}\"}} {}\n", family.name, comma, bound, below);
            }
            const auto nanounits = state_->sum(id, base + family.buckets.size() + 1);
            fmt::format_to(into, "{}_sum{} {}\n", family.name, set, static_cast<double>(nanounits) * 1e-9);
            fmt::format_to(into, "{}_count{} {}\n", family.name, set, below);
        }
    }
    return out;
}

}  // namespace bordergate

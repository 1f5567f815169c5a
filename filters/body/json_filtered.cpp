#include "filters/body/json_filtered.hpp"

namespace bordergate {

namespace {

class JsonFiltered final : public Transform {
  public:
    JsonFiltered(std::unique_ptr<JsonAhead> ahead, TransformPtr inner) : ahead_(std::move(ahead)), inner_(std::move(inner)) {}

    Status feed(std::string_view in, std::string& out) override {
        return ahead_->feed(in, [&](std::string_view ready) { return inner_->feed(ready, out); });
    }
    Status finish(std::string& out) override {
        const Status ended = ahead_->finish([&](std::string_view ready) { return inner_->feed(ready, out); });
        return ended.has_error() ? ended : inner_->finish(out);
    }

  private:
    std::unique_ptr<JsonAhead> ahead_;  ///< outlives what asks its answers
    TransformPtr inner_;
};

}  // namespace

std::unique_ptr<JsonAhead> read_ahead(const JsonPaths* paths, std::span<const JsonPath> subjects, std::span<const JsonPath* const> choices, JsonBounds bounds) {
    auto ahead = std::make_unique<JsonAhead>(bounds);
    if (paths) {
        if (paths->model) ahead->add(*paths->model);
        for (const auto& path : paths->tool_arguments) ahead->add(path);
        for (const auto& path : paths->signed_blocks) ahead->add(path);
        for (const auto& selector : paths->selectors) ahead->add(selector.path);
    }
    for (const auto& path : subjects) ahead->add(path);
    for (const auto* path : choices) ahead->add(*path);
    return ahead->empty() ? nullptr : std::move(ahead);
}

TransformPtr make_json_filtered(std::unique_ptr<JsonAhead> ahead, TransformPtr inner) { return std::make_unique<JsonFiltered>(std::move(ahead), std::move(inner)); }

}  // namespace bordergate

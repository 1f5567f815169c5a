#include "filters/body/json_rewrite.hpp"

#include "filters/body/json_filtered.hpp"
#include "filters/body/json_rewriter.hpp"

namespace bordergate {

TransformPtr make_json_rewrite(JsonRewriteSpec spec) {
    auto ahead = read_ahead(spec.paths, asked_subjects(spec), asked_choices(spec), spec.bounds);
    if (!ahead) return std::make_unique<JsonRewriter>(std::move(spec));
    auto* answers = &ahead->answers();
    return make_json_filtered(std::move(ahead), std::make_unique<JsonRewriter>(std::move(spec), answers));
}

}  // namespace bordergate

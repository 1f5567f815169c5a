// Tokens that begin with a telling prefix, of the right form and of nearly the right form. None of them is real.
#include <catch2/catch.hpp>

#include "filters/detect/scanner.hpp"

using namespace bordergate;

namespace {

std::string found(std::string_view text) {
    static const Scanner scanner = [] {
        std::vector<Recogniser> active;
        for (const auto& one : builtin_recognisers())
            if (one.data == "credential") active.push_back({one, ClassId{2}});
        return Scanner(std::move(active));
    }();
    std::vector<Match> matches;
    scanner.scan(text, matches);
    std::string out;
    for (const auto& one : matches) out += std::string(scanner.entity(one.entity)) + " ";
    return out;
}

std::string x(std::size_t count, char c = 'a') { return std::string(count, c); }

}  // namespace

TEST_CASE("tokens are found wherever they stand") {
    CHECK(found("AKIAIOSFODNN7EXAMPLE") == "AWS_ACCESS_KEY ");
    CHECK(found("key: AIza" + x(35) + ".") == "GCP_API_KEY ");
    CHECK(found("DefaultEndpointsProtocol=https;AccountKey=" + x(86) + "==;") == "AZURE_STORAGE_KEY ");
    CHECK(found("ghp_" + x(36) + " github_pat_" + x(22) + "_" + x(59)) == "GITHUB_TOKEN GITHUB_TOKEN ");
    CHECK(found("glpat-" + x(20)) == "GITLAB_TOKEN ");
    CHECK(found("xoxb-" + x(24, '1')) == "SLACK_TOKEN ");
    CHECK(found("https://hooks.slack.com/services/T0000000A/B0000000A/" + x(24)) == "SLACK_TOKEN ");
    CHECK(found("sk_live_" + x(24) + ",whsec_" + x(32)) == "STRIPE_KEY STRIPE_KEY ");
    CHECK(found("OPENAI_API_KEY=sk-proj-" + x(48)) == "OPENAI_API_KEY ");
    CHECK(found("\"sk-" + x(48) + "\"") == "OPENAI_API_KEY ");
    CHECK(found("sk-ant-api03-" + x(95)) == "ANTHROPIC_API_KEY ");
    CHECK(found("hf_" + x(34) + " npm_" + x(36)) == "HUGGINGFACE_TOKEN NPM_TOKEN ");
    CHECK(found("SG." + x(22) + "." + x(43)) == "SENDGRID_KEY ");
    CHECK(found("Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0." + x(43)) == "JWT ");
}

TEST_CASE("what only begins like a token is none") {
    for (const auto& text : {std::string("sk-learn and sk-image are libraries"), "AKIA" + x(15, 'A'), std::string("xAKIAIOSFODNN7EXAMPLE"), "ghp_" + x(35), "ghp_" + x(37), std::string("eyJhbGciOiJIUzI1NiJ9.notajwt"),
                                    std::string("123e4567-e89b-12d3-a456-426614174000"), "commit " + x(40, 'f'), "data:image/png;base64," + x(200)}) {
        INFO(text);
        CHECK(found(text).empty());
    }
}

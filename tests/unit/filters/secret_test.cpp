// Secrets, all made up: of the form of real ones, and what only looks like them.
#include "filters/detect/secret.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "filters/body/text.hpp"
#include "tests/support/every_split.hpp"
#include "tests/support/sightings.hpp"
#include "tests/support/world.hpp"

using namespace bordergate;
using testing::deeply_sighted;
using testing::sighted;
using testing::transformed;
using testing::World;

namespace {

/// `size` characters of the alphabet that tokens are drawn from, always the same.
std::string drawn(std::size_t size, std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") {
    std::string made;
    std::uint32_t state = 7;
    while (made.size() < size) made += alphabet[((state = state * 1664525 + 1013904223) >> 16) % alphabet.size()];
    return made;
}

constexpr std::string_view capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", hex = "0123456789abcdef";

}  // namespace

TEST_CASE("tokens with a prefix are found wherever they stand", "[secret]") {
    struct Case {
        const char* entity;
        std::string token;
    };
    for (const auto& one : {
             Case{"ANTHROPIC_API_KEY", "sk-ant-api03-" + drawn(93) + "AA"},
             Case{"ANTHROPIC_API_KEY", "sk-ant-admin01-" + drawn(93) + "AA"},
             Case{"AWS_ACCESS_KEY", "AKIA" + drawn(16, capitals)},
             Case{"AWS_ACCESS_KEY", "ASIA" + drawn(16, capitals)},
             Case{"AZURE_STORAGE_KEY", "AccountKey=" + drawn(86) + "=="},
             Case{"AZURE_STORAGE_KEY", "sig=" + drawn(43) + "="},
             Case{"GCP_API_KEY", "AIza" + drawn(35)},
             Case{"GCP_API_KEY", "GOCSPX-" + drawn(28)},
             Case{"GITHUB_TOKEN", "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"},
             Case{"GITHUB_TOKEN", "github_pat_" + drawn(22) + "_" + drawn(59)},
             Case{"GITLAB_TOKEN", "glpat-" + drawn(20)},
             Case{"GITLAB_TOKEN", "glpat-" + drawn(27) + ".01." + drawn(9, hex)},
             Case{"HUGGING_FACE_TOKEN", "hf_" + drawn(34)},
             Case{"JWT", "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0." + drawn(43)},
             Case{"NPM_TOKEN", "npm_" + drawn(36)},
             Case{"OPENAI_API_KEY", "sk-" + drawn(20) + "T3BlbkFJ" + drawn(20)},
             Case{"OPENAI_API_KEY", "sk-proj-" + drawn(74) + "T3BlbkFJ" + drawn(74)},
             Case{"SLACK_TOKEN", "xoxb-123456789012-1234567890123-" + drawn(24)},
             Case{"SLACK_TOKEN", "xapp-1-A0123456789-1234567890123-" + drawn(64, hex)},
             Case{"STRIPE_KEY", "sk_live_" + drawn(24)},
             Case{"STRIPE_KEY", "rk_live_" + drawn(99)},
             Case{"STRIPE_KEY", "whsec_" + drawn(32)},
         }) {
        INFO(one.token);
        const auto there = std::string("<") + one.entity + ">";
        CHECK(sighted(one.token) == there);
        CHECK(sighted("use " + one.token + ", please") == "use " + there + ", please");
        CHECK(sighted("x,\"" + one.token + "\",5") == "x,\"" + there + "\",5");
        CHECK(sighted(one.token + ",5") == there + ",5");
        CHECK(sighted("x" + one.token).find(one.entity) == std::string::npos);
    }
    CHECK(sighted("https://hooks.slack.com/services/T01234567/B01234567/" + drawn(24)) == "https://<SLACK_TOKEN>");
}

TEST_CASE("what only begins like a token is none", "[secret]") {
    for (const auto& text : {std::string("the sk-learn and sk-proj-ects of risk-averse people"), std::string("sk-proj-short"), std::string("ghp_") + std::string(36, 'a'),
                             "AKIA" + drawn(15, capitals), "AKIA" + drawn(17, capitals), std::string("AIza is short"), std::string("npm_config_registry_of_the_company"), std::string("hf_transformers_are_good"),
                             std::string("eyJhbGciOiJIUzI1NiJ9"), std::string("xoxb-"), std::string("glpat-examples are short")}) {
        INFO(text);
        CHECK(sighted(text) == text);
    }
}

TEST_CASE("a token of GitHub has its CRC-32 at its end", "[secret]") {
    CHECK(github_token("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"));  // published with the format
    CHECK_FALSE(github_token("ghp_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq18"));
    CHECK_FALSE(github_token("ghp_zQWBuTSOoRi4A9spHcVY5ncnsDkxkj0mLq17"));
    CHECK_FALSE(github_token("ghp_"));
    CHECK(takes_verbatim("github_token"));
    CHECK_FALSE(takes_verbatim("luhn"));
    CHECK_FALSE(takes_verbatim("nothing"));
}

TEST_CASE("a value drawn by lot is a secret beside a word that says so", "[secret]") {
    const std::string value = "k7Qz9mP2xV4bN8sL";
    CHECK(looks_drawn(value));
    CHECK(sighted("password: " + value) == "password: <SECRET>");
    CHECK(sighted("API_KEY=" + value + " next") == "API_KEY=<SECRET> next");
    CHECK(sighted("Authorization: Bearer " + value + ".") == "Authorization: Bearer <SECRET>.");
    CHECK(sighted("Das Passwort ist " + value) == "Das Passwort ist <SECRET>");
    CHECK(sighted(value, "clientSecret") == "<SECRET>");
    CHECK(sighted("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYzB2xLKEY09") == "aws_secret_access_key = <SECRET>");
    CHECK(sighted("token=" + drawn(43) + "=") == "token=<SECRET>");
    for (const auto& text : {value, "order " + value, std::string("token 550e8400"), std::string("see commit 3f786850e387550fdab836ed7e6dc881de23001b"), std::string("id 550e8400-e29b-41d4-a716-446655440000"),
                             std::string("password: aaaaaaaaaaaaaaaa1"), std::string("password: correct-horse-battery-staple"), std::string("secret /etc/nginx/conf.d/default.conf"),
                             std::string("tokenised k7Qz9mP2xV4bN8sL"), "token " + drawn(600)}) {
        INFO(text);
        CHECK(sighted(text) == text);
    }
    CHECK_FALSE(looks_drawn("data:image/png"));
    CHECK_FALSE(looks_drawn(""));
}

TEST_CASE("an address with a password in it", "[secret]") {
    CHECK(sighted("DB=postgres://app:s3cr3t@db.example.org:5432/app") == "DB=<CONNECTION_STRING>/app");
    CHECK(sighted("mongodb+srv://u:p%40ss!$@cluster0.example.net/x") == "<CONNECTION_STRING>/x");
    CHECK(sighted("redis://:hunter22@localhost.") == "<CONNECTION_STRING>.");
    CHECK(sighted("amqp://a:b@c@host") == "<CONNECTION_STRING>");
    CHECK(sighted("http://u:pw@[::1]:80/") == "<CONNECTION_STRING>/");
    for (const char* text : {"https://example.org:8080/a", "https://user@example.org.", "postgres://${USER}:${PASSWORD}@localhost", "postgres://user:****@localhost", "://a:b@c", "see http://a:b", "12:34 // a:b@"}) {
        INFO(text);
        CHECK(sighted(text).find("CONNECTION_STRING") == std::string::npos);
    }
    const std::string many = [] {
        std::string made;
        for (int i = 0; i < 20000; ++i) made += "a://b:c";
        return made;
    }();
    CHECK(sighted(many) == many);
}

TEST_CASE("a password that should have been escaped is one all the same", "[secret]") {
    CHECK(sighted("postgres://user:p/a#ss@host/db") == "<CONNECTION_STRING>/db");
    CHECK(sighted("DB=postgres://user:p/a#ss?w@db.example.org:5432/app;") == "DB=<CONNECTION_STRING>/app;");
    CHECK(sighted("postgres://user:p@ss/w0rd@host/db") == "<CONNECTION_STRING>/db");
    CHECK(sighted("postgres://user@server:p/w@host") == "<CONNECTION_STRING>");
    CHECK(sighted("redis://:12345/x@cache:6379") == "<CONNECTION_STRING>");
    CHECK(sighted("amqp://u:/secret@[::1]:5672/") == "<CONNECTION_STRING>/");
    CHECK(sighted("mongodb://u:123456/7@a:27017,b:27017/db") == "<CONNECTION_STRING>,b:27017/db");
    // Where the host is left out, or comes later.
    CHECK(sighted("postgresql://user:s3cret@/db?host=/run") == "<CONNECTION_STRING>/db?host=/run");
    CHECK(sighted("postgresql://user:s3cret@${HOST}/db") == "<CONNECTION_STRING>${HOST}/db");
    // A path that has a sign does not end the password early, nor does it take one's place.
    CHECK(sighted("https://u:pw@registry.example.org/@scope/name") == "<CONNECTION_STRING>/@scope/name");
    for (const char* text : {"https://example.org:8080/a@b", "http://host:80?x=a@b", "http://[::1]:8080/a@b", "mongodb://a:27017,b:27017/db?x=y@z", "ssh://git@example.org:22/a@b", "http://host:${PORT}/a@b",
                             "http://host/a:b@c", "file:///a:b@c", "file://C:/Users/a@b", "https://a:443,https://b:443/c@d", "http://{host}:{port}/a@b", "redis://u:****/@h", "http://a:b/c", "x://a:b/@c", "x://a:b@", "x://a:b/c@"}) {
        INFO(text);
        CHECK(sighted(text).find("CONNECTION_STRING") == std::string::npos);
    }
}

TEST_CASE("addresses with a password in a stream are found wherever it is split, and cost one pass", "[secret]") {
    World world;
    world.cell("credential").form = Form::mask;
    world.judgement.sort(world.classes.all());
    const std::string text = "first postgres://user:p/a#ss@db.example.org/app, then redis://:a?b@cache and http://host:80/a@b.";
    const auto out = testing::at_every_split(text.size(), [&](std::size_t step) { return transformed(*make_text(world.treatment, nullptr, 8192), text, step); });
    CHECK(out == "first <CONNECTION_STRING>/app, then <CONNECTION_STRING> and http://host:80/a@b.");
    std::string many;
    for (int i = 0; i < 20000; ++i) many += "a://b:c/";
    CHECK(sighted(many) == many);
}

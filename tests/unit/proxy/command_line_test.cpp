// The command line: what is wrong is named with the nearest right word, and exit codes mean what --help says.
#include "proxy/commands/command_line.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <iostream>
#include <sstream>

#include "proxy/commands/exit_codes.hpp"
#include "proxy/commands/manual.hpp"
#include "tests/unit/config/written_folder.hpp"

using namespace bordergate;
using bordergate::testing::WrittenFolder;
using Catch::Contains;

namespace {

struct Said {
    int code;
    std::string out, errors;
};

Said say(std::vector<std::string> words) {
    words.insert(words.begin(), "bordergate");
    std::vector<char*> argv;
    for (auto& one : words) argv.push_back(one.data());
    argv.push_back(nullptr);
    std::ostringstream out, errors;
    auto* const old_out = std::cout.rdbuf(out.rdbuf());
    auto* const old_errors = std::cerr.rdbuf(errors.rdbuf());
    const int code = command_line(static_cast<int>(words.size()), argv.data());
    std::cout.rdbuf(old_out);
    std::cerr.rdbuf(old_errors);
    return {code, out.str(), errors.str()};
}

constexpr auto config = R"(version: 1
node: {location: DE, operator: DE}
listeners: [{name: s, address: "127.0.0.1:0", mode: reverse}]
audit: {directory: ./a}
sources:
  - {id: app, match: {networks: [127.0.0.0/8]}, standing: {location: DE, operator: DE}, carries: [personal, health]}
destinations:
  - {id: us, url: "https://us", standing: {location: US, operator: US}}
  - {id: fr, url: "https://fr", standing: {location: FR, operator: FR}}
routes: [{id: all, destinations: [us, fr]}]
rules:
  - {id: plain, permit: clear, data: plain, from: EEA, to: US}
  - {id: no-health, limit: refuse, data: health, from: EEA, to: US, cite: GDPR Art. 9}
)";

}  // namespace

TEST_CASE("an unknown command is named, with the nearest one") {
    for (auto [words, path, meant] :
         {std::tuple{std::vector<std::string>{"chek", "x.yaml"}, "bordergate: ", "did you mean check?"},
          {{"explian"}, "bordergate: ", "did you mean explain?"},
          {{"keys", "lst"}, "bordergate keys: ", "did you mean list?"},
          {{"audit", "frobnicate"}, "bordergate audit: ", "bordergate audit --help lists them"}}) {
        const auto said = say(words);
        CHECK(said.code == exit_usage);
        CHECK(said.out.empty());
        CHECK_THAT(said.errors, Catch::StartsWith(path) && Contains(meant));
    }
}

TEST_CASE("a wrong command line is exit code 2 and says how to get help") {
    for (const auto& words : std::vector<std::vector<std::string>>{{},
                                                                   {"check"},
                                                                   {"check", "a", "b"},
                                                                   {"check", "a", "--jsn"},
                                                                   {"keys"},
                                                                   {"keys", "create"},
                                                                   {"explain", "x.yaml"},
                                                                   {"completion", "tcsh"},
                                                                   {"audit", "tail", "-n", "x"},
                                                                   {"audit", "tail", "-n", "-1"},
                                                                   {"--no-such-flag"}}) {
        const auto said = say(words);
        CHECK(said.code == exit_usage);
        CHECK(said.out.empty());
        CHECK_THAT(said.errors, Contains("--help"));
    }
}

TEST_CASE("--help names every command and the exit codes, and goes to standard output") {
    const auto help = say({"--help"});
    CHECK(help.code == exit_ok);
    CHECK(help.errors.empty());
    for (auto command : {"run", "check", "explain", "schema", "keys", "audit", "completion", "man"}) {
        CHECK_THAT(help.out, Contains(std::string("\n  ") + command + " "));
        const auto own = say({command, "--help"});
        CHECK(own.code == exit_ok);
        CHECK_THAT(own.out, Contains(command));
    }
    CHECK_THAT(
        help.out,
        Contains("0 ok, 1 the answer is no, 2 usage, 3 configuration invalid, 4 file, address or disk, 70 a bug"));
    CHECK_THAT(say({"--version"}).out, Catch::StartsWith("bordergate "));
}

TEST_CASE("completion and the man page know every command") {
    for (auto shell : {"bash", "zsh", "fish"}) {
        const auto script = say({"completion", shell});
        CHECK(script.code == exit_ok);
        for (auto command : {"run", "check", "explain", "schema", "keys", "audit"})
            CHECK_THAT(script.out, Contains(command));
    }
    CHECK_THAT(say({"man"}).out, Catch::StartsWith(".TH") && Contains("explain"));
}

TEST_CASE("check --json is one object with every mistake and its place") {
    const WrittenFolder folder;
    const auto good = say({"check", folder.write("good.yaml", config), "--json"});
    CHECK(good.code == exit_ok);
    const auto report = boost::json::parse(good.out).as_object();
    CHECK(report.at("ok") == true);
    CHECK(report.at("digest").as_string().size() == 64);
    const auto bad = say({"check", folder.write("bad.yaml", "version: 1\nlisteners: 7\nlistner: 1\n"), "--json"});
    CHECK(bad.code == exit_config_invalid);
    const auto mistakes = boost::json::parse(bad.out).as_object();
    CHECK(mistakes.at("ok") == false);
    CHECK_FALSE(mistakes.contains("digest"));
    bool found = false;
    for (const auto& one : mistakes.at("diagnostics").as_array())
        found = found || (one.at("line") == 3 && one.at("column") == 1 && one.at("severity") == "error");
    CHECK(found);
    CHECK_THAT(say({"check", folder.path() / "good.yaml"}).out,
               Contains("good.yaml: ok (1 source, 2 destinations, 1 route, 2 rules)"));
}

TEST_CASE("a file that cannot be read is exit code 4, whether it is the configuration or one that it names") {
    const WrittenFolder folder;
    const std::string missing = folder.path() / "no.yaml";
    const std::string with_key = std::string(config) + "keys: {directory: ./no-keys}\n";
    for (const auto& file : {missing, folder.path().string(), folder.write("keys.yaml", with_key).string()}) {
        INFO(file);
        CHECK(say({"check", file}).code == exit_io);
        CHECK(say({"explain", file, "--source", "app"}).code == exit_io);
        CHECK(say({"run", file}).code == exit_io);
    }
    // A mistake in what the configuration says comes first.
    CHECK(say({"check", folder.write("both.yaml", with_key + "x: 1\n")}).code == exit_config_invalid);
    CHECK(say({"keys", "create", "DE", "--directory", folder.path() / "damaged"}).code == exit_ok);
    folder.write("damaged/DE/seal.2.jwk", "{}", 0600);
    CHECK(say({"run", folder.write("damaged.yaml", std::string(config) + "keys: {directory: ./damaged}\n")}).code == exit_io);
}

TEST_CASE("fish is given descriptions with their quotes escaped") {
    const auto script = say({"completion", "fish"}).out;
    CHECK_THAT(script, Contains(R"(complete -c bordergate -n __fish_use_subcommand -a explain -d 'say what would)"));
    CHECK(fish_quoted("it's a \\ word") == R"('it\'s a \\ word')");
}

TEST_CASE("explain says where a message would go, and 1 if nowhere") {
    const WrittenFolder folder;
    const std::string file = folder.write("good.yaml", config);
    const auto ask = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"explain", file, "--source", "app", "--json"});
        return say(more);
    };
    const auto clear = ask({"--route", "all"});
    CHECK(clear.code == exit_ok);
    CHECK(boost::json::parse(clear.out).at("verdict") == "clear");
    const auto rerouted = ask({"--route", "all", "--data", "health"});
    CHECK(rerouted.code == exit_ok);
    CHECK(boost::json::parse(rerouted.out).at("verdict") == "rerouted");
    CHECK(boost::json::parse(rerouted.out).at("destination") == "fr");
    const auto refused = ask({"--to", "us", "--data", "health"});
    CHECK(refused.code == exit_negative);
    CHECK(boost::json::parse(refused.out).at("verdict") == "refused");
    CHECK_THAT(refused.out, Contains("no-health") && Contains("GDPR Art. 9"));
    for (const auto& wrong :
         std::vector<std::vector<std::string>>{{"--to", "de"}, {"--route", "x"}, {"--data", "helth"}}) {
        const auto said = ask(wrong);
        CHECK(said.code == exit_usage);
        CHECK_THAT(said.errors, Contains('"' + wrong[1] + '"'));
    }
    CHECK(say({"explain", file, "--source", "nobody"}).code == exit_usage);
    CHECK(say({"explain", folder.write("bad.yaml", "version: 2\n"), "--source", "app"}).code == exit_config_invalid);
}

TEST_CASE("explain refuses a class declared for the whole message where only a mask is permitted, as the run does") {
    const WrittenFolder folder;
    const std::string masking = std::string(config) + "  - {id: masked, permit: mask, data: [contact, plain], from: EEA, to: US, with: redact}\n";
    const auto verdict = [&](const std::string& text, std::vector<std::string> more) {
        more.insert(more.begin(), {"explain", folder.write("c.yaml", text), "--source", "app", "--to", "us", "--json"});
        const auto said = say(more);
        const auto report = boost::json::parse(said.out).as_object();
        return std::string(report.at("verdict").as_string()) + ": " + std::string(report.at("why").as_string()) + " / " + said.out;
    };
    CHECK_THAT(verdict(masking, {"--data", "contact"}), Catch::StartsWith("masked"));
    std::string source = masking, route = masking;
    source.replace(source.find("carries: ["), 0, "declares: contact, ");
    route.replace(route.find("destinations: [us, fr]}"), 0, "declares: contact, ");
    for (const auto& [text, more] : {std::pair{source, std::vector<std::string>{}}, {route, {"--route", "all"}}}) {
        const auto said = verdict(text, more);
        CHECK_THAT(said, Catch::StartsWith("refused: ") && Contains("which a body as a whole cannot be") && Contains("; a body as a whole cannot be masked"));
    }
    CHECK_THAT(verdict(route, {}), Catch::StartsWith("clear"));  // asked without the route that declares it
}

TEST_CASE("explain judges by the purpose that the request would state") {
    const WrittenFolder folder;
    std::string text = config;
    text.replace(text.find("carries: ["), 0, "purposes: [training, evaluation], ");
    text += "  - {id: train, permit: clear, data: contact, from: EEA, to: US, purposes: training}\n";
    const auto file = folder.write("c.yaml", text);
    const auto ask = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"explain", file, "--source", "app", "--to", "us", "--data", "contact"});
        return say(more);
    };
    CHECK(ask({}).code == exit_negative);
    CHECK(ask({"--purpose", "training"}).code == exit_ok);
    CHECK(ask({"--purpose", "evaluation"}).code == exit_negative);
    CHECK_THAT(ask({"--purpose", "evaluation"}).out, Contains("verdict: refused: no permit"));
    CHECK(ask({"--purpose", "inference"}).code == exit_usage);
    CHECK_THAT(ask({"--purpose", "inference"}).errors, Contains("has no purpose inference"));
    CHECK_THAT(ask({"--purpose", "trainin"}).errors, Contains("did you mean training?"));
}

TEST_CASE("keys are made and listed without their secrets") {
    const WrittenFolder folder;
    const std::string directory = folder.path() / "keys";
    CHECK(say({"keys", "list", "--directory", directory}).code == exit_io);
    CHECK(say({"keys", "create", "DE", "--directory", directory}).code == exit_ok);
    const auto list = say({"keys", "list", "--json", "--directory", directory});
    CHECK(list.code == exit_ok);
    CHECK(boost::json::parse(list.out) ==
          boost::json::parse(R"([{"jurisdiction":"DE","seals_with":"DE/seal/1","masks":true}])"));
    CHECK(say({"keys", "create", "DE", "--directory", folder.write("file", "") / "x"}).code == exit_io);
}

TEST_CASE("keys are for one country: others are named, a group is called one") {
    const WrittenFolder folder;
    const std::string directory = folder.path() / "keys";
    const auto misspelt = say({"keys", "create", "de", "--directory", directory});
    CHECK(misspelt.code == exit_usage);
    CHECK_THAT(misspelt.errors, Contains("did you mean DE?"));
    const auto group = say({"keys", "create", "EEA", "--directory", directory});
    CHECK(group.code == exit_usage);
    CHECK_THAT(group.errors, Contains("is a group") && !Contains("did you mean"));
    CHECK(say({"keys", "create", "../DE", "--directory", directory}).code == exit_usage);
    CHECK_FALSE(std::filesystem::exists(directory));
}

TEST_CASE("the audit commands tell an unreadable folder from an attempt that is not there") {
    const WrittenFolder folder;
    folder.write("audit-1-000001.ndjson",
                 "{\"attempt\":\"a-1\",\"kind\":\"intent\"}\n{\"attempt\":\"a-2\",\"kind\":\"intent\"}\n");
    folder.write("audit-1-000002.ndjson", "{\"attempt\":\"a-1\",\"kind\":\"outcome\"}\n{\"attempt\":\"a-1\",\"torn");
    const std::string directory = folder.path();
    const auto show = say({"audit", "show", "a-1", "--json", "--directory", directory});
    CHECK(show.code == exit_ok);
    CHECK(show.out == "{\"attempt\":\"a-1\",\"kind\":\"intent\"}\n{\"attempt\":\"a-1\",\"kind\":\"outcome\"}\n");
    CHECK(say({"audit", "show", "a-", "--directory", directory}).code == exit_negative);
    const auto tail = say({"audit", "tail", "-n", "2", "--json", "--directory", directory});
    CHECK(tail.out == "{\"attempt\":\"a-2\",\"kind\":\"intent\"}\n{\"attempt\":\"a-1\",\"kind\":\"outcome\"}\n");
    CHECK(say({"audit", "tail", "-n", "0", "--directory", directory}).out.empty());
    CHECK(say({"audit", "show", "a-1", "--directory", directory + "/no"}).code == exit_io);
    CHECK(say({"audit", "tail", "--directory", directory + "/no"}).code == exit_io);
}

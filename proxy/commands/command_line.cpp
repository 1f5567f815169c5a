#include "proxy/commands/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <span>

#include "config/diagnostic.hpp"
#include "proxy/commands/audit.hpp"
#include "proxy/commands/check.hpp"
#include "proxy/commands/detect.hpp"
#include "proxy/commands/exit_codes.hpp"
#include "proxy/commands/explain.hpp"
#include "proxy/commands/keys.hpp"
#include "proxy/commands/manual.hpp"
#include "proxy/commands/run.hpp"

#ifndef BORDERGATE_VERSION
#define BORDERGATE_VERSION "0.1.0"
#endif

namespace bordergate {

namespace {

/// What was parsed, and the command to run with it.
struct Parsed {
    std::string config, source, route, purpose, jurisdiction, directory = "./keys", attempt, audit_directory = "./audit", shell;
    std::vector<std::string> destinations, classes;
    bool json = false;
    std::size_t count = 20;
    DetectOptions detect;
    std::function<int()> command;
};

void add_config(CLI::App* app, Parsed& parsed) { app->add_option("config", parsed.config, "configuration file (YAML)")->required(); }
void add_json(CLI::App* app, Parsed& parsed) { app->add_flag("--json", parsed.json, "print JSON"); }

void add_policy_commands(CLI::App& app, Parsed& parsed) {
    auto* run_app = app.add_subcommand("run", "serve until SIGTERM or SIGINT, then drain");
    add_config(run_app, parsed);
    run_app->callback([&] { parsed.command = [&] { return run({parsed.config}); }; });

    auto* check = app.add_subcommand("check", "name every mistake of a configuration file, with line, column and the nearest valid word");
    add_config(check, parsed);
    add_json(check, parsed);
    check->callback([&] { parsed.command = [&] { return check_command(parsed.config, parsed.json, std::cout); }; });

    auto* explain = app.add_subcommand("explain", "say what would happen to a message, and which rule and law decide");
    add_config(explain, parsed);
    explain->add_option("--source", parsed.source, "who sends")->required();
    explain->add_option("--route", parsed.route, "whose destinations to ask about");
    explain->add_option("--to", parsed.destinations, "destinations, in order of preference; all if left out");
    explain->add_option("--data", parsed.classes, "classes that the message holds; plain if left out");
    explain->add_option("--purpose", parsed.purpose, "what the request says it is for; any of the source's if left out");
    add_json(explain, parsed);
    explain->footer("Example:\n  bordergate explain clinic.yaml --source ward-app --route chat --data personal health");
    explain->callback([&] {
        parsed.command = [&] {
            return explain_command({parsed.config, parsed.source, parsed.destinations, parsed.route, parsed.classes, parsed.purpose, parsed.json}, std::cout, std::cerr);
        };
    });

    auto* schema = app.add_subcommand("schema", "print the JSON Schema of the configuration file, for editors");
    schema->callback([&] { parsed.command = [] { return schema_command(std::cout); }; });
}

void add_detect_command(CLI::App& app, Parsed& parsed) {
    auto& options = parsed.detect;
    auto* detect = app.add_subcommand("detect", "find personal data and secrets in files, or measure how well they are found");
    detect->add_option("file", options.files, "files to read; standard input if left out or -");
    detect->add_option("--format", options.format, "text, json, ndjson or csv; else by the file's name, or how it begins")->check(CLI::IsMember({"auto", "text", "json", "ndjson", "csv"}));
    detect->add_option("--config", options.config, "use the recognisers of this configuration; all built-in ones if left out");
    detect->add_option("--entity", options.entities, "look for these only");
    detect->add_option("--eval", options.eval, "measure recall and precision on labelled texts, a line each: {\"text\", \"spans\": [{\"entity\", \"start\", \"end\"}]}");
    detect->add_flag("--characters", options.characters, "spans count characters (code points) instead of bytes");
    detect->add_flag("--list", options.list, "print the recognisers");
    add_json(detect, parsed);
    detect->footer("Examples:\n  bordergate detect export.csv\n  journalctl | bordergate detect --json\n  bordergate detect --eval labelled.ndjson --characters\nExit code 1: nothing was found.");
    detect->callback([&] {
        parsed.command = [&] {
            parsed.detect.json = parsed.json;
            return detect_command(parsed.detect, std::cout, std::cerr);
        };
    });
}

void add_keys_commands(CLI::App& app, Parsed& parsed) {
    auto* keys = app.add_subcommand("keys", "make and list the keys of a jurisdiction");
    keys->require_subcommand(1);
    auto* create = keys->add_subcommand("create", "make the next sealing key, and the masking secret if there is none");
    create->add_option("jurisdiction", parsed.jurisdiction, "a country or subdivision, such as DE")->required();
    create->add_option("--directory", parsed.directory, "the folder of keys");
    create->callback([&] { parsed.command = [&] { return keys_create_command(parsed.directory, parsed.jurisdiction, std::cout, std::cerr); }; });
    auto* list = keys->add_subcommand("list", "list key rings; never prints a secret");
    list->add_option("--directory", parsed.directory, "the folder of keys");
    add_json(list, parsed);
    list->callback([&] { parsed.command = [&] { return keys_list_command(parsed.directory, parsed.json, std::cout, std::cerr); }; });
}

void add_audit_commands(CLI::App& app, Parsed& parsed) {
    auto* audit = app.add_subcommand("audit", "read the audit log");
    audit->require_subcommand(1);
    auto* show = audit->add_subcommand("show", "print what happened to one attempt; its id is in the bordergate-attempt header");
    show->add_option("attempt", parsed.attempt, "the attempt's id")->required();
    show->add_option("--directory", parsed.audit_directory, "the log's folder");
    add_json(show, parsed);
    show->callback([&] { parsed.command = [&] { return audit_show_command(parsed.audit_directory, parsed.attempt, parsed.json, std::cout, std::cerr); }; });
    auto* tail = audit->add_subcommand("tail", "print the last records");
    tail->add_option("-n,--count", parsed.count, "how many")->check(CLI::NonNegativeNumber);
    tail->add_option("--directory", parsed.audit_directory, "the log's folder");
    add_json(tail, parsed);
    tail->callback([&] { parsed.command = [&] { return audit_tail_command(parsed.audit_directory, parsed.count, parsed.json, std::cout, std::cerr); }; });
}

void add_meta_commands(CLI::App& app, Parsed& parsed) {
    auto* completion = app.add_subcommand("completion", "print a completion script for your shell");
    completion->add_option("shell", parsed.shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
    completion->footer("Example:\n  source <(bordergate completion bash)");
    completion->callback([&] { parsed.command = [&] { return print_completion(app, parsed.shell, std::cout), exit_ok; }; });
    auto* man = app.add_subcommand("man", "print the man page");
    man->callback([&] { parsed.command = [&] { return print_manual(app, std::cout), exit_ok; }; });
}

/// True if the words up to the first option name commands; otherwise says which one does not, and which is near.
bool known_command(const CLI::App& app, std::span<char* const> words) {
    const CLI::App* at = &app;
    std::string path = "bordergate";
    for (const std::string_view word : words) {
        const auto commands = at->get_subcommands([](const CLI::App*) { return true; });
        if (commands.empty() || word.starts_with('-')) return true;
        std::vector<std::string_view> names;
        for (const auto* one : commands) names.push_back(one->get_name());
        const auto found = std::find(names.begin(), names.end(), word);
        if (found == names.end()) {
            const auto near = nearest_word(word, names);
            const auto advice = near.empty() ? path + " --help lists them" : "did you mean " + std::string(near) + "?";
            std::cerr << path << ": no command is called \"" << word << "\"; " << advice << "\n";
            return false;
        }
        at = commands[static_cast<std::size_t>(found - names.begin())];
        path += ' ' + std::string(word);
    }
    return true;
}

}  // namespace

int command_line(int argc, char** argv) {
    CLI::App app("Bordergate: the proxy that stands at a border. It masks, seals, reroutes or refuses what may not cross.", "bordergate");
    Parsed parsed;
    app.require_subcommand(1);
    app.set_version_flag("--version", "bordergate " BORDERGATE_VERSION);
    app.footer(
        "First steps:\n"
        "  bordergate keys create DE            make keys for a jurisdiction\n"
        "  bordergate check clinic.yaml         find every mistake before anything starts\n"
        "  bordergate explain clinic.yaml --source ward-app --data personal\n"
        "  bordergate run clinic.yaml\n\n"
        "Exit codes: 0 ok, 1 the answer is no, 2 usage, 3 configuration invalid, 4 file, address or disk, 70 a bug.");
    add_policy_commands(app, parsed);
    add_detect_command(app, parsed);
    add_keys_commands(app, parsed);
    add_audit_commands(app, parsed);
    add_meta_commands(app, parsed);
    if (argc > 1 && !known_command(app, std::span(argv + 1, static_cast<std::size_t>(argc - 1)))) return exit_usage;
    try {
        app.parse(argc, argv);
        return parsed.command ? parsed.command() : exit_usage;
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? exit_ok : exit_usage;
    } catch (const std::exception& error) {
        std::cerr << "bordergate: " << error.what() << "\n";
        return exit_internal;
    }
}

}  // namespace bordergate

// Man page and shell completion, from the tree of the command line itself. Included by command_line.cpp only, so
// that CLI11 is compiled once.
#pragma once

#include <CLI/CLI.hpp>
#include <ostream>
#include <string>

namespace bordergate {

inline void print_man_section(const CLI::App& app, const std::string& path, std::ostream& out) {
    out << ".SS " << path << "\n" << app.get_description() << "\n";
    for (const auto* option : app.get_options()) {
        if (option->get_name().empty() || option->get_name() == "--help") continue;
        out << ".TP\n.B " << option->get_name(false, true) << "\n" << option->get_description() << "\n";
    }
    for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; })) print_man_section(*sub, path + " " + sub->get_name(), out);
}

inline void print_manual(const CLI::App& app, std::ostream& out) {
    out << ".TH BORDERGATE 1\n.SH NAME\nbordergate \\- jurisdiction-aware data routing proxy\n.SH SYNOPSIS\n.B bordergate\nCOMMAND [OPTIONS]\n.SH DESCRIPTION\n"
        << app.get_description() << "\n.SH COMMANDS\n";
    for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; })) print_man_section(*sub, sub->get_name(), out);
    out << ".SH EXIT STATUS\n0 ok, 1 the answer is no, 2 usage, 3 configuration invalid, 4 file, address or disk, 70 a bug.\n";
}

/// The words that can follow `path`, as a case line of a shell.
inline void print_completion_cases(const CLI::App& app, const std::string& path, std::ostream& out) {
    std::string words;
    const auto subs = app.get_subcommands([](const CLI::App*) { return true; });
    for (const auto* sub : subs) words += sub->get_name() + ' ';
    for (const auto* option : app.get_options())
        if (!option->get_lnames().empty()) words += "--" + option->get_lnames().front() + ' ';
    out << "    '" << path << "') words='" << words << "' ;;\n";
    for (const auto* sub : subs) print_completion_cases(*sub, path.empty() ? sub->get_name() : path + ' ' + sub->get_name(), out);
}

/// `text` as one word of fish, which knows two escapes inside single quotes.
inline std::string fish_quoted(const std::string& text) {
    std::string quoted = "'";
    for (char c : text) {
        if (c == '\'' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + "'";
}

inline void print_completion(const CLI::App& app, const std::string& shell, std::ostream& out) {
    if (shell == "fish") {
        for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; }))
            out << "complete -c bordergate -n __fish_use_subcommand -a " << sub->get_name() << " -d " << fish_quoted(sub->get_description()) << "\n";
        return;
    }
    if (shell == "zsh") out << "autoload -U +X bashcompinit && bashcompinit\n";
    out << "_bordergate() {\n  local path='' word words\n  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
           "    case \"$word\" in -*|*.*|*/*) ;; *) path=\"${path:+$path }$word\" ;; esac\n  done\n  case \"$path\" in\n";
    print_completion_cases(app, "", out);
    out << "    *) words='' ;;\n  esac\n  COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\") $(compgen -f -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\n"
           "complete -F _bordergate bordergate\n";
}

}  // namespace bordergate

#include "tests/support/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/skip.hpp"

namespace bordergate::testing {

Process::Process(std::vector<std::string> arguments, std::optional<std::size_t> file_limit) {
    int pipe_ends[2];
    REQUIRE(::pipe2(pipe_ends, O_CLOEXEC) == 0);
    std::vector<char*> argv;
    for (auto& one : arguments) argv.push_back(one.data());
    argv.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) {
        ::dup2(pipe_ends[1], STDOUT_FILENO);
        if (file_limit) {
            const rlimit limit{*file_limit, *file_limit};
            ::setrlimit(RLIMIT_FSIZE, &limit);
        }
        ::execvp(argv[0], argv.data());
        ::_exit(127);
    }
    ::close(pipe_ends[1]);
    out_ = pipe_ends[0];
}

Process::~Process() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    if (out_ >= 0) ::close(out_);
}

std::optional<std::string> Process::line() {
    for (;;) {
        if (const auto end = buffered_.find('\n'); end != std::string::npos) {
            auto text = buffered_.substr(0, end);
            buffered_.erase(0, end + 1);
            return text;
        }
        pollfd ready{out_, POLLIN, 0};
        if (::poll(&ready, 1, 10'000) != 1) return std::nullopt;
        char bytes[4096];
        const auto got = ::read(out_, bytes, sizeof bytes);
        if (got <= 0) return std::nullopt;
        buffered_.append(bytes, static_cast<std::size_t>(got));
    }
}

std::string Process::rest() {
    std::string text;
    while (auto next = line()) text += *next + '\n';
    return text + buffered_;
}

void Process::signal(int number) { ::kill(pid_, number); }

int Process::wait() {
    for (int tries = 0; tries < 1500; ++tries) {
        int status = 0;
        if (::waitpid(pid_, &status, WNOHANG) == pid_) {
            pid_ = -1;
            return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        }
        ::usleep(10'000);
    }
    return -1;
}

Finished run_program(std::vector<std::string> arguments) {
    Process process(std::move(arguments));
    Finished finished;
    finished.out = process.rest();
    finished.code = process.wait();
    return finished;
}

bool have_program(const std::string& program) {
    if (std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0) return true;
    WARN(test::skip_mark << program << " is not installed");
    return false;
}

Folder::Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "bordergate-flow-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
}

Folder::~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

void Folder::write(const std::string& name, const std::string& content, unsigned mode) const {
    std::ofstream(path(name), std::ios::binary) << content;
    ::chmod(path(name).c_str(), mode);
}

std::string read_file(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

long resident(int pid) {
    const auto status = read_file("/proc/" + std::to_string(pid) + "/status");
    const auto at = status.find("VmRSS:");
    return at == std::string::npos ? -1 : std::atol(status.c_str() + at + 6);
}

}  // namespace bordergate::testing

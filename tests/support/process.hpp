// Child processes of flow tests: started with pipes, read line by line with a deadline, ended with the test.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace bordergate::testing {

class Process {
  public:
    /// Starts `arguments[0]`. `file_limit` bounds the size of files it may write (RLIMIT_FSIZE), in bytes.
    explicit Process(std::vector<std::string> arguments, std::optional<std::size_t> file_limit = {});
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    /// The next line of standard output, without its newline; nothing at the end or after ten seconds.
    std::optional<std::string> line();
    /// Everything it still prints until it ends.
    std::string rest();
    void signal(int number);
    /// Waits for its end; its exit code, or -1 if a signal ended it or it did not end in fifteen seconds.
    int wait();
    int pid() const { return pid_; }

  private:
    int pid_ = -1;
    int out_ = -1;
    std::string buffered_;
};

/// Runs a program to its end: exit code and standard output.
struct Finished {
    int code = -1;
    std::string out;
};
Finished run_program(std::vector<std::string> arguments);

/// True if `program` can be started; otherwise says visibly that the test is skipped.
bool have_program(const std::string& program);

/// A folder that goes with the test.
class Folder {
  public:
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string path(const std::string& name) const { return path_ + "/" + name; }
    void write(const std::string& name, const std::string& content, unsigned mode = 0600) const;
    const std::string& root() const { return path_; }

  private:
    std::string path_;
};

std::string read_file(const std::string& path);

/// Resident memory of a process, in KiB; -1 if it is gone.
long resident(int pid);

/// What is freed stays around for a while under AddressSanitizer, and shadows of it longer.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr long room = 6;
#else
constexpr long room = 1;
#endif
#else
constexpr long room = 1;
#endif


}  // namespace bordergate::testing

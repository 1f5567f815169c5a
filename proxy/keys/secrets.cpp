#include "proxy/keys/secrets.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace bordergate {

namespace {

constexpr off_t largest = 1024 * 1024;

}  // namespace

Result<std::string> read_private_file(const std::string& path) {
    // O_NONBLOCK: opening a pipe that nobody writes to must not hold up the start.
    const int file = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) return fault(Code::internal, "cannot read " + path + ": " + std::strerror(errno));
    struct stat status{};
    std::string why, content;
    if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
        why = path + " is not a file";
    } else if ((status.st_mode & 077) != 0) {
        why = path + " can be read by others: chmod 600 " + path;
    } else if (status.st_size > largest) {
        why = path + " is longer than 1 MiB";
    } else {
        content.resize(static_cast<std::size_t>(status.st_size));
        const auto got = ::read(file, content.data(), content.size());
        if (got != status.st_size) why = "cannot read " + path;
    }
    ::close(file);
    if (!why.empty()) return fault(Code::internal, std::move(why));
    return content;
}

Result<std::string> read_secret(const SecretRef& reference) {
    if (reference.kind == SecretRef::Kind::env) {
        const char* value = std::getenv(reference.where.c_str());
        if (!value) return fault(Code::internal, "the variable " + reference.where + " is not set");
        return std::string(value);
    }
    auto content = read_private_file(reference.where);
    if (content.has_error()) return content;
    while (!content->empty() && (content->back() == '\n' || content->back() == '\r')) content->pop_back();
    return content;
}

}  // namespace bordergate

#include "proxy/log.hpp"

#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <map>
#include <mutex>
#include <string>

namespace bordergate {

namespace {

constexpr int most_per_second = 10;

/// True if `event` was told less than ten times in this second.
bool within_rate(std::string_view event, std::time_t now) {
    static std::mutex mutex;
    static std::map<std::string, std::pair<std::time_t, int>, std::less<>> told;
    const std::lock_guard guard(mutex);
    auto found = told.find(event);
    if (found == told.end()) found = told.emplace(std::string(event), std::pair{now, 0}).first;
    if (found->second.first != now) found->second = {now, 0};
    return found->second.second++ < most_per_second;
}

void append_escaped(std::string& out, std::string_view text) {
    for (char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') out += '\\';
        if (byte < 0x20 || byte == 0x7f)
            out += ' ';
        else
            out += c;
    }
}

void tell(std::string_view level, std::string_view event, std::string_view what) {
    const std::time_t now = std::time(nullptr);
    if (!within_rate(event, now)) return;
    char time[32];
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::strftime(time, sizeof time, "%Y-%m-%dT%H:%M:%SZ", &parts);
    std::string line;
    if (isatty(STDERR_FILENO)) {
        line.append(time).append(" ").append(level).append(" ").append(event).append(": ");
        append_escaped(line, what);
    } else {
        line.append("{\"time\":\"").append(time).append("\",\"level\":\"").append(level).append("\",\"event\":\"");
        line.append(event).append("\",\"message\":\"");
        append_escaped(line, what);
        line += "\"}";
    }
    line += '\n';
    // One write, so that lines of several threads do not mix; a closed standard error is nobody's loss.
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace

void log_info(std::string_view event, std::string_view what) { tell("info", event, what); }
void log_warning(std::string_view event, std::string_view what) { tell("warning", event, what); }
void log_error(std::string_view event, std::string_view what) { tell("error", event, what); }

void log_exception(std::string_view task, std::exception_ptr failure) {
    if (!failure) return;
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        tell("error", "task_failed", std::string(task) + ": " + error.what());
    } catch (...) {
        tell("error", "task_failed", task);
    }
}

}  // namespace bordergate

#include "proxy/log.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <map>
#include <mutex>
#include <string>

#include "config/utf8.hpp"

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

/// Without control characters (C1 too: terminals obey them) and without what is not UTF-8. `json`: with its escapes.
void append_clean(std::string& out, std::string_view text, bool json) {
    while (!text.empty()) {
        const auto size = utf8_sequence(text);
        const auto character = text.substr(0, std::max<std::size_t>(1, size));
        const auto byte = static_cast<unsigned char>(character[0]);
        const bool c1 = size == 2 && byte == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;
        if (json && (byte == '"' || byte == '\\')) out += '\\';
        if (size == 0)
            append_utf8(0xfffd, out);
        else if (byte < 0x20 || byte == 0x7f || c1)
            out += ' ';
        else
            out += character;
        text.remove_prefix(character.size());
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
        append_clean(line, what, false);
    } else {
        line.append("{\"time\":\"").append(time).append("\",\"level\":\"").append(level).append("\",\"event\":\"");
        line.append(event).append("\",\"message\":\"");
        append_clean(line, what, true);
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

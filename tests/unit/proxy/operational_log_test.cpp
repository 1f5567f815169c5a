// The operational log on standard error: one JSON object a line, whatever the text holds.
#include "proxy/log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <functional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/unit/config/written_folder.hpp"

using namespace bordergate;
using bordergate::testing::WrittenFolder;

namespace {

/// The lines that `work` wrote to standard error.
std::vector<std::string> told_by(const std::function<void()>& work) {
    const WrittenFolder folder;
    const auto path = folder.path() / "stderr";
    const int before = ::dup(STDERR_FILENO);
    const int file = ::open(path.c_str(), O_CREAT | O_RDWR | O_APPEND, 0600);
    ::dup2(file, STDERR_FILENO);
    work();
    ::dup2(before, STDERR_FILENO);
    ::close(before);
    ::close(file);
    std::vector<std::string> lines;
    std::ifstream in(path, std::ios::binary);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

/// The message of one line about `what`, parsed as JSON.
std::string message(const std::string& event, std::string_view what) {
    const auto lines = told_by([&] { log_info(event, what); });
    REQUIRE(lines.size() == 1);
    for (const char c : lines[0]) CHECK((static_cast<unsigned char>(c) >= 0x20 && c != 0x7f));
    return std::string(boost::json::parse(lines[0]).as_object().at("message").as_string());
}

}  // namespace

TEST_CASE("a line of the operational log is one JSON object with time, level, event and message") {
    const auto lines = told_by([] {
        log_info("shape", "one");
        log_warning("shape", "two");
        log_error("shape", "three");
    });
    REQUIRE(lines.size() == 3);
    for (auto [line, level, text] : {std::tuple{0, "info", "one"}, {1, "warning", "two"}, {2, "error", "three"}}) {
        const auto object = boost::json::parse(lines[static_cast<std::size_t>(line)]).as_object();
        CHECK(object.size() == 4);
        CHECK(object.at("level") == level);
        CHECK(object.at("event") == "shape");
        CHECK(object.at("message") == text);
        CHECK(object.at("time").as_string().size() == 20);
    }
}

TEST_CASE("no text can break the line, add a member or command a terminal") {
    CHECK(message("escapes", R"(a"b\c)") == R"(a"b\c)");
    CHECK(message("escapes", R"(","level":"none)") == R"(","level":"none)");
    CHECK(message("escapes", "two\r\nlines\t\x1b[2J\x7f.") == "two  lines  [2J .");
    CHECK(message("escapes", std::string_view("a\0b", 3)) == "a b");
    CHECK(message("escapes", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80") ==
          "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
    CHECK(message("escapes",
                  "\xc2\x9b"
                  "31m red \xc2\xa0.") == " 31m red \xc2\xa0.");
}

TEST_CASE("what is not UTF-8 is replaced, so that the line stays JSON") {
    CHECK(message("utf8",
                  "a\xff"
                  "b") ==
          "a\xef\xbf\xbd"
          "b");
    CHECK(message("utf8", "\xc3") == "\xef\xbf\xbd");
    CHECK(message("utf8", "\xed\xa0\x80") == "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

TEST_CASE("an event is told ten times a second at most, and others beside it") {
    // A second may end in between, once: then ten more are told.
    const auto lines = told_by([] {
        for (int i = 0; i < 1000; ++i) log_info("flood", "x");
        log_info("beside", "y");
    });
    CHECK(lines.size() >= 11);
    CHECK(lines.size() <= 21);
    CHECK(lines.back().find("beside") != std::string::npos);
}

TEST_CASE("lines of several threads do not mix") {
    const auto lines = told_by([] {
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([i] {
                for (int n = 0; n < 10; ++n)
                    log_info("thread" + std::to_string(i), std::string(3000, static_cast<char>('a' + i)));
            });
        for (auto& one : threads) one.join();
    });
    CHECK(lines.size() == 40);
    for (const auto& line : lines) {
        const auto text = boost::json::parse(line).as_object().at("message").as_string();
        CHECK(std::set<char>(text.begin(), text.end()).size() == 1);
    }
}

TEST_CASE("an exception at a task's end is told, and none is not") {
    const auto lines = told_by([] {
        log_exception("listener", nullptr);
        log_exception("listener", std::make_exception_ptr(std::runtime_error("broken\n")));
        log_exception("listener", std::make_exception_ptr(7));
    });
    REQUIRE(lines.size() == 2);
    CHECK(boost::json::parse(lines[0]).as_object().at("message") == "listener: broken ");
    CHECK(boost::json::parse(lines[1]).as_object().at("message") == "listener");
}

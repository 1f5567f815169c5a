// Catch2's main, compiled once for all test executables, and the tally that ./dev test adds up.
// With BORDERGATE_TALLY=FILE each test case appends "start NAME" and then "passed|failed|skipped
// NAME", so that a crash leaves a start without an end and is counted as a failure. With
// BORDERGATE_PROGRESS set, the name of the running case stands on the terminal's last line.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>

#include "tests/support/skip.hpp"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

namespace {

class Tally : public Catch::TestEventListenerBase {
  public:
    explicit Tally(Catch::ReporterConfig const& config) : TestEventListenerBase(config) {
        if (char const* path = std::getenv("BORDERGATE_TALLY")) out_.open(path, std::ios::app);
    }

    void testCaseStarting(Catch::TestCaseInfo const& test) override {
        TestEventListenerBase::testCaseStarting(test);
        skipped_ = false;
        line("start", test.name);
        if (progress_) std::cerr << "\r\x1b[K  " << test.name.substr(0, 76) << std::flush;
    }

    bool assertionEnded(Catch::AssertionStats const& stats) override {
        for (auto const& info : stats.infoMessages) note(info);
        auto const& result = stats.assertionResult;
        if (result.getResultType() == Catch::ResultWas::Warning && result.hasMessage())
            skipped_ = skipped_ || is_skip(result.getMessage());
        return true;
    }

    void testCaseEnded(Catch::TestCaseStats const& stats) override {
        if (progress_) std::cerr << "\r\x1b[K" << std::flush;
        bool const failed = stats.totals.testCases.failed > 0;
        line(failed ? "failed" : skipped_ ? "skipped" : "passed", stats.testInfo.name);
        TestEventListenerBase::testCaseEnded(stats);
    }

  private:
    static bool is_skip(std::string const& message) {
        return message.rfind(bordergate::test::skip_mark, 0) == 0;
    }
    void note(Catch::MessageInfo const& info) {
        if (info.type == Catch::ResultWas::Warning) skipped_ = skipped_ || is_skip(info.message);
    }
    void line(char const* outcome, std::string const& name) {
        if (out_.is_open()) out_ << outcome << ' ' << name << std::endl;
    }

    std::ofstream out_;
    bool progress_ = std::getenv("BORDERGATE_PROGRESS") != nullptr;
    bool skipped_ = false;
};

CATCH_REGISTER_LISTENER(Tally)

}  // namespace

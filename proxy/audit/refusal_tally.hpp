// Refusals before a source is known, counted instead of recorded one by one: whoever knocks at the door
// must not be able to fill the log.
#pragma once

#include <array>
#include <cstdint>

#include "filters/fault.hpp"
#include "proxy/audit/record.hpp"

namespace bordergate {

class RefusalTally {
  public:
    void count(Code code) { ++counts_[static_cast<std::size_t>(code)]; }

    /// Hands `write(Record)` one event per reason counted since the last flush, and starts anew for those it
    /// took (true); the others are told next time. Called once a second by its worker.
    template <class Write>
    void flush(std::int64_t time_us, Write&& write) {
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            if (counts_[i] == 0) continue;
            Record record;
            record.kind = RecordKind::event;
            record.time_us = time_us;
            record.verdict = to_string(Verdict::refused);
            record.code = info(static_cast<Code>(i)).name;
            record.count = counts_[i];
            if (write(record)) counts_[i] = 0;
        }
    }

  private:
    std::array<std::uint64_t, static_cast<std::size_t>(Code::internal) + 1> counts_{};
};

}  // namespace bordergate

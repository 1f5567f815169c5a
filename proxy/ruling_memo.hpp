// Rulings of one thread, kept for as long as judging anew would give the same: most exchanges of a second ask what
// another has just asked. Only rulings are kept, no faults, and nothing about destinations that are not declared.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "proxy/checkpoint.hpp"

namespace bordergate {

/// All that a ruling depends on. Equal questions have equal answers: pointers stand for what they point to within the
/// one snapshot that the serial names, and are never followed.
struct RulingQuestion {
    static constexpr std::size_t most_candidates = 4;
    std::uint64_t serial = 0;  ///< of the snapshot
    const Source* source = nullptr;
    const Route* route = nullptr;
    const DialectEndpoint* endpoint = nullptr;
    std::array<const Destination*, most_candidates> candidates{};  ///< of an answer: where it comes from
    ClassSet detectable, found;
    std::int64_t instant = 0;  ///< seconds since the epoch
    PurposeSet purposes = 0;
    BodyKind body = BodyKind::none;
    bool stream = false;
    bool answer = false, plain_fetch = false;
    friend bool operator==(const RulingQuestion&, const RulingQuestion&) = default;
};

class RulingMemo {
  public:
    /// The calling thread's own.
    static RulingMemo& mine();

    /// Null if the question was not answered lately. Valid until the next keep().
    const Ruling* find(const RulingQuestion& question) const;
    /// Replaces what stood at the question's place.
    void keep(const RulingQuestion& question, const Ruling& ruling);

  private:
    static constexpr std::size_t places = 32;
    struct Entry {
        RulingQuestion question;
        Ruling ruling;
    };
    static std::size_t place(const RulingQuestion& question);
    std::array<Entry, places> entries_;
};

/// Writes `candidates` into the question. False if they are too many or one is not declared: such a question has no
/// lasting identity and must not be kept.
bool name_candidates(RulingQuestion& question, std::span<const Destination* const> candidates);

}  // namespace bordergate

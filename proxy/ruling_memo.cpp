#include "proxy/ruling_memo.hpp"

#include <algorithm>
#include <memory>

namespace bordergate {

RulingMemo& RulingMemo::mine() {
    thread_local const auto memo = std::make_unique<RulingMemo>();
    return *memo;
}

std::size_t RulingMemo::place(const RulingQuestion& question) {
    const auto mix = [](std::uint64_t seed, std::uint64_t value) { return (seed ^ value) * 0x9e3779b97f4a7c15U; };
    const auto number = [](const void* pointer) { return reinterpret_cast<std::uint64_t>(pointer); };
    auto hash = mix(question.serial, number(question.source));
    hash = mix(hash, number(question.route) + number(question.endpoint));
    hash = mix(hash, number(question.candidates.front()));
    hash = mix(hash, question.found.bits() * 16 + static_cast<std::uint64_t>(question.body) * 2 + (question.stream ? 1 : 0));
    hash = mix(hash, question.purposes * 4U + (question.answer ? 2U : 0U) + (question.plain_fetch ? 1U : 0U));
    return hash >> 59;
}

const Ruling* RulingMemo::find(const RulingQuestion& question) const {
    static_assert(places == 32, "place() yields five bits");
    const Entry& entry = entries_[place(question)];
    return entry.question == question ? &entry.ruling : nullptr;
}

void RulingMemo::keep(const RulingQuestion& question, const Ruling& ruling) {
    Entry& entry = entries_[place(question)];
    entry.question = question;
    entry.ruling = ruling;
}

bool name_candidates(RulingQuestion& question, std::span<const Destination* const> candidates) {
    if (candidates.size() > question.candidates.size()) return false;
    if (std::any_of(candidates.begin(), candidates.end(), [](const auto* one) { return one->id.empty(); })) return false;
    std::copy(candidates.begin(), candidates.end(), question.candidates.begin());
    return true;
}

}  // namespace bordergate

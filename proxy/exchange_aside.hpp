// What an exchange sets aside of its first attempt while it makes a second one beside it. Both have the same request and
// the same client; which destination it goes to, what the law makes of it there and what is recorded may differ.
#pragma once

#include "proxy/exchange.hpp"

namespace bordergate {

/// Everything of an exchange that is of one attempt. The exchange's members are always those of the attempt that is spoken
/// of: change_places() puts the other's there. What points at one of these members stays true, since it means the member.
struct Exchange::Aside {
    /// An attempt that is not ready yet. `elsewhere`: at another destination; else it sends what the first one sent.
    Aside(const Exchange& exchange, bool elsewhere) : attempt(exchange.attempt_.beside()), elsewhere(elsewhere) {}

    void change_places(Exchange& exchange);
    /// Whether what is set aside may go on by `later` rules.
    Status allowed_by(const Equipment& later, const Exchange& exchange) const;

    Attempt attempt;
    bool elsewhere;
    // Of another destination only.
    RequestHead head;
    std::vector<const Destination*> candidates;
    std::optional<Checkpoint> checkpoint;
    BodyOutlook outlook;
    const GrpcCall* call = nullptr;
    Ruling request, response;
    std::unique_ptr<ExchangeTreater> treater;
    Treatment request_treatment;
    std::string prepared;
    Fields prepared_trailers;
    bool rewritten = false;
    std::string request_type, request_coding, shown_token;
    EditionPtr judged;
    Timeouts times;
};

}  // namespace bordergate

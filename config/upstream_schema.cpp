#include "config/upstream_schema.hpp"

namespace bordergate {

namespace {

using namespace schema;

constexpr long long millisecond = 1000, second = 1'000'000, hour = 3600 * second, day = 24 * hour;

Schema wait(const char* about, long long least = millisecond, long long most = day) {
    return duration(about, least, most);
}

Schema pool_schema() {
    return object(
        "bounds of what is open to it, over all workers",
        {
            optional("connections", integer("open connections, idle ones included; 1024 if left out", 1, 1'000'000)),
            optional("requests", integer("requests in flight; 10000 if left out", 1, 1'000'000)),
            optional("pending", integer("requests that wait when either bound is reached; 1024 if left out, more are 503", 0, 1'000'000)),
            optional("wait", wait("the longest that one waits, then 503; 1s if left out")),
            optional("idle", integer("unused connections kept for later; 256 if left out", 0, 100'000)),
            optional("idle_time", wait("how long an unused connection is kept; 55s if left out")),
        });
}

Schema health_schema() {
    const auto status = one_of("answers that are good: a status or its class; 2xx if left out",
                               {words("a class of statuses", {"2xx", "3xx", "4xx", "5xx"}),
                                some("classes of statuses", words("a class of statuses", {"2xx", "3xx", "4xx", "5xx"}))});
    const auto active = object(
        "asks each address whether it is well, by requests without payload; one process asks once, whatever its workers",
        {
            required("path", text("what is asked for, by GET", Format::path)),
            optional("interval", wait("between two questions; 5s if left out", 100 * millisecond)),
            optional("timeout", wait("for the answer; 2s if left out")),
            optional("healthy", integer("good answers in a row that bring an address back; 2 if left out", 1, 100)),
            optional("unhealthy", integer("bad answers in a row that take it out; 3 if left out", 1, 100)),
            optional("status", status),
        });
    const auto passive = object(
        "takes an address out for a time when exchanges fail there: no connection, no answer, or 502, 503, 504; each worker judges by what it saw",
        {
            optional("failures", integer("in a row that take it out; 5 if left out, 0: never", 0, 10'000)),
            optional("ejection", wait("for how long, the first time; each further time that much longer; 10s if left out")),
            optional("longest_ejection", wait("at most; 5m if left out")),
            optional("most_ejected", integer("percent of the addresses that may be out at once; 50 if left out", 0, 100)),
            optional("success_rate", integer("percent of good exchanges below which it is taken out; 0 (off) if left out", 0, 100)),
            optional("window", wait("over which that rate is taken; 10s if left out", second, hour)),
            optional("least_requests", integer("in that window for the rate to count; 50 if left out", 1, 1'000'000)),
        });
    return some_of("which of its addresses are well; when all are out, all are used", {
        optional("active", active), optional("passive", passive)});
}

Schema breaker_schema() {
    return object(
        "gives it up as a whole while it fails: requests go to the next lawful destination, or get 503; left out: never",
        {
            optional("failures", integer("in a row that open it; 10 if left out", 1, 100'000)),
            optional("open", wait("how long it stays open, doubled whenever a trial fails; 5s if left out")),
            optional("longest", wait("at most; 60s if left out")),
            optional("trials", integer("requests let through at once after that; as many good ones close it; 1 if left out", 1, 1000)),
        });
}

Schema retry_schema() {
    const auto budget = object(
        "retries are refused beyond it, so that they cannot feed an outage",
        {
            optional("percent", integer("of the requests of the last ten seconds; 20 if left out", 0, 100)),
            optional("least", integer("retries a second that are always allowed; 3 if left out", 0, 10'000)),
        });
    return object(
        "repeats what is safe to repeat: nothing was sent yet, or an idempotent method with a body that is at hand; at "
        "another of its addresses first. Each repetition has an intent of its own",
        {
            optional("attempts", integer("beyond the first; 1 if left out, 0: none", 0, 10)),
            optional("budget", budget),
            optional("back_off", wait("before the first, doubled each time, jittered; 25ms if left out", 0, 10 * second)),
            optional("longest_back_off", wait("at most; 250ms if left out", 0, 10 * second)),
            optional("on", list("after which failures: no connection; one that ended before the answer; no answer in "
                                "time; an answer 502, 503 or 504; [connect, reset] if left out",
                                words("a failure", {"connect", "reset", "timeout", "unavailable"}))),
        });
}

Schema hedge_schema() {
    return object(
        "starts a second attempt while the first is not answered, at another of its addresses, else at the next lawful "
        "destination; the first good answer is taken and the other attempt is cut. Only for what retry may repeat after "
        "it was sent, once for a request, and within retry's budget; left out: never",
        {
            required("after", wait("without the head of an answer, from the end of the request", millisecond, hour)),
        });
}

Schema timeouts_schema() {
    return object(
        "longest waits that differ from the top-level ones for it",
        {
            optional("connect", wait("resolving, connecting and TLS")),
            optional("first_byte", wait("from the request's end to the response's head")),
            optional("body", wait("between two reads or writes of a body")),
            optional("total", wait("a whole exchange")),
        });
}

}  // namespace

std::vector<SchemaMember> with_upstream_members(std::vector<SchemaMember> members) {
    const auto balance = words("among its addresses: least_request compares two chosen by chance (if left out); "
                               "in_order takes the first that is well",
                               {"least_request", "in_order"});
    const auto slow_start = wait("an address that came back takes its full share only after this; 0s if left out", 0, hour);
    for (auto& more : {optional("pool", pool_schema()), optional("health", health_schema()),
                       optional("breaker", breaker_schema()), optional("retry", retry_schema()), optional("hedge", hedge_schema()),
                       optional("balance", balance), optional("slow_start", slow_start),
                       optional("timeouts", timeouts_schema())})
        members.push_back(more);
    return members;
}

Schema dns_schema() {
    return object(
        "how names become addresses; /etc/hosts comes first, and an answer is used for its time to live, from 1s to 1h",
        {
            optional("servers", some("name servers; the system's if left out", text("a name server", Format::endpoint))),
            optional("stale", wait("how long an old answer may be used when no new one can be had; 0s (never) if left out", 0, day)),
        });
}

}  // namespace bordergate

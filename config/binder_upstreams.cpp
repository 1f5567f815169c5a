// How destinations are reached: pools, health, retries, names.
#include "config/binder.hpp"

namespace bordergate {

namespace {

using std::chrono::milliseconds;

void set(const YAML::Node& node, milliseconds& value) {
    if (node) value = std::chrono::ceil<milliseconds>(*parse_duration(node.Scalar()));
}

void set(const YAML::Node& node, std::optional<milliseconds>& value) {
    if (node) set(node, value.emplace());
}

template <class Number>
void set_number(const YAML::Node& node, Number& value) {
    if (node) value = static_cast<Number>(node.as<long long>());
}

void bind_pool(const YAML::Node& node, PoolSettings& pool) {
    set_number(node["connections"], pool.connections);
    set_number(node["requests"], pool.requests);
    set_number(node["pending"], pool.pending);
    set(node["wait"], pool.wait);
    set_number(node["idle"], pool.idle);
    set(node["idle_time"], pool.idle_time);
}

ActiveChecks bind_checks(const YAML::Node& node) {
    ActiveChecks checks;
    checks.path = node["path"].Scalar();
    set(node["interval"], checks.interval);
    set(node["timeout"], checks.timeout);
    set_number(node["healthy"], checks.healthy);
    set_number(node["unhealthy"], checks.unhealthy);
    if (node["status"]) {
        checks.status.clear();
        each_word(node["status"], [&](const YAML::Node& word) {
            const auto first = static_cast<std::uint16_t>((word.Scalar().front() - '0') * 100);
            checks.status.push_back({first, static_cast<std::uint16_t>(first + 99)});
        });
    }
    return checks;
}

void bind_passive(const YAML::Node& node, PassiveHealth& passive) {
    set_number(node["failures"], passive.failures);
    set(node["ejection"], passive.ejection);
    set(node["longest_ejection"], passive.longest_ejection);
    set_number(node["most_ejected"], passive.most_ejected);
    set_number(node["success_rate"], passive.success_rate);
    set(node["window"], passive.window);
    set_number(node["least_requests"], passive.least_requests);
}

BreakerSettings bind_breaker(const YAML::Node& node) {
    BreakerSettings breaker;
    set_number(node["failures"], breaker.failures);
    set(node["open"], breaker.open);
    set(node["longest"], breaker.longest);
    set_number(node["trials"], breaker.trials);
    return breaker;
}

void bind_retry(const YAML::Node& node, RetrySettings& retry) {
    set_number(node["attempts"], retry.attempts);
    if (const auto budget = node["budget"]) {
        set_number(budget["percent"], retry.budget_percent);
        set_number(budget["least"], retry.budget_least);
    }
    set(node["back_off"], retry.back_off);
    set(node["longest_back_off"], retry.longest_back_off);
    const auto on = node["on"];
    if (!on) return;
    for (auto [word, flag] : {std::pair{"connect", &retry.connect}, {"reset", &retry.reset},
                              {"timeout", &retry.timeout}, {"unavailable", &retry.unavailable}}) {
        *flag = false;
        for (const auto& named : on) *flag = *flag || named.Scalar() == word;
    }
}

}  // namespace

UpstreamSettings Binder::upstream(const YAML::Node& node) {
    UpstreamSettings settings;
    if (node["pool"]) bind_pool(node["pool"], settings.pool);
    if (const auto health = node["health"]) {
        if (health["active"]) settings.checks = bind_checks(health["active"]);
        if (health["passive"]) bind_passive(health["passive"], settings.passive);
    }
    if (node["breaker"]) settings.breaker = bind_breaker(node["breaker"]);
    if (node["retry"]) bind_retry(node["retry"], settings.retry);
    if (node["balance"] && node["balance"].Scalar() == "in_order") settings.balance = Balance::in_order;
    set(node["slow_start"], settings.slow_start);
    if (const auto times = node["timeouts"]) {
        set(times["connect"], settings.timeouts.connect);
        set(times["first_byte"], settings.timeouts.first_byte);
        set(times["body"], settings.timeouts.body);
        set(times["total"], settings.timeouts.total);
    }
    if (const auto hedge = node["hedge"]) {
        const auto after = hedge["after"];
        set(after, settings.hedge.emplace().after);
        const auto longest = settings.timeouts.first_byte.value_or(snapshot.timeouts.first_byte);
        if (settings.hedge->after >= longest)
            report.error(after.Mark(), "it would never hedge: an answer is waited for no longer than timeouts.first_byte, " + std::to_string(longest.count()) + " ms",
                         "the time in which most answers begin is a good one");
    }
    return settings;
}

void Binder::dns(const YAML::Node& root) {
    const auto node = root["dns"];
    if (!node) return;
    if (node["servers"])
        for (const auto& server : node["servers"]) {
            if (parse_endpoint(server.Scalar())->port == 0)
                report.error(server.Mark(), "a name server needs a port", "it is usually 53");
            snapshot.dns.servers.push_back(server.Scalar());
        }
    set(node["stale"], snapshot.dns.stale);
}

}  // namespace bordergate

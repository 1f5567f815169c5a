// The change to WebSocket: the upgrade is judged like any request, its intent precedes it, and the messages that follow
// are crossings of their own (websocket_session.hpp).
#include <algorithm>

#include "proxy/exchange.hpp"
#include "proxy/http/hop_by_hop.hpp"
#include "proxy/websocket_relay.hpp"
#include "proxy/websocket_session.hpp"

namespace bordergate {

namespace {

constexpr std::string_view protocol_field = "sec-websocket-protocol", extensions_field = "sec-websocket-extensions";
/// Browsers cannot set fields, so OpenAI's clients put the key into a subprotocol. It ends at this proxy like any credential.
constexpr std::string_view key_protocol = "openai-insecure-api-key.";

std::string joined(const std::vector<std::string>& list) {
    std::string text;
    for (const auto& one : list) (text += text.empty() ? "" : ", ") += one;
    return text;
}

std::string all_lines(const Fields& fields, std::string_view name) {
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (equal_fold(fields[i].name, name)) lines.emplace_back(fields[i].value);
    return joined(lines);
}

}  // namespace

/// Reads the handshake, which ends here. Only the subprotocols stay a field: they are the two ends' own and judged.
Status Exchange::take_upgrade() {
    upgrade_offers_ = all_lines(head_.fields, extensions_field);
    auto asked = take_websocket_request(head_.fields, lists_token(head_.fields, "upgrade", head_.upgrade));
    if (asked.has_error()) return asked.error();
    upgrade_ = std::move(*asked);
    std::erase_if(upgrade_->protocols, [](const auto& one) { return std::string_view(one).starts_with(key_protocol); });
    if (!upgrade_->protocols.empty()) head_.fields.add(protocol_field, joined(upgrade_->protocols));
    return {};
}

BodyOutlook Exchange::judged_outlook() const {
    if (!upgrades()) return outlook_;
    BodyOutlook messages;
    messages.kind = BodyKind::json;
    return messages;
}

/// The destination by what the head holds; the ceilings by what messages could.
Result<Ruling> Exchange::rule_upgrade() {
    auto chosen = checkpoint_->after_reading(attempt_.findings);
    if (chosen.has_error()) return chosen;
    Checkpoint only(snapshot(), *source_, route_, {chosen->destination}, equipment_.detectable, endpoint_, wall_clock_us() / 1'000'000, purposes_);
    auto ceiling = only.at_head(attempt_.findings, judged_outlook());
    if (ceiling.has_error()) return ceiling;
    ceiling->destination = chosen->destination;
    ceiling->asked = chosen->asked;
    ceiling->reroute = chosen->reroute;
    return ceiling;
}

bool Exchange::session_untouched() const { return request_.plan == Plan::pass && response_.plan == Plan::pass && !treater_ && !unseals(); }

/// What the upstream is asked. Where nothing is looked at, the two ends agree on extensions among themselves.
Status Exchange::prepare_upgrade() {
    if (all_lines(head_.fields, protocol_field) != joined(upgrade_->protocols))
        return fault(Code::place_cannot_carry, "a WebSocket subprotocol cannot carry the form that its value must take");
    head_.fields.erase(protocol_field);
    auto key = websocket_key(system_randomness);
    if (key.has_error()) return key.error();
    upgrade_key_ = std::move(*key);
    const bool untouched = session_untouched();
    add_websocket_request(head_.fields, upgrade_key_, upgrade_->protocols, !untouched && upgrade_->deflate.has_value());
    if (untouched && !upgrade_offers_.empty()) head_.fields.add(extensions_field, upgrade_offers_);
    return {};
}

/// The upstream changed the protocol: so do we towards the client, and the session runs to its end.
Task<Status> Exchange::open_session(UpstreamLink& upstream) {
    ResponseHead& head = upstream.response();
    attempt_.answered(&response_, head.status);
    const bool untouched = session_untouched();
    const std::string extensions = all_lines(head.fields, extensions_field);
    if (untouched) head.fields.erase(extensions_field);
    const bool over_http1 = head.status == 101;
    auto agreed = take_websocket_answer(head.fields, over_http1 ? std::string_view(upgrade_key_) : std::string_view(), upgrade_->protocols, upgrade_->deflate.has_value());
    if (agreed.has_error()) co_return agreed.error();
    strip_hop_by_hop(head.fields);
    response_treatment_ = treatment(response_, attempt_.response_findings, nullptr, false);
    response_treatment_.analyses = nullptr;
    if (response_.plan == Plan::pass) response_treatment_.scanner = nullptr;
    answer_treater_ = make_treater(*request_.destination, attempt_.response_findings);
    response_treatment_.treater = answer_treater_.get();
    HeadReport dropped;
    const Status filtered = filter_head(head, response_treatment_, checkpoint_->leaves_standing(*request_.destination), dropped);
    if (filtered.has_error()) co_return filtered;
    head.fields.set("bordergate-attempt", attempt_.id());
    if (untouched) upgrade_->deflate.reset();
    add_websocket_answer(head.fields, *upgrade_, agreed->protocol);
    if (untouched && !extensions.empty()) head.fields.add(extensions_field, extensions);
    const Status opened = co_await client_.open_tunnel(head);
    if (opened.has_error()) co_return opened;
    watch_->lift_total();
    if (untouched) {
        WebSocketRelay relay(worker_, client_, upstream, attempt_);
        const Status ended = co_await relay.run();
        std::optional<Fault> why = watch_->ended();
        if (!why && ended.has_error()) why = ended.error();
        if (why) parted_ = co_await relay.part(*why);
        co_return ended;
    }
    by_message_ = true;
    WebSocketCrossing::Parties parties;
    parties.exchange = attempt_.id();
    parties.source = source_;
    parties.route = route_;
    parties.destination = request_.destination;
    parties.endpoint = endpoint_;
    parties.purposes = purposes_;
    if (unseals()) parties.unsealer = &unsealer();
    WebSocketCrossing crossing(edition_->equipment, parties, attempt_.findings, attempt_.response_findings, wall_clock_us() / 1'000'000, std::move(treater_));
    WebSocketSession::Agreed compression;
    compression.client = upgrade_->deflate;
    compression.upstream = agreed->deflate;
    WebSocketSession session(worker_, client_, upstream, crossing, attempt_, endpoint_ ? dialect_ : nullptr, compression);
    const Status ended = co_await session.run();
    parted_ = session.parted();
    co_return ended;
}

}  // namespace bordergate

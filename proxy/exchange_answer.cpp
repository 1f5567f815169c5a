// The answer's way back: judged before its first byte, then through the chain.
#include "filters/body/sealed_body.hpp"
#include "proxy/exchange.hpp"
#include "proxy/http/hop_by_hop.hpp"

namespace bordergate {

Fault of_answer(Fault failure) {
    if (failure.code == Code::body_invalid) failure.code = Code::upstream_invalid;
    if (failure.code == Code::body_too_large) failure.code = Code::upstream_too_large;
    return failure;
}

bool Exchange::unseals() const { return route_ && route_->unseal && !equipment_.rings.empty(); }

ExchangeUnsealer& Exchange::unsealer() {
    if (!unsealer_) {
        Reader reader;
        reader.standing = &source_->standing;
        reader.node = &snapshot().node;
        reader.tenant = source_->tenant;
        reader.source = source_->id;
        reader.destination = request_.destination->id;
        reader.purposes = purposes_;
        reader.instant = wall_clock_us() / 1'000'000;
        unsealer_ = std::make_unique<ExchangeUnsealer>(snapshot().policy, *snapshot().atlas, equipment_.rings, reader);
    }
    return *unsealer_;
}

/// Sealed values and tokens of the answer are opened where that is lawful.
void Exchange::open_sealed() {
    response_treatment_.unsealer = &unsealer();
    if (!treater_) treater_ = make_treater(*request_.destination, attempt_.findings);
    treater_->open_tokens(unsealer());
}

Task<Status> Exchange::relay_response(Lease& lease, Turn& turn) {
    Status received;
    if (hedges()) {
        received = co_await receive_hedged(lease, turn);
    } else {
        lease.link->allow(times_.first_byte);
        received = co_await lease.link->receive(head_.method == "HEAD");
    }
    if (received.has_error()) co_return received;
    UpstreamLink& upstream = *lease.link;
    note_refused_token(upstream.response().status);
    attempt_.residence.begin();
    upstream.allow(times_.body);
    ResponseHead& head = upstream.response();
    if (gives_up_answer(head)) co_return fault(Code::upstream_unreachable, "the destination answered " + std::to_string(head.status));
    if (upgrades() && upstream.upgraded()) co_return co_await open_session(upstream);
    attempt_.answered(&response_, head.status);
    strip_hop_by_hop(head.fields);
    Treater* masks = nullptr;
    if (response_.plan != Plan::pass) {
        answer_treater_ = make_treater(*request_.destination, attempt_.response_findings);
        masks = answer_treater_.get();
    }
    response_treatment_ = treatment(response_, attempt_.response_findings, masks, false);
    if (response_.plan == Plan::pass) response_treatment_.scanner = nullptr;
    if (unseals()) open_sealed();
    response_treatment_.analyses = nullptr;
    answer_analyses_.reset();  // of an answer that was given up
    if (asks_of_answer()) {
        const Status known = co_await analyse_answer_head(head);
        if (known.has_error()) co_return known;
    }
    HeadReport dropped;
    const bool leaves = checkpoint_->leaves_standing(*request_.destination);
    const Status filtered = filter_head(head, response_treatment_, leaves, dropped);
    if (filtered.has_error()) co_return filtered;
    head.fields.set("bordergate-attempt", attempt_.id());
    co_return co_await pump_response(upstream, head);
}

Task<Status> Exchange::pump_response(UpstreamLink& upstream, ResponseHead& head) {
    TransformPtr filter;
    const auto kind = body_kind(head.fields, upstream.response_length().present(), call_);
    if (kind == BodyKind::grpc) response_coding_ = message_coding(head.fields);
    const bool streams = comes_in_events(kind, equipment_.paths(route_, endpoint_)) || (kind == BodyKind::grpc && call_->method->server_streaming);
    response_type_ = head.fields.get("content-type").value_or("application/octet-stream");
    const auto coding = head.fields.get("content-encoding");
    const bool coded = coding && !equal_fold(*coding, "identity");
    response_encoding_ = coding.value_or(std::string_view());
    if (unsealer_ && kind == BodyKind::opaque && !coded && equal_fold(response_type_, sealed_content_type)) co_return co_await relay_sealed(upstream, head);
    // What cannot be inspected may turn out to be nothing at all, such as the body of a 202 without a length.
    if (kind == BodyKind::opaque && response_.plan != Plan::pass && response_.judgement.lowest(ClassSet{ClassTree::opaque}).form < Form::seal) {
        const auto first = co_await upstream.response_body().next();
        if (first.has_error()) co_return first.error();
        if (first->last && first->bytes.empty()) co_return co_await respond_whole(head, {}, upstream.response_body().trailers());
    }
    const bool readable = kind != BodyKind::none && kind != BodyKind::opaque;
    if (kind != BodyKind::none && (response_.plan != Plan::pass || (readable && (labels() || unsealer_)))) {
        auto made = make_body_filter(kind, true, body_context(response_treatment_, true));
        if (made.has_error()) co_return of_answer(made.error());
        filter = std::move(*made);
        if (seals_whole(response_treatment_, whole_classes(kind, {}))) {
            if (coded) co_return fault(Code::upstream_invalid, "an answer that must be sealed as a whole came with a content-encoding that was not asked for");
            head.fields.set("content-type", sealed_content_type);
        }
    }
    Body& body = upstream.response_body();
    if (filter && readable && answer_analyses_) {
        if (streams) co_return fault(Code::response_refused, "what an analyser finds may not come back in clear, and the messages of a stream cannot be sent to it");
        co_return co_await respond_analysed(head, kind, body, *filter);
    }
    // What could still be refused is known to be lawful before its first byte goes on; a stream is cut instead.
    if (filter && response_.plan == Plan::hold && !streams) {
        auto whole = co_await read_answer(body, filter.get());
        if (whole.has_error()) co_return whole.error();
        co_return co_await respond_whole(head, *whole, body.trailers());
    }
    HeldBytes held(worker_.overload);
    std::string scratch;
    Chunk chunk;
    if (auto here = body.ready()) {
        if (here->has_error()) co_return here->error();
        chunk = **here;
        if (filter) {
            const Status fed = pass_through(*filter, chunk.bytes, chunk.last, scratch);
            if (fed.has_error()) co_return of_answer(fed.error());
            chunk.bytes = scratch;
        }
    }
    const bool whole = chunk.last && body.trailers().size() == 0;
    BodyLength length = filter ? BodyLength::streamed() : upstream.response_length();
    if (filter && whole) length = BodyLength::exact(chunk.bytes.size());
    attempt_.received = chunk.bytes.size();
    Status moved = co_await client_.respond(head, length, chunk.bytes, whole);
    attempt_.residence.end();
    if (moved.has_value() && chunk.last && !whole) {
        chunk.bytes = {};
        moved = co_await hand_back(body, chunk);
    }
    while (moved.has_value() && !chunk.last) {
        moved = co_await pull(body, filter.get(), held, scratch, chunk);
        if (moved.has_error()) break;
        attempt_.received += chunk.bytes.size();
        moved = co_await hand_back(body, chunk);
    }
    if (moved.has_error()) co_return of_answer(moved.error());
    co_return moved;
}

/// Gives a piece of the answer to the client, and after the last one its trailers.
Task<Status> Exchange::hand_back(Body& body, Chunk chunk) {
    const bool trailed = chunk.last && body.trailers().size() > 0;
    Status moved = co_await client_.write(chunk.bytes, chunk.last && !trailed);
    if (moved.has_error() || !trailed) co_return moved;
    Fields trailers = body.trailers();
    HeadReport dropped;
    moved = co_await treat_late_trailers(trailers, response_treatment_, dropped);
    if (moved.has_error()) co_return moved;
    co_return co_await client_.end(trailers);
}

/// All of an answer, after `filter` (null: as it came).
Task<Result<std::string>> Exchange::read_answer(Body& body, Transform* filter) {
    std::string whole, raw;
    HeldBytes held(worker_.overload);
    const auto most = snapshot().limits.held_body_bytes;
    attempt_.residence.end();
    for (bool last = false; !last;) {
        const auto chunk = co_await body.next();
        if (chunk.has_error()) co_return chunk.error();
        if (raw.size() + chunk->bytes.size() > most)
            co_return fault(Code::upstream_too_large, "the answer must be held to be judged and is longer than " + std::to_string(most) + " bytes");
        raw.append(chunk->bytes);
        held.set(raw.size());
        last = chunk->last;
    }
    attempt_.residence.begin();
    if (!filter) co_return raw;
    const Status fed = pass_through(*filter, raw, true, whole);
    if (fed.has_error()) co_return of_answer(fed.error());
    co_return whole;
}

Task<Status> Exchange::respond_whole(const ResponseHead& head, std::string_view body, const Fields& trailers) {
    attempt_.received = body.size();
    if (trailers.size() == 0) {
        const BodyLength length = BodyLength::exact(body.size());
        co_return co_await client_.respond(head, length, body, true);
    }
    Fields treated = trailers;
    HeadReport dropped;
    Status done = co_await treat_late_trailers(treated, response_treatment_, dropped);
    if (done.has_error()) co_return done;
    const BodyLength streamed = BodyLength::streamed();
    done = co_await client_.respond(head, streamed, body, false);
    if (done.has_error()) co_return done;
    co_return co_await client_.end(treated);
}

/// An answer that is one sealed value: opened if that is lawful, else handed on as it came. Either way all of it is
/// here before its head goes on.
Task<Status> Exchange::relay_sealed(UpstreamLink& upstream, ResponseHead& head) {
    const auto token = co_await read_answer(upstream.response_body(), nullptr);
    if (token.has_error()) co_return token.error();
    std::string plain, content_type;
    const auto opened = unsealer_->open(*token, plain, content_type);
    if (opened.has_error()) co_return opened.error();
    if (*opened) {
        head.fields.set("content-type", content_type.empty() ? "application/octet-stream" : content_type);
        ++attempt_.response_findings.unsealed;
    } else {
        auto filter = make_body_filter(BodyKind::opaque, true, body_context(response_treatment_, true));
        if (filter.has_error()) co_return filter.error();
        const Status done = pass_through(**filter, *token, true, plain);
        if (done.has_error()) co_return of_answer(done.error());
    }
    co_return co_await respond_whole(head, plain, upstream.response_body().trailers());
}

}  // namespace bordergate

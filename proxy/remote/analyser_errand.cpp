#include "proxy/remote/analyser_errand.hpp"

#include <algorithm>

#include "filters/detect/analyser_speech.hpp"
#include "proxy/forwarding.hpp"
#include "proxy/http/target.hpp"

namespace bordergate {

namespace {

constexpr const char* late = "was not done with all of the message within timeouts.body";

Fault failed(const Analyser& analyser, const std::string& what) { return fault(Code::analyser_failed, "analyser " + analyser.at.id + " " + what); }

}  // namespace

/// The deadline of one request: ends whatever is waited for.
class AnalyserErrand::Hurry final : private Deadline {
  public:
    Hurry(Deadlines& deadlines, std::chrono::milliseconds time, std::shared_ptr<Halt> halt) : Deadline(deadlines), halt_(std::move(halt)) { set(time); }
    using Deadline::has_expired;

  private:
    void on_expired() override { halt_->say(); }
    std::shared_ptr<Halt> halt_;
};

void AnalyserErrand::stop() {
    stopped_ = true;
    halt_->say();
}

std::size_t AnalyserErrand::index_of(const Analyser& analyser) const { return static_cast<std::size_t>(&analyser - edition_.snapshot().analysers.data()); }

Task<Status> AnalyserErrand::run(Analyses& analyses) {
    const auto questions = analyses.questions();
    for (const auto& question : questions) {
        const auto began = std::chrono::steady_clock::now();
        const auto said = co_await ask(question);
        Result<std::vector<std::vector<Finding>>> found = said.has_value() ? read_analysis(question, *said) : said.error();
        const auto outcome = found.has_value() ? AnalyserOutcome::answered : AnalyserOutcome::failed;
        const auto& counted = worker_.traffic;
        worker_.count(counted.analyser_requests, static_cast<std::size_t>(outcome));
        worker_.count(counted.analyser_texts, 0, question.pieces.size());
        worker_.metrics.observe(counted.analyser_time, worker_.index, std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
        if (found.has_error()) co_return found.error();
        analyses.answer(question, *found);
    }
    analyses.conclude();
    co_return Status{};
}

/// One request, within its deadline.
Task<Result<std::string>> AnalyserErrand::ask(const AnalyserQuestion& question) {
    const Analyser& analyser = *question.analyser;
    if (stopped_) co_return failed(analyser, "was not waited for");
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - Clock::now());
    if (left.count() <= 0) co_return failed(analyser, late);
    halt_ = std::make_shared<Halt>();
    const Hurry hurry(worker_.deadlines, std::min(analyser.deadline, left), halt_);
    const std::string body = analyser_request(question);
    bool raced = false;
    auto said = co_await post(analyser, body, raced);
    // It closed what nobody used.
    if (said.has_error() && raced && !halt_->said()) said = co_await post(analyser, body, raced);
    if (said.has_error() && hurry.has_expired() && left < analyser.deadline) co_return failed(analyser, late);
    if (said.has_error() && hurry.has_expired()) co_return failed(analyser, "did not answer within " + std::to_string(analyser.deadline.count()) + " ms");
    co_return said;
}

/// `raced`: in, that it goes on a new connection; out, that a used one failed before any answer.
Task<Result<std::string>> AnalyserErrand::post(const Analyser& analyser, const std::string& body, bool& raced) {
    Dial dial = Dial::to(analyser.at);
    dial.time = analyser.deadline;
    dial.tls = edition_.equipment->analyser_tls[index_of(analyser)].get();
    Asking asking;
    asking.fresh = std::exchange(raced, false);
    auto leased = co_await edition_.pool.lease(dial, asking);
    if (leased.has_error()) co_return failed(analyser, "cannot be asked: " + leased.error().detail);
    Lease lease = std::move(*leased);
    lease.halt = halt_;
    const Status outward = refuse_loop(*worker_.own, lease.address);
    if (outward.has_error()) co_return failed(analyser, "is this Bordergate itself");
    if (halt_->said()) co_return failed(analyser, "was not waited for");
    const Status connected = co_await edition_.pool.connect(lease);
    if (connected.has_error()) {
        lease.visit.failed();
        co_return failed(analyser, "cannot be asked: " + connected.error().detail);
    }
    auto said = co_await converse(lease, analyser, body);
    halt_->on_said({});
    if (said.has_value()) {
        lease.visit.succeeded();
        lease.halt = nullptr;
        edition_.pool.give_back(std::move(lease));
        co_return said;
    }
    lease.visit.failed();
    raced = lease.link->reused() && !lease.link->answered();
    lease.link->abort();
    co_return said;
}

RequestHead AnalyserErrand::head_for(const Analyser& analyser) const {
    RequestHead head;
    head.method = "POST";
    head.path = analyser.at.base_path + "/analyze";
    const HostPort authority{analyser.at.host, analyser.at.port};
    head.authority = canonical_authority(authority, analyser.at.tls ? "https" : "http");
    head.fields.add("content-type", "application/json");
    head.fields.add("accept", "application/json");
    head.fields.add("accept-encoding", "identity");
    if (analyser.at.credential) head.fields.add(analyser.at.credential->header, edition_.equipment->analyser_credentials[index_of(analyser)]);
    return head;
}

Task<Result<std::string>> AnalyserErrand::converse(Lease& lease, const Analyser& analyser, const std::string& body) {
    UpstreamLink& link = *lease.link;
    halt_->on_said([&link] { link.interrupt(); });
    link.allow(analyser.deadline);
    const RequestHead head = head_for(analyser);
    const BodyLength length = BodyLength::exact(body.size());
    const Status sent = co_await link.send(head, length, body, true);
    if (sent.has_error()) co_return failed(analyser, "took no request");
    Status received = fault(Code::upstream_timeout, "it was stopped");
    if (!halt_->said()) received = co_await link.receive(false);
    if (received.has_error()) co_return failed(analyser, "gave no answer: " + received.error().detail);
    if (link.response().status != 200) co_return failed(analyser, "answered with status " + std::to_string(link.response().status));
    const auto coding = link.response().fields.get("content-encoding");
    if (coding && !equal_fold(*coding, "identity")) co_return failed(analyser, "answered with a content-encoding that was not asked for");
    if (!link.response_length().present()) co_return failed(analyser, "answered with nothing");
    std::string said;
    const auto most = edition_.snapshot().limits.held_body_bytes;
    for (bool last = false; !last;) {
        if (halt_->said()) co_return failed(analyser, "was not waited for");
        const auto chunk = co_await link.response_body().next();
        if (chunk.has_error()) co_return failed(analyser, "did not end its answer");
        if (said.size() + chunk->bytes.size() > most) co_return failed(analyser, "answered with more than " + std::to_string(most) + " bytes");
        said.append(chunk->bytes);
        last = chunk->last;
    }
    co_return said;
}

}  // namespace bordergate

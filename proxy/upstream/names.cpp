#include "proxy/upstream/names.hpp"


#include "proxy/log.hpp"

namespace bordergate {

namespace asio = boost::asio;

Task<Result<NameTable::Addresses>> Names::addresses(std::string host, std::chrono::milliseconds limit) {
    boost::system::error_code unreadable;
    const auto numeric = asio::ip::make_address(host, unreadable);
    if (!unreadable) {
        NameTable::Addresses itself{numeric};
        co_return itself;
    }
    using Clock = std::chrono::steady_clock;
    auto found = table_.find(host, Clock::now());
    if (!found.addresses && !found.fault) {
        const AskingPtr asking = ask(host);
        auto wait = std::make_shared<asio::steady_timer>(executor_, limit);
        asking->waiting.push_back(wait);
        if (!asking->done) co_await wait->async_wait(resumed);
        if (!asking->done) co_return fault(Code::upstream_timeout, "its name took too long to resolve");
        found = table_.find(host, Clock::now());
    }
    if (found.addresses) {
        NameTable::Addresses copy = *found.addresses;
        if (found.renew) (void)ask(host);
        co_return copy;
    }
    if (found.fault) co_return *found.fault;
    co_return fault(Code::upstream_unreachable, "its name cannot be resolved");
}

const NameTable::Addresses* Names::known(const std::string& host) {
    const auto now = std::chrono::steady_clock::now();
    const auto found = table_.find(host, now);
    if (!found.renew) return found.addresses;
    // The answer may be there at once, in the place of the old one.
    (void)ask(host);
    return table_.find(host, now).addresses;
}

Names::AskingPtr Names::ask(const std::string& host) {
    auto& asking = asking_[host];
    if (asking) return asking;
    asking = std::make_shared<Asking>();
    const AskingPtr kept = asking;
    auto ended = [](std::exception_ptr failure) { log_exception("name lookup", failure); };
    spawn(executor_, look_up(shared_from_this(), host, kept), std::move(ended));
    return kept;
}

Task<void> Names::look_up(std::shared_ptr<Names> self, std::string host, AskingPtr asking) {
    const auto answer = co_await self->resolver_->resolve(host);
    self->table_.learn(host, answer, std::chrono::steady_clock::now());
    self->asking_.erase(host);
    asking->done = true;
    for (const auto& one : asking->waiting) one->cancel();
}

}  // namespace bordergate

#include "proxy/upstream/names.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

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
        if (!asking->done) co_await wait->async_wait(asio::as_tuple(asio::use_awaitable));
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

Names::AskingPtr Names::ask(const std::string& host) {
    auto& asking = asking_[host];
    if (asking) return asking;
    asking = std::make_shared<Asking>();
    const AskingPtr kept = asking;
    auto ended = [](std::exception_ptr failure) { log_exception("name lookup", failure); };
    asio::co_spawn(executor_, look_up(host, kept), std::move(ended));
    return kept;
}

Task<void> Names::look_up(std::string host, AskingPtr asking) {
    const auto answer = co_await resolver_.resolve(host);
    table_.learn(host, answer, std::chrono::steady_clock::now());
    asking_.erase(host);
    asking->done = true;
    for (const auto& one : asking->waiting) one->cancel();
}

}  // namespace bordergate

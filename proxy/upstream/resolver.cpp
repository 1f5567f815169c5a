#include "proxy/upstream/resolver.hpp"

#include <ares.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <mutex>

#include "proxy/log.hpp"

namespace bordergate {

namespace asio = boost::asio;

namespace {

/// One server is asked again after this; the second time waits twice as long.
constexpr int query_timeout_ms = 1000;
constexpr int query_tries = 2;

/// One query on its way. Shared by the coroutine that waits and by c-ares, whichever lives longer.
struct Query {
    explicit Query(const asio::any_io_executor& executor) : answered(executor) { answered.expires_at(asio::steady_timer::time_point::max()); }
    asio::steady_timer answered;
    bool done = false;
    Result<Resolution> result = Resolution{};
};

/// True if this host has a way to `address`: connecting a datagram socket asks the kernel and sends nothing.
bool has_route(const asio::ip::address& address) {
    const asio::ip::udp::endpoint target(address, 53);
    const int probe = ::socket(target.data()->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (probe < 0) return false;
    const bool routed = ::connect(probe, target.data(), static_cast<socklen_t>(target.size())) == 0;
    ::close(probe);
    return routed;
}

Resolution resolution_of(const ares_addrinfo* info) {
    Resolution found;
    int ttl = std::chrono::seconds(std::chrono::hours(24)).count();
    for (const auto* cname = info->cnames; cname; cname = cname->next) ttl = std::min(ttl, cname->ttl);
    for (const auto* node = info->nodes; node; node = node->ai_next) {
        ttl = std::min(ttl, node->ai_ttl);
        asio::ip::udp::endpoint endpoint;
        if (node->ai_addrlen > endpoint.capacity()) continue;
        std::copy_n(reinterpret_cast<const char*>(node->ai_addr), node->ai_addrlen, reinterpret_cast<char*>(endpoint.data()));
        if (std::find(found.addresses.begin(), found.addresses.end(), endpoint.address()) == found.addresses.end())
            found.addresses.push_back(endpoint.address());
    }
    if (!found.addresses.empty()) found.ttl = std::chrono::seconds(std::max(ttl, 0));
    // An address family that this host cannot reach is left out, unless it is all there is.
    const auto reachable = std::stable_partition(found.addresses.begin(), found.addresses.end(), has_route);
    if (reachable != found.addresses.begin()) found.addresses.erase(reachable, found.addresses.end());
    return found;
}

void take_answer(void* argument, int status, int, ares_addrinfo* info) {
    const std::unique_ptr<std::shared_ptr<Query>> held(static_cast<std::shared_ptr<Query>*>(argument));
    Query& query = **held;
    if (status == ARES_SUCCESS && info)
        query.result = resolution_of(info);
    else if (status != ARES_ENOTFOUND && status != ARES_ENODATA)
        query.result = fault(Code::upstream_unreachable, std::string("its name cannot be resolved: ") + ares_strerror(status));
    if (info) ares_freeaddrinfo(info);
    query.done = true;
    query.answered.cancel();
}

/// A c-ares channel whose sockets and time-outs are watched by the io_context.
class Channel : public std::enable_shared_from_this<Channel> {
  public:
    explicit Channel(asio::any_io_executor executor) : executor_(std::move(executor)), timer_(executor_) {}

    Status open(const DnsSettings& settings) {
        static std::once_flag once;
        std::call_once(once, [] { ares_library_init(ARES_LIB_INIT_ALL); });
        ares_options options{};
        options.timeout = query_timeout_ms;
        options.tries = query_tries;
        options.sock_state_cb = [](void* self, ares_socket_t socket, int read, int write) {
            static_cast<Channel*>(self)->want(socket, read != 0, write != 0);
        };
        options.sock_state_cb_data = this;
        int failed = ares_init_options(&channel_, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
        if (failed == ARES_SUCCESS && !settings.servers.empty()) {
            std::string servers;
            for (const auto& one : settings.servers) (servers += servers.empty() ? "" : ",") += one;
            failed = ares_set_servers_ports_csv(channel_, servers.c_str());
        }
        if (failed == ARES_SUCCESS) return {};
        close();
        return fault(Code::internal, std::string("names cannot be resolved here: ") + ares_strerror(failed));
    }

    void ask(const std::string& host, const std::shared_ptr<Query>& query) {
        ares_addrinfo_hints hints{};
        hints.ai_family = AF_UNSPEC;
        hints.ai_socktype = SOCK_STREAM;
        if (!channel_) {
            query->result = fault(Code::upstream_unreachable, "its name cannot be resolved: there is no resolver");
            query->done = true;
            return;
        }
        auto argument = std::make_unique<std::shared_ptr<Query>>(query);
        ares_getaddrinfo(channel_, host.c_str(), nullptr, &hints, take_answer, argument.release());
        set_timer();
    }

    /// Ends every query; nothing of it is called afterwards.
    void close() {
        if (channel_) ares_destroy(channel_);
        channel_ = nullptr;
        timer_.cancel();
    }

  private:
    struct Watched {
        explicit Watched(const asio::any_io_executor& executor) : descriptor(executor) {}
        asio::posix::stream_descriptor descriptor;
        ares_socket_t socket = ARES_SOCKET_BAD;
        bool want_read = false, want_write = false, reading = false, writing = false, gone = false;
    };
    using WatchedPtr = std::shared_ptr<Watched>;

    /// c-ares says what it waits for; neither: it is about to close the socket, which stays its own.
    void want(ares_socket_t socket, bool read, bool write) {
        auto& one = sockets_[socket];
        if (!one) {
            one = std::make_shared<Watched>(executor_);
            one->socket = socket;
            boost::system::error_code failed;
            one->descriptor.assign(socket, failed);
        }
        if (!read && !write) {
            one->gone = true;
            one->descriptor.release();
            sockets_.erase(socket);
            return;
        }
        one->want_read = read;
        one->want_write = write;
        watch(one);
    }

    void watch(const WatchedPtr& one) {
        if (one->want_read && !one->reading) {
            one->reading = true;
            one->descriptor.async_wait(asio::posix::descriptor_base::wait_read, [self = shared_from_this(), one](boost::system::error_code error) {
                one->reading = false;
                self->ready(one, error, one->socket, ARES_SOCKET_BAD);
            });
        }
        if (one->want_write && !one->writing) {
            one->writing = true;
            one->descriptor.async_wait(asio::posix::descriptor_base::wait_write, [self = shared_from_this(), one](boost::system::error_code error) {
                one->writing = false;
                self->ready(one, error, ARES_SOCKET_BAD, one->socket);
            });
        }
    }

    void ready(const WatchedPtr& one, boost::system::error_code error, ares_socket_t read, ares_socket_t write) {
        if (error || one->gone || !channel_) return;
        ares_process_fd(channel_, read, write);
        if (!one->gone) watch(one);
        set_timer();
    }

    void set_timer() {
        if (!channel_) return;
        timeval left{};
        if (!ares_timeout(channel_, nullptr, &left)) {
            timer_.cancel();
            return;
        }
        timer_.expires_after(std::chrono::seconds(left.tv_sec) + std::chrono::microseconds(left.tv_usec) + std::chrono::milliseconds(1));
        timer_.async_wait([self = shared_from_this()](boost::system::error_code error) {
            if (error || !self->channel_) return;
            ares_process_fd(self->channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
            self->set_timer();
        });
    }

    asio::any_io_executor executor_;
    asio::steady_timer timer_;
    ares_channel channel_ = nullptr;
    std::map<ares_socket_t, WatchedPtr> sockets_;
};

class AresResolver final : public Resolver {
  public:
    AresResolver(asio::any_io_executor executor, std::shared_ptr<Channel> channel) : executor_(std::move(executor)), channel_(std::move(channel)) {}
    ~AresResolver() override { channel_->close(); }

    Task<Result<Resolution>> resolve(std::string host) override {
        auto query = std::make_shared<Query>(executor_);
        channel_->ask(host, query);
        if (!query->done) co_await query->answered.async_wait(resumed);
        if (!query->done) co_return fault(Code::upstream_unreachable, "its name was not resolved before the end");
        co_return std::move(query->result);
    }

  private:
    asio::any_io_executor executor_;
    std::shared_ptr<Channel> channel_;
};

}  // namespace

std::unique_ptr<Resolver> make_resolver(const asio::any_io_executor& executor, const DnsSettings& settings) {
    auto channel = std::make_shared<Channel>(executor);
    const Status opened = channel->open(settings);
    if (opened.has_error()) log_error("no_resolver", opened.error().detail);
    return std::make_unique<AresResolver>(executor, std::move(channel));
}

}  // namespace bordergate

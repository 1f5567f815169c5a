#include "proxy/server.hpp"

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <ctime>
#include <latch>

#include "proxy/admin/admin_server.hpp"
#include "proxy/listener_loop.hpp"
#include "proxy/log.hpp"
#include "proxy/upstream/health_checks.hpp"
#include "proxy/weakenings.hpp"

namespace bordergate {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace {

using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

using AcceptorPtr = std::shared_ptr<tcp::acceptor>;

Result<AcceptorPtr> listen_on(asio::io_context& io, const tcp::endpoint& endpoint) {
    auto acceptor = std::make_shared<tcp::acceptor>(io);
    ErrorCode error;
    acceptor->open(endpoint.protocol(), error);
    if (!error) acceptor->set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor->set_option(ReusePort(true), error);
    if (!error) acceptor->bind(endpoint, error);
    if (!error) acceptor->listen(asio::socket_base::max_listen_connections, error);
    if (error)
        return fault(Code::internal, "cannot listen on " + endpoint.address().to_string() + ':' +
                                         std::to_string(endpoint.port()) + ": " + error.message());
    return acceptor;
}

/// A worker's own descriptor of a socket that was opened before us; all workers accept from the one queue.
Result<AcceptorPtr> listen_on(asio::io_context& io, const InheritedSocket& socket) {
    auto acceptor = std::make_shared<tcp::acceptor>(io);
    ErrorCode error;
    acceptor->assign(socket.address.protocol(), ::fcntl(socket.descriptor, F_DUPFD_CLOEXEC, 0), error);
    if (error) return fault(Code::internal, "the inherited socket " + socket.name + " cannot be used: " + error.message());
    return acceptor;
}

/// The inherited socket that is meant for `listener`: by its name, else by its address.
const InheritedSocket* inherited_for(const std::vector<InheritedSocket>& sockets, const Listener& listener, const tcp::endpoint& endpoint) {
    for (const auto& one : sockets)
        if (one.name == listener.name) return &one;
    for (const auto& one : sockets)
        if (endpoint.port() != 0 && one.address == endpoint) return &one;
    return nullptr;
}

Result<tcp::endpoint> endpoint_of(const Endpoint& address) {
    ErrorCode error;
    const auto host = asio::ip::make_address(address.host, error);
    if (error) return fault(Code::internal, address.host + " is not a numeric address");
    return tcp::endpoint(host, address.port);
}

}  // namespace

std::int64_t wall_clock_us() {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return static_cast<std::int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
}

Worker::Worker(unsigned index_, unsigned crew, EquipmentPtr equipment, AuditLog& log, Metrics& metrics_,
               const TrafficMetrics& traffic_, const UpstreamMetrics& upstreams, Overload& overload_)
    : index(index_),
      metrics(metrics_),
      traffic(traffic_),
      overload(overload_),
      deadlines(io.get_executor()),
      committer(log, io.get_executor()),
      means{io.get_executor(), buffers, deadlines, &metrics, &upstreams, index_, crew},
      edition(std::make_shared<Edition>(std::move(equipment), means)),
      attempts(snapshot().instance, log.epoch(), index_) {}

std::size_t Worker::most_connections() const { return std::max<std::size_t>(1, snapshot().limits.connections / worker_count(snapshot())); }

namespace {

/// True if every listener that both have lets in the same.
bool admits_alike(const Equipment& before, const Equipment& now) {
    for (std::size_t i = 0; i < before.admissions.size(); ++i)
        for (std::size_t j = 0; j < now.admissions.size(); ++j)
            if (before.snapshot->listeners[i].name == now.snapshot->listeners[j].name && before.admissions[i] != now.admissions[j]) return false;
    return true;
}

}  // namespace

void Worker::change_edition(EquipmentPtr next) {
    auto old = std::exchange(edition, std::make_shared<Edition>(std::move(next), means));
    old->pool.close_idle();
    // Who was let in by what is not believed any more has to come in again.
    if (admits_alike(*old->equipment, *edition->equipment)) return;
    ++admission;
    for (auto* client : clients) client->drain();
}

/// After a rush the allocator keeps what it needed then. What it does not need now goes back to the machine.
void give_back_memory() {
    constexpr std::size_t worth_it = 8 * 1024 * 1024;
    if (::mallinfo2().fordblks > worth_it) ::malloc_trim(worth_it / 4);
}
constexpr unsigned memory_interval = 10;  ///< seconds

/// One worker at its post: its acceptors, its housekeeping timer and its thread.
struct Server::Post {
    Post(unsigned index, unsigned crew, EquipmentPtr equipment, AuditLog& log, Metrics& metrics, const TrafficMetrics& traffic,
         const UpstreamMetrics& upstreams, Overload& overload)
        : worker(index, crew, std::move(equipment), log, metrics, traffic, upstreams, overload), tick(worker.io), memory_tick(worker.io) {}

    /// One worker does it for all.
    void watch_memory() {
        worker.overload.look();
        memory_tick.expires_after(std::chrono::milliseconds(250));
        memory_tick.async_wait([this](ErrorCode error) {
            if (!error) watch_memory();
        });
    }

    void keep_house() {
        tick.expires_after(std::chrono::seconds(1));
        tick.async_wait([this](ErrorCode error) {
            write_tally();
            worker.edition->pool.close_overdue();
            if (++ticks % memory_interval == 0) {
                give_back_frames();
                worker.buffers.give_back();
                if (worker.index == 0) give_back_memory();
            }
            if (!error) keep_house();
        });
    }

    /// What was refused before a source was known, one record per reason and second.
    void write_tally() {
        worker.tally.flush(wall_clock_us(), [this](const Record& record) {
            worker.line.clear();
            render(record, worker.line);
            return worker.committer.append(worker.line, true).has_value();
        });
    }

    void accept(const std::string& name) {
        auto ended = [](std::exception_ptr failure) { log_exception("listener", failure); };
        spawn(worker.io, accept_connections(worker, acceptors.at(name), name), std::move(ended));
    }

    /// Begins the active checks of the edition in use; this worker asks, and all are told.
    void check_health(Server& server) {
        auto tell = [&server](const EquipmentPtr& equipment, const HealthChecks::Finding& finding) {
            for (auto& post : server.posts_)
                asio::post(post->worker.io, [raw = post.get(), equipment, finding] {
                    const auto& edition = *raw->worker.edition;
                    if (edition.equipment == equipment) raw->worker.edition->pool.harbour(*finding.destination)->checked(finding.all, finding.one, finding.good);
                });
        };
        HealthChecks::start(worker, std::move(tell));
    }

    void stop_accepting(const std::string& name) {
        ErrorCode ignored;
        acceptors.at(name)->close(ignored);
        acceptors.erase(name);
    }

    Worker worker;
    asio::steady_timer tick, memory_tick;
    unsigned ticks = 0;
    std::map<std::string, AcceptorPtr> acceptors;  ///< by listener
    std::unique_ptr<AdminServer> admin;
    std::thread thread;
};

Server::Server(EquipmentPtr equipment, AuditLog& log)
    : equipment_(std::move(equipment)),
      log_(log),
      lane_(log.lane(nullptr)),
      metrics_(worker_count(*equipment_->snapshot)),
      traffic_(metrics_),
      upstreams_(metrics_, equipment_->snapshot->destinations),
      pages_(metrics_) {
    metrics_.freeze();
    const unsigned workers = worker_count(*equipment_->snapshot);
    for (unsigned i = 0; i < workers; ++i)
        posts_.push_back(std::make_unique<Post>(i, workers, equipment_, log_, metrics_, traffic_, upstreams_, overload_));
    pages_.add_readiness("audit", [this] { return log_.healthy() ? std::string{} : "the audit log cannot be written"; });
    pages_.add_readiness("drain", [this] { return draining_.load() ? "draining" : std::string{}; });
}

Server::~Server() {
    for (auto& post : posts_) {
        post->worker.io.stop();
        if (post->thread.joinable()) post->thread.join();
    }
}

/// One socket for each worker. Nothing is accepted yet.
Result<Server::Door> Server::open_door(const Listener& listener) {
    auto endpoint = endpoint_of(listener.address);
    if (endpoint.has_error()) return endpoint.error();
    Door door;
    door.address = listener.address;
    const auto* inherited = inherited_for(inherited_, listener, *endpoint);
    for (auto& post : posts_) {
        auto acceptor = inherited ? listen_on(post->worker.io, *inherited) : listen_on(post->worker.io, *endpoint);
        if (acceptor.has_error()) return fault(Code::internal, "listener " + listener.name + ": " + acceptor.error().detail);
        // The first worker's socket chooses a port that is left to the kernel; the others join it.
        endpoint->port((*acceptor)->local_endpoint().port());
        door.acceptors.push_back(std::move(*acceptor));
    }
    door.port = endpoint->port();
    // Each worker has a descriptor of its own now.
    if (inherited) std::erase_if(inherited_, [inherited](const auto& one) { return &one == inherited && ::close(one.descriptor) == 0; });
    return door;
}

Result<std::vector<Listening>> Server::bind() {
    const auto& snapshot = *equipment_->snapshot;
    auto marks = LoopMarks::make();
    if (marks.has_error()) return marks.error();
    for (auto& post : posts_) post->worker.marks = *marks;
    std::vector<Listening> bound;
    for (const auto& listener : snapshot.listeners) {
        auto door = open_door(listener);
        if (door.has_error()) return door.error();
        bound.push_back({listener.name, listener.address.host, door->port});
        for (std::size_t i = 0; i < posts_.size(); ++i) posts_[i]->acceptors[listener.name] = door->acceptors[i];
        doors_[listener.name] = std::move(*door);
    }
    for (const auto& one : inherited_) {
        log_warning("socket_unused", "the inherited socket " + (one.name.empty() ? std::to_string(one.address.port()) : one.name) + " belongs to no listener and is closed");
        ::close(one.descriptor);
    }
    inherited_.clear();
    if (snapshot.admin) {
        auto endpoint = endpoint_of(*snapshot.admin);
        if (endpoint.has_error()) return endpoint.error();
        auto& post = *posts_.front();
        auto acceptor = listen_on(post.worker.io, *endpoint);
        if (acceptor.has_error()) return fault(Code::internal, "admin: " + acceptor.error().detail);
        bound.push_back({"admin", snapshot.admin->host, (*acceptor)->local_endpoint().port()});
        post.admin = std::make_unique<AdminServer>(post.worker, std::move(**acceptor), pages_);
    }
    return bound;
}

/// Says in the audit log what happens to this Bordergate itself.
void Server::say(std::string_view what) {
    Record event;
    event.kind = RecordKind::event;
    event.time_us = wall_clock_us();
    event.policy_digest = equipment_->snapshot->digest;
    event.detail = what;
    std::string line;
    render(event, line);
    // A log that cannot be written refuses traffic by itself.
    (void)lane_->append(line);
}

std::shared_ptr<const OwnAddresses> Server::own_addresses() const {
    std::vector<tcp::endpoint> listening;
    ErrorCode ignored;
    for (const auto& [name, door] : doors_) listening.push_back(door.acceptors.front()->local_endpoint(ignored));
    return std::make_shared<const OwnAddresses>(std::move(listening), local_addresses());
}

void Server::start() {
    say("started");
    posts_.front()->watch_memory();
    const auto own = own_addresses();
    for (auto& post : posts_) post->worker.own = own;
    for (const auto& one : weakenings(*equipment_->snapshot)) say(one);
    for (const auto& one : HealthChecks::announced(*equipment_->snapshot)) say(one);
    posts_.front()->check_health(*this);
    for (auto& post : posts_) {
        for (const auto& [name, acceptor] : post->acceptors) post->accept(name);
        if (post->admin) post->admin->start();
        post->keep_house();
        post->thread = std::thread([raw = post.get()] { raw->worker.io.run(); });
    }
}

Result<std::vector<Listening>> Server::reload(EquipmentPtr next) {
    const auto& snapshot = *next->snapshot;
    std::map<std::string, Door> opened;
    std::vector<Listening> bound;
    // Everything that can fail comes before anything changes.
    for (const auto& listener : snapshot.listeners) {
        const auto known = doors_.find(listener.name);
        if (known != doors_.end() && known->second.address.host == listener.address.host && known->second.address.port == listener.address.port) continue;
        auto door = open_door(listener);
        if (door.has_error()) return door.error();
        bound.push_back({listener.name, listener.address.host, door->port});
        opened[listener.name] = std::move(*door);
    }
    std::vector<std::string> closed;
    for (const auto& [name, door] : doors_) {
        const bool kept = std::any_of(snapshot.listeners.begin(), snapshot.listeners.end(), [&name = name](const auto& one) { return one.name == name; });
        if (!kept || opened.contains(name)) closed.push_back(name);
    }
    say("configuration " + snapshot.digest + " takes over");
    for (const auto& one : weakenings(snapshot)) say(one);
    for (const auto& one : HealthChecks::announced(snapshot)) say(one);
    std::latch done(static_cast<std::ptrdiff_t>(posts_.size()));
    for (std::size_t i = 0; i < posts_.size(); ++i) {
        asio::post(posts_[i]->worker.io, [&, i] {
            Post& post = *posts_[i];
            post.worker.change_edition(next);
            if (i == 0) post.check_health(*this);
            for (const auto& name : closed) post.stop_accepting(name);
            for (auto& [name, door] : opened) {
                post.acceptors[name] = door.acceptors[i];
                post.accept(name);
            }
            done.count_down();
        });
    }
    done.wait();
    for (const auto& name : closed) doors_.erase(name);
    for (auto& [name, door] : opened) doors_[name] = std::move(door);
    for (auto& post : posts_)
        asio::post(post->worker.io, [raw = post.get(), own = own_addresses()] { raw->worker.own = own; });
    equipment_ = std::move(next);
    return bound;
}

void Server::drain() {
    draining_ = true;
    say("draining");
    for (auto& post : posts_) {
        asio::post(post->worker.io, [raw = post.get()] {
            raw->worker.draining = true;
            for (auto& [name, acceptor] : raw->acceptors) {
                ErrorCode ignored;
                acceptor->close(ignored);
            }
            raw->worker.edition->pool.close_idle();
            for (auto* client : raw->worker.clients) client->drain();
        });
    }
    const auto until = std::chrono::steady_clock::now() + equipment_->snapshot->timeouts.drain;
    const auto open = [this] { return metrics_.total(traffic_.connections); };
    while (open() > 0 && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    if (const auto left = open(); left > 0)
        log_warning("drain_incomplete", std::to_string(left) + " connections were closed before they were done");
    for (auto& post : posts_) {
        asio::post(post->worker.io, [raw = post.get()] { raw->write_tally(); raw->worker.io.stop(); });
        if (post->thread.joinable()) post->thread.join();
    }
}

}  // namespace bordergate

#include "proxy/commands/run.hpp"

#include <pthread.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdio>

#include "config/loader.hpp"
#include "filters/body/declared_paths.hpp"
#include "proxy/commands/exit_codes.hpp"
#include "proxy/log.hpp"
#include "proxy/reload.hpp"
#include "proxy/server.hpp"

namespace bordergate {

namespace {

/// Signals that end the process are taken by wait_for_end() alone; SIGPIPE is an error code of a write.
sigset_t block_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (int one : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, one);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);  // a file limit that is reached is a failed write, not the end
    return signals;
}

/// Every connection is a descriptor, and what a shell allows by default is few.
void allow_all_descriptors() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) log_warning("descriptors_few", "the limit of open files cannot be raised");
}

int fail(const Fault& failure, int exit_code) {
    std::fprintf(stderr, "bordergate: %s\n", failure.detail.c_str());
    return exit_code;
}

/// Reloads on SIGHUP and when files change; returns on SIGTERM or SIGINT.
void serve_until_told(const sigset_t& signals, Reloader& reloader) {
    constexpr timespec look_interval{1, 0};
    for (;;) {
        const int received = sigtimedwait(&signals, nullptr, &look_interval);
        if (received == SIGTERM || received == SIGINT) return;
        if (received == SIGHUP)
            (void)reloader.reload();
        else
            reloader.look();
    }
}

}  // namespace

int run(const RunOptions& options) {
    auto loaded = load(options.config);
    check_declared_paths(loaded);
    if (!loaded.diagnostics.empty()) std::fputs(format(loaded.diagnostics).c_str(), stderr);
    if (!loaded.snapshot) return exit_of(loaded);
    allow_all_descriptors();
    // Before any thread exists, so that all of them inherit the mask.
    const sigset_t signals = block_signals();
    auto equipment = Equipment::make(loaded.snapshot);
    // What the configuration says the loader has checked; what fails here is in the files that it names.
    if (equipment.has_error()) return fail(equipment.error(), exit_io);
    auto log = AuditLog::open(loaded.snapshot->audit, loaded.snapshot->instance);
    if (log.has_error()) return fail(log.error(), exit_io);

    Server server(*equipment, **log);
    Reloader reloader(options.config, server);  // from here on no change of a file is missed
    const auto bound = server.bind();
    if (bound.has_error()) return fail(bound.error(), exit_io);
    for (const auto& one : *bound)
        std::printf(one.name == "admin" ? "%s %s:%u\n" : "listening %s %s:%u\n", one.name.c_str(), one.host.c_str(), one.port);
    server.start();
    std::puts("ready");
    std::fflush(stdout);

    serve_until_told(signals, reloader);
    log_info("draining", "no new connections; exchanges may finish");
    server.drain();
    (*log)->close();
    return exit_ok;
}

}  // namespace bordergate

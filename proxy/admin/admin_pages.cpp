#include "proxy/admin/admin_pages.hpp"

namespace bordergate {

AdminPages::AdminPages(const Metrics& metrics) {
    add_page("/healthz", [] { return AdminPage{200, "text/plain; charset=utf-8", "ok\n"}; });
    add_page("/readyz", [this] { return ready(); });
    add_page("/metrics", [&metrics] { return AdminPage{200, "text/plain; version=0.0.4; charset=utf-8", metrics.render()}; });
}

void AdminPages::add_readiness(std::string name, std::function<std::string()> reason) {
    parts_.push_back({std::move(name), std::move(reason)});
}

void AdminPages::add_page(std::string path, std::function<AdminPage()> render) {
    pages_.push_back({std::move(path), std::move(render)});
}

AdminPage AdminPages::ready() const {
    AdminPage page;
    for (const auto& part : parts_) {
        const auto reason = part.reason();
        if (reason.empty()) continue;
        page.status = 503;
        page.body += part.name + ": " + reason + '\n';
    }
    if (page.status == 200) page.body = "ready\n";
    return page;
}

AdminPage AdminPages::answer(std::string_view method, std::string_view path) const {
    AdminPage page;
    if (method != "GET" && method != "HEAD") {
        page.status = 405;
        page.body = "only GET and HEAD are answered here\n";
        return page;
    }
    for (const auto& one : pages_)
        if (one.path == path) return one.render();
    page.status = 404;
    page.body = "no such page; these exist:";
    for (const auto& one : pages_) page.body += ' ' + one.path;
    page.body += '\n';
    return page;
}

}  // namespace bordergate

// What the admin listener says: alive, ready, metrics, and nothing else.
#include "proxy/admin/admin_pages.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;
using Catch::Contains;

namespace {

struct Admin {
    Admin() {
        MetricFamily family;
        family.name = "knocks_total";
        family.help = "Knocks.";
        knocks = metrics.add(family);
        metrics.freeze();
    }
    Metrics metrics{1};
    MetricId knocks;
    AdminPages pages{metrics};
};

}  // namespace

TEST_CASE("healthz says ok, also while the rest is not ready") {
    Admin admin;
    admin.pages.add_readiness("audit", [] { return std::string("the disk is full"); });
    const auto page = admin.pages.answer("GET", "/healthz");
    CHECK(page.status == 200);
    CHECK(page.body == "ok\n");
}

TEST_CASE("readyz follows its parts, and names each that is not ready") {
    Admin admin;
    CHECK(admin.pages.answer("GET", "/readyz").status == 200);
    std::string audit, drain;
    admin.pages.add_readiness("audit", [&] { return audit; });
    admin.pages.add_readiness("drain", [&] { return drain; });
    CHECK(admin.pages.answer("GET", "/readyz").body == "ready\n");
    drain = "draining";
    CHECK(admin.pages.answer("GET", "/readyz").status == 503);
    CHECK(admin.pages.answer("GET", "/readyz").body == "drain: draining\n");
    audit = "the audit log cannot be written";
    CHECK(admin.pages.answer("HEAD", "/readyz").body == "audit: the audit log cannot be written\ndrain: draining\n");
    audit = drain = "";
    CHECK(admin.pages.answer("GET", "/readyz").status == 200);
}

TEST_CASE("metrics are rendered anew for each scrape, as Prometheus text") {
    Admin admin;
    CHECK_THAT(admin.pages.answer("GET", "/metrics").body, Contains("knocks_total 0\n"));
    admin.metrics.count(admin.knocks, 0, 0, 3);
    const auto page = admin.pages.answer("GET", "/metrics");
    CHECK_THAT(page.body, Contains("knocks_total 3\n"));
    CHECK(page.content_type == "text/plain; version=0.0.4; charset=utf-8");
}

TEST_CASE("an unknown page is a 404 that names those there are") {
    Admin admin;
    admin.pages.add_page("/more", [] { return AdminPage{200, "text/plain", "more"}; });
    for (auto path : {"/", "/metrics/", "/Healthz", "/healthz/x", "", "*", "/../metrics"}) {
        INFO(path);
        const auto page = admin.pages.answer("GET", path);
        CHECK(page.status == 404);
        CHECK_THAT(page.body, Contains("/healthz /readyz /metrics /more\n"));
    }
    CHECK(admin.pages.answer("GET", "/more").body == "more");
}

TEST_CASE("anything but GET and HEAD is a 405, and no page is rendered for it") {
    Admin admin;
    int rendered = 0;
    admin.pages.add_page("/count", [&] { return ++rendered, AdminPage{}; });
    for (auto method : {"POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "get", ""}) {
        INFO(method);
        CHECK(admin.pages.answer(method, "/count").status == 405);
        CHECK(admin.pages.answer(method, "/nowhere").status == 405);
    }
    CHECK(rendered == 0);
}

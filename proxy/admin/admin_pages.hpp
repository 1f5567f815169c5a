// What the admin listener can say, without sockets. Parts register their readiness and their pages here.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/admin/metrics.hpp"

namespace bordergate {

struct AdminPage {
    unsigned status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body;
};

/// Set up before it serves; then called from the first worker's thread only.
class AdminPages {
  public:
    /// `metrics` outlives this. Offers /healthz (the process serves), /readyz (it should get traffic) and /metrics.
    explicit AdminPages(const Metrics& metrics);

    /// `reason` returns why the part is not ready, or an empty string.
    void add_readiness(std::string name, std::function<std::string()> reason);
    void add_page(std::string path, std::function<AdminPage()> render);

    /// The answer to a request: 404 for unknown paths, 405 for anything but GET and HEAD.
    AdminPage answer(std::string_view method, std::string_view path) const;

  private:
    AdminPage ready() const;
    struct Page {
        std::string path;
        std::function<AdminPage()> render;
    };
    struct Part {
        std::string name;
        std::function<std::string()> reason;
    };
    std::vector<Page> pages_;
    std::vector<Part> parts_;
};

}  // namespace bordergate

#include "filters/fault.hpp"

#include <catch2/catch.hpp>
#include <set>

using namespace bordergate;

TEST_CASE("every code has a name of its own, an error status and advice") {
    std::set<std::string_view> names;
    for (unsigned i = 0; i <= static_cast<unsigned>(Code::internal); ++i) {
        const auto& known = info(static_cast<Code>(i));
        INFO(known.name);
        CHECK(names.insert(known.name).second);
        CHECK(known.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos);
        CHECK((known.status >= 400 && known.status < 600));
        CHECK(known.advice.ends_with('.'));
    }
}

TEST_CASE("the one table of statuses") {
    CHECK(info(Code::framing_invalid).status == 400);
    CHECK(info(Code::body_invalid).status == 400);
    CHECK(info(Code::source_unknown).status == 401);
    for (auto code : {Code::no_route, Code::model_not_served, Code::no_permit, Code::limited, Code::form_not_accepted, Code::place_cannot_carry, Code::mask_unfit,
                      Code::opaque_refused, Code::address_refused, Code::response_refused}) {
        CHECK(info(code).status == 403);
        CHECK_FALSE(info(code).retryable);
        CHECK(info(code).side == Side::border);
    }
    CHECK(info(Code::client_timeout).status == 408);
    CHECK(info(Code::body_too_large).status == 413);
    CHECK(info(Code::rate_limited).status == 429);
    CHECK(info(Code::head_too_large).status == 431);
    CHECK(info(Code::upstream_timeout).status == 504);
    CHECK(info(Code::upstream_gone).status == 502);
    for (auto code : {Code::overloaded, Code::unauditable, Code::key_unavailable, Code::draining}) CHECK(info(code).status == 503);
    CHECK(info(Code::internal).name == "internal");
    CHECK(info(Code::internal).status == 500);
}

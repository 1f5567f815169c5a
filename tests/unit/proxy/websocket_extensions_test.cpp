#include "proxy/http/websocket_extensions.hpp"

#include <catch2/catch.hpp>

using namespace bordergate;

namespace {

Fields offer(std::string_view value) {
    Fields made;
    made.add("Sec-WebSocket-Extensions", value);
    return made;
}

std::string accepted(std::string_view value) {
    const auto terms = accept_deflate(offer(value));
    return terms ? render_agreement(*terms) : "none";
}

std::string agreed(std::string_view value, bool offered = true) {
    const auto terms = read_agreement(offer(value), offered);
    if (terms.has_error()) return "!";
    return *terms ? render_agreement(**terms) : "none";
}

}  // namespace

TEST_CASE("the first offer of permessage-deflate that is understood is accepted") {
    CHECK(accepted("permessage-deflate") == "permessage-deflate");
    CHECK(accepted("permessage-deflate; client_max_window_bits") == "permessage-deflate");
    CHECK(accepted("permessage-deflate; client_max_window_bits=12") == "permessage-deflate; client_max_window_bits=12");
    CHECK(accepted("permessage-deflate;server_max_window_bits=\"10\" ; server_no_context_takeover") == "permessage-deflate; server_no_context_takeover; server_max_window_bits=10");
    CHECK(accepted("permessage-deflate; client_no_context_takeover") == "permessage-deflate; client_no_context_takeover");
    CHECK(accepted("x-webkit-deflate-frame, permessage-deflate; unknown, permessage-deflate; server_max_window_bits=8") == "permessage-deflate; server_max_window_bits=8");
    CHECK(accept_deflate(Fields{}) == std::nullopt);
}

TEST_CASE("offers that are not valid are declined") {
    for (const char* one : {"", "permessage-bzip2", "permessage-deflate; server_max_window_bits", "permessage-deflate; server_max_window_bits=7",
                            "permessage-deflate; server_max_window_bits=16", "permessage-deflate; server_max_window_bits=08", "permessage-deflate; server_max_window_bits=1",
                            "permessage-deflate; client_max_window_bits=abc", "permessage-deflate; server_no_context_takeover=1",
                            "permessage-deflate; server_no_context_takeover; server_no_context_takeover", "permessage-deflate; client_max_window_bits; client_max_window_bits=9",
                            "permessage-deflate;", "permessage-deflate; ;", "permessage-deflate; server_max_window_bits=\"10", "permessage-deflate extra", "permessage-deflate; =1"}) {
        INFO(one);
        CHECK(accepted(one) == "none");
    }
}

TEST_CASE("an upstream's answer is taken or fails the connection") {
    CHECK(agreed("permessage-deflate") == "permessage-deflate");
    CHECK(agreed("permessage-deflate; client_max_window_bits=9; server_max_window_bits=11; client_no_context_takeover") ==
          "permessage-deflate; client_no_context_takeover; server_max_window_bits=11; client_max_window_bits=9");
    CHECK(read_agreement(Fields{}, true).value() == std::nullopt);
    CHECK(read_agreement(Fields{}, false).value() == std::nullopt);
    CHECK(agreed("permessage-deflate", false) == "!");
    for (const char* one : {"permessage-bzip2", "permessage-deflate, permessage-deflate", "permessage-deflate; client_max_window_bits", "permessage-deflate; unknown",
                            "permessage-deflate; server_max_window_bits=16", "permessage-deflate; server_no_context_takeover=true", "permessage-deflate;;"}) {
        INFO(one);
        CHECK(agreed(one) == "!");
    }
}

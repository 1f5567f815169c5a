// What nghttp2 calls back, and how it is set up. Callbacks only take note: nothing is sent and no coroutine is resumed from
// inside them.
#pragma once

#include <nghttp2/nghttp2.h>

namespace bordergate {

struct H2Stream;

/// The callbacks of all sessions. Their user data is the H2Session, that of a body the H2Stream.
struct H2Callbacks {
    static nghttp2_session_callbacks* all();
    static nghttp2_option* options();
    /// Where the body of `stream` comes from: what its `out` views, as long as there is more.
    static nghttp2_data_provider body_of(H2Stream& stream);

  private:
    struct Notes;
};

}  // namespace bordergate

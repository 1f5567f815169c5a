// A gRPC body as a transform: messages are taken out of their frames, treated one by one, and framed again.
#pragma once

#include <string>

#include "filters/body/proto_rewrite.hpp"
#include "filters/transform.hpp"

namespace bordergate {

struct GrpcSpec {
    ProtoRewriteSpec message;  ///< what it borrows outlives the transform
    std::string coding;        ///< `grpc-encoding` of the head; empty: identity
    std::size_t longest = 0;   ///< message in bytes, as it came and decompressed
    bool joined = false;       ///< texts may go on from message to message: a stream; labels are joined where they are restored
    bool dialogue = false;     ///< the other side may wait for a message before the next one comes
};

/// Length-prefixed messages of the gRPC protocol: a flag, four bytes of length, the message. Holds back one message.
/// One that is unchanged leaves in the frame in which it came; one that changed leaves uncompressed, which the flag
/// says. Compressed with anything but gzip or deflate it is `opaque`. Fault body_invalid for a flag that does not exist
/// and for a body that ends inside a frame, body_too_large for a message beyond `longest`. Where labels are joined
/// (label_join.hpp), messages that begin one wait too, of no more than `longest` bytes in all.
TransformPtr make_grpc(GrpcSpec spec);

}  // namespace bordergate

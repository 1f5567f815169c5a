// KServe's Open Inference Protocol v2 over gRPC, known without a descriptor file.
#pragma once

#include <google/protobuf/descriptor.pb.h>

namespace bordergate {

/// The package and service of the protocol.
inline constexpr const char* kserve_service = "inference.GRPCInferenceService";

/// Its types and methods (and Triton's ModelStreamInfer), by the field numbers of the protocol.
google::protobuf::FileDescriptorProto kserve_file();

}  // namespace bordergate

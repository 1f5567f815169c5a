// KServe's Open Inference Protocol v2 over gRPC: which calls are inference.
#pragma once

#include "filters/dialect/dialect.hpp"

namespace bordergate {

const Dialect& kserve_dialect();

}  // namespace bordergate

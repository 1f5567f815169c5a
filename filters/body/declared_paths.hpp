// What only the filters can tell of a configuration: which declared paths can be decided while a document streams, and
// which fields of gRPC requests there are.
#pragma once

#include "config/loader.hpp"

namespace bordergate {

/// Adds an error for every declared path, and path of a mask (check_mask_paths), that cannot be compiled, and every
/// descriptor set that cannot be read, where it stands; the snapshot is gone then.
void check_declared_paths(Loaded& loaded);

}  // namespace bordergate

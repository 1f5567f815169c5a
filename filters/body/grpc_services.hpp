// The gRPC calls whose messages can be read, and what of their requests is declared: descriptor sets and field paths of
// one configuration, checked and compiled.
#pragma once

#include <map>
#include <utility>

#include "config/diagnostic.hpp"
#include "config/settings.hpp"
#include "filters/body/proto_fields.hpp"
#include "filters/body/proto_schema.hpp"

namespace bordergate {

/// One method on one route.
struct GrpcCall {
    const ProtoSchema* schema = nullptr;
    const ProtoMethod* method = nullptr;
    ProtoFields request;  ///< declared
};

/// Immutable once made; owns its types.
class GrpcServices {
  public:
    /// Reads the descriptor files that `snapshot` names. What is wrong with them, or with a path of `fields`, is added to
    /// `mistakes` where it stands; what is not sound is left out.
    static GrpcServices read(const Snapshot& snapshot, Diagnostics& mistakes);

    /// The call to `path`, which is `/package.Service/Method`, on `route` (null: none). Null if its messages cannot be
    /// read. Lives as long as this.
    const GrpcCall* call(const Route* route, std::string_view path) const;

  private:
    void declare(const Snapshot& snapshot, const Route& route, const FieldRule& field, Diagnostics& mistakes);

    ProtoSchemaPtr schema_;
    std::map<std::pair<const Route*, const ProtoMethod*>, GrpcCall> calls_;
};

}  // namespace bordergate

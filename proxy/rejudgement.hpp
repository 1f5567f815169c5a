// What is under way, judged by a configuration that came later: sessions do not outlive the rules that allow them.
#pragma once

#include "proxy/checkpoint.hpp"
#include "proxy/equipment.hpp"

namespace bordergate {

/// Finds in a later configuration what an exchange began with: its source, route and destination, by their ids.
class Rejudgement {
  public:
    /// Everything is borrowed. An undeclared destination stands for itself.
    Rejudgement(const Equipment& later, const Source& source, const Route* route, const Destination& destination);

    /// True if both crossings may go on in the forms that they have. Fault policy_changed, with the rule, where something
    /// is gone from the configuration or the rules are stricter now. `before` judged the exchange when it began.
    Status allows(const Checkpoint& before, const DialectEndpoint* endpoint, const Findings& found, BodyOutlook body,
                  const Ruling& request, const Ruling& response) const;

  private:
    const Equipment& later_;
    const Source* source_;
    const Route* route_ = nullptr;
    const Destination* destination_;
    bool route_gone_ = false;
};

}  // namespace bordergate

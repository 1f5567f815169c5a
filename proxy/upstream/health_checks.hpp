// Active checks: asks each address of the destinations that declare it whether it is well, from one worker for the whole
// process. A check is control traffic: a GET without payload and without credential, to declared destinations only, at
// addresses that exchanges could be sent to as well. What it found is told to every worker.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "proxy/worker.hpp"

namespace bordergate {

class HealthChecks : public std::enable_shared_from_this<HealthChecks> {
  public:
    using Address = boost::asio::ip::address;
    /// How one of all addresses that a destination has now is.
    struct Finding {
        const Destination* destination = nullptr;  ///< of the equipment that is told with it
        std::vector<Address> all;
        Address one;
        bool good = false;
    };
    /// Called on the checking worker's thread.
    using Report = std::function<void(const EquipmentPtr& equipment, const Finding& finding)>;

    /// Begins, on the thread of `worker`, for every destination of its edition that declares checks. They end when the
    /// worker drains or takes another edition; until then they keep themselves. `worker` outlives them.
    static void start(Worker& worker, Report report);
    /// What is asked of whom, one sentence for each destination: an egress that the audit log tells of.
    static std::vector<std::string> announced(const Snapshot& snapshot);

    HealthChecks(Worker& worker, Report report) : worker_(worker), edition_(worker.edition), report_(std::move(report)) {}

  private:
    using Self = std::shared_ptr<HealthChecks>;
    using Addresses = std::shared_ptr<const std::vector<Address>>;
    static Task<void> watch(Self self, const Destination& destination);
    static Task<void> ask(Self self, const Destination& destination, Addresses all, Address one);
    Task<bool> is_well(const Destination& destination, Address one);
    Worker& worker_;
    EditionPtr edition_;
    Report report_;
    std::set<std::pair<const Destination*, Address>> asking_;  ///< no address is asked twice at once
};

}  // namespace bordergate

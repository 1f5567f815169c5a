// The record of one exchange as it comes about: an intent before the first byte leaves, an outcome after.
#pragma once

#include <string>

#include "filters/head_filter.hpp"
#include "proxy/audit/record.hpp"
#include "proxy/checkpoint.hpp"
#include "proxy/residence.hpp"
#include "proxy/net/addresses.hpp"
#include "proxy/worker.hpp"

namespace bordergate {

class Attempt {
  public:
    /// `worker` and `equipment` (of the edition the exchange holds) outlive the attempt.
    Attempt(Worker& worker, const Equipment& equipment, const Peer& peer, const RequestHead& head);

    const std::string& id() const { return id_; }
    /// Who the client is, if a hop before us spoke for it.
    void comes_from(const boost::asio::ip::address& client) { client_ = text_of(client); }
    void identified(const Source& source) { source_ = &source; }
    /// What the request is for; recorded if that is certain.
    void serves(PurposeSet purposes) { purposes_ = purposes; }
    void routed(const Route* route) { route_ = route; }
    void ruled(const Ruling& request) { request_ = &request; }
    void answered(const Ruling* response, unsigned status) { response_ = response; status_ = status; }
    void dialled(const boost::asio::ip::tcp::endpoint& address);

    /// Queues the intent and waits until it is durable. Fault unauditable otherwise: nothing may leave.
    Task<Status> commit_intent();
    /// Queues the record `dialled`, for a name resolved after the intent, and waits until it is durable.
    Task<Status> commit_dialled();
    /// Queues the outcome; `failure` is null if the exchange went through. `left`: some byte of it had left.
    void conclude(const Fault* failure, bool left);

    Findings findings;           ///< of the request
    Findings response_findings;  ///< of the answer
    HeadReport head_report;
    std::uint64_t sent = 0;      ///< body bytes to the destination
    std::uint64_t received = 0;  ///< body bytes back to the source
    std::uint64_t messages_sent = 0, messages_received = 0;  ///< of a session
    bool credentials_forwarded = false;
    Residence residence;

  private:
    Record record(RecordKind kind) const;
    Task<Status> commit(const Record& record);
    Verdict verdict(const Fault* failure, bool left) const;
    Worker& worker_;
    const Equipment& equipment_;
    std::string id_, client_, method_, authority_, address_;
    std::string from_location_, from_operator_;
    const Source* source_ = nullptr;
    const Route* route_ = nullptr;
    const Ruling* request_ = nullptr;
    const Ruling* response_ = nullptr;
    PurposeSet purposes_ = 0;
    unsigned status_ = 0;
    std::int64_t began_us_;
};

}  // namespace bordergate

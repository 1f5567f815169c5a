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

    /// Another attempt of the same exchange, made beside this one: with an id and records of its own, and nothing sent
    /// or answered yet. What was found and dropped is as here.
    Attempt beside() const;

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

    /// Queues the intent and waits until it is durable. Fault unauditable otherwise: nothing may leave. To be awaited at
    /// once, as the next.
    Task<Status> commit_intent();
    /// Queues the record `dialled`, for a name resolved after the intent, and waits until it is durable.
    Task<Status> commit_dialled();
    /// Queues the outcome; `failure` is null if the exchange went through. `left`: some byte of it had left.
    void conclude(const Fault* failure, bool left);
    /// Queues the outcome of an attempt that another one was made beside, and whose end is not the exchange's.
    void conclude_beside(const Fault& failure, bool left);

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
    Task<Status> commit(const Record& record) const;
    Verdict verdict(const Fault* failure, bool left) const;
    Record outcome(const Fault* failure, Verdict reached) const;
    void write(const Record& outcome);
    Worker* worker_;
    const Equipment* equipment_;
    std::string id_, hedge_of_, client_, method_, authority_, address_;
    const Source* source_ = nullptr;
    const Route* route_ = nullptr;
    const Ruling* request_ = nullptr;
    const Ruling* response_ = nullptr;
    PurposeSet purposes_ = 0;
    unsigned status_ = 0;
    std::int64_t began_us_;
};

}  // namespace bordergate

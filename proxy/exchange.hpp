// The exchange: one request and its answer, from the head to the outcome. exchange.cpp is the product in
// one reading.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "config/settings.hpp"
#include "filters/mask/treater.hpp"
#include "filters/seal/unsealer.hpp"
#include "proxy/attempt.hpp"
#include "proxy/checkpoint.hpp"
#include "proxy/exchange_watch.hpp"
#include "proxy/hedge.hpp"
#include "proxy/http/link.hpp"
#include "proxy/http/websocket_handshake.hpp"
#include "proxy/upstream/pool.hpp"
#include "proxy/worker.hpp"

namespace bordergate {

/// How the request came in.
struct Arrival {
    const Listener* listener = nullptr;
    bool absolute = false;  ///< the target named its own authority
};

/// One attempt to deliver, and how it ended as far as repeating it goes.
struct Turn {
    enum class Ending : std::uint8_t {
        final,       ///< nothing to repeat: it went through, or no repetition can help
        turned_away, ///< the destination has no place, is left alone, or has no address: nothing was sent
        unconnected, ///< no connection: nothing was sent
        raced,       ///< a connection that was kept for later had been closed meanwhile, or took no more requests
        reset,       ///< the connection ended before the answer began
        timed_out,   ///< the answer did not begin in time
        unavailable, ///< an answer 502, 503 or 504 that is not handed on, since a repetition is granted
    };
    unsigned number = 0;                                ///< 0: the first; else which repetition
    bool fresh = false;                                 ///< on no connection that was used before
    std::vector<boost::asio::ip::address> tried;        ///< addresses that failed
    Visit* visit = nullptr;
    Ending ending = Ending::final;
    bool unprocessed = false;                           ///< the upstream said that it did nothing
};

/// Filters name what is wrong with a body; in an answer that is the upstream's doing.
Fault of_answer(Fault failure);

class Exchange {
  public:
    /// `client` and `worker` outlive the exchange.
    Exchange(Worker& worker, ClientLink& client, Arrival arrival);
    ~Exchange();

    /// Serves the exchange to its end; never throws for what peers do. Whatever happens, the client has then
    /// a whole response or an aborted connection, and the audit log an outcome.
    Task<void> run();

  private:
    Task<Status> pass();
    Status shed();
    Status identify();
    Status admit();
    Status fix_purpose();
    Status find_candidates();
    Status inspect_head();
    Task<Status> read_body();
    Status classify();
    Task<Status> examine();
    Task<Status> deliver();
    Task<Status> deliver_to(const Destination& destination, Turn& turn);
    Status address(const Destination& destination);
    void leave_behind(const Destination& failed);
    Task<Status> turn_to_next(const Destination& failed, Fault why);
    Task<Status> judge_next();
    Task<Status> attempt_delivery(Turn& turn);
    Dial dial_to(const Destination& destination) const;
    Task<Status> converse(Lease& lease, Turn& turn);
    void note_ending(const Fault& failure, const UpstreamLink& upstream, Lease& lease, Turn& turn) const;
    bool is_safe_to_repeat(const Turn& turn) const;
    bool is_named(const Turn& turn, const RetrySettings& settings) const;
    static bool note_answer(unsigned status, Visit& visit);
    bool gives_up_answer(const ResponseHead& head);
    Task<void> pause(std::chrono::milliseconds time);
    Status inspect_marks(const Destination& destination) const;
    Status prepare_request(const Destination& destination);
    bool must_be_whole() const;
    Task<void> await_token(const Destination& destination);
    Status authorize(const Destination& destination);
    Status sign_request();
    void note_refused_token(unsigned status) const;
    Status prepare_body();
    Status filter_body();
    Task<Status> send_request(UpstreamLink& upstream);
    Task<void> pump_request(UpstreamLink& upstream);
    Task<Status> relay_response(Lease& lease, Turn& turn);
    Task<Status> pump_response(UpstreamLink& upstream, ResponseHead& head);
    Task<Status> relay_sealed(UpstreamLink& upstream, ResponseHead& head);
    Task<Result<std::string>> read_answer(Body& body, Transform* filter);
    Task<Status> respond_whole(const ResponseHead& head, std::string_view body, const Fields& trailers);
    Task<Status> pull(Body& body, Transform* transform, HeldBytes& held, std::string& scratch, Chunk& chunk);
    Task<std::optional<Result<Chunk>>> next_in_dialogue(Body& body);
    Task<Status> hand_on(UpstreamLink& upstream, Body& body, Chunk chunk);
    Task<Status> hand_back(Body& body, Chunk chunk);
    Status treat_trailers(Fields& trailers, const Treatment& treatment, HeadReport& report) const;
    Task<Status> treat_late_trailers(Fields& trailers, const Treatment& treatment, HeadReport& report);
    Task<Status> treat_request_trailers(Fields& trailers);
    bool asks_analysers() const;
    bool asks_of_answer() const;
    Task<Status> learn(Analyses& analyses, const std::function<void()>& go_through);
    Task<Status> analyse_request();
    Task<Status> rehearse();
    void go_through_request(const Ruling& ruling, bool observe);
    Task<Status> analyse_answer_head(const ResponseHead& head);
    Task<Status> respond_analysed(const ResponseHead& head, BodyKind kind, Body& body, Transform& filter);
    Status judge_anew();
    Status judge_by(const Equipment& later) const;
    Task<Status> open_tunnel();

    class FirstRunner;
    class HedgeRunner;
    struct Aside;
    bool hedges() const;
    Task<Status> receive_hedged(Lease& lease, Turn& turn);
    std::unique_ptr<HedgeRunner> start_hedge(const Lease& lease);
    std::unique_ptr<HedgeRunner> make_hedge(const Lease& lease);
    Status address_elsewhere(const Destination& slow);
    Status settle_race(Lease& lease, Turn& turn, const Race& race, HedgeRunner& hedge);
    Fault close_leg(const Race::Leg& leg, Lease& lease, Turn& turn);

    Task<void> refuse(const Fault& failure);
    Task<void> cut(const Fault& failure, const Dialect& speaker);
    std::chrono::milliseconds longest(std::chrono::milliseconds allowed) const;

    Status take_upgrade();
    Status keep_serving();
    Result<Ruling> rule_upgrade();
    Status prepare_upgrade();
    Task<Status> open_session(UpstreamLink& upstream);
    bool session_untouched() const;
    /// The body as it may leave.
    std::string_view outgoing() const { return rewritten_ ? prepared_ : held_; }
    bool upgrades() const { return !head_.upgrade.empty(); }
    /// What is judged as the body: of a session its messages.
    BodyOutlook judged_outlook() const;

    Treatment treatment(const Ruling& ruling, Findings& findings, Treater* treater, bool observe) const;
    BodyContext body_context(const Treatment& treatment, bool response) const;
    std::unique_ptr<ExchangeTreater> make_treater(const Destination& destination, Findings& findings) const;
    const Labels* labels() const;
    bool unseals() const;
    ExchangeUnsealer& unsealer();
    void open_sealed();

    const Snapshot& snapshot() const { return edition_->snapshot(); }

    Worker& worker_;
    EditionPtr edition_;  ///< the configuration that this exchange began under, and ends under
    const Equipment& equipment_;
    ClientLink& client_;
    RequestHead& head_;
    Arrival arrival_;
    Attempt attempt_;
    Peer peer_;            ///< who the client is, which a trusted hop may have said
    HeldBytes held_bytes_; ///< of held_, or what the filter of a request that is not held holds back
    Admission admission_;  ///< counts until the exchange ends, however it does
    PresentedCredential credential_;
    std::string passed_;   ///< the loop marks of gateways before us
    const Source* source_ = nullptr;
    PurposeSet purposes_ = all_purposes;  ///< what the request may be for
    const Route* route_ = nullptr;
    const Dialect* dialect_ = nullptr;
    const Dialect* native_ = nullptr;  ///< in which the client is told no, whatever the destination speaks; null: that
    const DialectEndpoint* endpoint_ = nullptr;
    const Destination* issuer_ = nullptr;  ///< whose signed blocks the request may bring back: who was asked first
    std::unique_ptr<Destination> undeclared_;
    std::vector<const Destination*> candidates_;
    std::optional<Checkpoint> checkpoint_;
    BodyOutlook outlook_;
    const GrpcCall* call_ = nullptr;  ///< a gRPC call whose messages can be read; null: none
    Ruling request_, response_;
    std::unique_ptr<ExchangeTreater> treater_, answer_treater_;
    std::unique_ptr<ExchangeUnsealer> unsealer_;
    std::unique_ptr<Analyses> analyses_, answer_analyses_;  ///< null: no analyser is asked
    std::optional<Limits> whole_texts_;                     ///< with room for whole texts: what is analysed is held anyway
    Treatment request_treatment_, response_treatment_;
    TransformPtr request_filter_;
    std::string held_;           ///< as it came
    std::string prepared_;       ///< rewritten
    bool rewritten_ = false;     ///< what may leave is prepared_, not held_
    Fields held_trailers_, prepared_trailers_;
    std::optional<RequestHead> original_;  ///< the head as it was judged, while another destination may have to be asked
    bool is_held_ = false;
    std::string shown_token_;    ///< what the destination is shown of its token source; empty: nothing
    std::string request_type_, response_type_;  ///< content types of the bodies as they came
    std::string response_encoding_;             ///< its content-encoding; empty: none
    std::string request_coding_, response_coding_;  ///< of gRPC messages
    std::optional<WebSocketRequest> upgrade_;  ///< set if the client asks to change to WebSocket
    std::string upgrade_offers_, upgrade_key_;  ///< the extensions it offers as they came; our key towards the upstream
    bool by_message_ = false;  ///< a session whose messages are crossings of their own
    bool parted_ = false;  ///< the client was told the end in the protocol that it changed to
    bool left_ = false;  ///< some byte of the request left for a destination
    std::optional<ExchangeWatch> watch_;
    std::chrono::steady_clock::time_point judged_at_ = std::chrono::steady_clock::now();
    EditionPtr judged_;  ///< a later edition that allows what is under way
    Timeouts times_;             ///< of the destination that is asked
    Turn* turn_ = nullptr;       ///< the attempt under way
    bool hedged_ = false;        ///< a second attempt was made beside one, or tried: there is no other
    std::unique_ptr<Aside> aside_;  ///< while two are under way
    struct Pump;
    std::shared_ptr<Pump> pump_;
};

}  // namespace bordergate

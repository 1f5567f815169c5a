// The messages of one WebSocket session as crossings of their own: each is judged whole, under the current snapshot,
// and treated like a body. Knows no frames and no sockets. Labels that one message issued are restored in later answers
// of the same session, and of no other.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "filters/body/streamed_texts.hpp"
#include "filters/mask/treater.hpp"
#include "filters/seal/unsealer.hpp"
#include "proxy/checkpoint.hpp"
#include "proxy/equipment.hpp"

namespace bordergate {

/// Why a session does not begin, or does not go on, if what an analyser finds may not cross in clear: its messages go on
/// one by one, without waiting for anybody.
Fault unanalysed_session();

class WebSocketCrossing {
  public:
    /// Between whom; all borrowed, and living as long as the equipment they are of.
    struct Parties {
        const Source* source = nullptr;
        const Route* route = nullptr;             ///< null: none
        const Destination* destination = nullptr; ///< the one that the upgrade was judged for
        const DialectEndpoint* endpoint = nullptr;
        PurposeSet purposes = all_purposes;
        std::string exchange;                     ///< its name: dates without a subject are moved by it
        ExchangeUnsealer* unsealer = nullptr;             ///< set if the source may have sealed values of answers opened
    };
    /// `instant`: seconds since the epoch. Findings are borrowed and gather those of all messages of a direction,
    /// their classes by the ids of `equipment` whatever has judged them since. `treater`:
    /// of the head, whose labels are restored too; null: none.
    WebSocketCrossing(EquipmentPtr equipment, const Parties& parties, Findings& sent, Findings& received, std::int64_t instant,
                      std::unique_ptr<ExchangeTreater> treater = {});
    ~WebSocketCrossing();

    const EquipmentPtr& equipment() const { return equipment_; }
    /// True if every message may pass in clear, both ways: nothing needs to be looked at.
    bool untouched() const;
    /// Judges what follows by `current`. Fault if source, route or destination are no longer there, or if not even what
    /// holds nothing may come home. Labels issued before stay labels from here on.
    Status renew(EquipmentPtr current, std::int64_t instant);
    /// The same if `current` is another than before; else judges again when a minute has gone by, since rules have dates.
    Status keep_current(const EquipmentPtr& current, std::int64_t instant);

    /// Rewrites a whole message of the client into what may leave; after a fault nothing of it may.
    Status outbound(bool text, std::string& message);
    struct Message {
        bool text = true;
        std::string bytes;
    };
    /// Appends to `out` what may come home now that a whole message of the upstream has come: itself, treated, and before it
    /// what waited for it. One whose end may still turn into a label or a value waits for the next piece of its text.
    Status inbound(bool text, std::string_view message, std::vector<Message>& out);
    /// The upstream says no more: appends what waits.
    Status rest(std::vector<Message>& out);
    /// The reason of a close as it may cross; empty if it may not, or no longer fits.
    std::string reason(bool from_client, std::string_view text);

  private:
    Status prepare(std::int64_t instant);
    Status classify(BodyKind kind, std::string_view message, Ruling& ruling);
    Status rewrite(BodyKind kind, const Ruling& ruling, std::string_view in, std::string& out);
    Status rewrite_answer(BodyKind kind, std::string_view in, std::string& out);
    StreamedTexts& answers(const Labels* labels);
    Status end_answers();
    BodyContext context(BodyKind kind, bool response, const Treatment& treatment) const;
    bool is_json(std::string_view message) const;
    Result<BodyKind> kind_of(bool text, bool response, std::string_view message) const;
    const Labels* labels() const;

    class GatheredInFirstTerms;
    EquipmentPtr equipment_;
    EquipmentPtr first_;  ///< whose class ids the findings have
    std::int64_t judged_at_ = 0;
    Parties parties_;
    Findings& sent_;
    Findings& received_;
    std::optional<Checkpoint> text_checkpoint_, binary_checkpoint_;
    Result<Ruling> text_, binary_;  ///< of the client's messages, before anything of them is known
    Ruling response_;
    bool unanalysed_ = false;  ///< what an analyser would find may not cross, and none is asked
    std::unique_ptr<ExchangeTreater> treater_, answer_treater_;
    Treatment answer_treatment_;
    BodyContext answer_context_;
    std::unique_ptr<StreamedTexts> answers_;  ///< texts that the answers bring in pieces; null: none has begun
    std::vector<Message> late_;               ///< what waited while the rules changed
};

}  // namespace bordergate

#include "filters/mask/treater.hpp"

#include <openssl/rand.h>

#include <array>
#include <map>
#include <optional>
#include <utility>

#include "filters/mask/bucketing.hpp"
#include "filters/mask/character_mask.hpp"
#include "filters/mask/date_shift.hpp"
#include "filters/mask/dictionary.hpp"
#include "filters/mask/fpe.hpp"
#include "filters/mask/operators.hpp"
#include "filters/mask/tokens.hpp"

namespace bordergate {

namespace {

/// 128 random bits in place of the name that an exchange was not given.
Status random_name(std::string& name) {
    std::array<unsigned char, 16> bits{};
    if (RAND_bytes(bits.data(), static_cast<int>(bits.size())) != 1) return fault(Code::key_unavailable, "there are no random bits");
    name.assign(bits.begin(), bits.end());
    return {};
}

}  // namespace

struct ExchangeTreater::State {
    State(const Policy& policy_, TreatmentKeys keys_, Findings& findings_) : policy(policy_), keys(std::move(keys_)), findings(findings_) {}

    const Policy& policy;
    TreatmentKeys keys;
    Findings& findings;
    std::unique_ptr<LabelKey> label_key;
    std::unique_ptr<Labels> labels;

    Result<const KeyRing*> ring(const std::string& jurisdiction) const {
        if (keys.rings)
            if (const auto found = keys.rings->find(jurisdiction); found != keys.rings->end()) return found->second.get();
        return fault(Code::key_unavailable, "there is no key ring for " + jurisdiction + " (bordergate keys create " + jurisdiction + ")");
    }

    /// Made once in an exchange: deriving one costs more than using it.
    Result<const DerivedKey*> derived(std::string_view use, std::string_view audience) {
        const auto known = derived_keys.find(std::pair(std::string(use), std::string(audience)));
        if (known != derived_keys.end()) return &known->second;
        const auto of = ring(keys.jurisdiction);
        if (of.has_error()) return of.error();
        const auto made = (*of)->derive(use, keys.tenant, audience);
        if (made.has_error()) return made.error();
        return &derived_keys.emplace(std::pair(std::string(use), std::string(audience)), *made).first->second;
    }

    Status make_labels() {
        if (labels) return {};
        const auto bytes = derived("label", keys.destination);
        if (bytes.has_error()) return bytes.error();
        label_key = std::make_unique<LabelKey>(std::span(**bytes).first<32>());
        labels = std::make_unique<Labels>(*label_key, keys.label_bytes);
        return {};
    }

    Status pseudonym(std::string_view entity, std::string_view value, std::string& out) {
        const Status ready = make_labels();
        if (ready.has_error()) return ready;
        const auto before = labels->forgotten();
        const auto label = labels->issue(entity, value);
        findings.forgotten_labels += labels->forgotten() - before;
        if (label.has_error()) return label.error();
        out.append(*label);
        return {};
    }

    /// The operator for a value: the strictest over its classes.
    Result<MaskSpec> choose(const Masking& how) const {
        static const MaskPaths none;
        std::optional<MaskSpec> strictest;
        bool uncompiled = false;
        how.classes.each([&](ClassId id) {
            const Cell& cell = how.judgement->cells[static_cast<unsigned>(id)];
            if (cell.form != Form::mask) return;
            uncompiled = uncompiled || (cell.refined != 0 && !keys.paths);
            const MaskSpec with = (keys.paths ? *keys.paths : none).choose(policy, cell, how.entity, how.place);
            if (!strictest || strictness(with) > strictness(*strictest)) strictest = with;
        });
        if (uncompiled || !strictest) return fault(Code::internal, "there is no operator for a value that must be masked");
        return *strictest;
    }

    Status apply(const MaskSpec& spec, const Masking& how, std::string_view word, std::string_view value, std::string& out) {
        switch (spec.kind) {
            case MaskSpec::Kind::redact: return {};
            case MaskSpec::Kind::replace: out += spec.parameters().text; return {};
            case MaskSpec::Kind::replace_with_info_type: replace_with_info_type(word, out); return {};
            case MaskSpec::Kind::character_mask: character_mask(spec, value, out); return {};
            case MaskSpec::Kind::bucketing: return bucketing(spec.parameters(), how.number, value, out);
            case MaskSpec::Kind::time_part: return time_part(spec.parameters(), value, out);
            case MaskSpec::Kind::pseudonym: return pseudonym(word, value, out);
            case MaskSpec::Kind::date_shift: return shift(spec.parameters(), how, value, out);
            case MaskSpec::Kind::crypto_hash:
            case MaskSpec::Kind::replace_dictionary:
            case MaskSpec::Kind::crypto_deterministic:
            case MaskSpec::Kind::fpe: break;
        }
        return keyed(spec, how, word, value, out);
    }

    Status keyed(const MaskSpec& spec, const Masking& how, std::string_view word, std::string_view value, std::string& out) {
        // What can be reversed is bound to the classes of the value: whoever may open one class opens no other.
        const auto classes = [&] { return policy.classes().list(how.classes, ","); };
        if (spec.kind == MaskSpec::Kind::fpe) {
            const auto key = derived("fpe", classes());
            return key.has_error() ? Status(key.error()) : fpe(spec.parameters(), ff1::Way::encrypt, **key, {word, keys.destination}, how.number, value, out);
        }
        if (spec.kind == MaskSpec::Kind::crypto_deterministic) {
            const auto key = derived(token_key_use, {});
            return key.has_error() ? Status(key.error()) : make_token(**key, {keys.jurisdiction, keys.tenant, keys.source, keys.destination}, word, classes(), value, out);
        }
        if (spec.kind == MaskSpec::Kind::replace_dictionary) {
            const auto key = derived("dictionary", {});
            return key.has_error() ? Status(key.error()) : replace_dictionary(spec.parameters(), **key, word, value, out);
        }
        const auto key = derived("hash", {});
        if (key.has_error()) return key.error();
        crypto_hash(**key, word, value, out);
        return {};
    }

    /// The subject of the record, or else the exchange, decides by how many days.
    Status shift(const MaskParameters& spec, const Masking& how, std::string_view value, std::string& out) {
        const auto key = derived("date", {});
        if (key.has_error()) return key.error();
        std::string whose;
        if (spec.subject.empty()) {
            if (keys.exchange.empty())
                if (const Status named = random_name(keys.exchange); named.has_error()) return named;
            whose = "exchange " + keys.exchange;
        } else {
            const JsonPath* path = keys.paths ? keys.paths->subject(spec.subject) : nullptr;
            const std::string* subject = path && how.place ? how.place->subject(*path) : nullptr;
            if (!subject) return fault(Code::mask_unfit, "a date stands where its subject " + spec.subject + " is not known, or not yet: it must come before the date");
            whose = "subject " + *subject;
        }
        return date_shift(spec, shift_of(**key, spec.days, whose), value, out);
    }

    std::map<std::pair<std::string, std::string>, DerivedKey> derived_keys;  // by use and audience
};

namespace {

/// Entity names are upper case words; a class name becomes one.
std::string label_word(std::string_view entity) {
    std::string word;
    for (char c : entity) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
        word += (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '_';
    }
    return word;
}

}  // namespace

ExchangeTreater::ExchangeTreater(const Policy& policy, TreatmentKeys keys, Findings& findings)
    : state_(std::make_unique<State>(policy, std::move(keys), findings)) {}

ExchangeTreater::~ExchangeTreater() = default;

Status ExchangeTreater::mask(const Masking& how, std::string_view value, std::string& out) {
    const auto spec = state_->choose(how);
    if (spec.has_error()) return spec.error();
    const Status done = state_->apply(*spec, how, label_word(how.entity), value, out);
    if (done.has_error()) return done;
    ++state_->findings.masked;
    state_->findings.operators.emplace(to_string(spec->kind));
    return done;
}

std::span<const JsonPath> ExchangeTreater::subjects() const { return state_->keys.paths ? state_->keys.paths->subjects() : std::span<const JsonPath>(); }
std::span<const JsonPath* const> ExchangeTreater::filtered_choices() const {
    return state_->keys.paths ? state_->keys.paths->filtered() : std::span<const JsonPath* const>();
}

Status ExchangeTreater::seal(const Cell& cell, const Sealing& sealing, std::string_view value, std::string& out) {
    std::string jurisdiction = state_->keys.jurisdiction;
    if (cell.key_rule != no_rule && state_->policy.rule(cell.key_rule).key) jurisdiction = *state_->policy.rule(cell.key_rule).key;
    const auto ring = state_->ring(jurisdiction);
    if (ring.has_error()) return ring.error();
    const SealContext context{jurisdiction, state_->keys.tenant, sealing.classes, {}, state_->keys.policy_digest, std::string(sealing.content_type)};
    const Status sealed = seal_jwe(**ring, context, value, out);
    if (sealed.has_error()) return sealed;
    ++state_->findings.sealed;
    state_->findings.key_ids.insert((*ring)->sealing()->kid);
    return sealed;
}

void ExchangeTreater::prepare_labels(const Judgement& judgement) {
    bool wanted = false;
    judgement.masked.each([&](ClassId id) { wanted |= state_->policy.any_mask(judgement.cells[static_cast<unsigned>(id)], [](const MaskSpec& with) { return with.kind == MaskSpec::Kind::pseudonym; }); });
    // What is missing is said by the first mask that needs it.
    if (wanted) (void)state_->make_labels();
}

void ExchangeTreater::open_tokens(TokenOpener& opener) {
    if (state_->make_labels().has_value()) state_->labels->open_with(&opener);
}

const Labels* ExchangeTreater::labels() const { return state_->labels.get(); }

}  // namespace bordergate

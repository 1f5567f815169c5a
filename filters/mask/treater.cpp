#include "filters/mask/treater.hpp"

#include "filters/mask/operators.hpp"

namespace bordergate {

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

    Result<DerivedKey> derived(std::string_view use, std::string_view audience) const {
        const auto of = ring(keys.jurisdiction);
        if (of.has_error()) return of.error();
        return (*of)->derive(use, keys.tenant, audience);
    }

    Status make_labels() {
        if (labels) return {};
        const auto bytes = derived("label", keys.destination);
        if (bytes.has_error()) return bytes.error();
        label_key = std::make_unique<LabelKey>(std::span(*bytes).first<32>());
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

    Status keyed(const MaskSpec& spec, std::string_view entity, std::string_view value, std::string& out) {
        if (spec.kind == MaskSpec::Kind::crypto_hash) {
            const auto key = derived("hash", {});
            if (key.has_error()) return key.error();
            crypto_hash(*key, entity, value, out);
            return {};
        }
        const auto key = derived("siv", {});
        if (key.has_error()) return key.error();
        return crypto_deterministic(*key, {keys.jurisdiction, keys.tenant, entity, keys.destination}, value, out);
    }
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

Status ExchangeTreater::mask(const Cell& cell, std::string_view entity, std::string_view value, std::string& out) {
    const std::string word = label_word(entity);
    Status done;
    switch (cell.with.kind) {
        case MaskSpec::Kind::redact: break;
        case MaskSpec::Kind::replace_with_info_type: replace_with_info_type(word, out); break;
        case MaskSpec::Kind::character_mask: character_mask(cell.with, value, out); break;
        case MaskSpec::Kind::pseudonym: done = state_->pseudonym(word, value, out); break;
        case MaskSpec::Kind::crypto_hash:
        case MaskSpec::Kind::crypto_deterministic: done = state_->keyed(cell.with, word, value, out); break;
    }
    if (done.has_error()) return done;
    ++state_->findings.masked;
    state_->findings.operators.emplace(to_string(cell.with.kind));
    return done;
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
    judgement.masked.each([&](ClassId id) { wanted |= judgement.cells[static_cast<unsigned>(id)].with.kind == MaskSpec::Kind::pseudonym; });
    // What is missing is said by the first mask that needs it.
    if (wanted) (void)state_->make_labels();
}

const Labels* ExchangeTreater::labels() const { return state_->labels.get(); }

}  // namespace bordergate

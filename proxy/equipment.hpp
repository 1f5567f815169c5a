// Equipment: what a snapshot needs to work and the configuration file only refers to: secrets, key rings,
// TLS contexts, the scanner. Made once when the snapshot is put to use; immutable and shared by workers.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "filters/body/body_paths.hpp"
#include "filters/body/grpc_services.hpp"
#include "filters/detect/scanner.hpp"
#include "filters/mask/treater.hpp"
#include "filters/seal/key_ring.hpp"
#include "proxy/net/tls.hpp"
#include "proxy/quota/source_quotas.hpp"
#include "proxy/remote/signer.hpp"
#include "proxy/source_index.hpp"

namespace bordergate {

/// A standing in words, for records: `DE`, and `Example Inc (US)`.
struct StandingText {
    std::string location, operators;
};
StandingText describe_standing(const Atlas& atlas, const Standing& standing);

/// How many workers serve: as configured, else one per core.
unsigned worker_count(const Snapshot& snapshot);

struct Equipment {
    /// Reads every secret, key and certificate that `snapshot` names. Faults with what is missing and where. `before`, if
    /// any: the equipment this one takes the place of; sources go on under the limits they have used up there, and with the
    /// keys of their issuers that are known there.
    static Result<std::shared_ptr<const Equipment>> make(SnapshotPtr snapshot, const Equipment* before = nullptr);

    SnapshotPtr snapshot;
    std::shared_ptr<const SourceQuotas> quotas;            ///< what changes while all else stands
    SourceIndex sources;
    Scanner scanner{std::vector<Recogniser>{}};
    ClassSet detectable;                                   ///< every class the scanner and the analysers can yield
    KeyRings rings;
    std::vector<std::string> admissions;                   ///< by listener: what a connection had to prove to be let in, as a digest
    std::vector<TlsContextPtr> listener_tls;               ///< by listener; null: plain
    std::vector<TlsContextPtr> destination_tls;            ///< by destination; null: plain
    std::vector<StandingText> source_texts;                ///< by source
    std::vector<StandingText> destination_texts;           ///< by destination
    std::map<std::pair<const Route*, const DialectEndpoint*>, BodyPaths> body_paths;
    MaskPaths mask_paths;
    GrpcServices grpc;                                     ///< calls whose messages can be read
    std::vector<std::string> credentials;                  ///< by destination: prefix and secret; empty: none
    std::vector<Signer> signers;                           ///< by destination
    std::vector<TlsContextPtr> analyser_tls;               ///< by analyser; null: plain
    std::vector<std::string> analyser_credentials;         ///< by analyser, as those of destinations
    ClassSet analysed;                                     ///< every class the analysers can yield

    /// How bodies on `route` are read for an operation of a dialect; both may be null.
    const BodyPaths& paths(const Route* route, const DialectEndpoint* endpoint) const;

    /// A listener by its name, and its TLS settings (null: plain). Null if the configuration has none of that name.
    const Listener* listener(std::string_view name, const TlsContext*& tls) const;
    /// What masking and sealing between the two is keyed and bound by.
    TreatmentKeys treatment_keys(const Source& source, const Destination& destination) const;

    std::size_t index_of(const Source& source) const {
        return static_cast<std::size_t>(&source - snapshot->sources.data());
    }
    std::size_t index_of(const Destination& destination) const {
        return static_cast<std::size_t>(&destination - snapshot->destinations.data());
    }
};

using EquipmentPtr = std::shared_ptr<const Equipment>;

}  // namespace bordergate

#include "tests/unit/filters/crossed_body.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <set>
#include <stdexcept>

#include "filters/body/coder.hpp"
#include "filters/body/content_coding.hpp"
#include "filters/body/grpc_coding.hpp"
#include "tests/support/protos.hpp"

namespace bordergate::testing {

namespace {

using Kind = MaskSpec::Kind;

struct Plans {
    std::deque<MaskParameters> parameters;
    std::vector<MaskPlan> all;
    void add(Kind kind, MaskParameters how, const char* value, const char* number, const char* found) {
        parameters.push_back(std::move(how));
        all.push_back({std::string(to_string(kind)), {kind, '*', 0, 0, &parameters.back()}, value, number, found});
    }
};

Plans made_plans() {
    constexpr auto who = "Anna Ångström", number = "4012888888881881", mail = "anna@example.org", date = "1984-05-06";
    Plans plans;
    MaskParameters how;
    plans.add(Kind::redact, {}, who, number, mail);
    how.text = "gone \"away\" \\ é";
    plans.add(Kind::replace, how, who, number, mail);
    plans.add(Kind::replace_with_info_type, {}, who, number, mail);
    how.words = {"Kim", "Robin \"R\"", "Chris, Sam"};
    plans.add(Kind::replace_dictionary, how, who, number, mail);
    plans.add(Kind::character_mask, {}, who, number, mail);
    plans.add(Kind::crypto_hash, {}, who, number, mail);
    plans.add(Kind::crypto_deterministic, {}, who, number, mail);
    how.alphabet = Alphabet::alphanumeric;
    plans.add(Kind::fpe, how, "Anna-Lena 1984", number, mail);
    how.days = 30;
    plans.add(Kind::date_shift, how, date, "1700000000", date);
    how.size = 10;
    plans.add(Kind::bucketing, how, "47", "47", "");
    how.part = TimePart::year;
    plans.add(Kind::time_part, how, date, "1700000000", date);
    plans.add(Kind::pseudonym, {}, who, number, mail);
    return plans;
}

const Plans& plans() {
    static const Plans made = made_plans();
    return made;
}

Protos& protos() {
    static Protos made(R"(syntax = "proto3"; package t;
        message Note { string text = 1; Note inner = 2; uint64 n = 3; map<string, string> m = 4; repeated string many = 5; string born = 6; bytes raw = 7; }
        service Notes { rpc Take (Note) returns (Note); })");
    return made;
}

std::string run(Coder& coder, std::string_view in) {
    std::string out;
    const auto sink = [&](std::string_view piece) {
        out.append(piece);
        return Status{};
    };
    Status done = coder.feed(in, sink);
    if (done.has_value()) done = coder.finish(sink);
    return done.has_error() ? "!" + done.error().detail : out;
}

/// Gives each message of a gRPC body to `visit`, with its flag.
template <class Visit>
bool each_frame(std::string_view body, Visit&& visit) {
    while (!body.empty()) {
        if (body.size() < 5) return false;
        std::size_t size = 0;
        for (std::size_t i = 1; i < 5; ++i) size = size << 8 | static_cast<unsigned char>(body[i]);
        if (body.size() - 5 < size) return false;
        visit(body.front(), body.substr(5, size));
        body.remove_prefix(5 + size);
    }
    return true;
}

std::string told(const Findings& findings) {
    std::string all = "classes " + std::to_string(findings.classes.bits()) + " values " + std::to_string(findings.values) + " masked " + std::to_string(findings.masked) + " restored " +
                      std::to_string(findings.restored) + " foreign " + std::to_string(findings.foreign_labels) + " forgotten " + std::to_string(findings.forgotten_labels) + " model " + findings.model;
    for (const auto& [entity, count] : findings.entities) all += ", " + entity + " " + std::to_string(count);
    for (const auto& pointer : findings.pointers) all += ", at " + pointer;
    for (const auto& one : findings.operators) all += ", by " + one;
    return all;
}

/// Masks, and remembers what stands for values.
class Remembering final : public Treater {
  public:
    Remembering(ExchangeTreater& treater, std::set<std::string>& masks) : treater_(treater), masks_(masks) {}
    Status mask(const Masking& how, std::string_view value, std::string& out) override {
        const auto before = out.size();
        const Status done = treater_.mask(how, value, out);
        if (done.has_value()) masks_.insert(out.substr(before));
        return done;
    }
    Status seal(const Cell& cell, const Sealing& sealing, std::string_view value, std::string& out) override { return treater_.seal(cell, sealing, value, out); }
    std::span<const JsonPath> subjects() const override { return treater_.subjects(); }

  private:
    ExchangeTreater& treater_;
    std::set<std::string>& masks_;
};

/// Made once: an exchange is crossed again at every split of its body.
const ClassTree& classes() {
    static const ClassTree made = builtin_classes();
    return made;
}
const Policy& policy() {
    static const Policy made(Atlas::builtin(), classes(), {});
    return made;
}

Scanner scanner_of(bool usual) {
    std::vector<Recogniser> active;
    for (const auto& one : builtin_recognisers())
        if (one.enabled || !usual) active.push_back({one, *classes().find(one.data)});
    return Scanner(std::move(active));
}

const KeyRings& rings() {
    static const KeyRings made = [] {
        KeyRings all;
        std::optional<SecretBytes> secret(std::array<std::uint8_t, 32>{8});
        all.emplace("DE", std::make_shared<const KeyRing>("DE", std::vector<SealKey>{}, std::move(secret)));
        return all;
    }();
    return made;
}

const BodyPaths& declared_paths() {
    static const BodyPaths paths = [] {
        const auto* const endpoint = dialect(DialectId::openai).endpoint("POST", "/v1/chat/completions");
        BodyPaths made = BodyPaths::compile({}, endpoint).value();
        made.request = {};
        made.request.selectors.push_back({JsonPath::compile("$..born").value(), ClassSet{*classes().find("health")}});
        return made;
    }();
    return paths;
}

void collect(const pb::Message& message, std::vector<std::pair<std::string, std::string>>& texts) {
    std::vector<const pb::FieldDescriptor*> fields;
    const auto& reflection = *message.GetReflection();
    reflection.ListFields(message, &fields);
    for (const auto* field : fields) {
        const int count = field->is_repeated() ? reflection.FieldSize(message, field) : -1;
        for (int i = count < 0 ? -1 : 0; i < count || i == -1; ++i) {
            if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE)
                collect(i < 0 ? reflection.GetMessage(message, field) : reflection.GetRepeatedMessage(message, field, i), texts);
            else if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_STRING)
                texts.emplace_back(field->name(), i < 0 ? reflection.GetString(message, field) : reflection.GetRepeatedString(message, field, i));
            else
                texts.emplace_back(field->name(), std::to_string(reflection.GetUInt64(message, field)));
            if (i == -1) break;
        }
    }
}

}  // namespace

const Scanner& every_recogniser() {
    static const Scanner scanner = scanner_of(false);
    return scanner;
}
const Scanner& usual_recognisers() {
    static const Scanner scanner = scanner_of(true);
    return scanner;
}

std::span<const MaskPlan> mask_plans() { return plans().all; }

const MaskPlan& mask_plan(MaskSpec::Kind kind) {
    return *std::find_if(plans().all.begin(), plans().all.end(), [kind](const auto& one) { return one.spec.kind == kind; });
}

std::span<const BodyForm> body_forms() {
    static const std::vector<BodyForm> forms{{"json", BodyKind::json, "application/json"},
                                             {"ndjson", BodyKind::ndjson, "application/x-ndjson"},
                                             {"csv", BodyKind::csv, "text/csv"},
                                             {"tsv", BodyKind::csv, "text/tab-separated-values"},
                                             {"form", BodyKind::form, "application/x-www-form-urlencoded"},
                                             {"multipart", BodyKind::multipart, "multipart/form-data; boundary=b"},
                                             {"text", BodyKind::text, "text/plain; charset=utf-8"},
                                             {"grpc", BodyKind::grpc, "application/grpc"},
                                             {"sse", BodyKind::sse, "text/event-stream"}};
    return forms;
}

const BodyForm& body_form(std::string_view name) {
    const auto forms = body_forms();
    const auto found = std::find_if(forms.begin(), forms.end(), [name](const auto& one) { return one.name == name; });
    if (found == forms.end()) throw std::invalid_argument("no kind of body");
    return *found;
}

std::span<const std::string_view> coding_names() {
    static constexpr std::array<std::string_view, 5> names{"", "gzip", "deflate", "br", "zstd"};
    return names;
}

bool takes_coding(const BodyForm& form, std::string_view coding) {
    if (coding.empty()) return true;
    if (form.kind == BodyKind::grpc) return coding == "gzip" || coding == "deflate";
    return form.kind != BodyKind::sse;
}

std::string coded(const BodyForm& form, std::string_view coding, std::string_view body) {
    if (coding.empty()) return std::string(body);
    const auto one = content_codings(coding)->front();
    if (form.kind != BodyKind::grpc) return run(*make_encoder(one), body);
    std::string out;
    each_frame(body, [&](char, std::string_view message) { out += framed(run(*make_encoder(one), message), 1); });
    return out;
}

std::string decoded(const BodyForm& form, std::string_view coding, std::string_view body) {
    if (coding.empty()) return std::string(body);
    const auto one = content_codings(coding)->front();
    if (form.kind != BodyKind::grpc) return run(*make_decoder(one), body);
    std::string out;
    const bool whole = each_frame(body, [&](char flag, std::string_view message) { out += framed(flag == 0 ? std::string(message) : run(*make_decoder(one), message)); });
    return whole ? out : "!frames";
}

const GrpcCall& note_call() {
    static const ProtoSchemaPtr schema = ProtoSchema::make({{"test", protos().set()}}).value();
    static const GrpcCall call = [] {
        GrpcCall made{schema.get(), schema->method("/t.Notes/Take"), {}};
        return made;
    }();
    return call;
}

std::string note(const std::string& text) { return framed(protos().wire("t.Note", text)); }

std::vector<std::pair<std::string, std::string>> note_texts(std::string_view body) {
    std::vector<std::pair<std::string, std::string>> texts;
    const auto* const type = protos().pool().FindMessageTypeByName("t.Note");
    pb::DynamicMessageFactory factory;
    const bool whole = each_frame(body, [&](char, std::string_view bytes) {
        const std::unique_ptr<pb::Message> message(factory.GetPrototype(type)->New());
        if (message->ParseFromString(std::string(bytes))) collect(*message, texts);
    });
    if (!whole) texts.clear();
    return texts;
}

struct BodyCrossing::State {
    State(const MaskPlan* plan, std::size_t hold_back, const Scanner& scanner)
        : treater(policy(), {"ward", "far", "digest", "DE", &rings(), "one"}, findings), remembering(treater, masks) {
        limits.hold_back_bytes = hold_back;
        for (std::size_t i = 0; i < classes().size(); ++i) {
            auto& cell = masking.cells[i];
            const auto id = static_cast<ClassId>(i);
            const bool open = !plan || id == ClassTree::plain;
            cell.form = open ? Form::clear : id == ClassTree::opaque ? Form::refuse : Form::mask;
            if (plan) cell.with = plan->spec;
            clear.cells[i].form = Form::clear;
        }
        masking.sort(classes().all());
        clear.sort(classes().all());
        treatment.judgement = &masking;
        treatment.findings = &findings;
        treatment.treater = &remembering;
        treatment.scanner = &scanner;
        treatment.policy = &policy();
    }

    Crossed cross(bool response, const BodyForm& form, std::string_view coding, std::string_view body, std::span<const std::size_t> cuts, std::size_t step) {
        findings = {};
        Treatment of_this = treatment;
        if (response) of_this.judgement = &clear;
        BodyContext context;
        context.treatment = &of_this;
        context.paths = &declared_paths();
        context.content_type = form.content_type;
        context.limits = &limits;
        context.call = &note_call();
        context.labels = response ? treater.labels() : nullptr;
        if (form.kind == BodyKind::grpc) context.message_coding = coding;
        else context.content_encoding = coding;
        auto filter = make_body_filter(form.kind, response, context);
        Crossed crossed;
        const auto refuse = [&](const Fault& why) {
            crossed.refused = true;
            crossed.verdict = "!" + std::string(info(why.code).name) + ": " + why.detail;
            crossed.out.clear();
            crossed.findings = told(findings);
            return crossed;
        };
        if (filter.has_error()) return refuse(filter.error());
        std::size_t at = 0;
        const auto feed = [&](std::size_t to) {
            // A copy of its own, so that a sanitizer sees whoever keeps a view of it.
            const std::string piece(body.substr(at, to - at));
            at = to;
            return (*filter)->feed(piece, crossed.out);
        };
        for (const auto cut : cuts)
            if (const Status fed = feed(cut); fed.has_error()) return refuse(fed.error());
        while (at < body.size())
            if (const Status fed = feed(step == 0 ? body.size() : std::min(body.size(), at + step)); fed.has_error()) return refuse(fed.error());
        if (const Status ended = (*filter)->finish(crossed.out); ended.has_error()) return refuse(ended.error());
        crossed.findings = told(findings);
        return crossed;
    }

    Findings findings;
    std::set<std::string> masks;
    std::vector<std::string> told_masks;
    ExchangeTreater treater;
    Remembering remembering;
    Judgement masking, clear;
    Treatment treatment;
    Limits limits;
};

BodyCrossing::BodyCrossing(const MaskPlan* plan, std::size_t hold_back, const Scanner& scanner) : state_(std::make_unique<State>(plan, hold_back, scanner)) {}
BodyCrossing::~BodyCrossing() = default;

Crossed BodyCrossing::request(const BodyForm& form, std::string_view coding, std::string_view body, std::span<const std::size_t> cuts, std::size_t step) {
    return state_->cross(false, form, coding, body, cuts, step);
}
Crossed BodyCrossing::answer(const BodyForm& form, std::string_view coding, std::string_view body, std::span<const std::size_t> cuts, std::size_t step) {
    return state_->cross(true, form, coding, body, cuts, step);
}
const Treatment& BodyCrossing::treatment() {
    state_->findings = {};
    return state_->treatment;
}
const std::vector<std::string>& BodyCrossing::masks() const {
    state_->told_masks.assign(state_->masks.begin(), state_->masks.end());
    return state_->told_masks;
}

}  // namespace bordergate::testing

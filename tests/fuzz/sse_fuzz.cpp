// A stream of events on arbitrary bytes: its output does not depend on how reads split it, and a client joins the same
// texts from it as from the input, unless a label was restored.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <map>

#include "filters/body/body_filter.hpp"
#include "filters/body/json_string.hpp"
#include "filters/body/stream_event.hpp"
#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::World;

namespace {

struct Run {
    std::string out;
    bool accepted = false;
    std::uint64_t restored = 0, foreign = 0;
    friend bool operator==(const Run&, const Run&) = default;
};

struct Stream {
    Stream(DialectId id, std::string_view path, BodyKind kind_ = BodyKind::sse) : kind(kind_), key(std::array<std::uint8_t, 32>{9}), labels(key) {
        for (auto* name : {"contact", "account", "health", "opaque"}) world.cell(name).form = Form::clear;
        world.judgement.sort(world.classes.all());
        world.treatment.scanner = nullptr;
        label = labels.issue("EMAIL_ADDRESS", "a\"b@x.de").value();
        paths = BodyPaths::compile({}, dialect(id).endpoint("POST", path)).value();
    }

    Run run(const Labels& known, std::string_view in, std::string_view splits) {
        world.findings = {};
        BodyContext context;
        context.treatment = &world.treatment;
        context.labels = &known;
        context.limits = &limits;
        context.paths = &paths;
        const auto made = make_body_filter(kind, true, context).value();
        Run run;
        for (std::size_t i = 0; !in.empty(); ++i) {
            const auto wanted =
                splits.empty() ? in.size() : 1U + (static_cast<unsigned char>(splits[i % splits.size()]) & 63U);
            const auto piece = in.substr(0, wanted);
            in.remove_prefix(piece.size());
            if (made->feed(std::string(piece), run.out).has_error()) return run;
        }
        run.accepted = made->finish(run.out).has_value();
        run.restored = world.findings.restored;
        run.foreign = world.findings.foreign_labels;
        return run;
    }

    BodyKind kind;
    World world;
    LabelKey key;
    Labels labels;
    std::string label;
    Limits limits;
    BodyPaths paths;
};

using Texts = std::map<std::string, std::string>;

/// What a client makes of a stream: the text of each thread, joined over all its events.
Texts texts(const Stream& stream, std::string_view in) {
    Texts texts;
    std::string data;
    bool any = false;
    while (!in.empty()) {
        const auto end = in.find_first_of("\r\n");
        if (end == std::string_view::npos) break;
        auto line = in.substr(0, end);
        in.remove_prefix(end + (in.substr(end).starts_with("\r\n") ? 2 : 1));
        if (line.starts_with("data:") || line == "data") {
            line.remove_prefix(std::min<std::size_t>(line.size(), 5));
            if (line.starts_with(' ')) line.remove_prefix(1);
            if (any) data += '\n';
            data.append(line);
            any = true;
        } else if (line.empty()) {
            if (const auto event = read_stream_event(data, stream.paths.stream, {}, stream.limits.json_depth);
                event.has_value())
                for (const auto& piece : event->pieces)
                    unescape_json(std::string_view(data).substr(piece.begin, piece.end - piece.begin), true,
                                  texts[piece.thread]);
            data.clear();
            any = false;
        }
    }
    return texts;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static std::array<Stream, 6> streams{{
        {DialectId::openai, "/v1/chat/completions"},
        {DialectId::openai, "/v1/responses"},
        {DialectId::anthropic, "/v1/messages"},
        {DialectId::gemini, "/v1/models/m:streamGenerateContent"},
        {DialectId::huggingface, "/generate_stream"},
        {DialectId::ollama, "/api/chat", BodyKind::ndjson},
    }};
    if (size < 1) return 0;
    Stream& stream = streams[(data[0] >> 3) % streams.size()];
    const std::size_t ways = std::min<std::size_t>(data[0] & 7U, size - 1);
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const auto splits = all.substr(1, ways);
    // No fuzzer guesses a label, so control characters stand for one and for its halves.
    std::string in;
    for (char c : all.substr(1 + ways)) {
        if (c == '\x01')
            in += stream.label;
        else if (c == '\x02')
            in += stream.label.substr(0, 9);
        else if (c == '\x03')
            in += stream.label.substr(9);
        else
            in += c;
    }
    const Run whole = stream.run(stream.labels, in, {});
    if (stream.run(stream.labels, in, splits) != whole) std::abort();
    if (stream.run(stream.labels, in, std::string_view("\0", 1)) != whole) std::abort();
    // Only the first event may begin with a byte order mark, and what is first may change: such streams are not compared.
    if (stream.kind != BodyKind::sse || in.find("\xef\xbb\xbf") != std::string::npos) return 0;
    // Text may move to a later event of its thread, and is otherwise only changed where a label was restored.
    if (whole.accepted && whole.restored == 0 && texts(stream, in) != texts(stream, whole.out)) std::abort();
    return 0;
}

// The texts of streams of every dialect: restored, masked and refused as the whole texts that a client joins, whatever
// pieces bring them.
#include "filters/body/streamed_texts.hpp"

#include <catch2/catch.hpp>

#include "filters/body/body_filter.hpp"
#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::World;
using Catch::Contains;

namespace {

/// An answer of one dialect, between a destination and a reader.
struct Answer {
    Answer(DialectId id, std::string_view method, std::string_view path, BodyKind kind_ = BodyKind::sse) : key(std::array<std::uint8_t, 32>{9}), labels(key), kind(kind_) {
        for (auto* name : {"contact", "account", "health", "opaque"}) world.cell(name).form = Form::clear;
        world.judgement.sort(world.classes.all());
        label = *labels.issue("EMAIL_ADDRESS", "a\"b@x.de");
        paths = BodyPaths::compile({}, dialect(id).endpoint(method, path)).value();
        world.treatment.scanner = nullptr;
    }
    /// Contacts may only come masked; labels are restored all the same.
    Answer& masking() {
        world.treatment.scanner = &world.scanner;
        world.cell("contact").form = Form::mask;
        world.judgement.sort(world.classes.all());
        return *this;
    }
    std::string run(std::string_view in, std::size_t size) {
        BodyContext context;
        context.treatment = &world.treatment;
        context.labels = &labels;
        context.limits = &limits;
        context.paths = &paths;
        context.restore_in_tool_arguments = in_arguments;
        auto made = make_body_filter(kind, true, context);
        if (made.has_error()) return "!" + std::string(info(made.error().code).name);
        std::string out;
        for (std::size_t at = 0; at < in.size(); at += size) {
            const Status fed = (*made)->feed(in.substr(at, size), out);
            if (fed.has_error()) return out + "!" + std::string(info(fed.error().code).name);
        }
        const Status finished = (*made)->finish(out);
        return finished.has_error() ? out + "!" + std::string(info(finished.error().code).name) : out;
    }
    World world;
    LabelKey key;
    Labels labels;
    Limits limits;
    BodyPaths paths;
    BodyKind kind;
    std::string label;
    bool in_arguments = false;
};

std::string event(std::string_view type, std::string_view data) { return (type.empty() ? std::string() : "event: " + std::string(type) + "\n") + "data: " + std::string(data) + "\n\n"; }

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) text.replace(at, what.size(), by);
    return text;
}

/// A stream whose text is `pieces`, in the words of its dialect.
struct Wire {
    DialectId id;
    std::string_view path;
    BodyKind kind;
    std::string before, piece, after;  ///< `@` in `piece` stands for the text
    std::string say(const std::vector<std::string>& pieces) const {
        std::string all = before;
        for (const auto& one : pieces) all += replaced(piece, "@", one);
        return all + after;
    }
};

std::vector<Wire> wires() {
    const auto anthropic = [](std::string_view type, std::string_view rest) { return event(type, "{\"type\":\"" + std::string(type) + "\"," + std::string(rest) + "}"); };
    const auto typed = [](std::string_view type, std::string_view rest) { return event(type, "{\"type\":\"" + std::string(type) + "\",\"item_id\":\"i\",\"output_index\":0,\"content_index\":0," + std::string(rest) + "}"); };
    return {
        {DialectId::openai, "/v1/chat/completions", BodyKind::sse, event("", R"({"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]})"),
         event("", R"({"choices":[{"index":0,"delta":{"content":"@"},"finish_reason":null}]})"), event("", R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})") + event("", "[DONE]")},
        {DialectId::openai, "/v1/completions", BodyKind::sse, "", event("", R"({"choices":[{"text":"@","index":0,"finish_reason":null}]})"), event("", "[DONE]")},
        {DialectId::openai, "/v1/responses", BodyKind::sse, typed("response.created", R"("sequence_number":0)"), typed("response.output_text.delta", R"("delta":"@","sequence_number":4)"),
         typed("response.output_text.done", R"("text":"","sequence_number":9)") + event("response.completed", R"({"type":"response.completed","sequence_number":10})")},
        {DialectId::anthropic, "/v1/messages", BodyKind::sse, anthropic("content_block_start", R"("index":0,"content_block":{"type":"text","text":""})"),
         anthropic("content_block_delta", R"("index":0,"delta":{"type":"text_delta","text":"@"})"), anthropic("content_block_stop", R"("index":0)") + anthropic("message_stop", R"("x":1)")},
        {DialectId::gemini, "/v1beta/models/g:streamGenerateContent", BodyKind::sse, "", event("", R"({"candidates":[{"content":{"parts":[{"text":"@"}],"role":"model"},"index":0}]})"),
         event("", R"({"candidates":[{"content":{"parts":[{"text":""}]},"finishReason":"STOP","index":0}],"usageMetadata":{"totalTokenCount":3}})")},
        {DialectId::ollama, "/api/chat", BodyKind::ndjson, "", "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"@\"},\"done\":false}\n",
         "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true,\"eval_count\":3}\n"},
        {DialectId::ollama, "/api/generate", BodyKind::ndjson, "", "{\"response\":\"@\",\"done\":false}\n", "{\"response\":\"\",\"done\":true}\n"},
        {DialectId::huggingface, "/generate_stream", BodyKind::sse, "", event("", R"({"index":1,"token":{"id":5,"text":"@","logprob":-0.1,"special":false},"generated_text":null})"), ""},
        {DialectId::kserve, "/v2/models/m/generate_stream", BodyKind::sse, "", event("", R"({"model_name":"m","text_output":"@"})"), ""},
    };
}

/// The text that a client joins of what `wire` said.
std::string joined(const Wire& wire, std::string_view said) {
    const auto before = wire.piece.substr(0, wire.piece.find('@')), after = wire.piece.substr(wire.piece.find('@') + 1);
    const auto lead = before.substr(before.rfind('{', before.size() - 2));
    std::string text;
    for (std::size_t at = 0; (at = said.find(lead, at)) != std::string_view::npos;) {
        at += lead.size();
        const auto rest = said.substr(at);
        std::size_t end = 0;
        while (rest[end] != '"') end += rest[end] == '\\' ? 2 : 1;
        text.append(rest.substr(0, end));
        at += end;
    }
    return text;
}

std::size_t events_in(std::string_view said) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = said.find('\n', at)) != std::string_view::npos; ++at) ++count;
    return count;
}

}  // namespace

TEST_CASE("a label is restored wherever events split it, in every dialect, and no event is added or lost") {
    for (const auto& wire : wires()) {
        const Answer known(wire.id, "POST", wire.path, wire.kind);
        for (std::size_t cut = 0; cut <= known.label.size(); ++cut)
            for (std::size_t second = cut; second <= known.label.size(); second += 5) {
                const auto in = wire.say({"Dear ", known.label.substr(0, cut), known.label.substr(cut, second - cut), known.label.substr(second) + ",", " hello!"});
                const auto out = Answer(wire.id, "POST", wire.path, wire.kind).run(in, in.size());
                INFO(wire.path << " " << cut << " " << second << "\n" << out);
                REQUIRE(joined(wire, out) == "Dear a\\\"b@x.de, hello!");
                REQUIRE(events_in(out) == events_in(in));
            }
    }
}

TEST_CASE("streams of every dialect come out the same however reads split them") {
    for (const auto& wire : wires()) {
        const Answer known(wire.id, "POST", wire.path, wire.kind);
        const auto in = wire.say({"x ", known.label.substr(0, 9), known.label.substr(9) + " y EMAIL_ADDR", "ESS z", " mail c@d.example ", "now"});
        for (const bool masks : {false, true}) {
            const auto run = [&](std::size_t size) {
                Answer answer(wire.id, "POST", wire.path, wire.kind);
                return masks ? answer.masking().run(in, size) : answer.run(in, size);
            };
            const auto whole = run(in.size());
            INFO(wire.path << " " << masks << "\n" << whole);
            CHECK(joined(wire, whole) == (masks ? "x a\\\"b@x.de y EMAIL_ADDRESS z mail <EMAIL_ADDRESS> now" : "x a\\\"b@x.de y EMAIL_ADDRESS z mail c@d.example now"));
            CHECK(events_in(whole) == events_in(in));
            for (std::size_t size = 1; size < 64; ++size) REQUIRE(run(size) == whole);
        }
    }
}

TEST_CASE("a value that events split is masked as the one that it is, in every dialect") {
    const std::string value = "anna.schmidt@example.org";
    for (const auto& wire : wires())
        for (std::size_t cut = 1; cut < value.size(); ++cut) {
            const auto in = wire.say({"To ", value.substr(0, cut), value.substr(cut), " ok"});
            const auto out = Answer(wire.id, "POST", wire.path, wire.kind).masking().run(in, in.size());
            INFO(wire.path << " " << cut << "\n" << out);
            REQUIRE(joined(wire, out) == "To <EMAIL_ADDRESS> ok");
        }
}

TEST_CASE("what may not come back at all ends the stream before any of it is said, in every dialect") {
    for (const auto& wire : wires()) {
        Answer answer(wire.id, "POST", wire.path, wire.kind);
        answer.masking();
        answer.world.cell("contact").form = Form::refuse;
        answer.world.judgement.sort(answer.world.classes.all());
        const auto out = answer.run(wire.say({"To anna.sch", "midt@exam", "ple.org"}), 16);
        INFO(wire.path << "\n" << out);
        CHECK_THAT(out, Contains("!") && !Contains("midt@"));
    }
}

TEST_CASE("an event whose end may begin a label waits for the next piece or the end, and no other does") {
    Answer answer(DialectId::openai, "POST", "/v1/chat/completions");
    const auto piece = [](std::string_view text) { return event("", R"({"choices":[{"index":0,"delta":{"content":")" + std::string(text) + R"("}}]})"); };
    BodyContext context;
    context.treatment = &answer.world.treatment;
    context.labels = &answer.labels;
    context.limits = &answer.limits;
    context.paths = &answer.paths;
    const auto made = make_body_filter(BodyKind::sse, true, context).value();
    std::string out;
    REQUIRE(made->feed(piece("Hello World"), out).has_value());
    CHECK(out == piece("Hello World"));
    out.clear();
    REQUIRE(made->feed(piece("mail EMA"), out).has_value());
    CHECK(out.empty());
    REQUIRE(made->feed(piece("IL us"), out).has_value());
    CHECK(out == piece("mail EMA") + piece("IL us"));
    out.clear();
    REQUIRE(made->feed(piece(answer.label.substr(0, 9)), out).has_value());
    CHECK(out.empty());
    REQUIRE(made->feed(event("", R"({"choices":[{"index":0,"delta":{},"finish_reason":"length"}]})"), out).has_value());
    CHECK_THAT(out, Contains(answer.label.substr(0, 9)) && Contains("length"));
}

TEST_CASE("arguments of tools stay JSON when labels in them are restored, and keep the labels unless the rule says so") {
    Answer answer(DialectId::openai, "POST", "/v1/chat/completions");
    const auto piece = [](std::string_view text) { return event("", R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":")" + std::string(text) + R"("}}]}}]})"); };
    const auto in = piece("{\\\"to\\\":\\\"" + answer.label.substr(0, 7)) + piece(answer.label.substr(7) + "\\\"}") + event("", "[DONE]");
    CHECK(Answer(DialectId::openai, "POST", "/v1/chat/completions").run(in, 7) == in);
    answer.in_arguments = true;
    const auto out = answer.run(in, 7);
    INFO(out);
    // In the text of the arguments the quote of the value has a backslash, and in the event each of them has one more.
    CHECK_THAT(out, Contains(R"(a\\\"b@x.de)") && !Contains(answer.label.substr(7)));
}

TEST_CASE("tokens agree with the text that they are of") {
    Answer answer(DialectId::openai, "POST", "/v1/chat/completions");
    const auto piece = [](std::string_view a, std::string_view b) {
        return event("", R"({"choices":[{"index":0,"delta":{"content":")" + std::string(a) + std::string(b) + R"("},"logprobs":{"content":[{"token":")" + std::string(a) + R"(","logprob":-1,"bytes":[65]},{"token":")" +
                             std::string(b) + R"(","bytes":[66],"logprob":-2}]}}]})");
    };
    const auto& l = answer.label;
    const auto out = answer.run(piece("Hi ", l.substr(0, 5)) + piece(l.substr(5, 4), l.substr(9)) + piece(" o", "k") + event("", "[DONE]"), 50);
    INFO(out);
    std::string tokens;
    for (std::size_t at = 0; (at = out.find("\"token\":\"", at)) != std::string::npos;) {
        at += 9;
        std::size_t end = at;
        while (out[end] != '"') end += out[end] == '\\' ? 2 : 1;
        tokens += out.substr(at, end - at);
    }
    CHECK(tokens == "Hi a\\\"b@x.de ok");
    CHECK_THAT(out, Contains(R"("token":"a\"b@x.de","bytes":null)") && Contains(R"("token":"Hi ","logprob":-1,"bytes":[65])"));
}

TEST_CASE("a signed text goes as it is or not at all") {
    const auto piece = [](std::string_view text) { return event("content_block_delta", R"({"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":")" + std::string(text) + R"("}})"); };
    const auto stop = event("content_block_stop", R"({"type":"content_block_stop","index":0})");
    Answer answer(DialectId::anthropic, "POST", "/v1/messages");
    const auto harmless = piece("of " + answer.label) + piece(" I think") + stop;
    CHECK(answer.run(harmless, 33) == harmless);
    const auto told = piece("of anna@exam") + piece("ple.org I think") + stop;
    CHECK_THAT(Answer(DialectId::anthropic, "POST", "/v1/messages").masking().run(told, 33), Contains("!place_cannot_carry") && !Contains("anna"));
}

TEST_CASE("a text that never goes on holds up a stream only so long, and is looked at with its end when it does") {
    Answer answer(DialectId::openai, "POST", "/v1/chat/completions");
    const auto piece = [](std::string_view text, int index) { return event("", R"({"choices":[{"index":)" + std::to_string(index) + R"(,"delta":{"content":")" + std::string(text) + R"("}}]})"); };
    std::string in = piece(answer.label.substr(0, 9), 0);
    for (std::size_t i = 0; i < 2 * StreamedTexts::most_events; ++i) in += piece("x", 1);
    CHECK(answer.run(in, in.size()) == in);
    std::string mail = piece("mail anna@exam", 0);
    for (std::size_t i = 0; i < 2 * StreamedTexts::most_events; ++i) mail += piece("x", 1);
    const auto out = Answer(DialectId::openai, "POST", "/v1/chat/completions").masking().run(mail + piece("ple.org now", 0), in.size());
    CHECK_THAT(out, !Contains("ple.org"));
}

TEST_CASE("bytes that wait are bounded") {
    Answer answer(DialectId::openai, "POST", "/v1/chat/completions");
    answer.limits.held_body_bytes = 4096;
    const auto held = event("", R"({"choices":[{"index":0,"delta":{"content":"EMAIL"}}]})");
    const auto large = event("", R"({"choices":[],"p":")" + std::string(3000, 'x') + R"("})");
    CHECK(answer.run(held + large + large, 100) == held + large + large);
}

TEST_CASE("reasoning goes on before the answer does, and one call of a tool before the next, whether they end or not") {
    Answer answer(DialectId::openai, "POST", "/v1/chat/completions");
    answer.masking();
    const auto piece = [](std::string_view name, std::string_view text) { return event("", R"({"choices":[{"index":0,"delta":{")" + std::string(name) + R"(":")" + std::string(text) + R"("}}]})"); };
    BodyContext context;
    context.treatment = &answer.world.treatment;
    context.labels = &answer.labels;
    context.limits = &answer.limits;
    context.paths = &answer.paths;
    const auto made = make_body_filter(BodyKind::sse, true, context).value();
    std::string out;
    REQUIRE(made->feed(piece("reasoning_content", "hm 12"), out).has_value());
    CHECK(out.empty());
    REQUIRE(made->feed(piece("content", "Well then so be "), out).has_value());
    CHECK(out == piece("reasoning_content", "hm 12"));
}

TEST_CASE("Hugging Face numbers its tokens, and Gemini's parts have places: both are one text") {
    const std::string value = "anna.schmidt@example.org";
    const auto token = [](std::string_view text, int index) { return event("", "{\"index\":" + std::to_string(index) + ",\"token\":{\"text\":\"" + std::string(text) + "\"}}"); };
    CHECK_THAT(Answer(DialectId::huggingface, "POST", "/generate_stream").masking().run(token("mail anna.schm", 1) + token("idt@example", 2) + token(".org now", 3), 50), !Contains("idt@") && !Contains("schm"));
    const auto parts = [](std::string_view list) { return event("", "{\"candidates\":[{\"content\":{\"parts\":[" + std::string(list) + "]}}]}"); };
    const auto out = Answer(DialectId::gemini, "POST", "/v1/models/m:streamGenerateContent").masking().run(parts(R"({"text":"hm","thought":true},{"text":"anna.schmidt@exam"})") + parts(R"({"text":"ple.org"})"), 50);
    CHECK_THAT(out, !Contains("schmidt") && !Contains("ple.org") && Contains("hm"));
}

TEST_CASE("what repeats so that readers may not agree, and events of which nobody knows the texts, do not come where answers are looked at") {
    const auto twice = event("", R"({"choices":[{"index":0,"delta":{"content":"anna@exam","content":" x "}}]})");
    CHECK(Answer(DialectId::openai, "POST", "/v1/chat/completions").masking().run(twice, 50) == "!upstream_invalid");
    CHECK(Answer(DialectId::openai, "POST", "/v1/chat/completions").run(twice, 50) == twice);
    Answer unknown(DialectId::openai, "POST", "/v1/embeddings");
    unknown.masking();
    unknown.world.cell("opaque").form = Form::refuse;
    unknown.world.judgement.sort(unknown.world.classes.all());
    CHECK(unknown.run(event("", "{}"), 50) == "!opaque_refused");
}

TEST_CASE("the type that an event says itself counts as much as the one of its frame") {
    const auto piece = [](std::string_view text) { return event("message", R"({"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":")" + std::string(text) + R"("})"); };
    CHECK_THAT(Answer(DialectId::openai, "POST", "/v1/responses").masking().run(piece("anna@exam") + piece("ple.org"), 50), !Contains("ple.org") && !Contains("anna"));
}

TEST_CASE("labels stay labels in everything that a tool is called with") {
    Answer answer(DialectId::openai, "POST", "/v1/responses");
    const auto in = event("", R"({"type":"response.custom_tool_call_input.delta","output_index":0,"delta":"mail )" + answer.label + R"("})") +
                    event("", R"({"type":"response.custom_tool_call_input.done","output_index":0,"input":"mail )" + answer.label + R"("})");
    CHECK(answer.run(in, 50) == in);
}

TEST_CASE("tokens of a completion are one text in one event and over many") {
    const auto piece = [](std::string_view list, std::string_view text) { return event("", R"({"choices":[{"index":0,"text":")" + std::string(text) + R"(","logprobs":{"tokens":[)" + std::string(list) + R"(]}}]})"); };
    CHECK_THAT(Answer(DialectId::openai, "POST", "/v1/completions").masking().run(piece(R"("mail ","anna","@exam","ple.org")", "mail anna@example.org"), 50), !Contains("@exam") && !Contains("ple.org"));
}

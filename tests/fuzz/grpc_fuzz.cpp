// gRPC bodies of arbitrary bytes: the output does not depend on how the input is split (not even where it refuses), what
// is accepted another reader accepts too, before and after, and observing changes nothing.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "filters/body/grpc.hpp"
#include "tests/support/protos.hpp"
#include "tests/support/world.hpp"

using namespace bordergate;
using bordergate::testing::Protos;
using bordergate::testing::World;

namespace {

const char* const types = R"(syntax = "proto3"; package t;
    import "google/protobuf/any.proto";
    message Note { string text = 1; Note inner = 2; repeated Note items = 3; map<string, string> labels = 4; repeated int64 numbers = 5;
                   bytes scan = 6; google.protobuf.Any extra = 7; double amount = 8; fixed64 card = 9; string secret = 10; })";

struct Run {
    std::string out;
    bool accepted = false;
};

struct Border {
    Protos protos{types};
    ProtoSchemaPtr schema = ProtoSchema::make({{"fuzz", protos.set()}}).value();
    ProtoFields declared;
    World world;

    Border() {
        if (declare_field(*schema->message("t.Note"), "secret", ClassSet{*world.classes.find("health")}, declared)) std::abort();
        if (declare_field(*schema->message("t.Note"), "items[].labels.*", ClassSet{*world.classes.find("contact")}, declared)) std::abort();
    }

    Run run(std::string_view in, std::string_view splits, const char* type) {
        world.findings = {};
        GrpcSpec spec;
        spec.message.treatment = &world.treatment;
        spec.message.schema = schema.get();
        spec.message.type = schema->message(type);
        if (spec.message.type->name == "t.Note") spec.message.fields = &declared;
        spec.coding = "gzip";
        spec.longest = 1 << 16;
        const auto transform = make_grpc(std::move(spec));
        Run run;
        for (std::size_t i = 0; !in.empty(); ++i) {
            const auto wanted = splits.empty() ? in.size() : 1U + static_cast<unsigned char>(splits[i % splits.size()]);
            const auto piece = in.substr(0, wanted);
            in.remove_prefix(piece.size());
            if (transform->feed(std::string(piece), run.out).has_error()) return run;
        }
        run.accepted = transform->finish(run.out).has_value();
        return run;
    }

    /// Whether libprotobuf reads every uncompressed message.
    bool readable(std::string_view body) {
        while (!body.empty()) {
            std::size_t length = 0;
            for (std::size_t i = 1; i < 5; ++i) length = length << 8 | static_cast<unsigned char>(body[i]);
            if (body[0] == '\0' && protos.text("t.Note", std::string(body.substr(5, length))) == "?") return false;
            body.remove_prefix(5 + length);
        }
        return true;
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    // The first bytes say how the rest is split.
    const std::size_t ways = std::min<std::size_t>(data[0] & 7U, size - 1);
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const auto splits = all.substr(1, ways), in = all.substr(1 + ways);
    const bool kserve = (data[0] & 16U) != 0;
    const char* const type = kserve ? "inference.ModelInferRequest" : "t.Note";

    static Border border, observing;
    border.world.cell("opaque").form = (data[0] & 8U) == 0 ? Form::clear : Form::refuse;
    observing.world.treatment.observe = true;
    const Run whole = border.run(in, {}, type);
    const auto values = border.world.findings.values;
    const Run split = border.run(in, splits.empty() ? std::string_view("\0", 1) : splits, type);
    if (whole.accepted != split.accepted || whole.out != split.out || border.world.findings.values != values) std::abort();
    if (whole.accepted && !kserve && !(border.readable(in) && border.readable(whole.out))) std::abort();
    const Run observed = observing.run(in, splits, type);
    if (observed.accepted ? observed.out != in : !in.starts_with(observed.out)) std::abort();
    return 0;
}

// A body of any kind taken through the filter that the product makes for it, under a plan that masks all it finds with one
// operator: what the laws of the body are tested on.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "filters/body/body_filter.hpp"
#include "filters/mask/treater.hpp"

namespace bordergate::testing {

/// One operator with parameters, and values of which it can make something.
struct MaskPlan {
    std::string name;
    MaskSpec spec;
    std::string value;   ///< of a declared field
    std::string number;  ///< of a declared field, a JSON number
    std::string found;   ///< stands in running text, where the scanner finds it; empty: of nothing that it finds can it make something
};

/// One for every operator that there is.
std::span<const MaskPlan> mask_plans();
const MaskPlan& mask_plan(MaskSpec::Kind kind);

/// A kind of body, as heads call it. Values called `born` are declared in it.
struct BodyForm {
    std::string name;
    BodyKind kind;
    std::string content_type;
};

/// All kinds that can be read; of events only answers can.
std::span<const BodyForm> body_forms();
const BodyForm& body_form(std::string_view name);
/// The names of the content codings, and none.
std::span<const std::string_view> coding_names();
/// Whether a body of that form may come in that coding; of gRPC it is the coding of its messages.
bool takes_coding(const BodyForm& form, std::string_view coding);
/// The body coded, as a peer would, and decoded again; `!` and why if it is not what its coding says. Of gRPC each message.
std::string coded(const BodyForm& form, std::string_view coding, std::string_view body);
std::string decoded(const BodyForm& form, std::string_view coding, std::string_view body);

/// A call whose messages are `t.Note { string text; Note inner; uint64 n; map<string, string> m; repeated string many; string
/// born; bytes raw; }` both ways.
const GrpcCall& note_call();
/// Of a Note in text format, framed.
std::string note(const std::string& text);
/// All strings and numbers in the Notes of a gRPC body, each with the name of its field; nothing if it is none.
std::vector<std::pair<std::string, std::string>> note_texts(std::string_view body);

/// What became of a body.
struct Crossed {
    bool refused = false;
    std::string verdict;   ///< `!code: detail` if it was refused
    std::string out;       ///< nothing if it was refused
    std::string findings;  ///< all that was found and done, in words
};

/// Every built-in recogniser, and those that are on without being asked for.
const Scanner& every_recogniser();
const Scanner& usual_recognisers();

/// One exchange. `plan` null: everything may go in clear.
class BodyCrossing {
  public:
    explicit BodyCrossing(const MaskPlan* plan, std::size_t hold_back = 64 * 1024, const Scanner& scanner = every_recogniser());
    ~BodyCrossing();
    BodyCrossing(const BodyCrossing&) = delete;
    BodyCrossing& operator=(const BodyCrossing&) = delete;

    /// `body` fed in pieces that end where `cuts` says, ascending; `step`: and beyond the last cut in pieces of so many bytes.
    Crossed request(const BodyForm& form, std::string_view coding, std::string_view body, std::span<const std::size_t> cuts = {}, std::size_t step = 0);
    /// An answer to the request, in which its labels are restored and everything may go in clear.
    Crossed answer(const BodyForm& form, std::string_view coding, std::string_view body, std::span<const std::size_t> cuts = {}, std::size_t step = 0);

    /// The treatment of the last request: of a head too.
    const Treatment& treatment();
    /// All that stands for a value in what this exchange sent, each once.
    const std::vector<std::string>& masks() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace bordergate::testing

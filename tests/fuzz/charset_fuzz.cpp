// Text in any charset on arbitrary bytes: how it is split changes neither what comes out nor which fault, and where nothing is
// replaced what comes out is what went in. What content types say is read from the same bytes.
#include <cstdint>
#include <cstdlib>

#include "config/utf8.hpp"
#include "filters/body/in_charset.hpp"
#include "filters/body/media_type.hpp"

using namespace bordergate;

namespace {

/// Takes only what a transform of text may be given.
class SameText final : public Transform {
  public:
    explicit SameText(bool checks) : checks_(checks) {}
    Status feed(std::string_view in, std::string& out) override {
        if (in.empty() || in.find('\0') != std::string_view::npos || (checks_ && find_invalid_utf8(in) != std::string_view::npos)) std::abort();
        out.append(in);
        return {};
    }
    Status finish(std::string&) override { return {}; }

  private:
    const bool checks_;
};

struct Run {
    std::string out, detail;
    friend bool operator==(const Run&, const Run&) = default;
};

Run run(const Charset& charset, std::string_view in, std::size_t step) {
    const auto made = make_in_charset(charset, std::make_unique<SameText>(!charset.is_utf8())).value();
    Run run;
    Status done;
    for (; !in.empty() && done.has_value(); in.remove_prefix(std::min(step, in.size()))) done = made->feed(in.substr(0, step), run.out);
    if (done.has_value()) done = made->finish(run.out);
    if (done.has_error()) run.detail = done.error().detail;
    return run;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view in(reinterpret_cast<const char*>(data) + 2, size - 2);
    const auto charsets = all_charsets();
    const auto& charset = charsets[data[0] % charsets.size()];
    const auto whole = run(charset, in, in.size() + 1), split = run(charset, in, 1U + data[1] % 7U);
    if (whole != split) std::abort();
    if (!in.starts_with(whole.out) || (whole.detail.empty() && whole.out != in)) std::abort();
    const auto type = MediaType::read(in);
    if (type.has_value() && !in.empty() && type->name.size() != media_type_name(in).size()) std::abort();
    if (type.has_error() && declared_charset(in).has_value() && !in.empty()) std::abort();
    return 0;
}

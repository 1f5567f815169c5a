#include "filters/body/ndjson.hpp"

namespace bordergate {

namespace {

constexpr char record_separator = 0x1e;

class Ndjson final : public Transform {
  public:
    explicit Ndjson(const JsonRewriteSpec& spec) : spec_(spec) {}

    Status feed(std::string_view in, std::string& out) override {
        while (!in.empty()) {
            if (!document_) {
                const char c = in.front();
                if (c == '\n' || c == '\r' || c == ' ' || c == '\t' || c == record_separator) {
                    out += c;
                    in.remove_prefix(1);
                    line_ += c == '\n' ? 1 : 0;
                    continue;
                }
                document_ = make_json_rewrite(spec_);
            }
            const auto end = in.find('\n');
            Status done = document_->feed(in.substr(0, end), out);
            if (done.has_value() && end != std::string_view::npos) done = document_->finish(out);
            if (done.has_error()) return on_line(done.error());
            if (end == std::string_view::npos) return {};
            document_.reset();
            out += '\n';
            ++line_;
            in.remove_prefix(end + 1);
        }
        return {};
    }

    Status finish(std::string& out) override {
        if (document_) {
            const Status done = document_->finish(out);
            if (done.has_error()) return on_line(done.error());
        }
        auto& classes = spec_.treatment->findings->classes;
        if (classes.empty()) classes.add(ClassTree::plain);
        return {};
    }

  private:
    Fault on_line(Fault failure) const {
        failure.detail = "line " + std::to_string(line_) + ": " + failure.detail;
        return failure;
    }
    JsonRewriteSpec spec_;
    TransformPtr document_;
    std::uint64_t line_ = 1;
};

}  // namespace

TransformPtr make_ndjson(const JsonRewriteSpec& spec) { return std::make_unique<Ndjson>(spec); }

}  // namespace bordergate

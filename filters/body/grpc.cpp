#include "filters/body/grpc.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "filters/body/grpc_coding.hpp"
#include "filters/body/label_join.hpp"
#include "filters/body/text_rewrite.hpp"

namespace bordergate {

namespace {

constexpr std::size_t prefix_size = 5;
constexpr std::size_t most_kept = 16 * 1024;  ///< of memory, between two messages

std::size_t length_in(std::string_view prefix) {
    std::size_t length = 0;
    for (std::size_t i = 1; i < prefix_size; ++i) length = length << 8 | static_cast<unsigned char>(prefix[i]);
    return length;
}

/// Writes the prefix of an uncompressed message over the one that stands there.
void write_prefix(std::size_t length, char* prefix) {
    *prefix = '\0';
    for (int shift = 24; shift >= 0; shift -= 8) *++prefix = static_cast<char>((length >> shift) & 0xffU);
}

class Grpc final : public Transform {
  public:
    explicit Grpc(GrpcSpec spec) : spec_(std::move(spec)), coding_(grpc_coding(spec_.coding)) {
        if (spec_.joined && spec_.message.labels) join_.emplace(*spec_.message.type, *spec_.message.labels, spec_.longest);
    }

    Status feed(std::string_view in, std::string& out) override {
        while (!in.empty()) {
            if (held_.size() < prefix_size) {
                take(in, prefix_size - held_.size());
                if (held_.size() < prefix_size) return {};
                const Status known = begin();
                if (known.has_error()) return known;
            }
            take(in, frame_ - held_.size());
            if (held_.size() < frame_) return {};
            const Status done = message(out);
            if (done.has_error()) return done;
            held_.clear();
            // A stream may live long after its one long message.
            if (held_.capacity() > most_kept) held_ = std::string();
        }
        return {};
    }

    std::size_t held() const override { return held_.size() + waiting(); }
    bool waits() const override { return spec_.dialogue && waiting() > 0; }

    Status hurry(std::string& out) override {
        if (!join_) return {};
        join_->finish(ready_);
        return treat_ready(out);
    }

    Status finish(std::string& out) override {
        if (!held_.empty()) return fault(Code::body_invalid, "the body ends inside a message");
        const Status done = hurry(out);
        if (done.has_error()) return done;
        auto& classes = spec_.message.treatment->findings->classes;
        if (classes.empty()) classes.add(ClassTree::plain);
        return {};
    }

  private:
    void take(std::string_view& in, std::size_t wanted) {
        const auto taken = std::min(in.size(), wanted);
        held_.append(in.substr(0, taken));
        in.remove_prefix(taken);
    }

    /// The prefix is here: what it says of the message.
    Status begin() {
        if (held_[0] != '\0' && held_[0] != '\1') return fault(Code::body_invalid, "a message's compression flag is neither 0 nor 1");
        const std::size_t length = length_in(held_);
        if (length > spec_.longest) return fault(Code::body_too_large, "a message is longer than " + std::to_string(spec_.longest) + " bytes");
        frame_ = prefix_size + length;
        return {};
    }

    Status message(std::string& out) {
        std::string_view plain = std::string_view(held_).substr(prefix_size);
        std::string inflated;
        if (held_[0] == '\1') {
            if (coding_ == GrpcCoding::identity) return fault(Code::body_invalid, "a message is compressed, and grpc-encoding does not say how");
            if (coding_ == GrpcCoding::unknown) return unreadable(out);
            const Status done = inflate_message(coding_, plain, spec_.longest, inflated);
            if (done.has_error()) return done;
            plain = inflated;
        }
        if (!join_ || join_->passes(plain)) return treat(plain, held_, false, join_ && join_->in_url(), out);
        join_->feed({held_, std::string(plain)}, ready_);
        return treat_ready(out);
    }

    std::size_t waiting() const { return join_ ? join_->held() : 0; }

    /// What need not wait any longer.
    Status treat_ready(std::string& out) {
        for (auto& one : std::exchange(ready_, {})) {
            const Status done = treat(one.plain, one.frame, one.changed, one.in_url, out);
            if (done.has_error()) return done;
        }
        return {};
    }

    /// `frame`: in which `plain` came. `anew`: it is not what came. `in_url`: no label in it may be restored.
    Status treat(std::string_view plain, std::string& frame, bool anew, bool in_url, std::string& out) {
        ProtoRewriteSpec how = spec_.message;
        if (in_url) how.labels = nullptr;
        // Written where it leaves, so that a long message is not in memory once more.
        const std::size_t before = out.size();
        out.append(prefix_size, '\0');
        auto changed = rewrite_proto(plain, how, out);
        if (anew && changed.has_value() && !*changed) {
            out.append(plain);
            changed = true;
        }
        const std::size_t length = out.size() - before - prefix_size;
        const bool too_long = length > 0xffffffffU;
        if (changed.has_error() || too_long || !*changed) out.resize(before);
        if (changed.has_error()) return changed.error();
        if (too_long) return fault(Code::body_too_large, "a message is too long for its frame");
        if (*changed)
            write_prefix(length, out.data() + before);
        else
            pass(frame, out);
        return {};
    }

    /// The frame leaves as it came.
    static void pass(std::string& frame, std::string& out) {
        if (out.empty() && frame.size() > most_kept)
            out = std::move(frame);
        else
            out.append(frame);
    }

    Status unreadable(std::string& out) {
        const Status before = hurry(out);
        if (before.has_error()) return before;
        constexpr ClassSet opaque{ClassTree::opaque};
        const auto& treatment = *spec_.message.treatment;
        treatment.findings->saw(opaque, {}, "message");
        if (!treatment.observe && treatment.judgement->lowest(opaque).form != Form::clear) return refuse_class(treatment, opaque, NamedPlace("message"));
        pass(held_, out);
        return {};
    }

    const GrpcSpec spec_;
    const GrpcCoding coding_;
    std::string held_;        ///< of the current frame
    std::size_t frame_ = 0;   ///< its size, once its prefix is here
    std::optional<LabelJoin> join_;
    std::vector<LabelJoin::Message> ready_;  ///< need not wait any longer
};

}  // namespace

TransformPtr make_grpc(GrpcSpec spec) { return std::make_unique<Grpc>(std::move(spec)); }

}  // namespace bordergate

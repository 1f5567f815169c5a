#include "filters/body/content_coding.hpp"

#include <algorithm>

#include "filters/ascii.hpp"
#include "filters/body/coder.hpp"
#include "filters/message.hpp"

namespace bordergate {

namespace {

constexpr std::size_t most_codings = 2;
constexpr std::uint64_t small = 1024 * 1024;  ///< what decodes to less is no bomb
constexpr std::uint64_t block = 4 * 1024;     ///< of coded bytes, which are judged together

/// The body decoded, treated and coded again. Each coder gives what it makes to the next.
class Coded final : public Transform {
  public:
    Coded(const std::vector<ContentCoding>& codings, TransformPtr inner, const CodingBounds& bounds) : inner_(std::move(inner)), bounds_(bounds) {
        for (auto one = codings.rbegin(); one != codings.rend(); ++one) decoders_.push_back(make_decoder(*one));
        for (const auto one : codings) encoders_.push_back(make_encoder(one));
    }

    Status feed(std::string_view in, std::string& out) override {
        // By blocks that stand where they stand however the input is split: what a body may decode to depends on how much of
        // it has come, and must not depend on how much of it came at once.
        while (!in.empty()) {
            if (coded_ == granted_) granted_ += block;
            const auto piece = in.substr(0, static_cast<std::size_t>(granted_ - coded_));
            in.remove_prefix(piece.size());
            coded_ += piece.size();
            const Status done = decode(0, piece, out);
            if (done.has_error()) return done;
        }
        return {};
    }
    Status finish(std::string& out) override {
        Status done = end_decoders(0, out);
        if (done.has_error()) return done;
        treated_.clear();
        done = inner_->finish(treated_);
        if (done.has_error()) return done;
        done = encode(0, treated_, out);
        return done.has_error() ? done : end_encoders(0, out);
    }
    std::size_t held() const override { return inner_->held(); }

  private:
    bool is_bomb(std::uint64_t bytes) const { return bytes > small && bytes / bounds_.ratio > granted_; }
    static Fault too_much() { return fault(Code::body_too_large, "the body decodes to more than is read"); }

    Status decode(std::size_t which, std::string_view in, std::string& out) {
        if (which == decoders_.size()) return treat(in, out);
        // What one coding makes is the next one's work, even if nothing comes of that.
        if (which > 0) {
            between_ += in.size();
            if (is_bomb(between_)) return too_much();
        }
        return decoders_[which]->feed(in, [&, which](std::string_view piece) { return decode(which + 1, piece, out); });
    }
    Status end_decoders(std::size_t which, std::string& out) {
        if (which == decoders_.size()) return {};
        const Status done = decoders_[which]->finish([&, which](std::string_view piece) { return decode(which + 1, piece, out); });
        return done.has_error() ? done : end_decoders(which + 1, out);
    }
    Status treat(std::string_view plain, std::string& out) {
        if (plain.empty()) return {};
        decoded_ += plain.size();
        if (is_bomb(decoded_) || (bounds_.decoded > 0 && decoded_ > bounds_.decoded)) return too_much();
        treated_.clear();
        const Status done = inner_->feed(plain, treated_);
        return done.has_error() ? done : encode(0, treated_, out);
    }
    Status encode(std::size_t which, std::string_view in, std::string& out) {
        if (which == encoders_.size()) {
            out.append(in);
            return {};
        }
        return encoders_[which]->feed(in, [&, which](std::string_view piece) { return encode(which + 1, piece, out); });
    }
    Status end_encoders(std::size_t which, std::string& out) {
        if (which == encoders_.size()) return {};
        const Status done = encoders_[which]->finish([&, which](std::string_view piece) { return encode(which + 1, piece, out); });
        return done.has_error() ? done : end_encoders(which + 1, out);
    }

    std::vector<std::unique_ptr<Coder>> decoders_, encoders_;
    TransformPtr inner_;
    CodingBounds bounds_;
    std::uint64_t coded_ = 0, decoded_ = 0, between_ = 0;
    std::uint64_t granted_ = 0;  ///< the end of the block that coded_ is in
    std::string treated_;
};

}  // namespace

std::optional<std::vector<ContentCoding>> content_codings(std::string_view field) {
    std::vector<ContentCoding> codings;
    while (!field.empty()) {
        const auto comma = std::min(field.find(','), field.size());
        const auto name = trimmed(field.substr(0, comma));
        field.remove_prefix(std::min(comma + 1, field.size()));
        if (name.empty() || equal_fold(name, "identity")) continue;
        if (equal_fold(name, "gzip") || equal_fold(name, "x-gzip")) codings.push_back(ContentCoding::gzip);
        else if (equal_fold(name, "deflate")) codings.push_back(ContentCoding::deflate);
        else if (equal_fold(name, "br")) codings.push_back(ContentCoding::br);
        else if (equal_fold(name, "zstd")) codings.push_back(ContentCoding::zstd);
        else return std::nullopt;
    }
    if (codings.size() > most_codings) return std::nullopt;
    return codings;
}

TransformPtr make_coded(const std::vector<ContentCoding>& codings, TransformPtr inner, const CodingBounds& bounds) {
    return codings.empty() ? std::move(inner) : std::make_unique<Coded>(codings, std::move(inner), bounds);
}

}  // namespace bordergate

#include "filters/body/text.hpp"

#include <algorithm>
#include <optional>

#include "filters/body/text_rewrite.hpp"
#include "filters/utf8.hpp"

namespace bordergate {

namespace {

constexpr std::size_t left_context = 128;  ///< text already given out that recognisers may still look at

class Text final : public Transform {
  public:
    Text(const Treatment& treatment, const Labels* labels, std::size_t hold_back) : treatment_(treatment), hold_back_(hold_back) {
        if (labels) restore_.emplace(*labels, treatment.findings->restored, treatment.findings->foreign_labels);
    }

    Status feed(std::string_view in, std::string& out) override {
        while (!in.empty()) {
            const auto taken = std::min(in.size(), hold_back_ - (held_.size() - context_));
            held_.append(in.substr(0, taken));
            in.remove_prefix(taken);
            if (held_.size() - context_ < hold_back_) break;
            const Status done = give(out, false);
            if (done.has_error()) return done;
        }
        return {};
    }

    Status finish(std::string& out) override {
        const Status done = give(out, true);
        if (done.has_error()) return done;
        if (restore_) restore_->finish(out);
        auto& classes = treatment_.findings->classes;
        if (classes.empty()) classes.add(ClassTree::plain);
        return {};
    }

  private:
    Status give(std::string& out, bool all) {
        const std::size_t tail = all ? 0 : incomplete_utf8_tail(held_);
        const std::string_view text = std::string_view(held_).substr(0, held_.size() - tail);
        if (find_invalid_utf8(text.substr(context_)) != std::string_view::npos) return fault(Code::body_invalid, "the text is not UTF-8");
        std::size_t cut = text.size();
        if (!all) {
            cut -= 2 * Scanner::reach;
            std::vector<Match> matches;
            if (treatment_.scanner) treatment_.scanner->scan(text, matches);
            for (const auto& match : matches)
                if (match.begin < cut && match.end > cut) cut = std::max(match.begin, context_ + 1);
            while (cut > context_ && (static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80) --cut;
        }
        std::vector<Replacement> replacements;
        const auto treated = treat_text(text, NamedPlace("body"), {}, treatment_, replacements, {context_, cut});
        if (treated.has_error()) return treated.error();
        std::string given;
        std::size_t done = context_;
        for (const auto& one : replacements) {
            given.append(text.substr(done, one.begin - done)).append(one.text);
            done = one.end;
        }
        given.append(text.substr(done, cut - done));
        if (restore_)
            restore_->feed(given, out);
        else
            out.append(given);
        const auto kept = std::min(cut, left_context);
        held_.erase(0, cut - kept);
        context_ = kept;
        return {};
    }

    const Treatment& treatment_;
    std::size_t hold_back_;
    std::optional<Restore> restore_;
    std::string held_;
    std::size_t context_ = 0;  ///< bytes at the front of held_ that were given out
};

}  // namespace

TransformPtr make_text(const Treatment& treatment, const Labels* labels, std::size_t hold_back) {
    return std::make_unique<Text>(treatment, labels, hold_back);
}

}  // namespace bordergate

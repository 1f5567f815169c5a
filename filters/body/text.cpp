#include "filters/body/text.hpp"

#include <algorithm>
#include <optional>

#include "config/utf8.hpp"
#include "filters/body/quiet_text.hpp"
#include "filters/body/text_rewrite.hpp"

namespace bordergate {

namespace {

class Text final : public Transform {
  public:
    Text(const Treatment& treatment, const Labels* labels, std::size_t hold_back, bool at_once, std::string_view context) : treatment_(treatment), hold_back_(hold_back), held_(context), context_(context.size()) {
        at_once_ = at_once && !(treatment.scanner && treatment.scanner->knows_phrases());
        if (labels) restore_.emplace(*labels, treatment.findings->restored, treatment.findings->foreign_labels);
    }

    Status feed(std::string_view in, std::string& out) override {
        while (!in.empty()) {
            const auto taken = std::min(in.size(), hold_back_ - (held_.size() - context_));
            held_.append(in.substr(0, taken));
            in.remove_prefix(taken);
            if (held_.size() - context_ < hold_back_) break;
            const Status done = give(out, held_.size(), false);
            if (done.has_error()) return done;
        }
        if (!at_once_) return {};
        // What stands before the cut is as if nothing followed.
        const auto cut = quiet_cut(held_, context_);
        return cut > context_ ? give(out, cut, true) : Status{};
    }

    Status finish(std::string& out) override {
        const Status done = give(out, held_.size(), true);
        if (done.has_error()) return done;
        if (restore_) restore_->finish(out);
        auto& classes = treatment_.findings->classes;
        if (classes.empty()) classes.add(ClassTree::plain);
        return {};
    }

  private:
    Status give(std::string& out, std::size_t size, bool all) {
        const std::size_t tail = all ? 0 : incomplete_utf8_tail(held_);
        const std::string_view text = std::string_view(held_).substr(0, size - tail);
        if (find_invalid_utf8(text.substr(context_)) != std::string_view::npos) return fault(Code::body_invalid, "the text is not UTF-8");
        std::size_t cut = 0;
        std::vector<Replacement> replacements;
        const auto treated = treat_window(text, context_, all, NamedPlace("body"), treatment_, replacements, cut);
        if (treated.has_error()) return treated.error();
        for (auto& one : replacements) {
            one.begin -= context_;
            one.end -= context_;
        }
        const std::string given = with_replacements(text.substr(context_, cut - context_), replacements);
        if (restore_)
            restore_->feed(given, out);
        else
            out.append(given);
        context_ = window_context(text, cut).size();
        held_.erase(0, cut - context_);
        return {};
    }

    const Treatment& treatment_;
    std::size_t hold_back_;
    bool at_once_ = false;
    std::optional<Restore> restore_;
    std::string held_;
    std::size_t context_;  ///< bytes at the front of held_ that were given out
};

}  // namespace

TransformPtr make_text(const Treatment& treatment, const Labels* labels, std::size_t hold_back, bool at_once, std::string_view context) {
    return std::make_unique<Text>(treatment, labels, hold_back, at_once, context);
}

}  // namespace bordergate

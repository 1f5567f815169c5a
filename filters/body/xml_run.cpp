#include "filters/body/xml_run.hpp"

#include <algorithm>
#include <limits>

#include "filters/ascii.hpp"
#include "filters/body/xml_second_reading.hpp"
#include "filters/mask/label_characters.hpp"

namespace bordergate {

namespace {

/// Whether a label, or a backslash before an underscore of it, can go on with `c`.
constexpr bool goes_on(char c) { return in_label(c) || c == '\\'; }

}  // namespace

void XmlRun::add(Kind kind, std::string_view raw, std::string_view meant) {
    constexpr std::size_t most = std::numeric_limits<std::uint32_t>::max() / 2;
    raw_.append(raw);
    text_.append(meant);
    if (kind == Kind::literal || kind == Kind::reference) raw_text_ += raw.size();
    if (kind == Kind::literal && !parts_.empty() && parts_.back().kind == kind && parts_.back().raw < most && raw.size() < most) {
        parts_.back().raw += static_cast<std::uint32_t>(raw.size());
        parts_.back().text += static_cast<std::uint32_t>(raw.size());
        return;
    }
    parts_.push_back({static_cast<std::uint32_t>(raw.size()), static_cast<std::uint32_t>(meant.size()), kind});
}

void XmlRun::literal(std::string_view raw) {
    if (!raw.empty()) add(Kind::literal, raw, raw);
}

void XmlRun::reference(std::string_view raw, std::string_view meant) { add(Kind::reference, raw, meant); }

void XmlRun::markup(std::string_view raw) { add(Kind::markup, raw, {}); }

void XmlRun::section(std::string_view raw) { add(Kind::section, raw, {}); }

void XmlRun::clear() {
    raw_.clear();
    text_.clear();
    parts_.clear();
    context_ = raw_text_ = 0;
    writer_.move_to(writer_.position() == XmlPosition::section ? XmlPosition::text : writer_.position());
}

bool XmlRun::write(std::string_view text, Restore* restore, std::string& out) {
    if (!restore) return writer_.write(text, out);
    std::string restored;
    restore->feed(text, restored);
    return writer_.write(restored, out);
}

/// What the restoring held back.
bool XmlRun::write_rest(Restore& restore, std::string& out) {
    std::string rest;
    restore.finish(rest);
    return writer_.write(rest, out);
}

bool XmlRun::keep(const Part& part, std::string_view raw, std::string_view text, Restore* restore, std::string& out) {
    if (restore) return write(text, restore, out);
    if (part.kind == Kind::reference) writer_.keep_reference(raw, out);
    else writer_.keep(raw, out);
    return true;
}

/// The bytes `raw` of a part, which mean text_[at, end).
bool XmlRun::give_part(const Part& part, std::string_view raw, std::size_t at, std::size_t end, Restore* restore, std::string& out) {
    const auto& all = *replacements_;
    for (std::size_t here = at; here < end;) {
        if (next_ < all.size() && here >= all[next_].begin) {
            if (here == all[next_].begin && !write(all[next_].text, restore, out)) return false;
            here = std::min(end, all[next_].end);
            if (here == all[next_].end) ++next_;
            continue;
        }
        const auto stop = next_ < all.size() ? std::min(end, all[next_].begin) : end;
        const auto text = std::string_view(text_).substr(here, stop - here);
        if (!keep(part, part.kind == Kind::literal ? raw.substr(here - at, stop - here) : raw, text, restore, out)) return false;
        here = stop;
    }
    return true;
}

Status XmlRun::give(std::size_t cut, bool last, const std::vector<Replacement>& replacements, Restore* restore, std::string& out) {
    const auto unfit = [] { return fault(Code::place_cannot_carry, "XML cannot carry a character of what must stand in a place of it"); };
    replacements_ = &replacements;
    next_ = 0;
    std::size_t at = context_, raw_at = 0, used = 0;
    for (; used < parts_.size() && (last || at < cut); ++used) {
        auto& part = parts_[used];
        const auto raw = std::string_view(raw_).substr(raw_at, part.raw);
        if (part.kind == Kind::markup || part.kind == Kind::section) {
            // A label that cannot go on behind it leaves before it.
            if (restore && (at < text_.size() ? !goes_on(text_[at]) : last) && !write_rest(*restore, out)) return unfit();
            out.append(raw);
            writer_.move_to(part.kind == Kind::markup ? writer_.position() : raw.front() == '<' ? XmlPosition::section : XmlPosition::text);
        } else {
            const auto taken = std::min<std::size_t>(part.text, cut - at);
            if (!give_part(part, raw, at, at + taken, restore, out)) return unfit();
            at += taken;
            if (taken < part.text) {  // only literal text is of more than one character
                part.raw -= static_cast<std::uint32_t>(taken);
                part.text -= static_cast<std::uint32_t>(taken);
                raw_text_ -= taken;
                raw_at += taken;
                break;
            }
            raw_text_ -= part.raw;
        }
        raw_at += part.raw;
    }
    if (restore && last && !write_rest(*restore, out)) return unfit();
    if (last) {
        clear();
        return {};
    }
    raw_.erase(0, raw_at);
    parts_.erase(parts_.begin(), parts_.begin() + static_cast<std::ptrdiff_t>(used));
    context_ = quoted_context(text_, cut).size();
    text_.erase(0, cut - context_);
    return {};
}

void XmlRun::give_instead(std::string_view raw, std::string& out) {
    out.append(raw);
    clear();
}

}  // namespace bordergate

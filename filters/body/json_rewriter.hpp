// The rewrite of one JSON document (json_rewrite.hpp): json_rewriter.cpp walks it, json_rewriter_strings.cpp has what becomes of
// its strings.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "filters/body/json_keys.hpp"
#include "filters/body/json_marks.hpp"
#include "filters/body/json_pointer.hpp"
#include "filters/body/json_rewrite.hpp"
#include "filters/body/text_rewrite.hpp"
#include "filters/detect/deep_scan.hpp"

namespace bordergate {

/// What the treater asks of the places in a document that stands in no other: subjects, and paths with filters.
std::span<const JsonPath> asked_subjects(const JsonRewriteSpec& spec);
std::span<const JsonPath* const> asked_choices(const JsonRewriteSpec& spec);

class JsonRewriter final : public Transform, private JsonReader, private Place {
  public:
    /// `answers`: see JsonMarks.
    explicit JsonRewriter(JsonRewriteSpec spec, JsonAnswers* answers = nullptr);
    JsonRewriter(const JsonRewriter&) = delete;
    JsonRewriter& operator=(const JsonRewriter&) = delete;

    Status feed(std::string_view in, std::string& out) override {
        out_ = &out;
        return read(in);
    }
    Status finish(std::string& out) override;

  private:
    // --- hooks of the reader ---------------------------------------------------------------
    bool copy(std::string_view bytes) override;
    bool begin_value() override;
    bool open(char bracket) override;
    bool close(char bracket) override;
    bool string(std::string_view raw) override;
    bool key(std::string_view raw) override;
    bool scalar(std::string_view token) override;
    bool long_string(std::string& raw) override;

    // --- Place: the JSON Pointer (RFC 6901) of the current value ---------------------------
    std::string text() const override;
    std::string_view name() const override { return nearest_key(steps()); }
    std::size_t selected_depth(const JsonPath& path) const override {
        if (spec_.nesting > 0) return spec_.within ? spec_.within->selected_depth(path) : 0;
        return path.filtered() ? marks_.selected_depth(path) : path.selected_depth(steps());
    }
    const std::string* subject(const JsonPath& path) const override { return spec_.nesting > 0 && spec_.within ? spec_.within->subject(path) : marks_.subject(path); }
    bool is_number() const override { return in_number_; }

    bool classified();
    bool classified_if(const Result<std::size_t>& found) { return found.has_error() ? fail(found.error()) : *found == 0 || classified(); }
    bool begin_capture(ClassSet declared);
    bool end_capture();
    /// What a captured container holds counts for it.
    bool gather(std::string_view text) { return captured_classes_ |= classes_in(text), true; }
    ClassSet classes_in(std::string_view text);
    std::string_view text_of(std::string_view raw);
    bool changed(std::string_view raw, std::string_view text, bool restorable);
    bool restored(std::string_view text);
    bool begins_json(std::string_view raw) const;
    bool nested(std::string_view text);
    bool uninspected();
    bool signed_block(std::string_view text);
    bool unsealed(std::string_view token, bool& opened);
    bool treat_piece(std::string_view text, std::size_t from, bool last, std::size_t& cut);
    bool last_window(std::string_view raw);
    /// Labels and sealed values give way to what they stand for, save in tool arguments: those act by themselves.
    bool says_values_here() const { return !marks_.tool_arguments() || spec_.restore_in_tool_arguments; }
    bool restores_here() const { return spec_.labels && !spec_.labels->empty() && says_values_here(); }
    bool goes_in_clear(ClassSet classes) const { return treatment_.observe || treatment_.judgement->lowest(classes).form == Form::clear; }

    const JsonRewriteSpec spec_;
    const Treatment& treatment_;
    JsonMarks marks_;
    JsonKeys keys_;
    std::string* out_ = nullptr;
    bool in_number_ = false;
    bool left_ = false;      ///< the current value is one of spec_.left
    std::size_t lefts_ = 0;  ///< of those, how many have gone by
    bool capturing_ = false;  ///< inside a declared container that gives way as a whole
    std::size_t capture_depth_ = 0;
    ClassSet captured_classes_;
    std::string captured_;
    std::string text_;     ///< of a string that has escapes
    std::string written_;  ///< what stands for the current string
    std::vector<Replacement> replacements_;
    std::vector<Finding> findings_;
    std::string context_;  ///< end of the text that windows of this string have given out
    std::optional<Restore> window_restore_;
};

}  // namespace bordergate

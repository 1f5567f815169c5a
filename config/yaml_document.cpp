#include "config/yaml_document.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>

namespace bordergate {

namespace {

/// The first line whose indentation holds a tab; null if there is none.
YAML::Mark tab_in_indentation(std::string_view text) {
    YAML::Mark mark;
    for (std::size_t at = 0; at < text.size(); ++mark.line) {
        const auto end = std::min(text.find('\n', at), text.size());
        const auto indent = text.substr(at, end - at).find_first_not_of(' ');
        if (indent != std::string_view::npos && text[at + indent] == '\t') {
            mark.column = static_cast<int>(indent);
            mark.pos = static_cast<int>(at + indent);
            return mark;
        }
        at = end + 1;
    }
    return YAML::Mark::null_mark();
}

/// Remembers where the latest document began, and nothing else.
class DocumentStarts final : public YAML::EventHandler {
  public:
    YAML::Mark latest;

    void OnDocumentStart(const YAML::Mark& mark) override { latest = mark; }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
    void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
    void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
    void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
    void OnMapEnd() override {}
};

/// Reports a second document of `text`, if it has one. Two are asked for and never all: before a comma that
/// stands alone yaml-cpp finds empty documents without end.
void check_one_document(const std::string& text, Report& report) {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    DocumentStarts starts;
    if (!parser.HandleNextDocument(starts) || !parser.HandleNextDocument(starts)) return;
    const auto at = static_cast<std::size_t>(starts.latest.pos);
    if (at < text.size() && text.compare(at, 3, "---") == 0)
        report.error(starts.latest, "a second document begins here, and would not be read", "remove the --- before it");
    else
        report.error(starts.latest,
                     "this is not YAML: what stands above is a whole document, and this is no part of it",
                     "look at its indentation, and for a character that opens or separates nothing");
}

}  // namespace

std::optional<YAML::Node> yaml_document(std::string_view text, Report& report) {
    const std::string whole(text);
    try {
        const auto document = YAML::Load(whole);
        check_one_document(whole, report);
        if (report.failed()) return std::nullopt;
        if (!document.IsDefined() || document.IsNull()) {
            report.error(YAML::Mark::null_mark(), "the file is empty", "it starts with version: 1");
            return std::nullopt;
        }
        return document;
    } catch (const YAML::Exception& error) {
        const auto tab = tab_in_indentation(text);
        if (tab.is_null() || tab.line > error.mark.line)
            report.error(error.mark, "this is not YAML: " + error.msg);
        else
            report.error(tab, "a tab in the indentation", "YAML is indented with spaces");
        return std::nullopt;
    }
}

}  // namespace bordergate

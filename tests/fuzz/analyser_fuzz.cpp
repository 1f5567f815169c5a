// Answers of an analyser on arbitrary bytes: whatever is read lies inside the text, at the borders of its characters.
#include <cstdlib>

#include "config/utf8.hpp"
#include "filters/detect/analyser_speech.hpp"

using namespace bordergate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Analyser analyser = [] {
        Analyser made;
        made.entities = {{"PERSON", ClassId{2}}, {"LOCATION", ClassId{3}}};
        return made;
    }();
    AnalyserQuestion question;
    question.analyser = &analyser;
    const std::string_view text = "Zo\xc3\xab \xf0\x9f\x98\x80 in L\xc3\xbc""beck";
    question.pieces = {{text, 0, text}, {text, 3, text.substr(5)}};
    const auto found = read_analysis(question, {reinterpret_cast<const char*>(data), size});
    if (found.has_error()) return 0;
    for (std::size_t i = 0; i < found->size(); ++i)
        for (const auto& one : (*found)[i]) {
            const auto here = question.pieces[i].text;
            if (one.begin >= one.end || one.end > here.size() || find_invalid_utf8(here.substr(one.begin, one.end - one.begin)) != std::string_view::npos) std::abort();
        }
    return 0;
}

#include "tests/support/analyser_peer.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <utility>

namespace bordergate::testing {

namespace json = boost::json;

namespace {

constexpr std::array<std::pair<const char*, const char*>, 5> known{{
    {"Anna Schmidt", "PERSON"}, {"Jürgen Groß", "PERSON"}, {"Zoë", "PERSON"}, {"Lübeck", "LOCATION"}, {"Kiel", "LOCATION"}}};

std::size_t code_points(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

json::array found_in(std::string_view text, AnalyserMood mood) {
    json::array found;
    for (const auto& [name, entity] : known)
        for (auto at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
            const auto start = code_points(text.substr(0, at));
            found.push_back({{"entity_type", mood == AnalyserMood::unknown ? "STARSHIP" : entity},
                             {"start", start},
                             {"end", mood == AnalyserMood::outside ? code_points(text) + 1 : start + code_points(name)},
                             {"score", 0.85},
                             {"analysis_explanation", nullptr},
                             {"recognition_metadata", {{"recognizer_name", "SpacyRecognizer"}}}});
        }
    return found;
}

}  // namespace

AnalyserPeer::AnalyserPeer() : upstream_([this](Connection& connection) { serve(connection); }) {}

std::vector<std::string> AnalyserPeer::asked() const {
    const std::scoped_lock lock(mutex_);
    return asked_;
}

std::string AnalyserPeer::answer(const std::string& body) const {
    const json::value whole = json::parse(body);
    const auto& said = whole.as_object();
    const auto& text = said.at("text");
    if (text.is_string()) return json::serialize(found_in(text.as_string(), mood_));
    json::array lists;
    for (const auto& one : text.as_array()) lists.push_back(found_in(one.as_string(), mood_));
    if (mood_ == AnalyserMood::too_few) lists.pop_back();
    return json::serialize(lists);
}

void AnalyserPeer::serve(Connection& connection) {
    for (auto message = connection.message(); !message.empty(); message = connection.message()) {
        {
            const std::scoped_lock lock(mutex_);
            asked_.push_back(message);
        }
        const AnalyserMood mood = mood_;
        if (mood == AnalyserMood::silent) {
            (void)connection.some();  // until the other side has enough
            return;
        }
        if (mood == AnalyserMood::slow) std::this_thread::sleep_for(std::chrono::milliseconds(83));
        std::string body = mood == AnalyserMood::no_json ? "<html>" : answer(body_of(message));
        const std::string status = mood == AnalyserMood::failing ? "500 Internal Server Error" : "200 OK";
        const auto announced = body.size() + (mood == AnalyserMood::cut_off ? 10 : 0);
        connection.send("HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(announced) + "\r\n\r\n" + body);
        if (mood == AnalyserMood::cut_off || mood == AnalyserMood::closing) return;
    }
}

}  // namespace bordergate::testing

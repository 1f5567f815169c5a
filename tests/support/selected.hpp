// What a JSONPath selects in a document that comes in pieces.
#pragma once

#include <string>
#include <string_view>

#include "filters/body/json_ahead.hpp"

namespace bordergate::testing {

/// Reads behind a JsonAhead and notes where the selected values stand.
class Selected final : public JsonReader {
  public:
    Selected(const JsonPath& path, JsonBounds bounds) : JsonReader(bounds), ahead_(bounds) {
        tracker_.add(path, 0);
        ahead_.add(path);
    }

    /// JSON Pointers (RFC 6901) with a blank between them, `-` being the document itself; `!code` in place of what a
    /// fault kept from being told.
    std::string of(std::string_view document, std::size_t size) {
        const auto onward = [this](std::string_view ready) { return read(ready); };
        Status status;
        for (std::size_t i = 0; i < document.size() && status.has_value(); i += size) status = ahead_.feed(document.substr(i, size), onward);
        if (status.has_value()) status = ahead_.finish(onward);
        if (status.has_value()) status = end();
        if (status.has_error()) text_ += (text_.empty() ? "!" : " !") + std::string(info(status.error().code).name);
        return text_;
    }

  private:
    bool begin_value() override {
        if (depth() == 0) tracker_.at_root();
        else tracker_.at(step(), [this](const JsonPath& path) { return ahead_.answers().of(path, position()); });
        tracker_.selected([this](std::size_t) {
            if (!text_.empty()) text_ += ' ';
            if (depth() == 0) text_ += '-';
            for (const auto& step : steps()) (text_ += '/') += step.in_array ? std::to_string(step.index) : std::string(step.name);
        });
        return true;
    }
    bool open(char) override { return tracker_.open(), true; }
    bool close(char) override { return tracker_.close(), true; }

    JsonAhead ahead_;
    JsonTracker tracker_;
    std::string text_;
};

inline std::string selected(const JsonPath& path, std::string_view document, std::size_t size, JsonBounds bounds = {}) {
    return Selected(path, bounds).of(document, size);
}

}  // namespace bordergate::testing

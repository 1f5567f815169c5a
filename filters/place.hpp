// Where a value stands in a message: for the record, for recognisers, and for operators that are chosen by place.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bordergate {

class JsonPath;

/// Where a text stands; its words are asked for only when something is found there.
class Place {
  public:
    virtual ~Place() = default;
    /// In words for the record.
    virtual std::string text() const = 0;
    /// The name of the field that the text is the value of, such as the innermost object key: it may announce what it holds.
    virtual std::string_view name() const { return {}; }
    /// How near `path` selects the value, or something that it stands in: the depth of the innermost such value, the document
    /// counting as 1. 0: nothing of it is selected. Only JSON has such places.
    virtual std::size_t selected_depth(const JsonPath&) const { return 0; }
    /// The value that `path` selected for the record in which this one stands, ahead of it; null: there is none. Known of
    /// the paths that the treater's subjects() has.
    virtual const std::string* subject(const JsonPath&) const { return nullptr; }
    /// Whether the text is a JSON number, which an operator may keep one.
    virtual bool is_number() const { return false; }
};

/// A place that is known by its name (`header:accept`, `query`).
class NamedPlace final : public Place {
  public:
    explicit NamedPlace(std::string_view name) : name_(name) {}
    std::string text() const override { return std::string(name_); }
    std::string_view name() const override { return name_; }

  private:
    std::string_view name_;
};

}  // namespace bordergate

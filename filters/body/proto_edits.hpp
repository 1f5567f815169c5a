// A protobuf message as it is written anew: nothing is copied until something changes.
#pragma once

#include <string>
#include <string_view>

#include "filters/body/proto_wire.hpp"

namespace bordergate {

/// Borrows the message and appends to the result, which are both others'. Fields are given in the order in which they stand.
class ProtoEdits {
  public:
    ProtoEdits(std::string_view whole, std::string& out) : rest_(whole), out_(out) {}

    /// What stands for `field`, a view of the message, from here on is appended to the result, which is returned.
    std::string& replace(std::string_view field) {
        const auto before = static_cast<std::size_t>(field.data() - rest_.data());
        out_.append(rest_.substr(0, before));
        rest_.remove_prefix(before + field.size());
        changed_ = true;
        return out_;
    }
    void replace_value(const WireField& field, std::string_view value) {
        std::string& out = replace(field.whole);
        out.append(field.tag);
        append_varint(value.size(), out);
        out.append(value);
    }
    /// A message in a message, by its length or as a group.
    void replace_message(const WireField& field, std::string_view message) {
        if (field.type == WireType::group)
            replace(field.whole).append(field.tag).append(message).append(field.end_tag);
        else
            replace_value(field, message);
    }
    /// Nothing more changes. True if something did: then the whole message stands in the result.
    bool finish() {
        if (changed_) out_.append(rest_);
        return changed_;
    }

  private:
    std::string_view rest_;
    std::string& out_;
    bool changed_ = false;
};

}  // namespace bordergate

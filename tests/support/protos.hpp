// Protobuf types and messages for tests, by libprotobuf itself: types from .proto text (the little of it
// that proto_text.hpp reads), messages from text format.
#pragma once

#include <google/protobuf/any.pb.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/text_format.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "tests/support/proto_text.hpp"

namespace bordergate::testing {

/// One file of types, and google/protobuf/any.proto beside it.
class Protos {
  public:
    explicit Protos(const std::string& text) : Protos(proto_file(text)) {}
    explicit Protos(const pb::FileDescriptorProto& file) {
        pb::Any::descriptor()->file()->CopyTo(set_.add_file());
        *set_.add_file() = file;
        for (const auto& one : set_.file())
            if (!pool_.BuildFile(one)) throw std::invalid_argument("the .proto file does not hold together");
    }

    /// The FileDescriptorSet, as protoc writes it.
    std::string set() const { return set_.SerializeAsString(); }

    const pb::DescriptorPool& pool() const { return pool_; }

    /// A message of that full type name, on the wire.
    std::string wire(const std::string& type, const std::string& text) {
        const auto message = make(type);
        if (!pb::TextFormat::ParseFromString(text, message.get())) throw std::invalid_argument("not such a message: " + text);
        return message->SerializeAsString();
    }

    /// What another reader makes of those bytes, on one line; `?` if it cannot read them.
    std::string text(const std::string& type, const std::string& wire) {
        const auto message = make(type);
        if (!message->ParseFromString(wire)) return "?";
        std::string text = message->ShortDebugString();
        return text;
    }

  private:
    std::unique_ptr<pb::Message> make(const std::string& type) {
        const auto* descriptor = pool_.FindMessageTypeByName(type);
        if (!descriptor) throw std::invalid_argument("no type " + type);
        return std::unique_ptr<pb::Message>(factory_.GetPrototype(descriptor)->New());
    }

    pb::FileDescriptorSet set_;
    pb::DescriptorPool pool_;
    pb::DynamicMessageFactory factory_{&pool_};
};

/// A length-prefixed gRPC message.
inline std::string framed(std::string_view message, char flag = 0) {
    std::string frame(1, flag);
    for (int shift = 24; shift >= 0; shift -= 8) frame += static_cast<char>(message.size() >> shift & 0xff);
    return frame.append(message);
}

}  // namespace bordergate::testing

// Message types of gRPC services, as far as a filter needs them: made once from descriptor sets (protoc
// --descriptor_set_out), immutable, shared by all messages. The only file that knows libprotobuf is its .cpp.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "filters/body/proto_wire.hpp"
#include "filters/fault.hpp"

namespace bordergate {

struct ProtoMessage;

struct ProtoField {
    /// What its value is to a filter.
    enum class Kind : std::uint8_t { text, bytes, message, group, unsigned_number, signed_number, zigzag_number, float_number, double_number };
    std::uint32_t number = 0;
    std::string name;
    Kind kind = Kind::text;
    WireType wire = WireType::bytes;        ///< of one value that is not packed
    std::uint8_t bits = 64;                 ///< numbers: as many of a varint's as its readers keep
    bool repeated = false;
    bool utf8 = true;                       ///< text: its readers demand UTF-8 (proto3)
    const ProtoMessage* message = nullptr;  ///< message and group: never null

    bool is_number() const { return kind >= Kind::unsigned_number; }
    bool is_map() const;
};

struct ProtoMessage {
    /// Messages whose bytes mean more than their types say.
    enum class Role : std::uint8_t {
        ordinary,
        map_entry,
        any,               ///< google.protobuf.Any: its value is a message of the type that it names
        message_set,       ///< an encoding of its own: not read
        infer_request,     ///< KServe v2: tensors by their datatype, raw or typed
        infer_response,
        infer_tensor,
        infer_contents,
    };
    std::string name;  ///< full, e.g. `clinic.v1.Patient`
    Role role = Role::ordinary;
    bool has_any = false;            ///< is an Any, or holds one in fields that do not repeat
    std::vector<ProtoField> fields;  ///< by number, ascending

    const ProtoField* field(std::uint32_t number) const;
    const ProtoField* field(std::string_view name) const;
};

inline bool ProtoField::is_map() const { return message && message->role == ProtoMessage::Role::map_entry; }

struct ProtoMethod {
    std::string path;  ///< `/package.Service/Method`, as `:path` has it
    const ProtoMessage* request = nullptr;
    const ProtoMessage* response = nullptr;
    bool client_streaming = false, server_streaming = false;
};

/// Owns every type it knows.
class ProtoSchema {
  public:
    /// Of serialised google.protobuf.FileDescriptorSets, each with everything it imports, and of KServe v2's inference
    /// service, unless a set defines that itself. `name` is for messages only. Fault (internal) that says which set is
    /// wrong and why.
    struct Set {
        std::string name, bytes;
    };
    static Result<std::shared_ptr<const ProtoSchema>> make(const std::vector<Set>& sets);

    /// Null if no service has it.
    const ProtoMethod* method(std::string_view path) const;
    /// Null if it is not known.
    const ProtoMessage* message(std::string_view full_name) const;
    const std::map<std::string, ProtoMethod, std::less<>>& methods() const { return methods_; }

  private:
    friend class SchemaReader;
    std::map<std::string, std::unique_ptr<ProtoMessage>, std::less<>> messages_;
    std::map<std::string, ProtoMethod, std::less<>> methods_;
};

using ProtoSchemaPtr = std::shared_ptr<const ProtoSchema>;

}  // namespace bordergate

#include "filters/body/proto_schema.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <algorithm>

#include "filters/body/proto_kserve.hpp"

namespace bordergate {

namespace pb = google::protobuf;

namespace {

/// The first complaint of libprotobuf about a file.
class Complaint final : public pb::DescriptorPool::ErrorCollector {
  public:
    void AddError(const std::string& file, const std::string& element, const pb::Message*, ErrorLocation, const std::string& what) override {
        if (text.empty()) text = file + ": " + element + ": " + what;
    }
    std::string text;
};

ProtoField::Kind kind_of(pb::FieldDescriptor::Type type) {
    using Type = pb::FieldDescriptor;
    using Kind = ProtoField::Kind;
    switch (type) {
        case Type::TYPE_STRING: return Kind::text;
        case Type::TYPE_BYTES: return Kind::bytes;
        case Type::TYPE_MESSAGE: return Kind::message;
        case Type::TYPE_GROUP: return Kind::group;
        case Type::TYPE_DOUBLE: return Kind::double_number;
        case Type::TYPE_FLOAT: return Kind::float_number;
        case Type::TYPE_SINT32:
        case Type::TYPE_SINT64: return Kind::zigzag_number;
        case Type::TYPE_INT32:
        case Type::TYPE_INT64:
        case Type::TYPE_SFIXED32:
        case Type::TYPE_SFIXED64:
        case Type::TYPE_ENUM: return Kind::signed_number;
        default: return Kind::unsigned_number;
    }
}

WireType wire_of(pb::FieldDescriptor::Type type) {
    using Type = pb::FieldDescriptor;
    switch (type) {
        case Type::TYPE_STRING:
        case Type::TYPE_BYTES:
        case Type::TYPE_MESSAGE: return WireType::bytes;
        case Type::TYPE_GROUP: return WireType::group;
        case Type::TYPE_DOUBLE:
        case Type::TYPE_FIXED64:
        case Type::TYPE_SFIXED64: return WireType::fixed64;
        case Type::TYPE_FLOAT:
        case Type::TYPE_FIXED32:
        case Type::TYPE_SFIXED32: return WireType::fixed32;
        default: return WireType::varint;
    }
}

std::uint8_t bits_of(pb::FieldDescriptor::Type type) {
    using Type = pb::FieldDescriptor;
    switch (type) {
        case Type::TYPE_BOOL: return 1;
        case Type::TYPE_INT32:
        case Type::TYPE_UINT32:
        case Type::TYPE_SINT32:
        case Type::TYPE_ENUM:
        case Type::TYPE_FLOAT:
        case Type::TYPE_FIXED32:
        case Type::TYPE_SFIXED32: return 32;
        default: return 64;
    }
}

ProtoMessage::Role role_of(const pb::Descriptor& type) {
    using Role = ProtoMessage::Role;
    const std::string& name = type.full_name();
    if (type.options().map_entry()) return Role::map_entry;
    if (type.options().message_set_wire_format()) return Role::message_set;
    if (name == "google.protobuf.Any") return Role::any;
    if (name == "inference.ModelInferRequest") return Role::infer_request;
    if (name == "inference.ModelInferResponse") return Role::infer_response;
    if (name == "inference.ModelInferRequest.InferInputTensor" || name == "inference.ModelInferResponse.InferOutputTensor") return Role::infer_tensor;
    return name == "inference.InferTensorContents" ? Role::infer_contents : Role::ordinary;
}

}  // namespace

/// Turns descriptors into what a filter needs of them.
class SchemaReader {
  public:
    explicit SchemaReader(ProtoSchema& schema) : schema_(schema) {}

    Status add(const ProtoSchema::Set& set) {
        pb::FileDescriptorSet files;
        if (!files.ParseFromString(set.bytes) || files.file().empty())
            return fault(Code::internal, set.name + " is not a descriptor set; protoc --include_imports --descriptor_set_out makes one");
        for (const auto& file : files.file()) {
            const Status added = add(file);
            if (added.has_error()) return fault(Code::internal, set.name + ": " + added.error().detail);
        }
        return {};
    }

    Status add(const pb::FileDescriptorProto& file) {
        Complaint complaint;
        const auto* built = pool_.BuildFileCollectingErrors(file, &complaint);
        if (!built) return fault(Code::internal, complaint.text.empty() ? file.name() + " is not a sound descriptor" : complaint.text);
        files_.push_back(built);
        return {};
    }

    Status finish() {
        if (!pool_.FindServiceByName(kserve_service)) {
            // A set that defines some of these types, and not the service, keeps its own.
            if (!pool_.FindMessageTypeByName("inference.ModelInferRequest")) {
                const Status known = add(kserve_file());
                if (known.has_error()) return known;
            }
        }
        for (const auto* file : files_) {
            for (int i = 0; i < file->message_type_count(); ++i) message(*file->message_type(i));
            for (int i = 0; i < file->service_count(); ++i) service(*file->service(i));
        }
        find_any();
        return {};
    }

  private:
    const ProtoMessage* message(const pb::Descriptor& type) {
        auto& place = schema_.messages_[type.full_name()];
        if (place) return place.get();
        place = std::make_unique<ProtoMessage>();  // before its fields: types may hold themselves
        ProtoMessage& made = *place;
        made.name = type.full_name();
        made.role = role_of(type);
        for (int i = 0; i < type.field_count(); ++i) field(*type.field(i), made);
        std::vector<const pb::FieldDescriptor*> extensions;
        pool_.FindAllExtensions(&type, &extensions);
        for (const auto* one : extensions) field(*one, made);
        std::sort(made.fields.begin(), made.fields.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
        for (int i = 0; i < type.nested_type_count(); ++i) message(*type.nested_type(i));
        return &made;
    }

    /// Types may hold themselves: what holds an Any spreads until it reaches no further.
    void find_any() {
        const auto holds = [](const ProtoField& one) { return !one.repeated && one.message && one.message->has_any; };
        for (bool more = true; more;) {
            more = false;
            for (auto& [name, type] : schema_.messages_) {
                if (type->has_any) continue;
                type->has_any = type->role == ProtoMessage::Role::any || std::any_of(type->fields.begin(), type->fields.end(), holds);
                more = more || type->has_any;
            }
        }
    }

    void field(const pb::FieldDescriptor& of, ProtoMessage& in) {
        ProtoField made;
        made.number = static_cast<std::uint32_t>(of.number());
        made.name = of.is_extension() ? "(" + of.full_name() + ")" : of.name();
        made.kind = kind_of(of.type());
        made.wire = wire_of(of.type());
        made.bits = bits_of(of.type());
        made.repeated = of.is_repeated();
        made.utf8 = of.file()->syntax() == pb::FileDescriptor::SYNTAX_PROTO3;
        if (const auto* type = of.message_type()) made.message = message(*type);
        in.fields.push_back(std::move(made));
    }

    void service(const pb::ServiceDescriptor& service) {
        for (int i = 0; i < service.method_count(); ++i) {
            const auto& of = *service.method(i);
            ProtoMethod made;
            made.path = "/" + service.full_name() + "/" + of.name();
            made.request = message(*of.input_type());
            made.response = message(*of.output_type());
            made.client_streaming = of.client_streaming();
            made.server_streaming = of.server_streaming();
            schema_.methods_.insert_or_assign(made.path, made);
        }
    }

    ProtoSchema& schema_;
    pb::DescriptorPool pool_;
    std::vector<const pb::FileDescriptor*> files_;
};

const ProtoField* ProtoMessage::field(std::uint32_t number) const {
    const auto found = std::lower_bound(fields.begin(), fields.end(), number, [](const ProtoField& one, std::uint32_t wanted) { return one.number < wanted; });
    return found != fields.end() && found->number == number ? &*found : nullptr;
}

const ProtoField* ProtoMessage::field(std::string_view name) const {
    const auto found = std::find_if(fields.begin(), fields.end(), [name](const ProtoField& one) { return one.name == name; });
    return found == fields.end() ? nullptr : &*found;
}

Result<ProtoSchemaPtr> ProtoSchema::make(const std::vector<Set>& sets) {
    auto schema = std::make_shared<ProtoSchema>();
    SchemaReader reader(*schema);
    for (const auto& set : sets) {
        const Status added = reader.add(set);
        if (added.has_error()) return added.error();
    }
    const Status finished = reader.finish();
    if (finished.has_error()) return finished.error();
    return ProtoSchemaPtr(std::move(schema));
}

const ProtoMethod* ProtoSchema::method(std::string_view path) const {
    const auto found = methods_.find(path);
    return found == methods_.end() ? nullptr : &found->second;
}

const ProtoMessage* ProtoSchema::message(std::string_view full_name) const {
    const auto found = messages_.find(full_name);
    return found == messages_.end() ? nullptr : found->second.get();
}

}  // namespace bordergate

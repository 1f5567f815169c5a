#include "filters/body/proto_kserve.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace bordergate {

namespace {

using google::protobuf::DescriptorProto;
using google::protobuf::FieldDescriptorProto;
using google::protobuf::FileDescriptorProto;

/// `type`: a scalar's name, or a message of the package (with a leading dot). A map's is that of its values.
struct Field {
    int number;
    std::string_view name, type;
    enum { one, repeated, map } count = one;
};

struct Message {
    std::string_view name;  ///< `Outer.Inner` for one that stands in another
    std::array<Field, 8> fields;
};

constexpr std::array<Message, 19> messages{{
    {"ServerLiveRequest", {}},
    {"ServerLiveResponse", {{{1, "live", "bool"}}}},
    {"ServerReadyRequest", {}},
    {"ServerReadyResponse", {{{1, "ready", "bool"}}}},
    {"ModelReadyRequest", {{{1, "name", "string"}, {2, "version", "string"}}}},
    {"ModelReadyResponse", {{{1, "ready", "bool"}}}},
    {"ServerMetadataRequest", {}},
    {"ServerMetadataResponse", {{{1, "name", "string"}, {2, "version", "string"}, {3, "extensions", "string", Field::repeated}}}},
    {"ModelMetadataRequest", {{{1, "name", "string"}, {2, "version", "string"}}}},
    {"ModelMetadataResponse.TensorMetadata", {{{1, "name", "string"}, {2, "datatype", "string"}, {3, "shape", "int64", Field::repeated}}}},
    {"ModelMetadataResponse", {{{1, "name", "string"}, {2, "versions", "string", Field::repeated}, {3, "platform", "string"},
                                {4, "inputs", ".ModelMetadataResponse.TensorMetadata", Field::repeated},
                                {5, "outputs", ".ModelMetadataResponse.TensorMetadata", Field::repeated}, {6, "properties", "string", Field::map}}}},
    {"InferParameter", {{{1, "bool_param", "bool"}, {2, "int64_param", "int64"}, {3, "string_param", "string"}, {4, "double_param", "double"}, {5, "uint64_param", "uint64"}}}},
    {"InferTensorContents", {{{1, "bool_contents", "bool", Field::repeated}, {2, "int_contents", "int32", Field::repeated}, {3, "int64_contents", "int64", Field::repeated},
                              {4, "uint_contents", "uint32", Field::repeated}, {5, "uint64_contents", "uint64", Field::repeated}, {6, "fp32_contents", "float", Field::repeated},
                              {7, "fp64_contents", "double", Field::repeated}, {8, "bytes_contents", "bytes", Field::repeated}}}},
    {"ModelInferRequest.InferInputTensor", {{{1, "name", "string"}, {2, "datatype", "string"}, {3, "shape", "int64", Field::repeated},
                                             {4, "parameters", ".InferParameter", Field::map}, {5, "contents", ".InferTensorContents"}}}},
    {"ModelInferRequest.InferRequestedOutputTensor", {{{1, "name", "string"}, {2, "parameters", ".InferParameter", Field::map}}}},
    {"ModelInferRequest", {{{1, "model_name", "string"}, {2, "model_version", "string"}, {3, "id", "string"}, {4, "parameters", ".InferParameter", Field::map},
                            {5, "inputs", ".ModelInferRequest.InferInputTensor", Field::repeated},
                            {6, "outputs", ".ModelInferRequest.InferRequestedOutputTensor", Field::repeated}, {7, "raw_input_contents", "bytes", Field::repeated}}}},
    {"ModelInferResponse.InferOutputTensor", {{{1, "name", "string"}, {2, "datatype", "string"}, {3, "shape", "int64", Field::repeated},
                                               {4, "parameters", ".InferParameter", Field::map}, {5, "contents", ".InferTensorContents"}}}},
    {"ModelInferResponse", {{{1, "model_name", "string"}, {2, "model_version", "string"}, {3, "id", "string"}, {4, "parameters", ".InferParameter", Field::map},
                             {5, "outputs", ".ModelInferResponse.InferOutputTensor", Field::repeated}, {6, "raw_output_contents", "bytes", Field::repeated}}}},
    {"ModelStreamInferResponse", {{{1, "error_message", "string"}, {2, "infer_response", ".ModelInferResponse"}}}},
}};

struct Method {
    std::string_view name, request, response;
    bool streaming = false;
};

constexpr std::array<Method, 7> methods{{
    {"ServerLive", "ServerLiveRequest", "ServerLiveResponse"},
    {"ServerReady", "ServerReadyRequest", "ServerReadyResponse"},
    {"ModelReady", "ModelReadyRequest", "ModelReadyResponse"},
    {"ServerMetadata", "ServerMetadataRequest", "ServerMetadataResponse"},
    {"ModelMetadata", "ModelMetadataRequest", "ModelMetadataResponse"},
    {"ModelInfer", "ModelInferRequest", "ModelInferResponse"},
    {"ModelStreamInfer", "ModelInferRequest", "ModelStreamInferResponse", true},
}};

FieldDescriptorProto::Type scalar(std::string_view type) {
    if (type == "string") return FieldDescriptorProto::TYPE_STRING;
    if (type == "bytes") return FieldDescriptorProto::TYPE_BYTES;
    if (type == "bool") return FieldDescriptorProto::TYPE_BOOL;
    if (type == "int32") return FieldDescriptorProto::TYPE_INT32;
    if (type == "int64") return FieldDescriptorProto::TYPE_INT64;
    if (type == "uint32") return FieldDescriptorProto::TYPE_UINT32;
    if (type == "uint64") return FieldDescriptorProto::TYPE_UINT64;
    return type == "float" ? FieldDescriptorProto::TYPE_FLOAT : FieldDescriptorProto::TYPE_DOUBLE;
}

/// The message of that dotted name, made where it stands.
DescriptorProto& place_of(FileDescriptorProto& file, std::string_view name) {
    DescriptorProto* outer = nullptr;
    for (;;) {
        const auto dot = name.find('.');
        const std::string part(name.substr(0, dot));
        auto& among = outer ? *outer->mutable_nested_type() : *file.mutable_message_type();
        auto found = std::find_if(among.begin(), among.end(), [&](const auto& one) { return one.name() == part; });
        outer = found == among.end() ? among.Add() : &*found;
        outer->set_name(part);
        if (dot == std::string_view::npos) return *outer;
        name.remove_prefix(dot + 1);
    }
}

void set_type(FieldDescriptorProto& field, std::string_view type) {
    if (type.starts_with('.')) {
        field.set_type(FieldDescriptorProto::TYPE_MESSAGE);
        field.set_type_name(".inference" + std::string(type));
    } else {
        field.set_type(scalar(type));
    }
}

FieldDescriptorProto& add_field(DescriptorProto& message, int number, std::string_view name) {
    auto& field = *message.add_field();
    field.set_number(number);
    field.set_name(std::string(name));
    field.set_label(FieldDescriptorProto::LABEL_OPTIONAL);
    return field;
}

/// A map is a repeated message of key and value; `parameters` has ParametersEntry.
std::string add_entry(DescriptorProto& message, const Field& map) {
    auto& entry = *message.add_nested_type();
    std::string name(map.name);
    name.front() = static_cast<char>(name.front() - 'a' + 'A');
    entry.set_name(name += "Entry");
    entry.mutable_options()->set_map_entry(true);
    set_type(add_field(entry, 1, "key"), "string");
    set_type(add_field(entry, 2, "value"), map.type);
    return name;
}

}  // namespace

FileDescriptorProto kserve_file() {
    FileDescriptorProto file;
    file.set_name("bordergate/kserve_v2.proto");
    file.set_package("inference");
    file.set_syntax("proto3");
    for (const auto& message : messages) {
        DescriptorProto& made = place_of(file, message.name);
        for (const auto& field : message.fields) {
            if (field.number == 0) break;
            auto& one = add_field(made, field.number, field.name);
            if (field.count != Field::one) one.set_label(FieldDescriptorProto::LABEL_REPEATED);
            const std::string entry = field.count == Field::map ? "." + std::string(message.name) + "." + add_entry(made, field) : std::string();
            set_type(one, entry.empty() ? field.type : std::string_view(entry));
        }
    }
    auto& service = *file.add_service();
    service.set_name("GRPCInferenceService");
    for (const auto& method : methods) {
        auto& one = *service.add_method();
        one.set_name(std::string(method.name));
        one.set_input_type(".inference." + std::string(method.request));
        one.set_output_type(".inference." + std::string(method.response));
        one.set_client_streaming(method.streaming);
        one.set_server_streaming(method.streaming);
    }
    return file;
}

}  // namespace bordergate

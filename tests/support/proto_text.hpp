// Protobuf types from .proto text: the little of the language that tests need, since libprotobuf itself reads none.
#pragma once

#include <google/protobuf/descriptor.pb.h>

#include <cctype>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace bordergate::testing {

namespace pb = google::protobuf;

namespace proto_text {

/// Words, numbers, quoted names and single marks of a .proto file.
inline std::vector<std::string> tokens(const std::string& text) {
    std::vector<std::string> all;
    const auto in_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '/' || c == '"'; };
    for (std::size_t i = 0; i < text.size();) {
        std::size_t end = i;
        while (end < text.size() && in_word(text[end])) ++end;
        if (end == i) ++end;
        if (text.find_first_not_of(" \n\t", i) >= end) {
            i = end;
            continue;
        }
        all.push_back(text.substr(i, end - i));
        i = end;
    }
    return all;
}

class Reader {
  public:
    explicit Reader(const std::string& text) : tokens_(tokens(text)) {}

    pb::FileDescriptorProto file() {
        pb::FileDescriptorProto file;
        file.set_name("test.proto");
        while (at_ < tokens_.size()) {
            const auto word = take();
            if (word == "syntax") {
                expect("=");
                file.set_syntax(unquoted(take()));
                expect(";");
            } else if (word == "package") {
                file.set_package(take());
                expect(";");
            } else if (word == "import") {
                file.add_dependency(unquoted(take()));
                expect(";");
            } else if (word == "message") {
                message(*file.add_message_type());
            } else if (word == "enum") {
                enumeration(*file.add_enum_type());
            } else if (word == "service") {
                service(*file.add_service());
            } else {
                throw std::invalid_argument("in a .proto: " + word);
            }
        }
        return file;
    }

  private:
    using Field = pb::FieldDescriptorProto;

    std::string take() { return at_ < tokens_.size() ? tokens_[at_++] : throw std::invalid_argument("a .proto that ends"); }
    bool next_is(const char* word) { return at_ < tokens_.size() && tokens_[at_] == word && ++at_ != 0; }
    void expect(const char* word) {
        if (!next_is(word)) throw std::invalid_argument(std::string("a .proto without ") + word);
    }
    static std::string unquoted(const std::string& word) { return word.substr(1, word.size() - 2); }

    static void set_type(Field& field, const std::string& type) {
        Field::Type scalar{};
        std::string name = "TYPE_" + type;
        for (auto& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        if (Field::Type_Parse(name, &scalar))
            field.set_type(scalar);
        else
            field.set_type_name(type);
    }

    void field(pb::DescriptorProto& in, int oneof) {
        Field& made = *in.add_field();
        made.set_label(Field::LABEL_OPTIONAL);
        if (next_is("repeated")) made.set_label(Field::LABEL_REPEATED);
        const auto type = take();
        std::string value;
        if (type == "map") {
            expect("<");
            const auto key = take();
            expect(",");
            value = take();
            expect(">");
            made.set_label(Field::LABEL_REPEATED);
            made.set_name(take());
            std::string entry = made.name() + "Entry";
            entry.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(entry.front())));
            map_entry(*in.add_nested_type(), entry, key, value);
            made.set_type_name(entry);
        } else {
            set_type(made, type);
            made.set_name(take());
        }
        expect("=");
        made.set_number(std::stoi(take()));
        if (oneof >= 0) made.set_oneof_index(oneof);
        expect(";");
    }

    static void map_entry(pb::DescriptorProto& entry, const std::string& name, const std::string& key, const std::string& value) {
        entry.set_name(name);
        entry.mutable_options()->set_map_entry(true);
        int number = 0;
        for (const auto& [called, type] : {std::pair("key", key), std::pair("value", value)}) {
            auto& one = *entry.add_field();
            one.set_name(called);
            one.set_number(++number);
            one.set_label(Field::LABEL_OPTIONAL);
            set_type(one, type);
        }
    }

    void message(pb::DescriptorProto& made) {
        made.set_name(take());
        expect("{");
        while (!next_is("}")) {
            if (!next_is("oneof")) {
                field(made, -1);
                continue;
            }
            made.add_oneof_decl()->set_name(take());
            expect("{");
            while (!next_is("}")) field(made, made.oneof_decl_size() - 1);
        }
    }

    void enumeration(pb::EnumDescriptorProto& made) {
        made.set_name(take());
        expect("{");
        while (!next_is("}")) {
            auto& value = *made.add_value();
            value.set_name(take());
            expect("=");
            value.set_number(std::stoi(take()));
            expect(";");
        }
    }

    void service(pb::ServiceDescriptorProto& made) {
        made.set_name(take());
        expect("{");
        while (!next_is("}")) {
            auto& method = *made.add_method();
            expect("rpc");
            method.set_name(take());
            expect("(");
            method.set_client_streaming(next_is("stream"));
            method.set_input_type(take());
            expect(")");
            expect("returns");
            expect("(");
            method.set_server_streaming(next_is("stream"));
            method.set_output_type(take());
            expect(")");
            expect(";");
        }
    }

    std::vector<std::string> tokens_;
    std::size_t at_ = 0;
};

}  // namespace proto_text

/// Reads messages (not nested) with scalars, messages, maps and a oneof; enums; services. Throws std::invalid_argument
/// for anything else.
inline pb::FileDescriptorProto proto_file(const std::string& text) { return proto_text::Reader(text).file(); }

}  // namespace bordergate::testing

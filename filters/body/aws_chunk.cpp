#include "filters/body/aws_chunk.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "filters/seal/base64url.hpp"

namespace bordergate {

namespace json = boost::json;

namespace {

Fault invalid() { return fault(Code::upstream_invalid, "a chunk of the event stream does not hold a model's answer as base64"); }

/// An object with a text `bytes`.
Result<json::object> object_in(std::string_view payload) {
    json::parse_options options;
    options.max_depth = 8;
    boost::system::error_code error;
    auto value = json::parse(json::string_view(payload.data(), payload.size()), error, {}, options);
    if (error || !value.is_object()) return invalid();
    const auto* bytes = value.get_object().if_contains("bytes");
    if (!bytes || !bytes->is_string()) return invalid();
    return std::move(value.get_object());
}

}  // namespace

Result<std::string> read_aws_chunk(std::string_view payload) {
    const auto object = object_in(payload);
    if (object.has_error()) return object.error();
    std::string text(std::string_view(object->at("bytes").get_string()));
    if (text.size() % 4 != 0 || text.find_first_of("-_") != std::string::npos) return invalid();
    for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.pop_back();
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    const auto said = decode_base64url(text);
    if (!said) return invalid();
    return std::string(said->begin(), said->end());
}

Result<std::string> write_aws_chunk(std::string_view payload, std::string_view said) {
    auto object = object_in(payload);
    if (object.has_error()) return object.error();
    std::string text(4 * ((said.size() + 2) / 3) + 1, '\0');  // OpenSSL ends it with a zero
    const auto size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), reinterpret_cast<const unsigned char*>(said.data()), static_cast<int>(said.size()));
    object->at("bytes") = json::string_view(text.data(), static_cast<std::size_t>(size));
    return json::serialize(*object);
}

}  // namespace bordergate

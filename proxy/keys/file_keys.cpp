#include "proxy/keys/file_keys.hpp"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "filters/seal/base64url.hpp"
#include "proxy/keys/secrets.hpp"

namespace bordergate {

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

Fault bad(const fs::path& file, const std::string& why) { return fault(Code::key_unavailable, file.string() + ": " + why); }

std::optional<std::vector<std::uint8_t>> octets(const json::object& jwk, const char* name) {
    const auto* value = jwk.if_contains(name);
    if (!value || !value->is_string()) return std::nullopt;
    return decode_base64url({value->get_string().data(), value->get_string().size()});
}

std::string text(const json::object& jwk, const char* name) {
    const auto* value = jwk.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

Result<json::object> read_jwk(const fs::path& file) {
    auto content = read_private_file(file.string());
    if (content.has_error()) return fault(Code::key_unavailable, content.error().detail);
    boost::system::error_code error;
    auto parsed = json::parse(*content, error);
    OPENSSL_cleanse(content->data(), content->size());
    if (error || !parsed.is_object()) return bad(file, "is not a JWK");
    return std::move(parsed.get_object());
}

/// A sealing key from its JWK; `kid` of the file must name jurisdiction, name and version.
Result<SealKey> seal_key(const fs::path& file, const json::object& jwk) {
    SealKey key;
    key.kid = text(jwk, "kid");
    if (key.kid.empty()) return bad(file, "has no kid");
    const std::string type = text(jwk, "kty");
    if (type == "oct") {
        auto secret = octets(jwk, "k");
        if (!secret || secret->size() != 32) return bad(file, "k is not 32 bytes in base64url");
        key.secret = SecretBytes(*secret);
        OPENSSL_cleanse(secret->data(), secret->size());
        return key;
    }
    if (type != "EC" || text(jwk, "crv") != "P-256") return bad(file, "is neither an oct key nor an EC key on P-256");
    const auto x = octets(jwk, "x"), y = octets(jwk, "y");
    if (!x || !y || x->size() != 32 || y->size() != 32) return bad(file, "x and y are not 32 bytes each in base64url");
    key.algorithm = SealKey::Algorithm::ecdh_es_a256kw;
    key.public_point.push_back(4);
    key.public_point.insert(key.public_point.end(), x->begin(), x->end());
    key.public_point.insert(key.public_point.end(), y->begin(), y->end());
    if (auto scalar = octets(jwk, "d")) {
        if (scalar->size() != 32) return bad(file, "d is not 32 bytes in base64url");
        key.secret = SecretBytes(*scalar);
        OPENSSL_cleanse(scalar->data(), scalar->size());
    }
    return key;
}

/// The N of `seal.N.jwk`; nothing for a file of another name. A number that is not written as we write it is a fault:
/// `seal.01.jwk` would be taken for the same version as `seal.1.jwk`.
Result<std::optional<unsigned>> version_of(const fs::path& file) {
    const std::string name = file.filename().string();
    if (!name.starts_with("seal.") || !name.ends_with(".jwk") || name.size() < 10) return std::optional<unsigned>{};
    const auto digits = std::string_view(name).substr(5, name.size() - 9);
    if (digits.find_first_not_of("0123456789") != std::string_view::npos) return std::optional<unsigned>{};
    unsigned version = 0;
    const auto error = std::from_chars(digits.data(), digits.data() + digits.size(), version).ec;
    if (error != std::errc{}) return std::optional<unsigned>{};
    if (std::to_string(version) != digits) return bad(file, "its version begins with a zero; it would be seal." + std::to_string(version) + ".jwk");
    return std::optional(version);
}

Result<std::vector<std::pair<unsigned, fs::path>>> versions_in(const fs::path& folder) {
    std::vector<std::pair<unsigned, fs::path>> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        const auto version = version_of(entry.path());
        if (version.has_error()) return version.error();
        if (*version) files.emplace_back(**version, entry.path());
    }
    if (error) return bad(folder, error.message());
    std::sort(files.begin(), files.end());
    return files;
}

Result<KeyRingPtr> load_ring(const fs::path& folder, const std::string& jurisdiction) {
    struct stat status{};
    if (::stat(folder.c_str(), &status) != 0 || (status.st_mode & 077) != 0)
        return bad(folder, "can be entered by others: chmod 700 " + folder.string());
    const auto files = versions_in(folder);
    if (files.has_error()) return files.error();
    std::vector<SealKey> keys;
    for (const auto& [version, file] : *files) {
        const auto jwk = read_jwk(file);
        if (jwk.has_error()) return jwk.error();
        auto key = seal_key(file, *jwk);
        if (key.has_error()) return key.error();
        if (key->kid != jurisdiction + "/seal/" + std::to_string(version)) return bad(file, "its kid is not " + jurisdiction + "/seal/" + std::to_string(version));
        keys.push_back(std::move(*key));
    }
    std::optional<SecretBytes> masking;
    if (fs::exists(folder / "masking.jwk")) {
        const auto jwk = read_jwk(folder / "masking.jwk");
        if (jwk.has_error()) return jwk.error();
        auto secret = octets(*jwk, "k");
        if (!secret || secret->size() != 64) return bad(folder / "masking.jwk", "k is not 64 bytes in base64url");
        masking.emplace(*secret);
        OPENSSL_cleanse(secret->data(), secret->size());
    }
    return KeyRingPtr(std::make_shared<const KeyRing>(jurisdiction, std::move(keys), std::move(masking)));
}

/// Writes a new file that must not exist yet, durably.
Status write_new(const fs::path& file, const std::string& content) {
    const int out = ::open(file.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (out < 0) return bad(file, std::strerror(errno));
    const bool written = ::write(out, content.data(), content.size()) == static_cast<long>(content.size()) && ::fsync(out) == 0;
    ::close(out);
    if (!written) return bad(file, "could not be written");
    return {};
}

Status write_oct(const fs::path& file, std::size_t bytes, const std::string& kid, const std::string& algorithm) {
    std::array<std::uint8_t, 64> secret{};
    if (RAND_priv_bytes(secret.data(), static_cast<int>(bytes)) != 1) return bad(file, "there is no randomness");
    std::string content = "{\"kty\":\"oct\",\"kid\":\"" + kid + "\",\"alg\":\"" + algorithm + "\",\"k\":\"";
    append_base64url(std::span(secret).first(bytes), content);
    content += "\"}\n";
    const Status written = write_new(file, content);
    OPENSSL_cleanse(secret.data(), secret.size());
    OPENSSL_cleanse(content.data(), content.size());
    return written;
}

}  // namespace

Result<KeyRings> load_key_rings(const fs::path& directory) {
    KeyRings rings;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(directory, error)) {
        if (!entry.is_directory()) continue;
        const std::string jurisdiction = entry.path().filename().string();
        auto ring = load_ring(entry.path(), jurisdiction);
        if (ring.has_error()) return ring.error();
        rings.emplace(jurisdiction, std::move(*ring));
    }
    if (error) return bad(directory, error.message() + " (bordergate keys create JURISDICTION makes it)");
    return rings;
}

Result<std::vector<fs::path>> create_keys(const fs::path& directory, const std::string& jurisdiction) {
    const fs::path folder = directory / jurisdiction;
    std::error_code error;
    const bool new_directory = !fs::exists(directory, error);
    fs::create_directories(folder, error);
    if (error) return bad(folder, error.message());
    // A folder that was there before (it may be the working folder) keeps its mode; the rings in it are closed.
    if (new_directory) ::chmod(directory.c_str(), 0700);
    ::chmod(folder.c_str(), 0700);
    const auto files = versions_in(folder);
    if (files.has_error()) return files.error();
    const unsigned next = files->empty() ? 1 : files->back().first + 1;
    std::vector<fs::path> made;
    const fs::path seal = folder / ("seal." + std::to_string(next) + ".jwk");
    Status written = write_oct(seal, 32, jurisdiction + "/seal/" + std::to_string(next), "A256KW");
    if (written.has_error()) return written.error();
    made.push_back(seal);
    if (!fs::exists(folder / "masking.jwk")) {
        written = write_oct(folder / "masking.jwk", 64, jurisdiction + "/masking/1", "HS512");
        if (written.has_error()) return written.error();
        made.push_back(folder / "masking.jwk");
    }
    return made;
}

}  // namespace bordergate

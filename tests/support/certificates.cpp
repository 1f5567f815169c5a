#include "tests/support/certificates.hpp"

#include <catch2/catch.hpp>

namespace bordergate::testing {

namespace {

constexpr const char* new_key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";

}  // namespace

std::string shell(const std::string& command) {
    const auto done = run_program({"sh", "-c", command});
    INFO(command);
    REQUIRE(done.code == 0);
    return done.out;
}

Authority::Authority(const Folder& folder, std::string name) : folder_(folder), name_(std::move(name)) {
    shell("cd " + folder_.root() + " && openssl req -x509 " + new_key + " -days 2 -subj '/CN=test " + name_ + "' -keyout " + name_ +
          ".key -out " + name_ + ".pem 2>/dev/null");
}

void Authority::issue(const std::string& who, const std::string& extensions) const {
    folder_.write(who + ".ext", extensions);
    shell("cd " + folder_.root() + " && openssl req " + new_key + " -subj /CN=" + who + " -keyout " + who + ".key -out " + who +
          ".csr 2>/dev/null && openssl x509 -req -in " + who + ".csr -CA " + name_ + ".pem -CAkey " + name_ +
          ".key -CAcreateserial -days 2 -extfile " + who + ".ext -out " + who + ".pem 2>/dev/null && cat " + name_ + ".pem >>" + who + ".pem");
}

void Authority::staple(const std::string& who, const std::string& how) const {
    shell("cd " + folder_.root() + " && serial=$(openssl x509 -in " + who + ".pem -noout -serial | cut -d= -f2)" +
          " && printf 'V\\t491231235959Z\\t\\t%s\\tunknown\\t/CN=x\\n' $serial >" + who + ".index && openssl ocsp -issuer " + name_ +
          ".pem -cert " + who + ".pem -no_nonce -reqout " + who + ".request && openssl ocsp -index " + who + ".index -CA " + name_ +
          ".pem -rsigner " + name_ + ".pem -rkey " + name_ + ".key -reqin " + who + ".request " + how + " -respout " + who + ".ocsp >/dev/null");
}

std::string s_client(std::uint16_t port, const std::string& options, const std::string& path) {
    return run_program({"sh", "-c",
                        "printf 'GET " + path + " HTTP/1.1\\r\\nHost: gate\\r\\nAuthorization: Bearer secret\\r\\nConnection: close\\r\\n\\r\\n' | "
                        "timeout 20 openssl s_client -ign_eof -connect 127.0.0.1:" + std::to_string(port) + " " + options + " 2>&1"})
        .out;
}

std::string shown_certificate(const Folder& folder, const std::string& who) {
    return "certificate: " + folder.path(who + ".pem") + ", key: \"file:" + folder.path(who + ".key") + "\"";
}

}  // namespace bordergate::testing

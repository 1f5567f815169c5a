// Secrets by reference: files that only their owner reads, variables, and faults that never hold a value.
#include "proxy/keys/secrets.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cstdlib>

#include "tests/unit/config/written_folder.hpp"

using namespace bordergate;
using bordergate::testing::WrittenFolder;
using Catch::Contains;

namespace {

Result<std::string> from_file(const std::filesystem::path& path) {
    return read_secret({SecretRef::Kind::file, path.string()});
}
Result<std::string> from_variable(const std::string& name) { return read_secret({SecretRef::Kind::env, name}); }

}  // namespace

TEST_CASE("a secret in a file is its text without the newline that an editor leaves") {
    const WrittenFolder folder;
    CHECK(*from_file(folder.write("a", "key")) == "key");
    CHECK(*from_file(folder.write("b", "key\n")) == "key");
    CHECK(*from_file(folder.write("c", "key\r\n")) == "key");
    CHECK(*from_file(folder.write("d", " a b \n")) == " a b ");
    CHECK(*from_file(folder.write("e", "")) == "");
    CHECK(*read_private_file(folder.write("f", "{}\n").string()) == "{}\n");
}

TEST_CASE("a secret that others may read is refused, with the chmod that helps") {
    const WrittenFolder folder;
    for (mode_t mode : {0640U, 0604U, 0644U, 0620U, 0601U}) {
        const auto path = folder.write("key", "value-of-the-key", mode);
        const auto read = from_file(path);
        REQUIRE(read.has_error());
        CHECK_THAT(read.error().detail, Contains("chmod 600 " + path.string()) && !Contains("value-of-the-key"));
    }
    CHECK(from_file(folder.write("key", "k", 0400)).has_value());
}

TEST_CASE("a secret file that is missing, no file or too long is named") {
    const WrittenFolder folder;
    const auto missing = folder.path() / "missing";
    CHECK_THAT(from_file(missing).error().detail, Contains(missing.string()));
    ::chmod(folder.path().c_str(), 0700);
    CHECK_THAT(from_file(folder.path()).error().detail, Contains("is not a file"));
    CHECK_THAT(from_file(folder.write("long", std::string(1024 * 1024 + 1, 'x'))).error().detail, Contains("1 MiB"));
    CHECK(from_file(folder.write("longest", std::string(1024 * 1024, 'x'))).value().size() == 1024 * 1024);
}

TEST_CASE("a pipe in place of a secret file is refused instead of waited for") {
    const WrittenFolder folder;
    const auto pipe = folder.path() / "pipe";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    CHECK_THAT(from_file(pipe).error().detail, Contains("is not a file"));
}

TEST_CASE("a secret in a variable is taken as it is, and a missing one is named") {
    ::setenv("BORDERGATE_TEST_SECRET", " a\n", 1);
    CHECK(*from_variable("BORDERGATE_TEST_SECRET") == " a\n");
    ::unsetenv("BORDERGATE_TEST_SECRET");
    CHECK_THAT(from_variable("BORDERGATE_TEST_SECRET").error().detail, Contains("BORDERGATE_TEST_SECRET"));
}

// A body far longer than all memory that may be used goes through, masked, while it is still being written; and what would
// decode to it is refused. 256 MiB each; BORDERGATE_BODY_MIB=4096 sends as many.
#include <openssl/evp.h>
#include <unistd.h>
#include <zlib.h>

#include <array>
#include <catch2/catch.hpp>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <thread>

#include "tests/support/gate.hpp"
#include "tests/support/peers.hpp"

using namespace bordergate::testing;
using Catch::Contains;
using Catch::StartsWith;

namespace {

// The address sanitizer keeps 256 MiB of what was freed.
constexpr long most_kilobytes = 64 * 1024 * room + (room > 1 ? 256 * 1024 : 0);
// What may be refused is held, so nothing is: what cannot be inspected goes.
constexpr const char* masking = R"(  - {id: plain, permit: clear, data: [plain, opaque], from: EEA, to: US}
  - {id: mask, permit: mask, data: [personal, financial, credential], from: EEA, to: US, with: replace_with_info_type}
  - {id: back, permit: clear, data: [plain, opaque, personal, financial, credential], from: US, to: EEA}
)";

std::size_t body_bytes() {
    const char* const asked = std::getenv("BORDERGATE_BODY_MIB");
    return (asked ? std::strtoull(asked, nullptr, 10) : 256 / room) << 20;
}

/// SHA-256 of what is added.
class Digest {
  public:
    Digest() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }
    void add(std::string_view bytes) {
        EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
        size_ += bytes.size();
    }
    std::size_t size() const { return size_; }
    std::string told() {
        std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
        unsigned size = 0;
        EVP_DigestFinal_ex(context_.get(), bytes.data(), &size);
        return {reinterpret_cast<const char*>(bytes.data()), size};
    }

  private:
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
    std::size_t size_ = 0;
};

/// The most that a process has ever held, in KiB (VmHWM).
long peak(int pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) return std::atol(line.c_str() + 6);
    return -1;
}

/// A body without an end, made piece by piece: what is sent, and what of it must arrive.
struct Source {
    std::string type, begin, end;
    std::string sent, expected;  ///< one piece, with `#` where its number stands, if it has one
    std::string piece(std::size_t number, bool arrives) const {
        std::string made = arrives ? expected : sent;
        const auto at = made.find('#');
        return at == std::string::npos ? made : made.replace(at, 1, std::to_string(number));
    }
};

std::string repeated(const std::string& text, int times) {
    std::string made;
    for (int i = 0; i < times; ++i) made += text;
    return made;
}

/// Reads a chunked body as it comes, and gives its bytes to a digest.
class Receiver {
  public:
    explicit Receiver(Connection& connection) : connection_(connection) {}
    Digest take() {
        Digest digest;
        while (const auto size = chunk_size()) {
            std::size_t left = size;
            while (left > 0) {
                if (at_ == buffer_.size() && !refill()) return digest;
                const auto part = std::string_view(buffer_).substr(at_, left);
                digest.add(part);
                at_ += part.size();
                left -= part.size();
            }
            (void)line();
        }
        (void)line();
        return digest;
    }

  private:
    bool refill() {
        buffer_ = connection_.some();
        at_ = 0;
        return !buffer_.empty();
    }
    std::string line() {
        std::string text;
        while (!text.ends_with("\r\n")) {
            if (at_ == buffer_.size() && !refill()) return {};
            text += buffer_[at_++];
        }
        return text;
    }
    std::size_t chunk_size() {
        const auto text = line();
        std::size_t size = 0;
        std::from_chars(text.data(), text.data() + text.size(), size, 16);
        return size;
    }
    Connection& connection_;
    std::string buffer_;
    std::size_t at_ = 0;
};

std::string chunk(std::string_view bytes) {
    std::array<char, 16> size{};
    const auto end = std::to_chars(size.data(), size.data() + size.size(), bytes.size(), 16).ptr;
    return std::string(size.data(), end) + "\r\n" + std::string(bytes) + "\r\n";
}

struct Through {
    std::string answer, arrived, expected;
    std::size_t received = 0, sent = 0;
    long kilobytes = 0;
};

Through send_endless(const Source& source, std::size_t total) {
    Through through;
    Upstream upstream([&](Connection& connection) {
        if (connection.head().empty()) return;
        auto digest = Receiver(connection).take();
        through.received = digest.size();
        through.arrived = digest.told();
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
    GateSettings settings;
    settings.destination_url = "http://127.0.0.1:" + std::to_string(upstream.port());
    settings.rules = masking;
    Gate gate(settings);
    Connection client(gate.port());
    client.send("POST /v1/files HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer secret\r\nContent-Type: " + source.type + "\r\nTransfer-Encoding: chunked\r\n\r\n");
    Digest expected;
    const auto send = [&](const std::string& bytes, const std::string& arrives) {
        expected.add(arrives);
        through.sent += bytes.size();
        return bytes.empty() || client.send(chunk(bytes));
    };
    bool open = send(source.begin, source.begin);
    for (std::size_t number = 0; open && through.sent < total; ++number) open = send(source.piece(number, false), source.piece(number, true));
    if (open && send(source.end, source.end)) client.send("0\r\n\r\n");
    through.answer = client.message();
    through.kilobytes = peak(gate.process().pid());
    through.expected = expected.told();
    return through;
}

/// A coded body of so many mebibytes of blanks, sent until it is refused.
struct Bomb {
    std::string answer;
    std::size_t sent = 0;
    long kilobytes = 0;
};

Bomb send_bomb(std::size_t total) {
    Bomb bomb;
    Upstream upstream([](Connection& connection) {
        connection.all();
    });
    GateSettings settings;
    settings.destination_url = "http://127.0.0.1:" + std::to_string(upstream.port());
    settings.rules = masking;
    Gate gate(settings);
    Connection client(gate.port());
    client.send("POST /v1/files HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer secret\r\nContent-Type: text/plain\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n");
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, 1, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    const std::string blanks(1 << 20, ' ');
    std::string out(64 * 1024, '\0');
    bool open = true;
    for (std::size_t made = 0; open && made < total; made += blanks.size()) {
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(blanks.data()));
        stream.avail_in = static_cast<uInt>(blanks.size());
        do {
            stream.next_out = reinterpret_cast<Bytef*>(out.data());
            stream.avail_out = static_cast<uInt>(out.size());
            deflate(&stream, made + blanks.size() >= total ? Z_FINISH : Z_NO_FLUSH);
            const std::string_view coded(out.data(), out.size() - stream.avail_out);
            bomb.sent += coded.size();
            open = coded.empty() || client.send(chunk(coded));
        } while (open && stream.avail_out == 0);
    }
    deflateEnd(&stream);
    if (open) client.send("0\r\n\r\n");
    bomb.answer = client.message();
    bomb.kilobytes = peak(gate.process().pid());
    return bomb;
}

void check_through(const Source& source) {
    const auto total = body_bytes();
    const auto through = send_endless(source, total);
    INFO(source.type << ": " << (through.sent >> 20) << " MiB sent, " << (through.received >> 20) << " MiB arrived, at most " << through.kilobytes << " KiB held");
    CHECK_THAT(through.answer, StartsWith("HTTP/1.1 200"));
    CHECK(through.sent >= total);
    CHECK((through.arrived == through.expected));
    CHECK(through.kilobytes > 0);
    CHECK(through.kilobytes < most_kilobytes);
    if (std::getenv("BORDERGATE_BODY_MIB")) WARN(source.type << ": " << (through.sent >> 20) << " MiB sent, at most " << through.kilobytes << " KiB held");
}

}  // namespace

TEST_CASE("an endless JSON document is masked in bounded memory", "[endless]") {
    const std::string filler = repeated("the quick brown fox jumps over the lazy dog. ", 40);
    check_through({"application/json", "[0", "]\n", ",{\"n\":#,\"note\":\"" + filler + "mail anna@example.org now\",\"list\":[1,true,null,\"" + repeated("\\u00e9\\n", 30) + "\"]}",
                   ",{\"n\":#,\"note\":\"" + filler + "mail [EMAIL_ADDRESS] now\",\"list\":[1,true,null,\"" + repeated("\\u00e9\\n", 30) + "\"]}"});
}

TEST_CASE("endless lines of JSON are masked in bounded memory", "[endless]") {
    const std::string filler = repeated("all work and no play makes a dull boy, ", 40);
    check_through({"application/x-ndjson", "", "", "{\"n\":#,\"text\":\"" + filler + "call DE89370400440532013000\"}\n", "{\"n\":#,\"text\":\"" + filler + "call [IBAN_CODE]\"}\n"});
}

TEST_CASE("an endless text is masked in bounded memory", "[endless]") {
    const std::string filler = repeated("lorem ipsum dolor sit amet, ", 70);
    check_through({"text/plain", "", "", "line #: " + filler + "from anna@example.org\n", "line #: " + filler + "from [EMAIL_ADDRESS]\n"});
}

TEST_CASE("one endless string in a JSON document is masked in bounded memory", "[endless]") {
    const std::string filler = repeated("lorem ipsum dolor sit amet, ", 70);
    check_through({"application/json", "{\"text\":\"", "\"}", "line #: " + filler + "from anna@example.org\\n", "line #: " + filler + "from [EMAIL_ADDRESS]\\n"});
}

TEST_CASE("endless sections of XML that say nothing pass in bounded memory", "[endless]") {
    const std::string sections = repeated("<![CDATA[]]>", 200);
    check_through({"application/xml", "<a>", "</a>", sections, sections});
}

TEST_CASE("a body that decodes to no end is refused", "[endless]") {
    const auto bomb = send_bomb(body_bytes());
    INFO(bomb.sent << " bytes sent, at most " << bomb.kilobytes << " KiB held");
    CHECK_THAT(bomb.answer, StartsWith("HTTP/1.1 413") && Contains("body_too_large"));
    CHECK(bomb.kilobytes > 0);
    CHECK(bomb.kilobytes < most_kilobytes);
}

#include "filters/body/charset_coder.hpp"

#include <iconv.h>

#include <algorithm>
#include <map>
#include <string>

namespace bordergate {

namespace {

constexpr std::size_t step = 16 * 1024;
constexpr std::size_t longest_character = 4;

/// How far a conversion came, and whether it is what it met there that ended it, rather than the end of its input.
struct Taken {
    std::size_t bytes = 0;
    bool bad = false;
};

/// From one charset to another. Keeps nothing from one call to the next.
class Conversion {
  public:
    Conversion(std::string_view to, std::string_view from) : state_(iconv_open(to.data(), from.data())) {}
    ~Conversion() {
        if (known()) iconv_close(state_);
    }
    Conversion(const Conversion&) = delete;
    Conversion& operator=(const Conversion&) = delete;

    bool known() const { return state_ != reinterpret_cast<iconv_t>(-1); }

    /// Appends what `in` becomes, up to a character that is cut off at its end (then not bad), or is none.
    Taken run(std::string_view in, std::string& out) {
        const auto before = out.size();
        // No charset of ours takes more.
        out.resize(before + in.size() * longest_character);
        char *from = const_cast<char*>(in.data()), *to = out.data() + before;
        std::size_t left = in.size(), room = out.size() - before;
        iconv(state_, nullptr, nullptr, nullptr, nullptr);
        const bool stopped = iconv(state_, &from, &left, &to, &room) == static_cast<std::size_t>(-1);
        const bool cut_off = stopped && errno == EINVAL && left < longest_character;
        out.resize(out.size() - room);
        return {in.size() - left, stopped && !cut_off};
    }

  private:
    iconv_t state_;
};

struct BothWays {
    explicit BothWays(const Charset& charset) : decoding("UTF-8", charset.name), encoding(charset.name, "UTF-8") {}
    Conversion decoding, encoding;
};

/// The thread's own: opening one may load a library.
BothWays& both_ways(const Charset& charset) {
    thread_local std::map<const Charset*, BothWays> opened;
    return opened.try_emplace(&charset, charset).first->second;
}

/// As much of `in` as is whole and comes back as it was.
Taken there_and_back(Conversion& there, Conversion& back, std::string_view in, std::string& out) {
    thread_local std::string made, returned;
    const auto comes_back = [&](std::string_view text) {
        returned.clear();
        return !back.run(made, returned).bad && returned == text;
    };
    made.clear();
    const Taken all = there.run(in, made);
    if (comes_back(in.substr(0, all.bytes))) {
        out.append(made);
        return all;
    }
    // One of its characters does not; those before it do.
    for (std::size_t done = 0; done < all.bytes;) {
        Taken one;
        for (std::size_t size = 1; size <= longest_character && one.bytes == 0 && !one.bad; ++size) {
            made.clear();
            one = there.run(in.substr(done, size), made);
        }
        if (one.bytes == 0 || !comes_back(in.substr(done, one.bytes))) return {done, true};
        out.append(made);
        done += one.bytes;
    }
    return all;
}

bool is_ascii(std::string_view text) {
    unsigned char any = 0;
    for (const char c : text) any |= static_cast<unsigned char>(c);
    return any < 0x80;
}

class CharsetCoder final : public Coder {
  public:
    CharsetCoder(const Charset& charset, bool decodes) : charset_(charset), decodes_(decodes) {}

    Status feed(std::string_view in, const Sink& sink) override {
        while (!in.empty()) {
            const auto piece = in.substr(0, step);
            in.remove_prefix(piece.size());
            const Status done = take(piece, sink);
            if (done.has_error()) return done;
        }
        return {};
    }
    Status finish(const Sink&) override { return held_.empty() ? Status{} : Status(bad()); }

  private:
    Status take(std::string_view piece, const Sink& sink) {
        if (held_.empty() && !charset_.is_utf16() && is_ascii(piece)) return sink(piece);
        held_.append(piece);
        made_.clear();
        auto& [decoding, encoding] = both_ways(charset_);
        const Taken taken = decodes_ ? there_and_back(decoding, encoding, held_, made_) : there_and_back(encoding, decoding, held_, made_);
        held_.erase(0, taken.bytes);
        const Status given = made_.empty() ? Status{} : sink(made_);
        return given.has_value() && taken.bad ? Status(bad()) : given;
    }
    Fault bad() const {
        if (!decodes_) return fault(Code::place_cannot_carry, "the charset of the body cannot carry the form that its text must take");
        return fault(Code::body_invalid, charset_.name == "US-ASCII" ? "the body has more than ASCII, but declares that charset, or one that not all readers of its type heed: send it in UTF-8"
                                                                     : "the body is not in the charset that its content type declares");
    }

    const Charset& charset_;
    const bool decodes_;
    std::string held_;  ///< a character that is cut off, less than longest_character
    std::string made_;
};

}  // namespace

bool is_readable(const Charset& charset) {
    if (charset.is_utf8() || charset.needs_mark()) return true;
    auto& [decoding, encoding] = both_ways(charset);
    return decoding.known() && encoding.known();
}

std::unique_ptr<Coder> make_charset_decoder(const Charset& charset) { return std::make_unique<CharsetCoder>(charset, true); }
std::unique_ptr<Coder> make_charset_encoder(const Charset& charset) { return std::make_unique<CharsetCoder>(charset, false); }

Result<std::string> coded_whole(Coder& coder, std::string_view in) {
    std::string out;
    const auto sink = [&out](std::string_view piece) {
        out.append(piece);
        return Status{};
    };
    Status done = coder.feed(in, sink);
    if (done.has_value()) done = coder.finish(sink);
    if (done.has_error()) return done.error();
    return out;
}

}  // namespace bordergate

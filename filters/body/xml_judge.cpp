#include "filters/body/xml_judge.hpp"

#include <expat.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>

namespace bordergate {

namespace {

/// What the library of the running call may still allocate. It gives its memory functions no word of whose they are, so
/// each call says it ahead.
thread_local std::size_t* allowance = nullptr;

/// Before each block stands its size.
constexpr std::size_t before_block = alignof(std::max_align_t);

void* allocate(std::size_t size) {
    if (!allowance || size > *allowance || before_block > *allowance - size) return nullptr;
    auto* block = static_cast<std::byte*>(std::malloc(size + before_block));
    if (!block) return nullptr;
    *allowance -= size + before_block;
    *reinterpret_cast<std::size_t*>(block) = size;
    return block + before_block;
}

void release(void* memory) {
    if (!memory) return;
    auto* block = static_cast<std::byte*>(memory) - before_block;
    if (allowance) *allowance += *reinterpret_cast<std::size_t*>(block) + before_block;
    std::free(block);
}

void* reallocate(void* memory, std::size_t size) {
    if (!memory) return allocate(size);
    const auto before = *reinterpret_cast<std::size_t*>(static_cast<std::byte*>(memory) - before_block);
    if (size <= before) return memory;
    void* more = allocate(size);
    if (!more) return nullptr;
    std::copy_n(static_cast<const std::byte*>(memory), before, static_cast<std::byte*>(more));
    release(memory);
    return more;
}

constexpr XML_Memory_Handling_Suite bounded{allocate, reallocate, release};

/// Names whose memory is accounted while it lives.
class Accounting {
  public:
    explicit Accounting(std::size_t& left) : before_(allowance) { allowance = &left; }
    ~Accounting() { allowance = before_; }
    Accounting(const Accounting&) = delete;
    Accounting& operator=(const Accounting&) = delete;

  private:
    std::size_t* before_;
};

void add(std::string& to, XmlJudge::Said what, std::string_view text) {
    to += static_cast<char>(what);
    to.append(text);
}

}  // namespace

struct XmlJudge::Reading {
    std::size_t left;      ///< bytes that the library may still allocate
    XML_Parser parser = nullptr;
    bool has_type = false; ///< a document type declaration has begun
    std::string theirs, ours;

    // The library's callbacks; nothing may be thrown through it.
    static Reading& of(void* user) noexcept { return *static_cast<Reading*>(user); }
    static void XMLCALL start(void* user, const XML_Char* name, const XML_Char** attributes) noexcept {
        auto& theirs = of(user).theirs;
        add(theirs, Said::element, name);
        for (; *attributes; attributes += 2) {
            add(theirs, Said::attribute, attributes[0]);
            add(theirs, Said::value, attributes[1]);
        }
        add(theirs, Said::opened, {});
    }
    static void XMLCALL end(void* user, const XML_Char* name) noexcept { add(of(user).theirs, Said::closed, name); }
    static void XMLCALL text(void* user, const XML_Char* text, int length) noexcept { of(user).theirs.append(text, static_cast<std::size_t>(length)); }
    static void XMLCALL comment(void* user, const XML_Char* text) noexcept { add(of(user).theirs, Said::comment, text); }
    static void XMLCALL instruction(void* user, const XML_Char* target, const XML_Char* data) noexcept {
        add(of(user).theirs, Said::instruction, target);
        add(of(user).theirs, Said::data, data);
    }
    static void XMLCALL type(void* user, const XML_Char*, const XML_Char*, const XML_Char*, int) noexcept {
        of(user).has_type = true;
        XML_StopParser(of(user).parser, XML_FALSE);
    }

    Status parse(std::string_view bytes, bool last);
    Fault refused() const;
};

Fault XmlJudge::Reading::refused() const {
    if (has_type) return fault(Code::body_invalid, "the XML has a document type declaration, which could declare entities");
    const auto why = parser ? XML_GetErrorCode(parser) : XML_ERROR_NO_MEMORY;
    if (why == XML_ERROR_NO_MEMORY) return fault(Code::body_too_large, "the XML needs more memory than its limits allow: too many different names, or too long ones");
    return fault(Code::body_invalid, "the XML is not well-formed at byte " + std::to_string(XML_GetCurrentByteIndex(parser) + 1) + ": " + XML_ErrorString(why));
}

Status XmlJudge::Reading::parse(std::string_view bytes, bool last) {
    constexpr std::size_t most = std::size_t{1} << 20;
    const Accounting accounting(left);
    do {
        const auto piece = bytes.substr(0, most);
        bytes.remove_prefix(piece.size());
        if (!parser || XML_Parse(parser, piece.data(), static_cast<int>(piece.size()), last && bytes.empty() ? 1 : 0) != XML_STATUS_OK) return refused();
    } while (!bytes.empty());
    return {};
}

XmlJudge::XmlJudge(std::size_t most_bytes) : reading_(std::make_unique<Reading>(Reading{most_bytes, nullptr, false, {}, {}})) {
    const Accounting accounting(reading_->left);
    const auto parser = reading_->parser = XML_ParserCreate_MM("UTF-8", &bounded, nullptr);
    if (!parser) return;  // the first bytes are refused then
    XML_SetUserData(parser, reading_.get());
    XML_SetElementHandler(parser, Reading::start, Reading::end);
    XML_SetCharacterDataHandler(parser, Reading::text);
    XML_SetCommentHandler(parser, Reading::comment);
    XML_SetProcessingInstructionHandler(parser, Reading::instruction);
    XML_SetStartDoctypeDeclHandler(parser, Reading::type);
    XML_SetParamEntityParsing(parser, XML_PARAM_ENTITY_PARSING_NEVER);
#if XML_MAJOR_VERSION > 2 || XML_MINOR_VERSION >= 6
    XML_SetReparseDeferralEnabled(parser, XML_FALSE);  // it is given whole tokens, and each must be judged before it leaves
#endif
}

XmlJudge::~XmlJudge() {
    const Accounting accounting(reading_->left);
    if (reading_->parser) XML_ParserFree(reading_->parser);
}

Status XmlJudge::read(std::string_view bytes) {
    // At the beginning the library would take one for a sign of UTF-16, whatever it was told.
    if (bytes.find('\0') != std::string_view::npos) return fault(Code::body_invalid, "the XML has a NUL");
    return bytes.empty() ? Status{} : reading_->parse(bytes, false);
}

Status XmlJudge::end() { return reading_->parse({}, true); }

void XmlJudge::say(Said what, std::string_view text) { add(reading_->ours, what, text); }

void XmlJudge::say(std::string_view text) { reading_->ours.append(text); }

Status XmlJudge::agree(bool whole) {
    auto &theirs = reading_->theirs, &ours = reading_->ours;
    const auto both = std::min(theirs.size(), ours.size());
    if (theirs.compare(0, both, ours, 0, both) != 0 || (whole && theirs.size() != ours.size())) return fault(Code::body_invalid, "two readers do not agree on what the XML says");
    theirs.erase(0, both);
    ours.erase(0, both);
    return {};
}

}  // namespace bordergate

#include "filters/body/charset.hpp"

#include <algorithm>
#include <array>

#include "filters/body/media_type.hpp"
#include "filters/message.hpp"

namespace bordergate {

namespace {

// Not among them: what shifts between states (ISO-2022, HZ, UTF-7, and windows-1255 and -1258, which compose), EBCDIC, and
// UTF-32, which nobody sends. Where web browsers read a label as a larger charset (WHATWG Encoding, 4.2) it is that one here,
// but for ASCII: what is more than that is refused.
constexpr std::array<Charset, 40> charsets{{
    {"UTF-8", "\xef\xbb\xbf", "utf-8 utf8"},
    {"US-ASCII", "", "us-ascii ascii ansi_x3.4-1968 iso646-us iso_646.irv:1991"},
    {"UTF-16", "", "utf-16 utf16"},
    {"UTF-16LE", "\xff\xfe", "utf-16le utf16le"},
    {"UTF-16BE", "\xfe\xff", "utf-16be utf16be"},
    {"ISO-8859-2", "", "iso-8859-2 iso_8859-2 iso_8859-2:1987 iso8859-2 latin2 l2"},
    {"ISO-8859-3", "", "iso-8859-3 iso_8859-3 iso_8859-3:1988 iso8859-3 latin3 l3"},
    {"ISO-8859-4", "", "iso-8859-4 iso_8859-4 iso_8859-4:1988 iso8859-4 latin4 l4"},
    {"ISO-8859-5", "", "iso-8859-5 iso_8859-5 iso_8859-5:1988 iso8859-5 cyrillic"},
    {"ISO-8859-6", "", "iso-8859-6 iso_8859-6 iso_8859-6:1987 iso8859-6 arabic"},
    {"ISO-8859-7", "", "iso-8859-7 iso_8859-7 iso_8859-7:1987 iso8859-7 greek"},
    {"ISO-8859-8", "", "iso-8859-8 iso_8859-8 iso_8859-8:1988 iso8859-8 iso-8859-8-i hebrew"},
    {"ISO-8859-10", "", "iso-8859-10 iso_8859-10 iso8859-10 latin6 l6"},
    {"ISO-8859-13", "", "iso-8859-13 iso_8859-13 iso8859-13 latin7"},
    {"ISO-8859-14", "", "iso-8859-14 iso_8859-14 iso8859-14 latin8 l8"},
    {"ISO-8859-15", "", "iso-8859-15 iso_8859-15 iso8859-15 latin-9 latin9 l9"},
    {"ISO-8859-16", "", "iso-8859-16 iso_8859-16 iso8859-16 latin10 l10"},
    {"CP1250", "", "windows-1250 cp1250 x-cp1250"},
    {"CP1251", "", "windows-1251 cp1251 x-cp1251"},
    {"CP1252", "", "windows-1252 cp1252 x-cp1252 iso-8859-1 iso_8859-1 iso_8859-1:1987 iso8859-1 iso88591 latin1 l1 cp819 ibm819"},
    {"CP1253", "", "windows-1253 cp1253 x-cp1253"},
    {"CP1254", "", "windows-1254 cp1254 x-cp1254 iso-8859-9 iso_8859-9 iso_8859-9:1989 iso8859-9 latin5 l5"},
    {"CP1256", "", "windows-1256 cp1256 x-cp1256"},
    {"CP1257", "", "windows-1257 cp1257 x-cp1257"},
    {"CP874", "", "windows-874 cp874 iso-8859-11 iso_8859-11 iso8859-11 tis-620"},
    {"KOI8-R", "", "koi8-r koi8"},
    {"KOI8-U", "", "koi8-u"},
    {"MACINTOSH", "", "macintosh x-mac-roman mac"},
    {"IBM437", "", "ibm437 cp437 437"},
    {"IBM850", "", "ibm850 cp850 850"},
    {"IBM852", "", "ibm852 cp852 852"},
    {"IBM858", "", "ibm00858 ibm858 cp858 cp00858"},
    {"IBM866", "", "ibm866 cp866 866"},
    {"CP932", "", "shift_jis shift-jis sjis x-sjis ms_kanji windows-31j cp932"},
    {"EUC-JP-MS", "", "euc-jp x-euc-jp"},
    {"CP949", "", "euc-kr ks_c_5601-1987 ks_c_5601 windows-949 cp949"},
    {"GBK", "", "gbk gb2312 x-gbk cp936 ms936 windows-936"},
    {"GB18030", "\x84\x31\x95\x33", "gb18030"},
    {"BIG5", "", "big5 cn-big5 x-x-big5"},
    {"EUC-TW", "", "euc-tw"},
}};

bool among(std::string_view labels, std::string_view wanted) {
    while (!labels.empty()) {
        const auto end = std::min(labels.find(' '), labels.size());
        if (equal_fold(labels.substr(0, end), wanted)) return true;
        labels.remove_prefix(std::min(end + 1, labels.size()));
    }
    return false;
}

}  // namespace

std::span<const Charset> all_charsets() { return charsets; }

const Charset* find_charset(std::string_view label) {
    const auto* found = std::find_if(charsets.begin(), charsets.end(), [label](const Charset& one) { return among(one.labels, label); });
    return found == charsets.end() ? nullptr : found;
}

Result<const Charset*> declared_charset(std::string_view content_type) {
    if (content_type.empty()) return &charsets.front();
    const auto type = MediaType::read(content_type);
    if (type.has_error()) return type.error();
    const auto* label = type->parameters.find("charset");
    if (!label) return &charsets.front();
    const auto* charset = find_charset(*label);
    // Its name is the peer's word, which records do not repeat.
    if (!charset) return fault(Code::body_invalid, "the charset that the content type declares is not one that is read");
    return charset;
}

Result<const Charset*> agreed_charset(const Charset& charset) {
    if (charset.is_utf8() || charset.needs_mark()) return &charset;
    if (charset.is_utf16()) return fault(Code::body_invalid, "not all readers of the body's type heed the charset that it declares: send it in UTF-8");
    return find_charset("us-ascii");
}

}  // namespace bordergate

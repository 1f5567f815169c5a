#include "proxy/http/h2_head.hpp"

#include <charconv>

#include "proxy/http/framing_gate.hpp"
#include "proxy/http/hop_by_hop.hpp"
#include "proxy/http/target.hpp"

namespace bordergate {

namespace {

Fault refuse(Code code, std::string_view why) { return fault(code, std::string(why)); }

/// Names in lower case, values without control characters, nothing of HTTP/1.1's connection (RFC 9113, 8.2).
Status gate_fields(const Fields& fields, Code code) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto line = fields[i];
        if (!is_token(line.name)) return refuse(code, "a field name holds a character it may not");
        for (const char c : line.name)
            if (c >= 'A' && c <= 'Z') return refuse(code, "a field name is not in lower case");
        if (!is_field_value(line.value)) return refuse(code, "a field value holds a control character");
        for (const std::string_view one : {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"})
            if (line.name == one) return refuse(code, "a field of the connection has no place in HTTP/2");
        if (line.name == "te" && !equal_fold(line.value, "trailers")) return refuse(code, "TE is not trailers");
    }
    return {};
}

Result<BodyLength> length_of(const Fields& fields, bool ended, Code code) {
    const auto count = fields.count("content-length");
    if (count > 1) return refuse(code, "Content-Length is given twice");
    if (count == 0) return ended ? BodyLength::none() : BodyLength::streamed();
    const auto text = *fields.get("content-length");
    std::uint64_t bytes = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
    if (text.empty() || text.size() > 18 || stop != text.data() + text.size() || error != std::errc{})
        return refuse(code, "Content-Length is not one number");
    if (ended) return BodyLength::none();
    // A body that was announced as empty may still end in a frame of its own.
    return bytes == 0 ? BodyLength::streamed() : BodyLength::exact(bytes);
}

/// Clients may split cookies into several fields; other recipients know one (RFC 9113, 8.2.3).
void join_cookies(Fields& fields) {
    if (fields.count("cookie") < 2) return;
    std::string joined;
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (fields[i].name == "cookie") joined.append(joined.empty() ? "" : "; ").append(fields[i].value);
    fields.erase("cookie");
    fields.add("cookie", joined);
}

/// Host and :authority name the same place, and one of them is given (RFC 9113, 8.3.1).
Status settle_host(H2Head& block) {
    auto& fields = block.fields;
    if (fields.count("host") > 1) return refuse(Code::framing_invalid, "Host is given twice");
    const auto host = fields.get("host");
    if (block.authority.empty() && !host) return refuse(Code::framing_invalid, "neither :authority nor Host is given");
    if (!block.authority.empty() && host && !equal_fold(block.authority, *host)) return refuse(Code::framing_invalid, ":authority contradicts Host");
    if (!block.authority.empty()) fields.set("host", block.authority);
    return {};
}

}  // namespace

void H2Head::clear() {
    for (auto* text : {&method, &scheme, &authority, &path, &protocol}) text->clear();
    status = 0;
    fields.clear();
    bytes = 0;
}

bool H2Head::add(std::string_view name, std::string_view value) {
    bytes += name.size() + value.size() + 32;
    if (!name.starts_with(':')) {
        fields.add(name, value);
        return true;
    }
    if (name == ":status") {
        const auto* end = value.data() + value.size();
        return status == 0 && value.size() == 3 && std::from_chars(value.data(), end, status).ptr == end;
    }
    for (const auto& [known, text] : {std::pair<std::string_view, std::string*>{":method", &method}, {":scheme", &scheme}, {":authority", &authority}, {":path", &path}, {":protocol", &protocol}}) {
        if (name != known) continue;
        if (!text->empty()) return false;
        text->assign(value);
        return true;
    }
    return false;
}

Result<H2RequestFraming> gate_h2_request(H2Head& block, bool secure, bool ended, RequestHead& head) {
    Status checked = gate_fields(block.fields, Code::framing_invalid);
    if (checked.has_error()) return checked.error();
    if (!is_token(block.method)) return refuse(Code::framing_invalid, "the method is not a token");
    const auto length = length_of(block.fields, ended, Code::framing_invalid);
    if (length.has_error()) return length.error();
    checked = settle_host(block);
    if (checked.has_error()) return checked.error();
    head.clear();
    H2RequestFraming framing;
    framing.length = *length;
    if (const auto expected = block.fields.get("expect")) {
        if (!equal_fold(*expected, "100-continue")) return refuse(Code::framing_invalid, "Expect is not 100-continue");
        framing.expects_continue = !ended;
    }
    head.takes_trailers = lists_token(block.fields, "te", "trailers");
    join_cookies(block.fields);
    head.fields = std::move(block.fields);
    head.method = block.method;
    // A forward proxy goes where the target says, as it does with an absolute one in HTTP/1.1; CONNECT names no scheme.
    if (block.scheme.empty()) block.scheme = secure ? "https" : "http";
    if (block.scheme != "http" && block.scheme != "https") return refuse(Code::framing_invalid, ":scheme is not http or https");
    head.scheme = block.scheme;
    const std::string* target = &block.path;
    if (!block.protocol.empty()) {
        // Extended CONNECT (RFC 8441) asks for what Upgrade asks for in HTTP/1.1, and is judged as the same request.
        if (block.method != "CONNECT" || block.protocol != "websocket") return refuse(Code::framing_invalid, ":protocol is not websocket");
        head.method = "GET";
        head.upgrade = "websocket";
        framing.length = BodyLength::none();
    } else if (block.method == "CONNECT") {
        target = &block.authority;
        framing.length = BodyLength::none();
    }
    for (const unsigned char c : *target)
        if (c <= 0x20 || c >= 0x7f) return refuse(Code::framing_invalid, "the target holds a character that must be encoded");
    if (target->empty()) return refuse(Code::framing_invalid, "the target is empty");
    if (block.method != "CONNECT" && target->front() != '/' && *target != "*") return refuse(Code::framing_invalid, ":path is no path");
    bool absolute = false;
    checked = set_target(head, *target, absolute);
    if (checked.has_error()) return checked.error();
    return framing;
}

Result<BodyLength> gate_h2_response(H2Head& block, bool ended, ResponseHead& head) {
    const Status checked = gate_fields(block.fields, Code::upstream_invalid);
    if (checked.has_error()) return checked.error();
    if (block.status < 200 || block.status > 599) return refuse(Code::upstream_invalid, "the status is out of range");
    const auto length = length_of(block.fields, ended, Code::upstream_invalid);
    if (length.has_error()) return length.error();
    head.clear();
    head.status = block.status;
    head.fields = std::move(block.fields);
    return *length;
}

}  // namespace bordergate

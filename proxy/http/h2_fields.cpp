#include "proxy/http/h2_fields.hpp"

#include <algorithm>

#include "filters/ascii.hpp"

namespace bordergate {

namespace {

bool has_upper(std::string_view name) {
    return std::any_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

void H2FieldBlock::add(std::string_view name, std::string_view value) {
    nghttp2_nv line{};
    line.name = reinterpret_cast<std::uint8_t*>(const_cast<char*>(name.data()));
    line.namelen = name.size();
    line.value = reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data()));
    line.valuelen = value.size();
    lines_.push_back(line);
}

void H2FieldBlock::add_kept(std::string_view name, std::string value) {
    kept_.push_back(std::make_unique<std::string>(std::move(value)));
    add(name, *kept_.back());
}

void H2FieldBlock::add_all(const Fields& fields, std::string_view without) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto line = fields[i];
        if (!without.empty() && equal_fold(line.name, without)) continue;
        if (!has_upper(line.name)) {
            add(line.name, line.value);
        } else {
            kept_.push_back(std::make_unique<std::string>(lower(line.name)));
            add(*kept_.back(), line.value);
        }
    }
}

H2FieldBlock H2FieldBlock::of(const RequestHead& head, BodyLength length) {
    H2FieldBlock block;
    block.lines_.reserve(head.fields.size() + 7);
    const bool extended = !head.upgrade.empty();
    block.add(":method", extended ? std::string_view("CONNECT") : std::string_view(head.method));
    block.add(":scheme", head.scheme);
    block.add(":authority", head.authority);
    if (head.has_query)
        block.add_kept(":path", head.path + '?' + head.query);
    else
        block.add(":path", head.path);
    if (extended) block.add(":protocol", head.upgrade);
    // Over HTTP/2 there is no key, and no proof that it was understood (RFC 8441, 5).
    block.add_all(head.fields, extended ? std::string_view("sec-websocket-key") : std::string_view());
    if (head.takes_trailers) block.add("te", "trailers");
    if (length.kind == BodyLength::Kind::exact) block.add_kept("content-length", std::to_string(length.bytes));
    return block;
}

H2FieldBlock H2FieldBlock::of(const ResponseHead& head, BodyLength length) {
    H2FieldBlock block;
    block.lines_.reserve(head.fields.size() + 2);
    block.add_kept(":status", std::to_string(head.status));
    block.add_all(head.fields);
    if (length.kind == BodyLength::Kind::exact) block.add_kept("content-length", std::to_string(length.bytes));
    return block;
}

H2FieldBlock H2FieldBlock::of(const Fields& trailers) {
    H2FieldBlock block;
    block.add_all(trailers);
    return block;
}

H2FieldBlock H2FieldBlock::of(unsigned status) {
    H2FieldBlock block;
    block.add_kept(":status", std::to_string(status));
    return block;
}

}  // namespace bordergate

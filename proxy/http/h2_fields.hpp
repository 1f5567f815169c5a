// Our heads as the name and value pairs that nghttp2 takes.
#pragma once

#include <nghttp2/nghttp2.h>

#include <memory>
#include <string>
#include <vector>

#include "filters/message.hpp"
#include "proxy/http/body.hpp"

namespace bordergate {

/// A header block to be submitted. Borrows from the head it was made of, which nghttp2 copies when it is submitted.
class H2FieldBlock {
  public:
    static H2FieldBlock of(const RequestHead& head, BodyLength length);
    static H2FieldBlock of(const ResponseHead& head, BodyLength length);
    static H2FieldBlock of(const Fields& trailers);
    /// An interim response: nothing but its status.
    static H2FieldBlock of(unsigned status);

    const nghttp2_nv* data() const { return lines_.data(); }
    std::size_t size() const { return lines_.size(); }

  private:
    void add(std::string_view name, std::string_view value);
    void add_kept(std::string_view name, std::string value);
    void add_all(const Fields& fields, std::string_view without = {});
    std::vector<nghttp2_nv> lines_;
    std::vector<std::unique_ptr<std::string>> kept_;  ///< texts that stand nowhere else
};

}  // namespace bordergate

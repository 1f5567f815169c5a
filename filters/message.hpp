// Messages without a protocol: heads and fields as HTTP means them (RFC 9110), whatever carried them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bordergate {

/// ASCII case-insensitive equality of two texts of one length.
bool equal_fold_sized(const char* a, const char* b, std::size_t size);

/// ASCII case-insensitive equality, as field names compare (RFC 9110, 5.1). Inline as far as the length, which
/// nearly always decides.
inline bool equal_fold(std::string_view a, std::string_view b) {
    return a.size() == b.size() && equal_fold_sized(a.data(), b.data(), a.size());
}

/// Field lines in the order received, names as written. All text lives in one buffer, so a head of
/// ordinary size costs two allocations, and none once the object has been used before (see clear()).
/// Views handed out are valid until the next non-const call.
class Fields {
  public:
    struct Line {
        std::string_view name;
        std::string_view value;
    };

    void add(std::string_view name, std::string_view value);
    /// Replaces the first line of that name and removes the others; adds one if there is none.
    void set(std::string_view name, std::string_view value);
    /// Removes all lines of that name; returns how many there were.
    std::size_t erase(std::string_view name);
    /// Forgets all lines and keeps the memory.
    void clear();
    /// Forgets all lines and takes a copy of `text`, of which mark() makes lines: a head that is read in one pass is
    /// copied once.
    void hold(std::string_view text);
    /// Adds a line whose name and value stand in the text that hold() took, given by where they begin there.
    void mark(std::size_t name, std::size_t name_size, std::size_t value, std::size_t value_size) {
        spans_.push_back({static_cast<std::uint32_t>(name), static_cast<std::uint32_t>(name_size), static_cast<std::uint32_t>(value),
                          static_cast<std::uint32_t>(value_size)});
    }

    std::size_t size() const { return spans_.size(); }
    Line operator[](std::size_t index) const {
        const auto& span = spans_[index];
        return {{text_.data() + span.name, span.name_size}, {text_.data() + span.value, span.value_size}};
    }
    /// Value of the first line of that name.
    std::optional<std::string_view> get(std::string_view name) const;
    std::size_t count(std::string_view name) const;
    /// Keeps only the lines for which `keep(Line)` holds.
    template <class Keep>
    void retain(Keep&& keep) {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < spans_.size(); ++i)
            if (keep((*this)[i])) spans_[kept++] = spans_[i];
        spans_.resize(kept);
    }

  private:
    struct Span {
        std::uint32_t name, name_size, value, value_size;
    };
    std::string text_;
    std::vector<Span> spans_;
};

/// A request's head. `authority` and `path` are canonical (the framing gate made them so); what is
/// judged is what is sent.
struct RequestHead {
    std::string method;
    std::string scheme;     ///< `http` or `https`; empty where the mode does not say
    std::string authority;  ///< host[:port], lower case
    std::string path;       ///< starts with `/`, dot segments removed; empty for CONNECT; `*` for OPTIONS
    std::string query;      ///< without `?`
    bool has_query = false;
    std::string upgrade;    ///< the protocol its connection shall change to (`websocket`); empty: none
    bool takes_trailers = false;  ///< the sender reads trailer fields (`TE: trailers`)
    Fields fields;
    void clear();
};

struct ResponseHead {
    unsigned status = 0;
    std::string reason;  ///< our own; empty: what the status stands for. Never an upstream's
    Fields fields;
    void clear();
};

}  // namespace bordergate

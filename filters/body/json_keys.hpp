// The keys of the objects a JSON reader stands in: an object that repeats a key means different things to different
// readers, so it may not hold anything that has a class.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace bordergate {

/// Remembers keys as 64-bit keyed hashes, at most `most_keys` over all open objects; of an object with more, the
/// further keys count as repeated. A collision (one in 2^64) counts as a repetition, never the other way round.
class JsonKeys {
  public:
    static constexpr std::size_t most_keys = 65536;

    void open();
    void close();
    /// The innermost object's next key. False if it repeats one whose value had a class.
    bool key(std::string_view name);
    /// The current value has a class. False if a key it stands under repeats.
    bool classified();

  private:
    static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);
    struct Object {
        std::vector<std::uint64_t> slots;  ///< hashes, the lowest bit saying that the value had a class; 0: empty
        std::size_t count = 0;
        std::size_t current = nowhere;  ///< slot of the last key
        bool repeated = false;
    };
    static std::size_t find(const Object& object, std::uint64_t hash);
    static void grow(Object& object);

    std::vector<Object> objects_;  ///< kept when closed, for their memory
    std::size_t depth_ = 0;
    std::size_t total_ = 0;
};

}  // namespace bordergate

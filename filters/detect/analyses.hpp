// What external analysers say of the texts of one message. Scanning never waits: a message is gone through once to see
// which texts there are, those are sent to the analysers, and then it is gone through again with the answers at hand. A
// text that nobody answered for is a fault, never a text in which nothing was found.
//
// Whoever does the sending (proxy/remote) takes questions(), and hands each answer to answer(); here is no I/O.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/settings.hpp"
#include "filters/detect/finding.hpp"
#include "filters/fault.hpp"

namespace bordergate {

/// One request to one analyser: texts, or pieces of texts, and where each of them stands. Borrows the texts from Analyses.
struct AnalyserQuestion {
    struct Piece {
        std::string_view whole;  ///< the text that it is of
        std::size_t begin = 0;   ///< where it begins in that, in bytes
        std::string_view text;
    };
    const Analyser* analyser = nullptr;
    std::vector<Piece> pieces;
};

class Analyses {
  public:
    /// `analysers` is borrowed for life. `most_bytes`: of all texts of the message together.
    Analyses(const std::vector<Analyser>& analysers, std::size_t most_bytes) : analysers_(analysers), most_bytes_(most_bytes) {}

    /// Appends what the analysers found in `text`, or else notes that they are to be asked of it. A text without a letter holds
    /// no name and is not asked of; one that is not UTF-8, as a header may be, cannot be, and is `opaque`.
    void find(std::string_view text, std::vector<Finding>& findings);

    /// Until settle(), a text that is not known is one to be asked of; after it, one that was missed.
    void collect() { collecting_ = true; }
    void settle() { collecting_ = false; }
    /// True if something was not, and will not be, answered: then why() is the fault of the message.
    bool missed() const { return missed_.has_value(); }
    const Fault& why() const { return *missed_; }

    /// True if there is something to be asked.
    bool asks() const { return !asked_.empty(); }
    /// What is to be asked. Valid until the next find(). Every text goes to every analyser, in requests of at most its `batch`
    /// pieces and `max_text` bytes; what is longer by itself is cut at spaces, into pieces that overlap.
    std::vector<AnalyserQuestion> questions() const;
    /// Takes what an analyser answered to `question`: for each piece what it found, in bytes of the piece.
    void answer(const AnalyserQuestion& question, const std::vector<std::vector<Finding>>& found);
    /// All questions() were answered: what was asked is known from now on.
    void conclude();

    /// Bytes of all texts that are known or asked of.
    std::size_t bytes() const { return bytes_; }

  private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    using Texts = std::unordered_map<std::string, std::vector<Finding>, Hash, std::equal_to<>>;
    const std::vector<Analyser>& analysers_;
    std::size_t most_bytes_;
    std::size_t bytes_ = 0;
    Texts known_, asked_;  // nodes stay where they are: questions borrow the keys
    bool collecting_ = true;
    std::optional<Fault> missed_;
};

}  // namespace bordergate

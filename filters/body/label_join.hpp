// Labels that are split over the messages of a stream (a model that streams tokens by gRPC). The end of a text that begins
// a label keeps its message back until the label is whole, or until it is certain that it is none; a whole one is put
// together where it began. What is a label is what Restore takes for one. So no message is added, and but for labels every text stays where it stood.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "filters/body/proto_schema.hpp"
#include "filters/body/proto_texts.hpp"
#include "filters/mask/labels.hpp"
#include "filters/mask/url_watch.hpp"

namespace bordergate {

class LabelJoin {
  public:
    struct Message {
        std::string frame;     ///< as it came; not looked at
        std::string plain;     ///< what it says
        bool changed = false;  ///< `plain` is not what came
        bool in_url = false;   ///< a text of it goes on in a URL that one before it began: no label in it may be restored
    };
    /// Messages that wait, at most; a label is far shorter, and most bring a piece of it.
    static constexpr std::size_t most_messages = 64;
    /// Texts that end inside of a URL, at most; beyond it no label is joined or restored, since it could be in one.
    static constexpr std::size_t most_urls = 1024;
    /// Texts of one message that begin a label or go on with one, at most; of a message with more none does.
    static constexpr std::size_t most_texts = 1024;

    /// `type` of the messages and `labels` are borrowed. `most_bytes`: of messages that wait, as they came and as they are, and
    /// of what is kept of their texts.
    LabelJoin(const ProtoMessage& type, const Labels& labels, std::size_t most_bytes) : type_(type), labels_(labels), most_bytes_(most_bytes) {}

    /// Reads the next message. True if it can go on at once as it is; else it is for feed(). To be called for every message
    /// of the stream.
    bool passes(std::string_view plain);
    /// Message::in_url of what was read last.
    bool in_url() const { return in_url_; }
    /// Takes the message that was read last, and appends to `out` all that need not wait any longer, in their order.
    void feed(Message message, std::vector<Message>& out);
    /// Appends what waits: what was begun remains a piece.
    void finish(std::vector<Message>& out);
    /// Bytes that wait.
    std::size_t held() const { return bytes_; }

  private:
    /// One that begins a label or may go on with one; the others stay as they are.
    struct Text {
        ProtoThread thread = 0;
        std::size_t place = 0;  ///< which of the message's
        std::string text;
        std::size_t beginning = 0;  ///< of a label at its end; npos: none
        bool edited = false;
    };
    struct Waiting {
        Message message;
        std::vector<Text> texts;
        std::size_t opens = 0;  ///< pieces in it that may be of a label
        std::size_t bytes = 0;
    };
    struct Piece {
        Waiting* in = nullptr;
        std::size_t text = 0;
        std::size_t size = 0;  ///< at the end of its text
    };
    struct Open {
        std::string run;    ///< what all pieces say: label characters, and perhaps a backslash of which none is known yet
        std::string plain;  ///< the same without backslashes, in upper case
        std::vector<Piece> pieces;
    };
    using Opens = std::map<ProtoThread, Open>;
    /// What is held beside the text of each that is kept: it, its part in what is open, and that.
    static constexpr std::size_t text_bytes = sizeof(Text) + sizeof(Piece) + sizeof(Opens::value_type) + 64;

    std::size_t beginning_in(std::string_view text, UrlWatch watch) const;
    void watch(ProtoThread thread, std::string_view text, UrlWatch from);
    void take(Waiting& message, std::size_t at);
    std::size_t longest_beginning(std::string_view plain) const;
    static void keep(Open& open, std::size_t characters);
    bool goes_on(Open& open, Waiting& message, std::size_t at);
    static void gather(const Open& open, Text& last, std::size_t lead);
    void close(Opens::iterator open);
    void give_up_oldest();
    void release(std::vector<Message>& out);

    const ProtoMessage& type_;
    const Labels& labels_;
    const std::size_t most_bytes_;
    std::vector<Text> read_;  // of the message that was read last
    bool crowded_ = false;    // it has more of them than are kept
    bool in_url_ = false;
    std::deque<Waiting> queue_;
    Opens opens_;
    std::map<ProtoThread, UrlWatch> urls_;  // of threads whose last text ended where that matters
    std::size_t bytes_ = 0;
};

}  // namespace bordergate

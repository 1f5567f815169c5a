// The texts that benches read, and how their speed is taken. The same on every machine.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

namespace bordergate::bench {

inline constexpr std::array<std::string_view, 9> sentences{
    "Could you summarise the minutes of yesterday's meeting and list who promised what by when?",
    "The shipment left the warehouse on Tuesday, and nobody has seen it since then.",
    "Please keep the tone friendly but firm; we have been waiting for three weeks already.",
    "K\xc3\xb6nnten Sie mir bitte erkl\xc3\xa4ren, warum die Rechnung h\xc3\xb6her ausf\xc3\xa4llt als vereinbart?",
    "Die Lieferung wurde am Dienstag abgeschickt, ist aber bis heute nicht bei uns angekommen.",
    "Wir haben den Vertrag im M\xc3\xa4rz gek\xc3\xbcndigt, und trotzdem wurde weiter abgebucht.",
    "Pourriez-vous r\xc3\xa9sumer ce courriel en quelques phrases et proposer une r\xc3\xa9ponse polie ?",
    "La livraison est pr\xc3\xa9vue pour vendredi, mais le transporteur n'a toujours pas confirm\xc3\xa9.",
    "L'\xc3\xa9quipe a termin\xc3\xa9 les travaux avant l'\xc3\xa9" "ch\xc3\xa9" "ance, ce qui est plut\xc3\xb4t rare.",
};
inline constexpr std::array<std::string_view, 6> personal{
    "Write to anna.schmidt@example.org.", "My card is 4111 1111 1111 1111.",      "IBAN DE89 3704 0044 0532 0130 00, please.",
    "Telefon: 030 901820 oder +49 30 901820.", "It came from 192.168.10.77 at 10:42.", "Mon adresse : jean.dupont@example.fr",
};

/// Numbers that look random.
class Draw {
  public:
    std::uint32_t operator()(std::uint32_t below) {
        state_ = state_ * 1664525 + 1013904223;
        return (state_ >> 8) % below;
    }

  private:
    std::uint32_t state_ = 1;
};

/// Chat requests, one after the other in an array: prose in three languages, something personal in every `rarity`th
/// sentence. The same on every machine.
inline std::string chats(std::size_t size, unsigned rarity, std::string_view escape) {
    Draw draw;
    std::string body = "[";
    while (body.size() < size) {
        if (body.size() > 1) body += ",";
        body += R"({"model":"gpt-4o-mini","temperature":0.7,"user":"u-)" + std::to_string(draw(1000)) + R"(","messages":[)";
        for (int turn = 0; turn < 3; ++turn) {
            body += turn ? "," : "";
            body += turn % 2 ? R"({"role":"assistant","content":")" : R"({"role":"user","content":")";
            for (int i = 0; i < 8; ++i) {
                body.append(sentences[draw(sentences.size())]).append(i % 4 == 3 ? escape : " ");
                if (draw(rarity) == 0) body.append(personal[draw(personal.size())]).append(" ");
            }
            body += "\"}";
        }
        body += "]}";
    }
    return body + "]";
}

/// Lines of a web server's log: addresses, times, paths, agents, and now and then somebody's mail address.
inline std::string log_lines(std::size_t size) {
    Draw draw;
    std::string log;
    while (log.size() < size) {
        log += std::to_string(10 + draw(200)) + "." + std::to_string(draw(256)) + "." + std::to_string(draw(256)) + "." + std::to_string(draw(256));
        log += " - - [24/Nov/2026:10:" + std::to_string(10 + draw(50)) + ":" + std::to_string(10 + draw(50)) + " +0000] \"GET /orders/" + std::to_string(draw(1'000'000));
        log += draw(10) == 0 ? "?mail=anna.schmidt%40example.org" : "/items?page=" + std::to_string(draw(40));
        log += " HTTP/1.1\" 200 " + std::to_string(draw(100'000)) + " \"-\" \"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\"\n";
    }
    return log;
}

/// A table of customers: each row has a name, a mail address, a telephone number, an IBAN or a card, and amounts.
inline std::string table(std::size_t size) {
    Draw draw;
    std::string rows = "id;name;mail;phone;account;amount;note\r\n";
    while (rows.size() < size) {
        const auto id = std::to_string(100'000 + draw(900'000));
        rows += id + ";Anna Schmidt;anna." + id + "@example.org;+49 30 90" + id + ";";
        rows += draw(2) ? "DE89 3704 0044 0532 0130 00" : "4111 1111 1111 1111";
        rows += ";" + std::to_string(draw(10'000)) + "," + std::to_string(10 + draw(90)) + ";paid by instalments as agreed\r\n";
    }
    return rows;
}

/// Median MB/s of processor time over 7 passes: neighbours on the machine do not count.
template <class Pass>
inline double rate(std::size_t size, Pass&& pass) {
    std::array<double, 7> runs{};
    for (auto& run : runs) {
        const auto start = std::clock();
        pass();
        run = static_cast<double>(size) / (static_cast<double>(std::clock() - start) * 1e6 / CLOCKS_PER_SEC);
    }
    std::sort(runs.begin(), runs.end());
    return runs[runs.size() / 2];
}

}  // namespace bordergate::bench

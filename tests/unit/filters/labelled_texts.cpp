#include "tests/unit/filters/labelled_texts.hpp"

#include <array>

#include "filters/detect/checksums.hpp"
#include "filters/detect/shape.hpp"

namespace bordergate::testing {

namespace {

constexpr std::array before{
    "Please check the following:", "Der Kunde schrieb uns gestern:", "Bonjour, voici les informations demandées :", "Adjunto los datos solicitados:", "In allegato i dati richiesti:",
    "Hierbij de gevraagde gegevens:", "W załączeniu przesyłam dane:", "Bifogat finns uppgifterna:", "Seguem os dados solicitados:", "Vedlagt er opplysningene:", "Tiedot ovat tässä:", "Here you go,",
    "Zde jsou požadované údaje:", "Σας στέλνω τα στοιχεία:", "İstenen bilgiler:", "Íme a kért adatok:"};
constexpr std::array behind{
    "Thank you.", "Vielen Dank und freundliche Grüße", "Merci d'avance.", "Muchas gracias.", "Cordiali saluti", "Met vriendelijke groet", "Z poważaniem", "Med vänlig hälsning", "Obrigado.", "(urgent)", "- sent from my phone", ""};
constexpr std::array joins{": ", " is ", " ", " = ", " – ", " Nr. ", ": "};
constexpr std::array names{"anna", "jean.dupont", "maria_rossi", "j-smith", "ola.nordmann", "info", "p.kowalski", "sales+eu", "lars.svensson99"};
constexpr std::array hosts{"example.org", "mail.example.com", "beispiel.de", "exemple.fr", "esempio.it", "przyklad.pl", "voorbeeld.nl", "x-y.co.uk"};
constexpr std::array phones{"+49 30 #######", "+49 171 #######", "+33 1 ## ## ## ##", "+33 6 ## ## ## ##", "+34 6## ### ###", "+39 06 ########", "+31 6 ########", "+44 20 7### ####", "+44 7### ######",
                            "+48 5## ### ###", "+46 70 ### ## ##", "+43 1 #######", "+41 44 ### ## ##", "+1 212 55# ####", "+1-415-555-####", "+351 91# ### ###", "+47 9## ## ###", "+358 40 ### ####"};

struct Bank {
    const char* country;
    const char* shape;  // d: digit, l: letter
};
constexpr std::array banks{Bank{"DE", "dddddddddddddddddd"}, Bank{"FR", "ddddddddddlldddddddddd" /* with letters */ "d"}, Bank{"ES", "dddddddddddddddddddd"}, Bank{"IT", "ldddddddddddddddddddddd"},
                           Bank{"NL", "lllldddddddddd"}, Bank{"PL", "dddddddddddddddddddddddd"}, Bank{"AT", "dddddddddddddddd"}, Bank{"BE", "dddddddddddd"}, Bank{"SE", "dddddddddddddddddddd"},
                           Bank{"GB", "lllldddddddddddddd"}, Bank{"CH", "ddddddddddddddddd"}, Bank{"PT", "ddddddddddddddddddddd"}, Bank{"FI", "dddddddddddddd"}};

}  // namespace

std::string LabelledTexts::digits(std::size_t count) {
    std::string made;
    for (std::size_t i = 0; i < count; ++i) made += static_cast<char>('0' + pick(10));
    return made;
}

std::string LabelledTexts::from_pattern(const std::string& pattern) {
    const auto shape = Shape::parse(pattern);
    if (!shape) return {};
    std::string made;
    for (const auto& item : shape->items()) {
        std::string choices;
        for (char c = 0x20; c < 0x7f; ++c)
            if (item.chars.has(c)) choices += c;
        const auto times = item.least + pick(item.most - item.least + 1U);
        for (std::size_t i = 0; i < times; ++i) made += any(choices);
    }
    return made;
}

std::string LabelledTexts::value(const RecogniserSpec& spec) {
    const Checksum holds = spec.checksum.empty() ? nullptr : find_checksum(spec.checksum);
    for (int tries = 0; tries < 300'000; ++tries) {
        const auto made = from_pattern(any(spec.patterns));
        if (made.empty()) continue;
        if (!holds) return made;
        std::string plain;
        for (const char c : made)
            if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')) plain += c;
            else if (c >= 'a' && c <= 'z') plain += static_cast<char>(c - 32);
        if (holds(plain)) return made;
    }
    return {};
}

LabelledText LabelledTexts::sentence(const RecogniserSpec& spec) {
    LabelledText made;
    made.text = std::string(any(before)) + " ";
    const bool needs_word = spec.alone < match_threshold;
    if (!spec.context.empty() && (needs_word || pick(2) == 0)) made.text += any(spec.context) + any(joins);
    const auto personal = spec.method == "email" ? email() : spec.method == "iban" ? iban() : spec.method == "card" ? card() : spec.method == "ip" ? ipv4() : spec.method == "phone" ? phone() : value(spec);
    if (personal.empty()) return {};
    made.spans.push_back({spec.entity, made.text.size(), made.text.size() + personal.size()});
    made.text += personal;
    made.text += pick(2) == 0 ? ". " : ", ";
    made.text += any(behind);
    return made;
}

std::string LabelledTexts::email() { return std::string(any(names)) + "@" + any(hosts); }

std::string LabelledTexts::iban() {
    const auto& bank = any(banks);
    std::string account;
    for (const char* c = bank.shape; *c; ++c) account += *c == 'd' ? static_cast<char>('0' + pick(10)) : static_cast<char>('A' + pick(26));
    for (int check = 2; check < 99; ++check) {
        const auto made = std::string(bank.country) + static_cast<char>('0' + check / 10) + static_cast<char>('0' + check % 10) + account;
        if (!iban_mod97(made)) continue;
        if (pick(2) == 0) return made;
        std::string grouped;
        for (std::size_t i = 0; i < made.size(); ++i) grouped += (i > 0 && i % 4 == 0 ? " " : "") + std::string(1, made[i]);
        return grouped;
    }
    return {};
}

std::string LabelledTexts::card() {
    constexpr std::array starts{"4", "51", "53", "55", "2221", "34", "37", "6011", "3528", "36"};
    const std::string start = any(starts);
    const std::size_t length = start == "34" || start == "37" ? 15 : start == "36" ? 14 : 16;
    for (;;) {
        const auto made = start + digits(length - start.size());
        if (!luhn(made)) continue;
        if (length != 16 || pick(2) == 0) return made;
        return made.substr(0, 4) + " " + made.substr(4, 4) + " " + made.substr(8, 4) + " " + made.substr(12);
    }
}

std::string LabelledTexts::ipv4() {
    std::string made;
    for (int i = 0; i < 4; ++i) made += (i > 0 ? "." : "") + std::to_string(1 + pick(254));
    return made;
}

std::string LabelledTexts::phone() {
    std::string made = any(phones);
    for (auto& c : made)
        if (c == '#') c = static_cast<char>('0' + pick(10));
    return made;
}

std::string LabelledTexts::noise() {
    constexpr std::array words{"Bestellung", "order", "commande", "took", "ms", "at", "rows", "Seite", "total", "EUR", "version", "build", "item", "pedido", "ordine", "zamówienie", "commit", "queue", "offset", "size"};
    std::string made;
    for (int i = 0; i < 40; ++i) {
        made += std::string(any(words)) + " ";
        switch (pick(9)) {
            case 0: made += digits(1 + pick(6)); break;
            case 1: made += std::to_string(1'600'000'000'000ULL + pick(200'000'000'000ULL)); break;  // milliseconds since the epoch
            case 2: made += std::to_string(1'600'000'000ULL + pick(200'000'000ULL)); break;
            case 3: made += std::to_string(pick(10'000)) + "." + digits(2); break;
            case 4: made += std::to_string(pick(20)) + "." + std::to_string(pick(20)) + "." + std::to_string(pick(20)); break;
            case 5: made += "A" + digits(5) + "-" + digits(3); break;
            case 6: made += "0x" + digits(8); break;
            default: break;
        }
        made += pick(6) == 0 ? ". " : " ";
    }
    return made;
}

}  // namespace bordergate::testing

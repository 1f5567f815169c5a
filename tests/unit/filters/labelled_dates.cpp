#include "tests/unit/filters/labelled_dates.hpp"

#include <array>
#include <map>

namespace bordergate::testing {

namespace {

using Names = std::array<const char*, 12>;

const std::map<std::string, Names> months{
    {"en", {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}},
    {"de", {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"}},
    {"at", {"Jänner", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"}},
    {"fr", {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}},
    {"es", {"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"}},
    {"it", {"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"}},
    {"pt", {"janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro", "novembro", "dezembro"}},
    {"nl", {"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"}},
    {"pl", {"stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia", "września", "października", "listopada", "grudnia"}},
    {"sv", {"januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"}},
    {"da", {"januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september", "oktober", "november", "december"}},
    {"nb", {"januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober", "november", "desember"}},
    {"fi", {"tammikuuta", "helmikuuta", "maaliskuuta", "huhtikuuta", "toukokuuta", "kesäkuuta", "heinäkuuta", "elokuuta", "syyskuuta", "lokakuuta", "marraskuuta", "joulukuuta"}},
    {"cs", {"ledna", "února", "března", "dubna", "května", "června", "července", "srpna", "září", "října", "listopadu", "prosince"}},
    {"hu", {"január", "február", "március", "április", "május", "június", "július", "augusztus", "szeptember", "október", "november", "december"}},
    {"ro", {"ianuarie", "februarie", "martie", "aprilie", "mai", "iunie", "iulie", "august", "septembrie", "octombrie", "noiembrie", "decembrie"}},
    {"tr", {"Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım", "Aralık"}},
    {"el", {"Ιανουαρίου", "Φεβρουαρίου", "Μαρτίου", "Απριλίου", "Μαΐου", "Ιουνίου", "Ιουλίου", "Αυγούστου", "Σεπτεμβρίου", "Οκτωβρίου", "Νοεμβρίου", "Δεκεμβρίου"}},
    {"ru", {"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"}},
    {"en brief", {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}},
    {"de brief", {"Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."}},
    {"fr brief", {"janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."}},
    {"es brief", {"ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"}},
    {"it brief", {"gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"}},
    {"pt brief", {"jan.", "fev.", "mar.", "abr.", "mai.", "jun.", "jul.", "ago.", "set.", "out.", "nov.", "dez."}},
    {"nl brief", {"jan.", "feb.", "mrt.", "apr.", "mei", "jun.", "jul.", "aug.", "sep.", "okt.", "nov.", "dec."}},
    {"pl brief", {"sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru"}},
};

/// `d` and `m` are bare, `D` and `M` of two digits, `Y` is the year, `N` the name of the month. All else stands for itself.
struct Form {
    const char *country, *language, *date;
    std::array<const char*, 2> time;  // of `H`, `I` (of twelve), `P` (AM or PM), `U` minutes, `S` seconds
};
const Form all_forms[]{
    {"US", "en", "M/D/Y", {" I:U P", ", I:U P"}}, {"US", "en", "m/d/Y", {" H:U", " at I:U P"}}, {"US", "en", "N d, Y", {" at I:U P", ", H:U"}}, {"US", "en brief", "N d, Y", {" I:U:S P", " H:U"}},
    {"GB", "en", "D/M/Y", {" H:U", " at H:U"}}, {"GB", "en", "d N Y", {" at H:U", ", H:U"}}, {"GB", "en brief", "D-N-Y", {" H:U", " H:U:S"}}, {"IE", "en", "dth N Y", {" H:U", " at H:U"}},
    {"IN", "en", "D-M-Y", {" H:U", " H:U:S"}}, {"AU", "en brief", "d N Y", {" I:U P", ", I:U P"}}, {"CA", "en", "Y-M-D", {" H:U", " I:U P"}}, {"ZA", "en", "Y/M/D", {" H:U", ", H:U"}},
    {"DE", "de", "D.M.Y", {" H:U", ", H:U Uhr"}}, {"DE", "de", "d.m.Y", {" um H:U Uhr", ", H:U"}}, {"DE", "de", "d. N Y", {" um H:U Uhr", ", H:U Uhr"}}, {"CH", "de brief", "d. N Y", {", H:U", " um H.U Uhr"}}, {"AT", "at", "D. N Y", {", H:U Uhr", " um H:U"}},
    {"FR", "fr", "D/M/Y", {" H:U", " à H:U"}}, {"FR", "fr", "d N Y", {" à HhU", " à H:U"}}, {"BE", "fr brief", "d N Y", {", H:U", " à H h U"}},
    {"ES", "es", "D/M/Y", {" H:U", ", H:U:S"}}, {"ES", "es", "d de N de Y", {" a las H:U", ", H:U"}}, {"MX", "es brief", "d N Y", {" H:U", ", H:U"}}, {"AR", "es", "d-m-Y", {" H:U", " H:U:S"}},
    {"IT", "it", "D/M/Y", {" H:U", ", H:U"}}, {"IT", "it", "d N Y", {" alle H:U", " ore H.U"}}, {"IT", "it brief", "d N Y", {", H:U", " alle ore H:U"}},
    {"PT", "pt", "D/M/Y", {" H:U", " às H:U"}}, {"PT", "pt", "d de N de Y", {" às HhU", " às H:U"}}, {"BR", "pt brief", "d de N de Y", {" H:U", ", H:U"}},
    {"NL", "nl", "D-M-Y", {" H:U", " om H:U"}}, {"NL", "nl", "d N Y", {" om H:U uur", " H:U"}}, {"NL", "nl brief", "d N Y", {" H:U", ", H:U"}},
    {"PL", "pl", "D.M.Y", {" H:U", " o H:U"}}, {"PL", "pl", "d N Y", {" o godz. H:U", ", H:U"}}, {"PL", "pl brief", "d N Y", {", H:U", " H:U"}},
    {"SE", "sv", "d N Y", {" kl. H.U", " kl. H:U"}}, {"SE", "sv", "Y-M-D", {" kl. H:U", " H:U"}}, {"DK", "da", "d. N Y", {" kl. H.U", " kl. H:U"}}, {"NO", "nb", "d. N Y", {" kl. H:U", " H:U"}}, {"FI", "fi", "d. N Y", {" klo H.U", " H:U"}},
    {"FI", "fi", "d.m.Y", {" klo H.U", " klo H:U"}}, {"CZ", "cs", "d. m. Y", {" H:U", ", H:U"}}, {"CZ", "cs", "d. N Y", {" H:U", ", H:U"}}, {"HU", "hu", "Y. M. D", {". H:U", ". H:U"}}, {"HU", "hu", "Y. N d", {". H:U", ". H:U"}},
    {"RO", "ro", "d N Y", {", H:U", " H:U"}}, {"TR", "tr", "d N Y", {" H:U", " saat H:U"}}, {"GR", "el", "d N Y", {", H:U", " στις H:U"}}, {"RU", "ru", "d N Y", {" в H:U", ", H:U"}},
    {"JP", "en", "Y年m月d日", {" H:U", " H:U:S"}}, {"CN", "en", "Y/M/D", {" H:U", " H:U:S"}}, {"KR", "en", "Y년 m월 d일", {" H:U", " H:U"}}, {"KR", "en", "Y. m. d", {"", ""}},
    {"ISO", "en", "Y-M-D", {"TH:U:SZ", "TH:U:S.123+02:00"}}, {"ISO", "en", "Y-M-D", {" H:U:S,456", " H:U:S +0000"}}, {"ISO", "en", "YMD", {"THUSZ", "THUS"}}, {"ISO", "en brief", "D/N/Y", {":H:U:S +0100", ":H:U:S -0500"}}, {"ISO", "en brief", "D N Y", {" H:U:S -0500", " H:U:S +0000"}},
};

constexpr std::array before{"It happened on ", "Am ", "Le ", "El ", "Il ", "Em ", "Op ", "W dniu ", "Den ", "(", "\"", "valid: ", "[", "x=", "on Tue, ", ""};
constexpr std::array behind{".", ", as agreed.", ") noted", "; next", "\n", " und danach", " puis", " y después", ", potem", "]", "\"", ""};

std::string two(std::size_t number) { return {static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)}; }

}  // namespace

std::size_t LabelledDates::forms() { return std::size(all_forms); }

std::string LabelledDates::country(std::size_t form) { return all_forms[form].country; }

std::string LabelledDates::written(const std::string& form, const std::string& language) {
    const std::size_t day = 1 + pick(28), month = 1 + pick(12), year = 1930 + pick(110), hour = pick(24);
    std::string made;
    for (std::size_t i = 0; i < form.size(); ++i) {
        const bool letter_before = i > 0 && form[i - 1] >= 'a' && form[i - 1] <= 'z', letter_behind = i + 1 < form.size() && form[i + 1] >= 'a' && form[i + 1] <= 'z';
        switch (form[i]) {
            case 'd':
                if (letter_before || (letter_behind && form.compare(i, 3, "dth") != 0)) made += 'd';  // of "de"
                else made += std::to_string(day);
                if (form.compare(i, 3, "dth") == 0) made += day % 10 == 1 && day != 11 ? "st" : day % 10 == 2 && day != 12 ? "nd" : day % 10 == 3 && day != 13 ? "rd" : "th", i += 2;
                break;
            case 'm': made += letter_before || letter_behind ? "m" : std::to_string(month); break;
            case 'D': made += two(day); break;
            case 'M': made += two(month); break;
            case 'Y': made += std::to_string(year); break;
            case 'N': made += months.at(language)[month - 1]; break;
            case 'H': made += two(hour); break;
            case 'I': made += std::to_string(hour % 12 == 0 ? 12 : hour % 12); break;
            case 'P': made += hour < 12 ? "AM" : "PM"; break;
            case 'U': if (letter_behind) made += 'U'; else made += two(pick(60)); break;
            case 'S': made += two(pick(60)); break;
            default: made += form[i];
        }
    }
    return made;
}

LabelledText LabelledDates::sentence(std::size_t form) {
    const auto& one = all_forms[form];
    LabelledText made;
    made.text = before[pick(before.size())];
    const bool always = std::string(one.date) == "YMD";
    const auto value = written(std::string(one.date) + (always || pick(2) == 0 ? one.time[pick(2)] : ""), one.language);
    made.spans.push_back({"DATE_TIME", made.text.size(), made.text.size() + value.size()});
    made.text += value + behind[pick(behind.size())];
    return made;
}

std::string LabelledDates::no_date() {
    const auto number = [this](std::size_t below) { return std::to_string(pick(below)); };
    const auto dotted = [&](std::size_t parts, std::size_t below) {
        std::string made = number(below);
        for (std::size_t i = 1; i < parts; ++i) made += "." + number(below);
        return made;
    };
    switch (pick(20)) {
        case 0: return "upgrade to version " + dotted(3, 30) + " now";
        case 1: return "v" + dotted(2, 13) + "." + std::to_string(2000 + pick(30)) + " is out";
        case 2: return "version " + dotted(2, 13) + "." + std::to_string(2000 + pick(30)) + " of the program";
        case 3: return "IDEA 20" + two(15 + pick(10)) + "." + number(4) + "." + number(9) + " crashed";
        case 4: return "from " + dotted(4, 255) + " port " + number(60000);
        case 5: return "about " + number(12) + "/" + number(30) + " of a cup";
        case 6: return "in section " + dotted(3, 20) + " and § " + dotted(3, 12);
        case 7: return "Windows 10.0." + number(30000) + "." + number(3000);
        case 8: return "open 24/7, ratio " + number(20) + ":" + number(20) + ", " + number(40) + "/" + number(40) + "/" + number(9);
        case 9: return "season 20" + two(pick(30)) + "/" + two(pick(30)) + ", pages " + number(30) + "-" + number(40);
        case 10: return "payable in 12/24/36 months";
        case 11: return number(30) + " out of " + number(40) + " set, " + number(20) + " may be late, " + number(9) + " lug nuts";
        case 12: return "they may " + number(20) + " times march " + number(30) + " miles";
        case 13: return "Art. " + dotted(2, 30) + " (" + number(20) + ") No " + number(400) + "/20" + two(pick(25));
        case 14: return "20" + two(pick(30)) + "-" + two(13 + pick(80)) + "-" + two(1 + pick(28)) + " and " + two(32 + pick(60)) + "." + two(1 + pick(12)) + ".20" + two(pick(30));
        case 15: return "call 555-" + std::to_string(1000 + pick(900)) + "-" + number(99) + " ext. " + number(999);
        case 16: return "RFC " + number(9000) + ", ISO " + number(9000) + "-" + number(9) + ":20" + two(pick(25));
        case 17: return "python 3." + std::to_string(1 + pick(12)) + "." + std::to_string(1 + pick(20)) + ", Ubuntu " + two(14 + pick(12)) + ".04." + number(6);
        case 18: return "build 1.2." + std::to_string(2000 + pick(30)) + "." + number(900);
        default: return "costs " + number(900) + "." + two(pick(100)) + " or " + number(12) + "." + two(pick(100)) + "." + number(9);
    }
}

}  // namespace bordergate::testing

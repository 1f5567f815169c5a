#include "filters/detect/months.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "config/words.hpp"

namespace bordergate {

namespace {

struct Entry {
    std::string_view name;
    unsigned number;
    MonthName how;
};

using enum MonthName;

/// Danish, German, English, Finnish, French, Greek, Italian, Croatian, Dutch, Norwegian, Polish, Portuguese, Romanian, Russian,
/// Swedish, Slovak, Spanish, Czech, Turkish, Ukrainian, Hungarian: in the case in which they stand beside a day (CLDR, and what
/// English abbreviates). In lower case, sorted. `listopada` is November in Polish and October in Croatian, which has more days.
constexpr auto months = std::to_array<Entry>({
    {"abr", 4, brief}, {"abril", 4, full}, {"ago", 8, vague}, {"agosto", 8, full}, {"aout", 8, full}, {"août", 8, full},
    {"apr", 4, brief}, {"april", 4, full}, {"aprile", 4, full}, {"aprilie", 4, full}, {"apríla", 4, full},
    {"ara", 12, vague}, {"aralık", 12, full}, {"aug", 8, brief}, {"august", 8, full}, {"augusta", 8, full},
    {"augusti", 8, full}, {"augustus", 8, full}, {"augusztus", 8, full}, {"avr", 4, brief}, {"avril", 4, full},
    {"ağu", 8, vague}, {"ağustos", 8, full}, {"března", 3, full}, {"cze", 6, brief}, {"czerwca", 6, full},
    {"dec", 12, brief}, {"december", 12, full}, {"decembra", 12, full}, {"decembre", 12, full}, {"decembrie", 12, full},
    {"desember", 12, full}, {"dez", 12, brief}, {"dezember", 12, full}, {"dezembro", 12, full}, {"dic", 12, brief},
    {"dicembre", 12, full}, {"diciembre", 12, full}, {"dubna", 4, full}, {"déc", 12, brief}, {"décembre", 12, full},
    {"eki", 10, vague}, {"ekim", 10, full}, {"elokuuta", 8, full}, {"ene", 1, brief}, {"enero", 1, full}, {"eyl", 9, vague},
    {"eylül", 9, full}, {"feb", 2, brief}, {"febbraio", 2, full}, {"feber", 2, full}, {"febrero", 2, full},
    {"februar", 2, full}, {"februari", 2, full}, {"februarie", 2, full}, {"february", 2, full}, {"február", 2, full},
    {"februára", 2, full}, {"fev", 2, brief}, {"fevereiro", 2, full}, {"fevrier", 2, full}, {"févr", 2, brief},
    {"février", 2, full}, {"gen", 1, vague}, {"gennaio", 1, full}, {"giu", 6, vague}, {"giugno", 6, full},
    {"gru", 12, brief}, {"grudnia", 12, full}, {"haz", 6, vague}, {"haziran", 6, full}, {"heinäkuuta", 7, full},
    {"helmikuuta", 2, full}, {"huhtikuuta", 4, full}, {"ianuarie", 1, full}, {"iulie", 7, full}, {"iunie", 6, full},
    {"jan", 1, brief}, {"janeiro", 1, full}, {"januar", 1, full}, {"januari", 1, full}, {"january", 1, full},
    {"január", 1, full}, {"januára", 1, full}, {"janv", 1, brief}, {"janvier", 1, full}, {"joulukuuta", 12, full},
    {"juil", 7, brief}, {"juillet", 7, full}, {"juin", 6, full}, {"jul", 7, brief}, {"julho", 7, full}, {"juli", 7, full},
    {"julio", 7, full}, {"july", 7, full}, {"jun", 6, brief}, {"june", 6, full}, {"junho", 6, full}, {"juni", 6, full},
    {"junio", 6, full}, {"jänner", 1, full}, {"júla", 7, full}, {"július", 7, full}, {"júna", 6, full}, {"június", 6, full},
    {"kas", 11, vague}, {"kasım", 11, full}, {"kesäkuuta", 6, full}, {"kolovoza", 8, full}, {"května", 5, full},
    {"kwi", 4, brief}, {"kwietnia", 4, full}, {"ledna", 1, full}, {"lip", 7, vague}, {"lipca", 7, full},
    {"lipnja", 6, full}, {"lis", 11, vague}, {"listopada", 10, full}, {"listopadu", 11, full}, {"lokakuuta", 10, full},
    {"lug", 7, vague}, {"luglio", 7, full}, {"lut", 2, vague}, {"lutego", 2, full}, {"maaliskuuta", 3, full},
    {"maart", 3, full}, {"mag", 5, vague}, {"maggio", 5, full}, {"mai", 5, full}, {"maio", 5, full}, {"maj", 5, full},
    {"maja", 5, full}, {"mar", 3, brief}, {"marca", 3, full}, {"march", 3, brief}, {"marraskuuta", 11, full},
    {"mars", 3, full}, {"mart", 3, brief}, {"martie", 3, full}, {"marts", 3, full}, {"marzo", 3, full}, {"março", 3, full},
    {"may", 5, brief}, {"mayo", 5, full}, {"mayıs", 5, full}, {"mei", 5, full}, {"mrt", 3, brief}, {"mája", 5, full},
    {"május", 5, full}, {"március", 3, full}, {"mär", 3, brief}, {"märz", 3, full}, {"nis", 4, vague}, {"nisan", 4, full},
    {"noiembrie", 11, full}, {"nov", 11, brief}, {"november", 11, full}, {"novembra", 11, full}, {"novembre", 11, full},
    {"novembro", 11, full}, {"noviembre", 11, full}, {"oca", 1, vague}, {"ocak", 1, full}, {"oct", 10, brief},
    {"october", 10, full}, {"octobre", 10, full}, {"octombrie", 10, full}, {"octubre", 10, full}, {"okt", 10, brief},
    {"oktober", 10, full}, {"október", 10, full}, {"októbra", 10, full}, {"ott", 10, brief}, {"ottobre", 10, full},
    {"out", 10, vague}, {"outubro", 10, full}, {"ožujka", 3, full}, {"paź", 10, brief}, {"października", 10, full},
    {"prosinca", 12, full}, {"prosince", 12, full}, {"rujna", 9, full}, {"sep", 9, brief}, {"sept", 9, brief},
    {"september", 9, full}, {"septembra", 9, full}, {"septembre", 9, full}, {"septembrie", 9, full},
    {"septiembre", 9, full}, {"set", 9, vague}, {"setembro", 9, full}, {"setiembre", 9, full}, {"sett", 9, brief},
    {"settembre", 9, full}, {"sie", 8, vague}, {"sierpnia", 8, full}, {"siječnja", 1, full}, {"srpna", 8, full},
    {"srpnja", 7, full}, {"studenog", 11, full}, {"studenoga", 11, full}, {"sty", 1, brief}, {"stycznia", 1, full},
    {"svibnja", 5, full}, {"syyskuuta", 9, full}, {"szeptember", 9, full}, {"tammikuuta", 1, full}, {"tem", 7, vague},
    {"temmuz", 7, full}, {"toukokuuta", 5, full}, {"travnja", 4, full}, {"veljače", 2, full}, {"wrz", 9, brief},
    {"września", 9, full}, {"září", 9, full}, {"április", 4, full}, {"února", 2, full}, {"července", 7, full},
    {"června", 6, full}, {"října", 10, full}, {"şub", 2, brief}, {"şubat", 2, full}, {"απριλίου", 4, full},
    {"αυγούστου", 8, full}, {"δεκεμβρίου", 12, full}, {"ιανουαρίου", 1, full}, {"ιουλίου", 7, full}, {"ιουνίου", 6, full},
    {"μαΐου", 5, full}, {"μαρτίου", 3, full}, {"νοεμβρίου", 11, full}, {"οκτωβρίου", 10, full}, {"σεπτεμβρίου", 9, full},
    {"φεβρουαρίου", 2, full}, {"августа", 8, full}, {"апреля", 4, full}, {"березня", 3, full}, {"вересня", 9, full},
    {"грудня", 12, full}, {"декабря", 12, full}, {"жовтня", 10, full}, {"июля", 7, full}, {"июня", 6, full},
    {"квітня", 4, full}, {"липня", 7, full}, {"листопада", 11, full}, {"лютого", 2, full}, {"марта", 3, full},
    {"мая", 5, full}, {"ноября", 11, full}, {"октября", 10, full}, {"сентября", 9, full}, {"серпня", 8, full},
    {"січня", 1, full}, {"травня", 5, full}, {"февраля", 2, full}, {"червня", 6, full}, {"января", 1, full},
});
static_assert(std::is_sorted(months.begin(), months.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; }));
static_assert(std::all_of(months.begin(), months.end(), [](const Entry& one) { return one.name.size() <= longest_month_name; }));

/// By their names as words are compared.
std::map<std::string, NamedMonth, std::less<>> folded_months() {
    std::map<std::string, NamedMonth, std::less<>> known;
    for (const auto& one : months) {
        std::string folded;
        fold_word(one.name, folded);
        known.emplace(std::move(folded), NamedMonth{one.number, one.how});
    }
    return known;
}

}  // namespace

NamedMonth month_named(std::string_view word) {
    constexpr std::size_t shortest = 3;
    if (word.size() < shortest || word.size() > longest_month_name) return {};
    thread_local std::string folded;
    folded.clear();
    fold_word(word, folded);
    static const auto known = folded_months();
    const auto found = known.find(folded);
    return found != known.end() ? found->second : NamedMonth{};
}

}  // namespace bordergate

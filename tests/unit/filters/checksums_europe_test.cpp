// Check digits against numbers that are published as examples, and against those numbers with one digit changed.
#include "filters/detect/checksums_europe.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "config/checksum_names.hpp"
#include "tests/support/sightings.hpp"
#include "tests/unit/filters/published_numbers.hpp"

using namespace bordergate;
using bordergate::testing::check_published;

TEST_CASE("every checksum that a recogniser may name is there") {
    for (const auto name : checksum_names) {
        INFO(name);
        CHECK(find_checksum(name));
    }
    CHECK_FALSE(find_checksum("nothing"));
}

TEST_CASE("published numbers are sound, and one wrong digit shows") {
    struct Case {
        const char* checksum;
        const char* number;
    };
    for (const auto& one : {
             Case{"at_svnr", "1237010180"},          // Österreichische Sozialversicherung
             Case{"be_nn", "85073003328"},           // IBZ
             Case{"be_nn", "17073003384"},           // born in 2017
             Case{"bg_egn", "7523169263"},           // GRAO
             Case{"ch_ahv", "7569217076985"},        // ZAS
             Case{"cz_birth_number", "7103192745"},
             Case{"de_id_document", "T220001293"},   // BMI's specimen
             Case{"de_id_document", "C01X00T478"},   // specimen of a passport
             Case{"de_kvnr", "A123456780"},          // GKV
             Case{"de_social_security", "15070649C103"},
             Case{"de_tax_id", "86095742719"},       // BZSt
             Case{"de_tax_id", "47036892816"},
             Case{"ee_isikukood", "37605030299"},
             Case{"es_nif", "12345678Z"},
             Case{"es_nie", "X1234567L"},
             Case{"fi_hetu", "131052308T"},          // DVV's example
             Case{"fr_nir", "255081416802538"},      // INSEE
             Case{"fr_tax", "3023217600053"},        // DGFiP
             Case{"gr_amka", "01013099997"},
             Case{"hr_oib", "33392005961"},
             Case{"hr_oib", "94577403194"},
             Case{"hu_taj", "111111110"},
             Case{"hu_tax_id", "8071592153"},
             Case{"ie_pps", "1234567T"},
             Case{"ie_pps", "1234567FA"},
             Case{"it_fiscal_code", "RSSMRA85T10A562S"},
             Case{"it_vat", "00743110157"},
             Case{"lt_asmens_kodas", "38703181745"},
             Case{"lv_personal_code", "16117519997"},
             Case{"nl_bsn", "111222333"},
             Case{"nl_bsn", "123456782"},
             Case{"no_fnr", "29029600013"},
             Case{"pl_pesel", "44051401359"},
             Case{"pl_pesel", "02070803628"},
             Case{"pl_nip", "8567346215"},
             Case{"pt_nif", "501964843"},
             Case{"ro_cnp", "1630615123457"},
             Case{"se_personnummer", "8112189876"},  // Skatteverket
             Case{"se_personnummer", "198112189876"},
             Case{"si_emso", "0101006500006"},
             Case{"tr_id", "10000000146"},           // NVI
             Case{"uk_nhs", "9434765919"},
             Case{"eu_vat", "ATU13585627"},
             Case{"eu_vat", "BE0428759497"},
             Case{"eu_vat", "DE136695976"},
             Case{"eu_vat", "DK13585628"},
             Case{"eu_vat", "EL094259216"},
             Case{"eu_vat", "FI20774740"},
             Case{"eu_vat", "FR40303265045"},
             Case{"eu_vat", "HR33392005961"},
             Case{"eu_vat", "HU12892312"},
             Case{"eu_vat", "IT00743110157"},
             Case{"eu_vat", "LU15027442"},
             Case{"eu_vat", "MT11679112"},
             Case{"eu_vat", "NL004495445B01"},
             Case{"eu_vat", "PL8567346215"},
             Case{"eu_vat", "PT501964843"},
             Case{"eu_vat", "SE123456789701"},
             Case{"eu_vat", "SI50223054"},
             Case{"eu_vat", "SK2022749619"},
         }) {
        // The last digit checks the others, but in these.
        const std::string number = one.number;
        const bool in_middle = std::string(one.checksum) == "at_svnr";
        check_published(one.checksum, number, in_middle ? 3 : number.starts_with("NL004") ? 10 : number.starts_with("SE1234") ? 11 : number.find_last_of("0123456789"));
        CHECK_FALSE(find_checksum(one.checksum)(number + "0"));
    }
}

TEST_CASE("what no number may be") {
    CHECK_FALSE(find_checksum("uk_nino")("BG123456A"));
    CHECK_FALSE(find_checksum("uk_nino")("AB123456E"));
    CHECK(find_checksum("uk_nino")("AB123456C"));
    CHECK_FALSE(find_checksum("dk_cpr")("3213701234"));
    CHECK(find_checksum("dk_cpr")("0107701234"));
    CHECK_FALSE(find_checksum("nl_bsn")("000000000"));
    CHECK_FALSE(find_checksum("eu_vat")("XX123456789"));
    CHECK_FALSE(find_checksum("de_tax_id")("12345678903"));  // no digit stands twice
}

TEST_CASE("value added tax numbers and fiscal codes are found as people write them") {
    using testing::sighted;
    CHECK(sighted("FI20774740, DK 13585628, EL094259216") == "<EU_VAT_ID>, <EU_VAT_ID>, <EU_VAT_ID>");
    CHECK(sighted("HR33392005961 PL 8567346215") == "<EU_VAT_ID> <EU_VAT_ID>");
    CHECK(sighted("cf RSSMRA85T10A562S") == "cf <IT_FISCAL_CODE>");
    CHECK(sighted("rssmra85t10a562s") == "<IT_FISCAL_CODE>");
    CHECK(sighted("RSSMRA85T10A562T") == "RSSMRA85T10A562T");
}

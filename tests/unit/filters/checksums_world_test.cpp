// Check digits of the Americas, Asia, the Pacific and Africa against numbers that are published as examples.
#include <catch2/catch.hpp>
#include <string>

#include "tests/unit/filters/published_numbers.hpp"

using namespace bordergate;
using bordergate::testing::check_published;

TEST_CASE("published numbers of other parts of the world are sound, and one wrong digit shows") {
    struct Case {
        const char* checksum;
        const char* number;
    };
    for (const auto& one : {
             Case{"us_npi", "1234567893"},            // CMS
             Case{"us_aba", "111000025"},
             Case{"us_aba", "021000021"},
             Case{"us_dea", "AB1234563"},
             Case{"ca_sin", "123456782"},
             Case{"br_cpf", "39053344705"},
             Case{"br_cpf", "11144477735"},
             Case{"br_cnpj", "16727230000197"},
             Case{"br_cnpj", "12ABC34501DE35"},       // Receita Federal, of the alphanumeric form
             Case{"mx_curp", "BOXW310820HNERXN09"},
             Case{"ar_cuit", "20055361682"},
             Case{"cl_rut", "760864285"},
             Case{"cl_rut", "125319092"},
             Case{"co_nit", "2131234321"},
             Case{"in_aadhaar", "234123412346"},
             Case{"in_gstin", "27AAPFU0939F1ZV"},
             Case{"cn_ric", "360426199101010071"},
             Case{"cn_ric", "11010519491231002X"},    // GB 11643
             Case{"jp_mynumber", "123456789018"},
             Case{"kr_rrn", "9710139019902"},
             Case{"sg_nric", "S1234567D"},
             Case{"hk_id", "A1234563"},
             Case{"tw_id", "A123456789"},
             Case{"th_id", "1234545678781"},
             Case{"au_tfn", "123456782"},             // ATO
             Case{"au_abn", "51824753556"},           // ABR
             Case{"nz_ird", "49091850"},              // IRD
             Case{"nz_ird", "136410132"},
             Case{"za_id", "8001015009087"},
             Case{"il_id", "039337423"},
         })
        check_published(one.checksum, one.number);
    CHECK(find_checksum("au_medicare")("2123456701"));
    CHECK_FALSE(find_checksum("au_medicare")("2123456711"));
}

TEST_CASE("numbers that are never given out") {
    CHECK(find_checksum("us_ssn")("536904399"));
    for (const char* one : {"000123456", "666123456", "900123456", "123001234", "123450000"}) CHECK_FALSE(find_checksum("us_ssn")(one));
    CHECK(find_checksum("us_itin")("912701234"));
    CHECK_FALSE(find_checksum("us_itin")("912001234"));
    CHECK_FALSE(find_checksum("br_cpf")("11111111111"));
    CHECK(find_checksum("id_nik")("3171234112900001"));
    CHECK_FALSE(find_checksum("id_nik")("3171239912900001"));
    CHECK(find_checksum("kr_rrn")("2101013000000"));
}

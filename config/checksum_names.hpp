// The checksums that a recogniser may name. What they compute is in filters/detect/checksums.hpp.
#pragma once

#include <array>
#include <string_view>

namespace bordergate {

inline constexpr auto checksum_names = std::to_array<std::string_view>({
    "at_svnr",
    "be_nn",
    "bg_egn",
    "ch_ahv",
    "cz_birth_number",
    "de_id_document",
    "de_kvnr",
    "de_social_security",
    "de_tax_id",
    "dk_cpr",
    "ee_isikukood",
    "es_nie",
    "es_nif",
    "eu_vat",
    "fi_hetu",
    "fr_nir",
    "fr_tax",
    "gr_amka",
    "hr_oib",
    "hu_personal",
    "hu_taj",
    "hu_tax_id",
    "iban",
    "ie_pps",
    "it_fiscal_code",
    "it_vat",
    "lt_asmens_kodas",
    "luhn",
    "lv_personal_code",
    "nl_bsn",
    "no_fnr",
    "pl_nip",
    "pl_pesel",
    "pt_nif",
    "ro_cnp",
    "se_personnummer",
    "si_emso",
    "tr_id",
    "uk_nhs",
    "uk_nino",
    "us_ssn",
});

}  // namespace bordergate

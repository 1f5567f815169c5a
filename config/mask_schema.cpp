#include "config/mask_schema.hpp"

#include "config/mask_spec.hpp"

namespace bordergate {

namespace {

using namespace schema;

constexpr long long most_characters = 64, most_number = 1'000'000'000'000'000;

Schema character_mask_schema() {
    return object("replaces characters",
                  {
                      optional("character", text("the character shown instead; * if left out", Format::character)),
                      optional("keep_first", integer("characters left in clear at the start", 0, most_characters)),
                      optional("keep_last", integer("characters left in clear at the end", 0, most_characters)),
                      optional("keep", text("characters left as they are wherever they stand, such as \"-. \"")),
                      optional("count", integer("how many characters are replaced, those left aside not counted; all if left out", 1, 1'000'000)),
                      optional("from_end", boolean("count from the end")),
                  });
}

Schema date_order() {
    return words("how 3/4/2024 is read where only one of the two could be a month: day_first if left out", {"day_first", "month_first"});
}

Schema time_part_schema() {
    const auto part = words("a part of a date", {time_part_names.begin(), time_part_names.end()});
    return one_of("leaves one part of a date, as a number; weeks and their days as in ISO 8601",
                  {part, object("a part of a date", {required("part", part), optional("order", date_order())})});
}

Schema bucketing_schema() {
    const auto bound = integer("a number", -most_number, most_number);
    return one_key_of({"size", "bounds"}, "shows the range that a number lies in: \"30-40\", or as a JSON number where it begins",
                      {
                          optional("size", integer("every range is so long; one begins at 0", 1, most_number)),
                          optional("bounds", some("where ranges begin, ascending", bound)),
                      });
}

std::vector<SchemaMember> operators() {
    const auto nothing = [](const char* about) { return object(about, {}); };
    const auto fpe = object("encrypts within an alphabet (FF1 of NIST SP 800-38G); whatever is neither letter nor digit stays, and a "
                            "value out of fewer than a million is refused",
                            {
                                optional("alphabet", words("the characters of the value; digits if left out", {alphabet_names.begin(), alphabet_names.end()})),
                                optional("luhn", boolean("the last digit checks the others (Luhn), before and after")),
                            });
    const auto date_shift = object("moves a date by some days, by the same for all dates of a subject",
                                   {
                                       required("days", integer("at most so many, back or ahead", 1, 36'525)),
                                       optional("subject", text("JSONPath of whose dates they are, ahead of them in the body; left out: one shift for each exchange", Format::field_path)),
                                       optional("order", date_order()),
                                   });
    const auto dictionary = object("a word of a list, the same for equal values",
                                   {required("words", some("the words, two at least", text("a word", Format::name)))});
    return {
        optional("redact", nothing("leaves nothing")),
        optional("replace", text("a text of your own stands for every value", Format::name)),
        optional("replace_with_info_type", nothing("[EMAIL_ADDRESS]")),
        optional("replace_dictionary", dictionary),
        optional("character_mask", character_mask_schema()),
        optional("crypto_hash", nothing("HMAC-SHA-256")),
        optional("crypto_deterministic", nothing("AES-SIV (RFC 5297): a token that its source can have opened")),
        optional("fpe", fpe),
        optional("date_shift", date_shift),
        optional("bucketing", bucketing_schema()),
        optional("time_part", time_part_schema()),
        optional("pseudonym", nothing("a label that the exchange restores")),
    };
}

}  // namespace

Schema mask_schema() {
    const auto members = operators();
    std::vector<std::string> names;
    for (const auto& one : members) names.push_back(one.key);
    const auto by_name = words("an operator", names);
    const auto one = one_of("an operator", {by_name, one_key_of(names, "an operator with its parameters", members)});
    auto refined = members;
    refined.push_back(optional("entities", map_by(Format::word, "other operators for what is found, by entity such as CREDIT_CARD; of a declared field by the name of its class", one)));
    refined.push_back(optional("paths", map_by(Format::field_path, "other operators for JSON values, by JSONPath (RFC 9535); for all that stands in them too", one)));
    return one_of("the operator that masks; where an entity and a path have operators of their own the strictest of those, or the innermost, masks",
                  {by_name, one_key_of(names, "an operator with its parameters", refined)});
}

}  // namespace bordergate

#include "config/signing.hpp"

#include <algorithm>

namespace bordergate {

namespace {

/// Takes the first label off the front of `host`.
std::string_view take_label(std::string_view& host, char separator = '.') {
    const auto end = std::min(host.find(separator), host.size());
    const auto label = host.substr(0, end);
    host.remove_prefix(std::min(host.size(), end + 1));
    return label;
}

bool all(std::string_view text, char first, char last) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [=](char c) { return c >= first && c <= last; });
}

/// `bedrock`, `bedrock-runtime`, `bedrock-runtime-fips`, …
bool names_bedrock(std::string_view label) { return label == "bedrock" || label.starts_with("bedrock-"); }

bool is_of_aws(std::string_view host) { return host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn") || host.ends_with(".api.aws"); }

}  // namespace

bool is_bedrock_host(std::string_view host) {
    if (!is_of_aws(host)) return false;
    while (!host.empty())
        if (names_bedrock(take_label(host))) return true;
    return false;
}

std::string_view bedrock_region(std::string_view host) {
    if (!is_bedrock_host(host)) return {};
    while (!host.empty())
        if (const auto label = take_label(host); is_aws_region(label)) return label;
    return {};
}

bool is_aws_region(std::string_view region) {
    if (region.ends_with('-')) return false;
    std::size_t words = 0;
    std::string_view last;
    while (!region.empty()) {
        last = take_label(region, '-');
        const bool number = all(last, '0', '9');
        if (number ? !region.empty() : !all(last, 'a', 'z')) return false;
        if (words == 0 && last.size() > 4) return false;  // us, eu, isob, eusc
        ++words;
    }
    return words >= 3 && all(last, '0', '9');
}

}  // namespace bordergate

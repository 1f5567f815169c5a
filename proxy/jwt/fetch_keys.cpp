#include "proxy/jwt/fetch_keys.hpp"

#include <curl/curl.h>

#include <memory>

namespace bordergate {

namespace {

struct Received {
    std::string body;
    std::size_t longest;
    const std::stop_token& stop;
};

std::size_t on_bytes(char* bytes, std::size_t, std::size_t size, void* argument) {
    auto& received = *static_cast<Received*>(argument);
    if (received.body.size() + size > received.longest) return 0;
    received.body.append(bytes, size);
    return size;
}

int on_progress(void* argument, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Received*>(argument)->stop.stop_requested() ? 1 : 0;
}

}  // namespace

Result<std::string> fetch_keys(const JwtKeys& keys, std::size_t longest, const std::stop_token& stop) {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    const auto failed = [&keys](const std::string& why) { return fault(Code::key_unavailable, "cannot fetch " + keys.url + ": " + why); };
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(ready == CURLE_OK ? curl_easy_init() : nullptr, curl_easy_cleanup);
    if (!curl) return failed("libcurl does not start");
    Received received{{}, longest, stop};
    char why[CURL_ERROR_SIZE] = "";
    const auto set = [&curl](CURLoption option, auto value) { return curl_easy_setopt(curl.get(), option, value) == CURLE_OK; };
    const bool good = set(CURLOPT_URL, keys.url.c_str()) && set(CURLOPT_PROTOCOLS_STR, "https") && set(CURLOPT_FOLLOWLOCATION, 0L) &&
                      set(CURLOPT_PROXY, "") && set(CURLOPT_NOSIGNAL, 1L) && set(CURLOPT_TIMEOUT_MS, static_cast<long>(keys.timeout.count())) &&
                      set(CURLOPT_SSL_VERIFYPEER, 1L) && set(CURLOPT_SSL_VERIFYHOST, 2L) && set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2)) &&
                      (!keys.ca || (set(CURLOPT_CAINFO, keys.ca->c_str()) && set(CURLOPT_CAPATH, static_cast<char*>(nullptr)))) &&
                      set(CURLOPT_USERAGENT, "bordergate") && set(CURLOPT_WRITEFUNCTION, on_bytes) && set(CURLOPT_WRITEDATA, static_cast<void*>(&received)) &&
                      set(CURLOPT_NOPROGRESS, 0L) && set(CURLOPT_XFERINFOFUNCTION, on_progress) && set(CURLOPT_XFERINFODATA, static_cast<void*>(&received)) &&
                      set(CURLOPT_ERRORBUFFER, why);
    if (!good) return failed("libcurl lacks an option");
    const auto done = curl_easy_perform(curl.get());
    if (done != CURLE_OK) return failed(why[0] != '\0' ? why : curl_easy_strerror(done));
    long status = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status != 200) return failed("status " + std::to_string(status));
    return std::move(received.body);
}

}  // namespace bordergate

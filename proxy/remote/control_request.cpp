#include "proxy/remote/control_request.hpp"

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

/// What is sent. False if libcurl lacks an option.
template <class Set>
bool set_request(const ControlRequest& request, Set&& set) {
    const bool good = set(CURLOPT_URL, request.url.c_str()) && set(CURLOPT_PROTOCOLS_STR, "https") && set(CURLOPT_FOLLOWLOCATION, 0L) && set(CURLOPT_PROXY, "") &&
                      set(CURLOPT_USERAGENT, "bordergate");
    const bool form = !request.form || (set(CURLOPT_POSTFIELDSIZE, static_cast<long>(request.form->size())) && set(CURLOPT_POSTFIELDS, request.form->c_str()));
    const bool shown = request.user.empty() || (set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC)) && set(CURLOPT_USERNAME, request.user.c_str()) &&
                                                set(CURLOPT_PASSWORD, request.password.c_str()));
    return good && form && shown;
}

}  // namespace

Result<ControlAnswer> send_control(const ControlRequest& request, const std::stop_token& stop) {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    const auto failed = [](const std::string& why) { return fault(Code::key_unavailable, why); };
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(ready == CURLE_OK ? curl_easy_init() : nullptr, curl_easy_cleanup);
    if (!curl) return failed("libcurl does not start");
    Received received{{}, request.longest, stop};
    char why[CURL_ERROR_SIZE] = "";
    const auto set = [&curl](CURLoption option, auto value) { return curl_easy_setopt(curl.get(), option, value) == CURLE_OK; };
    const bool good = set_request(request, set) && set(CURLOPT_NOSIGNAL, 1L) && set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count())) &&
                      set(CURLOPT_SSL_VERIFYPEER, 1L) && set(CURLOPT_SSL_VERIFYHOST, 2L) && set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2)) &&
                      (!request.ca || (set(CURLOPT_CAINFO, request.ca->c_str()) && set(CURLOPT_CAPATH, static_cast<char*>(nullptr)))) &&
                      set(CURLOPT_WRITEFUNCTION, on_bytes) && set(CURLOPT_WRITEDATA, static_cast<void*>(&received)) && set(CURLOPT_NOPROGRESS, 0L) &&
                      set(CURLOPT_XFERINFOFUNCTION, on_progress) && set(CURLOPT_XFERINFODATA, static_cast<void*>(&received)) && set(CURLOPT_ERRORBUFFER, why);
    if (!good) return failed("libcurl lacks an option");
    const auto done = curl_easy_perform(curl.get());
    if (done != CURLE_OK) return failed(why[0] != '\0' ? why : curl_easy_strerror(done));
    long status = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    return ControlAnswer{static_cast<unsigned>(status), std::move(received.body)};
}

}  // namespace bordergate

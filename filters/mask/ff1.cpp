#include "filters/mask/ff1.hpp"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

namespace bordergate::ff1 {

namespace {

constexpr unsigned rounds = 10;
constexpr std::size_t block_size = 16;
using Block = std::array<std::uint8_t, block_size>;
using Numerals = std::span<std::uint8_t>;

struct Erased {
    void operator()(BIGNUM* number) const { BN_clear_free(number); }
    void operator()(BN_CTX* context) const { BN_CTX_free(context); }
    void operator()(EVP_CIPHER_CTX* cipher) const { EVP_CIPHER_CTX_free(cipher); }
};
using Number = std::unique_ptr<BIGNUM, Erased>;

Number number() { return Number(BN_new()); }

/// NUM_radix(X): the numerals as one number, the first weighs most.
bool numeral_value(unsigned radix, std::span<const std::uint8_t> numerals, BIGNUM* value) {
    BN_zero(value);
    for (const auto one : numerals)
        if (BN_mul_word(value, radix) != 1 || BN_add_word(value, one) != 1) return false;
    return true;
}

/// STR^m_radix(x), of which `value` is consumed.
bool numerals_of(unsigned radix, BIGNUM* value, Numerals numerals) {
    for (auto one = numerals.rbegin(); one != numerals.rend(); ++one) {
        const BN_ULONG rest = BN_div_word(value, radix);
        if (rest == static_cast<BN_ULONG>(-1)) return false;
        *one = static_cast<std::uint8_t>(rest);
    }
    return true;
}

/// AES of single blocks, for the PRF (CBC-MAC) and for what lengthens its output.
class BlockCipher {
  public:
    explicit BlockCipher(std::span<const std::uint8_t> key) : cipher_(EVP_CIPHER_CTX_new()) {
        const EVP_CIPHER* kind = key.size() == 32 ? EVP_aes_256_ecb() : key.size() == 24 ? EVP_aes_192_ecb() : key.size() == 16 ? EVP_aes_128_ecb() : nullptr;
        ready_ = kind && EVP_EncryptInit_ex(cipher_.get(), kind, nullptr, key.data(), nullptr) == 1;
    }
    bool ready() const { return ready_; }
    bool encipher(Block& block) const {
        int written = 0;
        return EVP_EncryptUpdate(cipher_.get(), block.data(), &written, block.data(), block_size) == 1 && written == static_cast<int>(block_size);
    }
    /// CBC-MAC goes on from `state` over `data`, whole blocks.
    bool mac(std::span<const std::uint8_t> data, Block& state) const {
        for (std::size_t at = 0; at < data.size(); at += block_size) {
            for (std::size_t i = 0; i < block_size; ++i) state[i] ^= data[at + i];
            if (!encipher(state)) return false;
        }
        return true;
    }

  private:
    std::unique_ptr<EVP_CIPHER_CTX, Erased> cipher_;
    bool ready_ = false;
};

/// What all rounds share (steps 1 to 5 of algorithms 7 and 8).
class Feistel {
  public:
    Feistel(const BlockCipher& cipher, unsigned radix, std::string_view tweak, std::size_t length)
        : cipher_(cipher), radix_(radix), power_u_(number()), power_v_(number()), value_(number()), rest_(number()), context_(BN_CTX_new()), half_(length / 2) {
        ready_ = power(half_, power_u_.get()) && power(length - half_, power_v_.get());
        if (!ready_) return;
        // b = ceil(ceil(v * log2(radix)) / 8): the bytes of the largest number of v numerals.
        BN_copy(value_.get(), power_v_.get());
        BN_sub_word(value_.get(), 1);
        bytes_ = static_cast<std::size_t>(BN_num_bytes(value_.get()));
        output_ = 4 * ((bytes_ + 3) / 4) + 4;
        const auto big = [](std::size_t value, unsigned shift) { return static_cast<std::uint8_t>(value >> shift & 255U); };
        const std::size_t t = tweak.size();
        Block first{1, 2, 1, big(radix, 16), big(radix, 8), big(radix, 0), rounds, big(half_, 0),
                    big(length, 24), big(length, 16), big(length, 8), big(length, 0), big(t, 24), big(t, 16), big(t, 8), big(t, 0)};
        ready_ = cipher.encipher(first);
        start_ = first;
        tail_.assign(tweak.begin(), tweak.end());
        tail_.resize((t + bytes_ + 1 + block_size - 1) / block_size * block_size);
    }
    ~Feistel() { OPENSSL_cleanse(tail_.data(), tail_.size()); }
    Feistel(const Feistel&) = delete;
    Feistel& operator=(const Feistel&) = delete;
    bool ready() const { return ready_; }

    /// `half` = (half ± y of `other`) mod radix^m, for round i.
    bool round(unsigned i, Numerals half, Numerals other, Way way) {
        BIGNUM* const modulus = half.size() == half_ && i % 2 == 0 ? power_u_.get() : power_v_.get();
        if (!numeral_value(radix_, other, value_.get()) || !pseudorandom(i) || !numeral_value(radix_, half, rest_.get())) return false;
        const int done = way == Way::encrypt ? BN_mod_add(rest_.get(), rest_.get(), value_.get(), modulus, context_.get())
                                             : BN_mod_sub(rest_.get(), rest_.get(), value_.get(), modulus, context_.get());
        return done == 1 && numerals_of(radix_, rest_.get(), half);
    }

  private:
    bool power(std::size_t exponent, BIGNUM* to) const {
        BN_one(to);
        for (std::size_t i = 0; i < exponent; ++i)
            if (BN_mul_word(to, radix_) != 1) return false;
        return true;
    }
    /// value_ becomes y, of round i and the number in value_ (steps 6i to 6iv).
    bool pseudorandom(unsigned i) {
        tail_[tail_.size() - bytes_ - 1] = static_cast<std::uint8_t>(i);
        if (BN_bn2binpad(value_.get(), tail_.data() + tail_.size() - bytes_, static_cast<int>(bytes_)) < 0) return false;
        Block r = start_;
        if (!cipher_.mac(tail_, r)) return false;
        std::vector<std::uint8_t> s(r.begin(), r.end());
        for (std::size_t j = 1; s.size() < output_; ++j) {
            Block next = r;
            for (std::size_t k = 0; k < sizeof(j); ++k) next[block_size - 1 - k] ^= static_cast<std::uint8_t>(j >> 8 * k & 255U);
            if (!cipher_.encipher(next)) return false;
            s.insert(s.end(), next.begin(), next.end());
        }
        const bool done = BN_bin2bn(s.data(), static_cast<int>(output_), value_.get()) != nullptr;
        OPENSSL_cleanse(s.data(), s.size());
        return done;
    }

    const BlockCipher& cipher_;
    unsigned radix_;
    Number power_u_, power_v_, value_, rest_;
    std::unique_ptr<BN_CTX, Erased> context_;
    std::size_t half_, bytes_ = 0, output_ = 0;
    Block start_{};                    ///< CBC-MAC over P
    std::vector<std::uint8_t> tail_;  ///< Q
    bool ready_ = false;
};

}  // namespace

bool enough(unsigned radix, std::size_t length) {
    std::uint64_t values = 1;
    for (std::size_t i = 0; i < length && values < fewest_values; ++i) values *= radix;
    return length >= 2 && values >= fewest_values;
}

Status apply(Way way, std::span<const std::uint8_t> key, unsigned radix, std::string_view tweak, std::span<std::uint8_t> numerals) {
    if (!enough(radix, numerals.size())) return fault(Code::mask_unfit, "the value is one of fewer than a million, too few to encrypt it in its format");
    if (numerals.size() > most_numerals) return fault(Code::mask_unfit, "the value is too long to encrypt it in its format");
    const Fault failed = fault(Code::key_unavailable, "format-preserving encryption failed");
    const BlockCipher cipher(key);
    if (!cipher.ready()) return failed;
    Feistel feistel(cipher, radix, tweak, numerals.size());
    if (!feistel.ready()) return failed;
    // The halves stay where they are and take turns: A is the one that a round changes, B the one it is changed by.
    const auto left = numerals.first(numerals.size() / 2), right = numerals.subspan(numerals.size() / 2);
    std::vector<std::uint8_t> before(numerals.begin(), numerals.end());
    for (unsigned step = 0; step < rounds; ++step) {
        const unsigned i = way == Way::encrypt ? step : rounds - 1 - step;
        if (feistel.round(i, i % 2 == 0 ? left : right, i % 2 == 0 ? right : left, way)) continue;
        std::copy(before.begin(), before.end(), numerals.begin());
        OPENSSL_cleanse(before.data(), before.size());
        return failed;
    }
    OPENSSL_cleanse(before.data(), before.size());
    return {};
}

}  // namespace bordergate::ff1

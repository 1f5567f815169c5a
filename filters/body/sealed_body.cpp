#include "filters/body/sealed_body.hpp"

#include <openssl/crypto.h>

#include "filters/body/text_rewrite.hpp"

namespace bordergate {

namespace {

class SealedBody final : public Transform {
  public:
    SealedBody(const Treatment& treatment, ClassSet classes, std::string_view content_type, std::size_t limit)
        : treatment_(treatment), classes_(classes), content_type_(content_type), limit_(limit) {}
    SealedBody(const SealedBody&) = delete;
    SealedBody& operator=(const SealedBody&) = delete;
    ~SealedBody() override { OPENSSL_cleanse(held_.data(), held_.size()); }

    Status feed(std::string_view in, std::string&) override {
        if (held_.size() + in.size() > limit_) return fault(Code::body_too_large, "the body must be sealed as a whole and is longer than " + std::to_string(limit_) + " bytes");
        held_.append(in);
        return {};
    }

    Status finish(std::string& out) override {
        treatment_.findings->saw(classes_, {}, "body");
        const Cell& cell = treatment_.judgement->lowest(classes_);
        if (!treatment_.treater) return refuse_class(treatment_, classes_, NamedPlace("body"));
        return treatment_.treater->seal(cell, {class_list(treatment_, classes_), content_type_}, held_, out);
    }

    std::size_t held() const override { return held_.size(); }

  private:
    const Treatment& treatment_;
    ClassSet classes_;
    std::string_view content_type_;
    std::size_t limit_;
    std::string held_;
};

}  // namespace

bool seals_whole(const Treatment& treatment, ClassSet classes) {
    return !classes.empty() && !treatment.observe && treatment.judgement->lowest(classes).form == Form::seal;
}

TransformPtr make_sealed_body(const Treatment& treatment, ClassSet classes, std::string_view content_type, std::size_t limit) {
    return std::make_unique<SealedBody>(treatment, classes, content_type, limit);
}

}  // namespace bordergate

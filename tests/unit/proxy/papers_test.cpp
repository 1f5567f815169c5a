// Papers: lent while a message is under way, empty for the next one, and never to two at once.
#include "proxy/http/papers.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace bordergate;

namespace {

struct Sheet {
    std::string text;
    int cleared = 0;
    void clear() {
        text.clear();
        ++cleared;
    }
};

}  // namespace

TEST_CASE("papers that were laid down come back empty, to whoever takes up next") {
    Papers<Sheet> first, second;
    first.take_up();
    first->text = "of the first";
    const auto* sheet = first.operator->();
    first.take_up();  // there already: stays as it is
    CHECK(first->text == "of the first");
    second.take_up();
    CHECK(second.operator->() != sheet);
    first.lay_down();
    first.lay_down();
    Papers<Sheet> third;
    third.take_up();
    CHECK(third.operator->() == sheet);
    CHECK(third->text.empty());
    CHECK(third->cleared == 1);
}

TEST_CASE("papers go back when their holder ends") {
    const Sheet* sheet = nullptr;
    {
        Papers<Sheet> one;
        one.take_up();
        one->text = "x";
        sheet = one.operator->();
    }
    Papers<Sheet> next;
    next.take_up();
    CHECK(next.operator->() == sheet);
    CHECK(next->text.empty());
}

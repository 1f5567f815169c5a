// Read buffers of a worker: lent, kept for the next, and given back when nobody wants them any more.
#include "proxy/net/buffers.hpp"

#include <catch2/catch.hpp>
#include <vector>

using namespace bordergate;

TEST_CASE("buffers: what came back is lent again") {
    Buffers buffers;
    const char* first = nullptr;
    {
        auto one = buffers.borrow();
        first = one.data();
        CHECK(one.span().size() == Buffer::size);
    }
    CHECK(buffers.borrow().data() == first);
}

TEST_CASE("buffers: what a rush needed is given back once it is over, what is still in use is kept") {
    Buffers buffers;
    CHECK(buffers.give_back() == 0);
    {
        std::vector<Buffer> rush;
        for (int i = 0; i < 10; ++i) rush.push_back(buffers.borrow());
    }
    CHECK(buffers.give_back() == 0);  // all of them were needed
    {
        std::vector<Buffer> calm;
        for (int i = 0; i < 3; ++i) calm.push_back(buffers.borrow());
    }
    CHECK(buffers.give_back() == 7);
    CHECK(buffers.give_back() == 3);
    CHECK(buffers.give_back() == 0);
    CHECK(buffers.borrow().data() != nullptr);
}

TEST_CASE("buffers: no more are kept than the bound") {
    Buffers buffers;
    {
        std::vector<Buffer> rush;
        for (std::size_t i = 0; i < 2 * Buffers::kept; ++i) rush.push_back(buffers.borrow());
    }
    (void)buffers.give_back();
    CHECK(buffers.give_back() == Buffers::kept);
}

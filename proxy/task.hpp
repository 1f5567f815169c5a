// Task: the coroutine type of everything that waits. One executor per worker, no strands.
//
// House rule for GCC 12, which destroys some temporaries of a co_await expression twice: name aggregates
// and callables before the co_await that uses them.
#pragma once

#include <boost/asio/awaitable.hpp>

namespace bordergate {

template <class T>
using Task = boost::asio::awaitable<T>;

}  // namespace bordergate

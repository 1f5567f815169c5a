// What Asio remembers of each descriptor. It keeps that memory for the next descriptor and never gives it back; made one by one
// among what connections need, it would hold on to every page of a rush that is over. Here it is made ahead, side by side.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>

namespace bordergate {

/// Of one event loop, which outlives it. Single-threaded. What cannot be made ahead is made by Asio when it is needed.
class DescriptorStates {
  public:
    explicit DescriptorStates(boost::asio::io_context& io) : io_(io) {}
    /// Makes some more if a loop with this many descriptors has used up most of them; how many are made.
    std::size_t make_room(std::size_t descriptors);

  private:
    boost::asio::io_context& io_;
    std::size_t made_ = 0;
};

}  // namespace bordergate

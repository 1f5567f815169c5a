// The one place where Asio and Beast are compiled; everywhere else they are declarations only.
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>

// Where config/utf8.hpp was, for those that have not followed it.
#pragma once

#include "config/utf8.hpp"

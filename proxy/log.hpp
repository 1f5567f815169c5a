// The operational log, on standard error: what the proxy does, never what it carries. One JSON object per
// line, or words for a person on a terminal. Repeated events are held to ten a second each.
#pragma once

#include <exception>
#include <string_view>

namespace bordergate {

void log_info(std::string_view event, std::string_view what);
void log_warning(std::string_view event, std::string_view what);
void log_error(std::string_view event, std::string_view what);
/// For the end of a task: an exception there is a bug, and is told.
void log_exception(std::string_view task, std::exception_ptr failure);

}  // namespace bordergate

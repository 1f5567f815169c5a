// Data files that are compiled into the program, so that one executable is the whole product.
// The build generates the definition (.cmake/embed.cmake); the bytes live as long as the process.
#pragma once

#include <span>
#include <string_view>

namespace bordergate {

struct EmbeddedFile {
    std::string_view name;  // the file's name with its ending, without folders
    std::string_view text;  // the file's bytes, unchanged
};

// Every config/packs/*.yaml, sorted by name.
std::span<const EmbeddedFile> embedded_packs();

}  // namespace bordergate

# How every file of ours is compiled and linked. Library headers come in as SYSTEM, so that
# warnings are errors for our code alone.

if(NOT CMAKE_BUILD_TYPE)
    message(FATAL_ERROR "Configure through a preset: ./dev build, or cmake --preset release")
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
include_directories(${CMAKE_SOURCE_DIR})

add_compile_options(-Wall -Wextra -Wpedantic -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    add_compile_options(-Wno-restrict -Wno-mismatched-new-delete)   # false alarm on `"literal" + std::string`: GCC bug 105651
endif()
add_link_options(-Wl,--as-needed)

if(BORDERGATE_HARDEN)
    add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong)
    add_link_options(-pie -Wl,-z,relro,-z,now,-z,noexecstack)
endif()

if(BORDERGATE_SANITIZE)
    set(flags -fsanitize=${BORDERGATE_SANITIZE} -fno-sanitize-recover=all)
    add_compile_options(${flags} $<$<BOOL:${BORDERGATE_FUZZ}>:-fsanitize=fuzzer-no-link>)
    add_link_options(${flags})
endif()

find_program(MOLD mold)
if(MOLD)
    add_link_options(-fuse-ld=mold)
endif()
find_program(CCACHE ccache)
if(CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

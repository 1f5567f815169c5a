# How folders become targets. A new file is picked up by the next build without editing anything;
# a folder that is still empty is no error.

file(WRITE ${CMAKE_BINARY_DIR}/empty.cpp.in "")
configure_file(${CMAKE_BINARY_DIR}/empty.cpp.in ${CMAKE_BINARY_DIR}/empty.cpp COPYONLY)

# folder_library(NAME FOLDER [EXCEPT file…]): a static library of every .cpp below FOLDER.
function(folder_library name folder)
    cmake_parse_arguments(arg "" "" "EXCEPT" ${ARGN})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${folder}/*.cpp)
    if(arg_EXCEPT)
        list(REMOVE_ITEM sources ${arg_EXCEPT})
    endif()
    if(NOT sources)
        set(sources ${CMAKE_BINARY_DIR}/empty.cpp)
    endif()
    add_library(${name} STATIC ${sources})
endfunction()

# embed_files(TARGET FUNCTION glob…): the files' bytes become part of TARGET, and
# bordergate::FUNCTION() lists them. config/embedded.hpp declares it.
function(embed_files target function)
    file(GLOB files CONFIGURE_DEPENDS ${ARGN})
    set(output ${CMAKE_BINARY_DIR}/generated/${function}.cpp)
    set(script ${CMAKE_SOURCE_DIR}/.cmake/embed.cmake)
    add_custom_command(
        OUTPUT ${output}
        COMMAND ${CMAKE_COMMAND} -P ${script} ${output} ${function} ${files}
        DEPENDS ${script} ${files}
        COMMENT "Embedding ${function}"
        VERBATIM)
    target_sources(${target} PRIVATE ${output})
    # One long literal per file is the point, so the compiler's limit on them is not.
    set_source_files_properties(${output} PROPERTIES COMPILE_OPTIONS -Wno-overlength-strings)
endfunction()

# test_executable(SUITE NAME glob… LINK target…): one Catch2 executable, built by SUITE_suite and
# listed in tests.list as "SUITE NAME", which is where ./dev test finds it.
file(WRITE ${CMAKE_BINARY_DIR}/tests.list "")
function(test_executable suite name)
    cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
    if(NOT TARGET ${suite}_suite)
        add_custom_target(${suite}_suite)
    endif()
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${arg_UNPARSED_ARGUMENTS})
    if(NOT sources)
        return()
    endif()
    add_executable(${name} EXCLUDE_FROM_ALL ${sources})
    target_link_libraries(${name} PRIVATE ${arg_LINK})
    add_dependencies(${suite}_suite ${name})
    file(APPEND ${CMAKE_BINARY_DIR}/tests.list "${suite} ${name}\n")
endfunction()

# counted_objects(NAME glob… LINK target…): those sources once more, with a call at every branch, so that tests can count what
# they do (tests/unit/cost/counted_steps.cpp). Linked before the library, they stand in for its own.
function(counted_objects name)
    cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${arg_UNPARSED_ARGUMENTS})
    add_library(${name} OBJECT EXCLUDE_FROM_ALL ${sources})
    target_compile_options(${name} PRIVATE -O1 -fsanitize-coverage=trace-pc)
    target_link_libraries(${name} PUBLIC ${arg_LINK})
    target_link_options(${name} INTERFACE -Wl,-z,muldefs)
endfunction()

# fuzz_executables(FOLDER LIBRARY): every NAME_fuzz.cpp is a libFuzzer target of its own.
function(fuzz_executables folder library)
    add_custom_target(fuzz_suite)
    file(GLOB sources CONFIGURE_DEPENDS ${folder}/*_fuzz.cpp)
    file(WRITE ${CMAKE_BINARY_DIR}/fuzz.list "")
    foreach(source IN LISTS sources)
        cmake_path(GET source STEM name)
        add_executable(${name} EXCLUDE_FROM_ALL ${source})
        target_link_libraries(${name} PRIVATE ${library})
        target_link_options(${name} PRIVATE -fsanitize=fuzzer)
        add_dependencies(fuzz_suite ${name})
        file(APPEND ${CMAKE_BINARY_DIR}/fuzz.list "${name}\n")
    endforeach()
endfunction()

# bench_executables(FOLDER LIBRARY): every FOLDER/NAME.cpp becomes bench_NAME, built by bench_suite.
# Figures of an instrumented build mean nothing, so only an optimised one has them.
function(bench_executables folder library)
    if(BORDERGATE_SANITIZE)
        return()
    endif()
    add_custom_target(bench_suite)
    file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cpp)
    foreach(source IN LISTS sources)
        cmake_path(GET source STEM name)
        if(name STREQUAL vectorscan AND NOT VECTORSCAN_FOUND)
            continue()
        endif()
        add_executable(bench_${name} EXCLUDE_FROM_ALL ${source})
        target_link_libraries(bench_${name} PRIVATE ${library})
        add_dependencies(bench_suite bench_${name})
    endforeach()
endfunction()

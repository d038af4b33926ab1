# Warnings, sanitizers, speed of building and test labels in one place.
include_guard()

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
# Debian's own, which has the modules of Debian's packages; another one may come first in PATH.
find_program(Python3_EXECUTABLE python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
find_package(absl REQUIRED)
find_package(fmt REQUIRED)
find_package(Protobuf REQUIRED)       # by module: Debian ships no config file
find_package(gRPC CONFIG REQUIRED)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(MNL REQUIRED IMPORTED_TARGET libmnl)

# A compiler cache where there is one, which serves every checkout on the machine. The sloppiness is what ccache asks for to
# serve precompiled headers.
find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
    CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
endif()

add_library(winsome_options INTERFACE)
target_compile_options(winsome_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  -Wnon-virtual-dtor -Wold-style-cast -Wcast-align -Woverloaded-virtual -Werror=return-type
  $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)  # std::stable_sort of gcc 12's library, to clang's eye
target_include_directories(winsome_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_definitions(winsome_options INTERFACE ASIO_STANDALONE ASIO_NO_DEPRECATED
  $<$<CXX_COMPILER_ID:Clang>:ASIO_HAS_CO_AWAIT=1> $<$<CXX_COMPILER_ID:Clang>:ASIO_HAS_STD_COROUTINE=1>
  $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)
if(WINSOME_SANITIZE)
  target_compile_options(winsome_options INTERFACE -fsanitize=${WINSOME_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(winsome_options INTERFACE -fsanitize=${WINSOME_SANITIZE})
else()
  target_compile_options(winsome_options INTERFACE -fstack-protector-strong
    $<$<CONFIG:RelWithDebInfo>:-U_FORTIFY_SOURCE> $<$<CONFIG:RelWithDebInfo>:-D_FORTIFY_SOURCE=2>)
  target_link_options(winsome_options INTERFACE -Wl,-z,relro,-z,now)
endif()
if(WINSOME_FUZZ)
  target_compile_options(winsome_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# A faster linker where there is one; not with IPO, where gcc's own linker is the one that knows its plugin best.
if(NOT CMAKE_INTERPROCEDURAL_OPTIMIZATION)
  find_program(MOLD mold)
  find_program(LLD ld.lld)
  if(MOLD)
    target_link_options(winsome_options INTERFACE -fuse-ld=mold)
  elseif(LLD)
    target_link_options(winsome_options INTERFACE -fuse-ld=lld)
  endif()
endif()

# gRPC's headers take most of the time of every file that includes them, so they are compiled once for all targets.
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/grpc_headers.cpp CONTENT "")
add_library(winsome_grpc_headers OBJECT EXCLUDE_FROM_ALL ${PROJECT_BINARY_DIR}/grpc_headers.cpp)
target_link_libraries(winsome_grpc_headers PRIVATE winsome_options gRPC::grpc++)
target_precompile_headers(winsome_grpc_headers PRIVATE <grpcpp/grpcpp.h>)

# Called for every target of ours, and by proto/ for generated code.
function(winsome_precompile_grpc name)
  target_precompile_headers(${name} REUSE_FROM winsome_grpc_headers)
endfunction()

function(winsome_finish_target name)
  if("gRPC::grpc++" IN_LIST ARGN)
    winsome_precompile_grpc(${name})
  endif()
endfunction()

# winsome_library(server_nbns SOURCES a.cpp b.cpp DEPENDS server_core [SYSTEM lib ...])
# One second-level folder, one target. DEPENDS are our own folders, SYSTEM what Debian gives.
function(winsome_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS;SYSTEM" ${ARGN})
  if(arg_SOURCES)
    add_library(${name} STATIC ${arg_SOURCES})
    target_link_libraries(${name} PUBLIC winsome_options ${arg_DEPENDS} ${arg_SYSTEM})
    winsome_finish_target(${name} ${arg_SYSTEM})
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE winsome_options ${arg_DEPENDS} ${arg_SYSTEM})
  endif()
endfunction()

# winsome_program(winsomed SOURCES main.cpp DEPENDS server_daemon)
function(winsome_program name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS;SYSTEM" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE winsome_options ${arg_DEPENDS} ${arg_SYSTEM})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
  winsome_finish_target(${name} ${arg_SYSTEM})
endfunction()

# winsome_test(nbns_test LABEL fast SOURCES ... DEPENDS ...)
# Every test belongs to one label: fast, sim, property, peer or bench.
function(winsome_test name)
  cmake_parse_arguments(arg "" "LABEL;TIMEOUT" "SOURCES;DEPENDS;SYSTEM" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE winsome_options ${arg_DEPENDS} ${arg_SYSTEM} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE WINSOME_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  winsome_finish_target(${name} ${arg_SYSTEM})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT})
endfunction()

# winsome_script_test(check_layers LABEL fast COMMAND python3 x_test.py [TIMEOUT 60])
# A test that is a script. Exit status 77 skips it; its last line then says why.
function(winsome_script_test name)
  cmake_parse_arguments(arg "" "LABEL;TIMEOUT" "COMMAND" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  add_test(NAME ${name} COMMAND ${arg_COMMAND})
  set_tests_properties(${name} PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT} SKIP_RETURN_CODE 77)
endfunction()

# winsome_fuzzer(nbns_message SOURCES nbns_message.cpp DEPENDS server_nbns)
# The target and the replay of its corpus (tests/fuzz/corpus/<name>) as an ordinary fast test.
function(winsome_fuzzer name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS;SYSTEM" ${ARGN})
  add_executable(replay_${name} ${arg_SOURCES} ${PROJECT_SOURCE_DIR}/tests/fuzz/replay.cpp)
  target_link_libraries(replay_${name} PRIVATE winsome_options ${arg_DEPENDS} ${arg_SYSTEM})
  set_target_properties(replay_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  add_test(NAME replay_${name} COMMAND replay_${name} ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name})
  set_tests_properties(replay_${name} PROPERTIES LABELS fast TIMEOUT 60)
  if(WINSOME_FUZZ)
    add_executable(fuzz_${name} ${arg_SOURCES})
    target_link_libraries(fuzz_${name} PRIVATE winsome_options ${arg_DEPENDS} ${arg_SYSTEM})
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    set_target_properties(fuzz_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
  endif()
endfunction()

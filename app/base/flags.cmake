# SPDX-License-Identifier: Apache-2.0
# Warnings of the house, hardening, and reproducible paths, as one interface target.
# Assertions stay on in every build: a broken invariant ends the program, the supervisor restarts it.
foreach(build RELEASE RELWITHDEBINFO MINSIZEREL)
    string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_${build} "${CMAKE_C_FLAGS_${build}}")
endforeach()

add_library(yj_flags INTERFACE)
target_compile_definitions(yj_flags INTERFACE _POSIX_C_SOURCE=200809L _FILE_OFFSET_BITS=64)
target_compile_options(yj_flags INTERFACE
    -Wall -Wextra -Wformat=2 -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef
    -Wcast-align -Wwrite-strings -Wdate-time -Wswitch-enum -Wpointer-arith
    $<$<BOOL:${YIJIAN_WERROR}>:-Werror>
    -fno-common -fstack-protector-strong
    -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
target_link_options(yj_flags INTERFACE -Wl,-z,relro,-z,now)

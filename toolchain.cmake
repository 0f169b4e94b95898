# SPDX-License-Identifier: Apache-2.0
# Cross build for a board: triple, sysroot and find modes only.
#   cmake --preset board -DYIJIAN_TRIPLE=aarch64-linux-gnu -DYIJIAN_SYSROOT=/path/to/sysroot
set(YIJIAN_TRIPLE "aarch64-linux-gnu" CACHE STRING "GNU triple of the board")
set(YIJIAN_SYSROOT "" CACHE PATH "root filesystem with the board's -dev packages")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES YIJIAN_TRIPLE YIJIAN_SYSROOT)

string(REGEX REPLACE "-.*" "" CMAKE_SYSTEM_PROCESSOR "${YIJIAN_TRIPLE}")
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_C_COMPILER ${YIJIAN_TRIPLE}-gcc)
set(CMAKE_LIBRARY_ARCHITECTURE ${YIJIAN_TRIPLE})
if(YIJIAN_SYSROOT)
    set(CMAKE_SYSROOT ${YIJIAN_SYSROOT})
    set(ENV{PKG_CONFIG_SYSROOT_DIR} ${YIJIAN_SYSROOT})
    set(ENV{PKG_CONFIG_LIBDIR} ${YIJIAN_SYSROOT}/usr/lib/${YIJIAN_TRIPLE}/pkgconfig:${YIJIAN_SYSROOT}/usr/share/pkgconfig)
endif()
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)

/* SPDX-License-Identifier: Apache-2.0 */
/* pretend: drivers/reader/reader.c expect: library-home */
#include <libusb-1.0/libusb.h>

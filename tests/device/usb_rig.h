/* SPDX-License-Identifier: Apache-2.0 */
/* What the model tests share: a direct bus, libusb on it, and the summary. Main thread. */
#ifndef YJ_TEST_USB_RIG_H
#define YJ_TEST_USB_RIG_H

#include <CUnit/Basic.h>
#include <libusb.h>

#include "usbemu.h"

/* Open and claim VID:PID in a context of its own; fatal when it cannot be. */
static inline libusb_device_handle *rig_open(uint16_t vid, uint16_t pid, libusb_context **ret_ctx)
{
    libusb_device_handle *h;

    CU_ASSERT_EQUAL_FATAL(libusb_init(ret_ctx), 0);
    h = libusb_open_device_with_vid_pid(*ret_ctx, vid, pid);
    CU_ASSERT_PTR_NOT_NULL_FATAL(h);
    libusb_set_auto_detach_kernel_driver(h, 1);
    CU_ASSERT_EQUAL_FATAL(libusb_claim_interface(h, 0), 0);
    return h;
}

static inline void rig_close(libusb_device_handle *h, libusb_context *ctx)
{
    libusb_close(h);
    libusb_exit(ctx);
}

static inline int rig_out(libusb_device_handle *h, uint8_t ep, const void *data, size_t n, int ms)
{
    int done = 0;
    int r =
        libusb_bulk_transfer(h, ep, (unsigned char *)(uintptr_t)data, (int)n, &done, (unsigned)ms);

    return r == 0 ? done : r;
}

static inline int rig_in(libusb_device_handle *h, uint8_t ep, void *data, size_t n, int ms)
{
    int done = 0;
    int r = libusb_bulk_transfer(h, ep, data, (int)n, &done, (unsigned)ms);

    return r == 0 ? done : r;
}

/* Run what has been registered. @return exit status of the program */
static inline int rig_run(void)
{
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned n_failed = CU_get_number_of_failures();
    CU_cleanup_registry();
    return n_failed != 0;
}

#endif

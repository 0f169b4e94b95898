/* SPDX-License-Identifier: Apache-2.0 */
/* Which of a camera's formats to take, and telling it so. For v4l2.c and its tests.
 * Thread: any, one per file. Blocks: ioctls. */
#ifndef YJ_TRANSPORT_V4L2_FORMAT_H
#define YJ_TRANSPORT_V4L2_FORMAT_H

#include "drivers/transport/v4l2.h"

/* A format at one size. */
struct v4l2_offer {
    enum v4l2_pixels format;
    unsigned width, height;
};

struct v4l2_choice {
    struct v4l2_offer offer;
    uint32_t fourcc;
    uint64_t cost;
    bool is_any;
};

/* What USB 2 brings over in practice, raw: 640x480 YUYV at 30 a second has 18 MB/s and comes; 720p
 * has 55 and comes ten times a second. */
enum { V4L2_CARRY_BYTES = 25000000 };

/**
 * How well an offer fits: the one with the least figure is taken. What the bus cannot carry comes
 * last; then the size nearest to the one wanted; then grey before YUYV before MJPEG. Pure.
 */
uint64_t v4l2_offer_cost(const struct v4l2_offer *offer, const struct v4l2_cfg *want);

/** ioctl that is not broken off by signals. */
int v4l2_call(int fd, unsigned long request, void *arg);

/** errno of the device as one of our codes; fills err. */
int v4l2_trouble(struct err *err, const char *what);

/** Ask the camera for all it offers. @return 0, ERR_CAMERA_FORMAT, ERR_USB_NO_DEVICE */
int v4l2_format_choose(int fd, const struct v4l2_cfg *want, struct v4l2_choice *ret,
                       struct err *err) YJ_CHECK;

/** Set format and rate. @return 0, ERR_CAMERA_FORMAT (it gives something else), or as trouble */
int v4l2_format_set(int fd, const struct v4l2_cfg *want, const struct v4l2_choice *choice,
                    struct v4l2_mode *ret, struct err *err) YJ_CHECK;

/** Light flicker, exposure, focus; a camera without a control goes without. */
void v4l2_controls_set(int fd, const struct v4l2_cfg *cfg);

#endif

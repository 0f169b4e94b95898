/* SPDX-License-Identifier: Apache-2.0 */
/* A camera through the kernel's V4L2: open, choose a format, stream into mapped buffers, give the
 * newest picture. No other library: libuvc takes the device away from the kernel, zbar_video loses
 * the cause of an error. Thread: the driver's, except v4l2_wake. Blocks: the kernel's ioctls only;
 * nothing waits for a picture but v4l2_wait.
 * Source: Linux media user space API, V4L2, kernel 6.1; PROTOCOL of this device: CAMERA.md. */
#ifndef YJ_TRANSPORT_V4L2_H
#define YJ_TRANSPORT_V4L2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct v4l2;

enum v4l2_pixels { V4L2_PIXELS_GREY, V4L2_PIXELS_YUYV, V4L2_PIXELS_MJPEG };

/* What is wanted of a camera. */
struct v4l2_cfg {
    const char *device; /* "/dev/video0", a name of /dev/v4l/by-id, or NULL: the first there is */
    unsigned width, height, fps;
    unsigned exposure_us; /* 0: the camera decides, but not at the cost of pictures a second */
    int focus;            /* camera's own units; -1: the camera decides */
};

/* What was agreed. */
struct v4l2_mode {
    enum v4l2_pixels format;
    unsigned width, height;
    unsigned stride; /* bytes a row; 0 for MJPEG */
};

/* A picture. Borrowed until v4l2_release. */
struct v4l2_picture {
    const uint8_t *data;
    size_t n;
};

/** An object without a camera. @return 0, ERR_SYSTEM */
int v4l2_new(const struct v4l2_cfg *cfg, struct v4l2 **ret, struct err *err) YJ_CHECK;
/** Close and free. Accepts NULL. */
void v4l2_free(struct v4l2 *v);

/**
 * Is the camera there? Opens its file for a moment; does not start it.
 * @param name  its name, at least 64 bytes, ASCII
 * @return 0, ERR_USB_NO_DEVICE, ERR_USB_ACCESS, ERR_USB_CLAIMED, ERR_CAMERA_FORMAT (no camera, or
 *         no format of ours), ERR_USB_IO
 */
int v4l2_probe(struct v4l2 *v, char *name, size_t cap, struct err *err) YJ_CHECK;

/** Open and start. @return as v4l2_probe */
int v4l2_start(struct v4l2 *v, struct v4l2_mode *ret, struct err *err) YJ_CHECK;

/** Stop, unmap, close: nothing of the device is kept. Harmless when not started. */
void v4l2_stop(struct v4l2 *v);
bool v4l2_is_started(const struct v4l2 *v);

/**
 * The newest whole picture; older ones, and those the camera calls faulty or that are too short,
 * go back to it.
 * @return 1 (ret is set), 0 none has come, ERR_USB_NO_DEVICE, ERR_USB_IO: stop now
 */
int v4l2_take(struct v4l2 *v, struct v4l2_picture *ret, struct err *err) YJ_CHECK;

/** Give the picture's buffer back to the camera. */
void v4l2_release(struct v4l2 *v);

/** @return pictures dropped since the start because they were faulty or short. */
unsigned v4l2_n_faulty(const struct v4l2 *v);

/**
 * Sleep until a picture, one of the other files can be read, v4l2_wake, or timeout_ms. A device
 * file that always claims to be ready is left out for a while, so that it costs no processor time.
 * @param fds  further files to watch; negative ones are skipped
 * @param n    0..4
 */
void v4l2_wait(struct v4l2 *v, const int *fds, size_t n, int timeout_ms);

/** End v4l2_wait. Thread: any. */
void v4l2_wake(struct v4l2 *v);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Choice of format, and the controls that matter for codes. Thread: the driver's. */
#define _DEFAULT_SOURCE
#include "drivers/transport/v4l2_format.h"

#include <errno.h>
#include <linux/videodev2.h>
#include <string.h>
#include <sys/ioctl.h>

enum {
    SIZES_MAX = 64,
    FORMATS_MAX = 32,
    /* no code can be read from less, no camera behind glass has more */
    WIDTH_MIN = 160,
    HEIGHT_MIN = 120,
    SIDE_MAX = 4096,
    STRIDE_MAX = 65536,
};

static bool size_is_usable(unsigned width, unsigned height)
{
    return width >= WIDTH_MIN && height >= HEIGHT_MIN && width <= SIDE_MAX && height <= SIDE_MAX;
}

static const struct {
    uint32_t fourcc;
    enum v4l2_pixels format;
} formats[] = {
    {V4L2_PIX_FMT_GREY, V4L2_PIXELS_GREY},
    {V4L2_PIX_FMT_YUYV, V4L2_PIXELS_YUYV},
    {V4L2_PIX_FMT_MJPEG, V4L2_PIXELS_MJPEG},
    {V4L2_PIX_FMT_JPEG, V4L2_PIXELS_MJPEG},
};

int v4l2_call(int fd, unsigned long request, void *arg)
{
    int rc;
    do
        rc = ioctl(fd, request, arg);
    while (rc < 0 && errno == EINTR);
    return rc;
}

/* errno of the device → our code */
int v4l2_trouble(struct err *err, const char *what)
{
    switch (errno) {
    case ENODEV:
    case ENXIO:
    case ENOENT:
        return ERR(err, ERR_USB_NO_DEVICE, "%s: no camera", what);
    case EACCES:
    case EPERM:
        return ERR(err, ERR_USB_ACCESS, "%s: %s", what, strerror(errno));
    case EBUSY:
        return ERR(err, ERR_USB_CLAIMED, "%s: %s", what, strerror(errno));
    default:
        return ERR(err, ERR_USB_IO, "%s: %s", what, strerror(errno));
    }
}

uint64_t v4l2_offer_cost(const struct v4l2_offer *offer, const struct v4l2_cfg *want)
{
    uint64_t pixels = (uint64_t)offer->width * offer->height;
    uint64_t wanted = (uint64_t)want->width * want->height;
    uint64_t off = pixels > wanted ? pixels - wanted : wanted - pixels;
    uint64_t a_pixel = offer->format == V4L2_PIXELS_GREY   ? 1
                       : offer->format == V4L2_PIXELS_YUYV ? 2
                                                           : 0;
    bool is_heavy = pixels * a_pixel * want->fps > V4L2_CARRY_BYTES;
    /* same number of pixels in another shape is still not the size wanted */
    bool is_other = offer->width != want->width || offer->height != want->height;
    return (uint64_t)is_heavy << 62 | (off + is_other) << 2 | (uint64_t)offer->format;
}

/* ---- choosing ---- */

static void choice_try(struct v4l2_choice *best, const struct v4l2_cfg *want, size_t k,
                       unsigned width, unsigned height)
{
    struct v4l2_offer offer = {formats[k].format, width, height};
    if (!size_is_usable(width, height))
        return;
    uint64_t cost = v4l2_offer_cost(&offer, want);
    if (!best->is_any || cost < best->cost)
        *best = (struct v4l2_choice){offer, formats[k].fourcc, cost, true};
}

static unsigned into_steps(unsigned wish, unsigned low, unsigned high, unsigned step)
{
    if (wish <= low || high < low)
        return low;
    wish = wish < high ? wish : high;
    return low + (wish - low) / (step ? step : 1) * (step ? step : 1);
}

static void sizes_try(struct v4l2_choice *best, const struct v4l2_cfg *want, int fd, size_t k)
{
    for (unsigned i = 0; i < SIZES_MAX; i++) {
        struct v4l2_frmsizeenum s = {.index = i, .pixel_format = formats[k].fourcc};
        if (v4l2_call(fd, VIDIOC_ENUM_FRAMESIZES, &s) < 0) {
            if (i == 0) /* old drivers list no sizes and adjust what is asked for */
                choice_try(best, want, k, want->width, want->height);
            return;
        }
        if (s.type == V4L2_FRMSIZE_TYPE_DISCRETE) {
            choice_try(best, want, k, s.discrete.width, s.discrete.height);
            continue;
        }
        const struct v4l2_frmsize_stepwise *w = &s.stepwise;
        choice_try(best, want, k,
                   into_steps(want->width, w->min_width, w->max_width, w->step_width),
                   into_steps(want->height, w->min_height, w->max_height, w->step_height));
        choice_try(best, want, k, into_steps(640, w->min_width, w->max_width, w->step_width),
                   into_steps(480, w->min_height, w->max_height, w->step_height));
        return;
    }
}

int v4l2_format_choose(int fd, const struct v4l2_cfg *want, struct v4l2_choice *ret,
                       struct err *err)
{
    ret->is_any = false;
    errno = 0;
    for (unsigned i = 0; i < FORMATS_MAX; i++) {
        struct v4l2_fmtdesc f = {.index = i, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
        if (v4l2_call(fd, VIDIOC_ENUM_FMT, &f) < 0)
            break;
        for (size_t k = 0; k < YJ_COUNT(formats); k++)
            if (f.pixelformat == formats[k].fourcc)
                sizes_try(ret, want, fd, k);
    }
    if (errno == ENODEV)
        return ERR(err, ERR_USB_NO_DEVICE, "the camera went while it was asked for its formats");
    return ret->is_any ? 0 : ERR(err, ERR_CAMERA_FORMAT, "neither GREY nor YUYV nor MJPEG");
}

/* The driver may change what it is asked for; what it says at last is what counts. */
int v4l2_format_set(int fd, const struct v4l2_cfg *want, const struct v4l2_choice *choice,
                    struct v4l2_mode *ret, struct err *err)
{
    struct v4l2_format f = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    f.fmt.pix.width = choice->offer.width;
    f.fmt.pix.height = choice->offer.height;
    f.fmt.pix.pixelformat = choice->fourcc;
    f.fmt.pix.field = V4L2_FIELD_NONE;
    if (v4l2_call(fd, VIDIOC_S_FMT, &f) < 0)
        return v4l2_trouble(err, "S_FMT");
    const struct v4l2_pix_format *p = &f.fmt.pix;
    uint32_t row = p->width * (choice->offer.format == V4L2_PIXELS_YUYV   ? 2
                               : choice->offer.format == V4L2_PIXELS_GREY ? 1
                                                                          : 0);
    if (p->pixelformat != choice->fourcc || !size_is_usable(p->width, p->height) ||
        (p->bytesperline != 0 && p->bytesperline < row) || p->bytesperline > STRIDE_MAX)
        return ERR(err, ERR_CAMERA_FORMAT, "the camera gives another format than it offers");
    struct v4l2_streamparm rate = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    rate.parm.capture.timeperframe = (struct v4l2_fract){1, want->fps};
    if (v4l2_call(fd, VIDIOC_S_PARM, &rate) < 0 && errno == ENODEV) /* others keep their own rate */
        return v4l2_trouble(err, "S_PARM");
    *ret = (struct v4l2_mode){.format = choice->offer.format,
                              .width = p->width,
                              .height = p->height,
                              .stride = row == 0          ? 0
                                        : p->bytesperline ? p->bytesperline
                                                          : row};
    return 0;
}

static void control_set(int fd, uint32_t id, int value)
{
    struct v4l2_control c = {.id = id, .value = value};
    (void)v4l2_call(fd, VIDIOC_S_CTRL, &c); /* a camera without it goes without */
}

void v4l2_controls_set(int fd, const struct v4l2_cfg *cfg)
{
    control_set(fd, V4L2_CID_POWER_LINE_FREQUENCY, V4L2_CID_POWER_LINE_FREQUENCY_50HZ);
    if (cfg->exposure_us > 0) {
        control_set(fd, V4L2_CID_EXPOSURE_AUTO, V4L2_EXPOSURE_MANUAL);
        control_set(fd, V4L2_CID_EXPOSURE_ABSOLUTE, (int)(cfg->exposure_us / 100));
    } else {
        /* never longer than a picture lasts: hands move */
        control_set(fd, V4L2_CID_EXPOSURE_AUTO_PRIORITY, 0);
    }
    if (cfg->focus >= 0) {
        control_set(fd, V4L2_CID_FOCUS_AUTO, 0);
        control_set(fd, V4L2_CID_FOCUS_ABSOLUTE, cfg->focus);
    }
}

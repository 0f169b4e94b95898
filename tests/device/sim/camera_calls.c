/* SPDX-License-Identifier: Apache-2.0 */
/* The emulated camera's pictures and its answers to ioctls, lies included.
 * Source: Linux media user space API, V4L2, kernel 6.1. Thread: umockdev's, under the lock. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <turbojpeg.h>
#include <unistd.h>

#include "base/mem.h"
#include "camera_model_priv.h"

enum { LONG_ROW_BYTES = 40000 };

static double clock_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static uint64_t roll(struct camera_model *m)
{
    m->dice = m->dice * 6364136223846793005u + 1442695040888963407u;
    return m->dice >> 33;
}

/* Does the fault strike now? Counts it. */
static bool strikes(struct camera_model *m, enum camera_fault fault)
{
    if (m->fault != fault || m->n_fault == 0)
        return false;
    if (m->probability < 1 && (double)(roll(m) % 10000) / 10000 >= m->probability)
        return false;
    if (m->n_fault > 0)
        m->n_fault--;
    m->counters.n_faults++;
    return true;
}

/* ---- pictures ---- */

static uint8_t *picture_yuyv(const struct camera_model *m, const uint8_t *grey)
{
    size_t n = (size_t)m->width * m->height;
    uint8_t *out = mem_zalloc(n, 2);
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = grey[i];
        out[2 * i + 1] = 128;
    }
    return out;
}

static uint8_t *picture_jpeg(const struct camera_model *m, const uint8_t *grey, size_t *ret_n)
{
    tjhandle jpeg = tjInitCompress();
    unsigned char *made = NULL;
    unsigned long n = 0;
    if (!jpeg || tjCompress2(jpeg, grey, (int)m->width, 0, (int)m->height, TJPF_GRAY, &made, &n,
                             TJSAMP_GRAY, 75, 0) != 0)
        usbemu_die("no JPEG: %s", tjGetErrorStr2(jpeg));
    uint8_t *out = mem_dup(made, n);
    tjFree(made);
    (void)tjDestroy(jpeg);
    *ret_n = n;
    return out;
}

static void frame_fit(const struct camera_model *m, uint8_t *out)
{
    int dx = ((int)m->width - m->grey_width) / 2, dy = ((int)m->height - m->grey_height) / 2;
    for (int y = 0; y < (int)m->height; y++)
        for (int x = 0; x < (int)m->width; x++) {
            int sx = x - dx, sy = y - dy;
            bool is_in = sx >= 0 && sy >= 0 && sx < m->grey_width && sy < m->grey_height;
            out[(size_t)y * m->width + (size_t)x] =
                is_in ? m->grey[(size_t)sy * (size_t)m->grey_width + (size_t)sx] : 190;
        }
}

int camera_picture_make(struct camera_model *m)
{
    size_t n = (size_t)m->width * m->height;
    uint8_t *grey = mem_zalloc(n, 1);
    if (!m->grey && camera_scene_draw(&m->scene, grey, (int)m->width, (int)m->height) < 0) {
        free(grey);
        return -1;
    }
    if (m->grey)
        frame_fit(m, grey);
    free(m->picture);
    m->n_picture = m->fourcc == V4L2_PIX_FMT_YUYV ? 2 * n : n;
    m->picture = m->fourcc == V4L2_PIX_FMT_YUYV    ? picture_yuyv(m, grey)
                 : m->fourcc == V4L2_PIX_FMT_MJPEG ? picture_jpeg(m, grey, &m->n_picture)
                                                   : mem_dup(grey, n);
    free(grey);
    return 0;
}

static size_t picture_room(const struct camera_model *m)
{
    size_t n = (size_t)m->width * m->height;
    size_t room = m->row_bytes > 0                 ? (size_t)m->row_bytes * m->height
                  : m->fourcc == V4L2_PIX_FMT_GREY ? n
                                                   : 2 * n;
    return (room + 4095) / 4096 * 4096;
}

/* One picture into the file, at a buffer's place. */
static void picture_write(struct camera_model *m, unsigned index, struct v4l2_buffer *b)
{
    const uint8_t *data = m->picture;
    uint8_t *noise = NULL;
    size_t n = m->n_picture < m->buffer_bytes ? m->n_picture : m->buffer_bytes;
    b->flags = V4L2_BUF_FLAG_MAPPED | V4L2_BUF_FLAG_DONE | V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
    if (strikes(m, CAMERA_FAULT_ERROR))
        b->flags |= V4L2_BUF_FLAG_ERROR;
    if (strikes(m, CAMERA_FAULT_GARBAGE)) {
        noise = mem_zalloc(n, 1);
        for (size_t i = 0; i < n; i++)
            noise[i] = (uint8_t)roll(m);
        data = noise;
    }
    b->bytesused = (uint32_t)n;
    if (strikes(m, CAMERA_FAULT_SHORT))
        b->bytesused /= 2;
    if (strikes(m, CAMERA_FAULT_EMPTY))
        b->bytesused = 0;
    if (strikes(m, CAMERA_FAULT_LONG))
        b->bytesused = (uint32_t)m->buffer_bytes * 2;
    if (pwrite(m->fd, data, n, (off_t)index * (off_t)m->buffer_bytes) != (ssize_t)n)
        usbemu_die("camera picture: %s", strerror(errno));
    free(noise);
    b->length = (uint32_t)m->buffer_bytes;
    b->m.offset = index * (uint32_t)m->buffer_bytes;
    b->sequence = m->sequence++;
    b->field = V4L2_FIELD_NONE;
    double now = clock_ms();
    b->timestamp.tv_sec = (time_t)(now / 1000);
    b->timestamp.tv_usec = (suseconds_t)((now - (double)b->timestamp.tv_sec * 1000) * 1000);
    m->counters.n_pictures++;
}

/* ---- ioctls: each returns 0 or a negative errno ---- */

static uint32_t format_at(const struct camera_model *m, unsigned index)
{
    static const struct {
        unsigned bit;
        uint32_t fourcc;
    } all[] = {{CAMERA_YUYV, V4L2_PIX_FMT_YUYV},
               {CAMERA_MJPEG, V4L2_PIX_FMT_MJPEG},
               {CAMERA_GREY, V4L2_PIX_FMT_GREY}};
    for (size_t i = 0; i < 3; i++)
        if ((m->cfg.formats & all[i].bit) && index-- == 0)
            return all[i].fourcc;
    return 0;
}

static int do_querycap(struct camera_model *m, void *arg)
{
    struct v4l2_capability *c = arg;
    (void)m;
    memset(c, 0, sizeof *c);
    snprintf((char *)c->driver, sizeof c->driver, "uvcvideo");
    snprintf((char *)c->card, sizeof c->card, "Test Camera");
    snprintf((char *)c->bus_info, sizeof c->bus_info, "usb-0000:00:14.0-1");
    c->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING | V4L2_CAP_EXT_PIX_FORMAT;
    c->capabilities = c->device_caps | V4L2_CAP_DEVICE_CAPS | V4L2_CAP_META_CAPTURE;
    return 0;
}

static int do_enum_fmt(struct camera_model *m, void *arg)
{
    struct v4l2_fmtdesc *f = arg;
    uint32_t fourcc = format_at(m, f->index);
    if (f->type != V4L2_BUF_TYPE_VIDEO_CAPTURE || fourcc == 0)
        return -EINVAL;
    f->pixelformat = fourcc;
    f->flags = fourcc == V4L2_PIX_FMT_MJPEG ? V4L2_FMT_FLAG_COMPRESSED : 0;
    return 0;
}

static int do_enum_sizes(struct camera_model *m, void *arg)
{
    struct v4l2_frmsizeenum *s = arg;
    bool is_known = false;
    for (unsigned i = 0; format_at(m, i); i++)
        is_known |= format_at(m, i) == s->pixel_format;
    if (!is_known || s->index >= (m->cfg.is_small ? 1u : 2u))
        return -EINVAL;
    s->type = V4L2_FRMSIZE_TYPE_DISCRETE;
    s->discrete.width = s->index == 0 ? 640 : 1280;
    s->discrete.height = s->index == 0 ? 480 : 720;
    return 0;
}

static int do_s_fmt(struct camera_model *m, void *arg)
{
    struct v4l2_format *f = arg;
    struct v4l2_pix_format *p = &f->fmt.pix;
    if (f->type != V4L2_BUF_TYPE_VIDEO_CAPTURE)
        return -EINVAL;
    if (m->is_streaming || m->n_buffers > 0 || strikes(m, CAMERA_FAULT_BUSY))
        return -EBUSY;
    bool is_large = !m->cfg.is_small && p->width > 640;
    m->width = is_large ? 1280 : 640;
    m->height = is_large ? 720 : 480;
    m->fourcc = format_at(m, 0);
    for (unsigned i = 0; format_at(m, i); i++)
        if (format_at(m, i) == p->pixelformat)
            m->fourcc = p->pixelformat;
    if (strikes(m, CAMERA_FAULT_FORMAT))
        p->pixelformat = V4L2_PIX_FMT_H264;
    else
        p->pixelformat = m->fourcc;
    p->width = m->width;
    p->height = m->height;
    p->field = V4L2_FIELD_NONE;
    p->bytesperline = m->fourcc == V4L2_PIX_FMT_YUYV   ? 2 * m->width
                      : m->fourcc == V4L2_PIX_FMT_GREY ? m->width
                                                       : 0;
    m->row_bytes = 0;
    if (strikes(m, CAMERA_FAULT_STRIDE))
        p->bytesperline = m->row_bytes = LONG_ROW_BYTES;
    if (strikes(m, CAMERA_FAULT_TINY))
        p->width = p->height = 2, p->bytesperline = 0;
    p->sizeimage = (uint32_t)picture_room(m);
    return camera_picture_make(m) < 0 ? -EIO : 0;
}

static int do_s_parm(struct camera_model *m, void *arg)
{
    struct v4l2_streamparm *p = arg;
    p->parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
    p->parm.capture.timeperframe = (struct v4l2_fract){1, m->cfg.fps};
    return 0;
}

static int do_reqbufs(struct camera_model *m, void *arg)
{
    struct v4l2_requestbuffers *r = arg;
    if (r->memory != V4L2_MEMORY_MMAP || r->type != V4L2_BUF_TYPE_VIDEO_CAPTURE)
        return -EINVAL;
    if (m->is_streaming || m->width == 0)
        return -EBUSY;
    r->count = r->count < CAMERA_BUFFERS ? r->count : CAMERA_BUFFERS;
    m->n_buffers = r->count;
    m->n_queued = 0;
    m->buffer_bytes = picture_room(m);
    if (ftruncate(m->fd, (off_t)(m->n_buffers * m->buffer_bytes)) != 0)
        return -ENOMEM;
    return 0;
}

static int do_querybuf(struct camera_model *m, void *arg)
{
    struct v4l2_buffer *b = arg;
    if (b->index >= m->n_buffers)
        return -EINVAL;
    b->length = (uint32_t)m->buffer_bytes;
    b->m.offset = b->index * (uint32_t)m->buffer_bytes;
    return 0;
}

static int do_qbuf(struct camera_model *m, void *arg)
{
    struct v4l2_buffer *b = arg;
    for (unsigned i = 0; i < m->n_queued; i++)
        if (m->queue[i] == b->index)
            return -EINVAL;
    if (b->index >= m->n_buffers)
        return -EINVAL;
    m->queue[m->n_queued++] = b->index;
    return 0;
}

static int do_dqbuf(struct camera_model *m, void *arg)
{
    struct v4l2_buffer *b = arg;
    if (!m->is_streaming)
        return -EINVAL;
    if (m->n_queued == 0 || clock_ms() < m->next_ms || strikes(m, CAMERA_FAULT_STALL))
        return -EAGAIN;
    if (strikes(m, CAMERA_FAULT_UNPLUG)) {
        camera_node_lose(m);
        return -ENODEV;
    }
    if (strikes(m, CAMERA_FAULT_IO))
        return -EIO;
    /* pictures for which there was no room are lost */
    m->next_ms += 1000.0 / m->cfg.fps;
    if (m->next_ms < clock_ms() - 1000.0 * CAMERA_BUFFERS / m->cfg.fps)
        m->next_ms = clock_ms();
    unsigned index = m->queue[0];
    memmove(m->queue, m->queue + 1, --m->n_queued * sizeof m->queue[0]);
    b->index = index;
    picture_write(m, index, b);
    if (strikes(m, CAMERA_FAULT_INDEX))
        b->index = 7000;
    return 0;
}

static int do_streamon(struct camera_model *m, void *arg)
{
    (void)arg;
    if (m->n_buffers == 0)
        return -EINVAL;
    m->is_streaming = true;
    m->next_ms = clock_ms() + 1000.0 / m->cfg.fps;
    m->counters.n_starts++;
    return 0;
}

static int do_streamoff(struct camera_model *m, void *arg)
{
    (void)arg;
    m->is_streaming = false;
    m->n_queued = 0;
    return 0;
}

static int do_s_ctrl(struct camera_model *m, void *arg)
{
    struct v4l2_control *c = arg;
    (void)m;
    return c->id == V4L2_CID_POWER_LINE_FREQUENCY ? (c->value > 2 ? -ERANGE : 0) : -EINVAL;
}

static const struct {
    unsigned long request;
    int (*run)(struct camera_model *, void *);
} calls[] = {
    {VIDIOC_QUERYCAP, do_querycap},
    {VIDIOC_ENUM_FMT, do_enum_fmt},
    {VIDIOC_ENUM_FRAMESIZES, do_enum_sizes},
    {VIDIOC_S_FMT, do_s_fmt},
    {VIDIOC_S_PARM, do_s_parm},
    {VIDIOC_REQBUFS, do_reqbufs},
    {VIDIOC_QUERYBUF, do_querybuf},
    {VIDIOC_QBUF, do_qbuf},
    {VIDIOC_DQBUF, do_dqbuf},
    {VIDIOC_STREAMON, do_streamon},
    {VIDIOC_STREAMOFF, do_streamoff},
    {VIDIOC_S_CTRL, do_s_ctrl},
};

int camera_call(struct camera_model *m, unsigned long request, void *arg)
{
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        if (calls[i].request == request)
            return calls[i].run(m, arg);
    return -ENOTTY;
}

void camera_buffers_drop(struct camera_model *m)
{
    (void)do_streamoff(m, NULL);
    m->n_buffers = 0;
}

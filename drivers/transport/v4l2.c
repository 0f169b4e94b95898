/* SPDX-License-Identifier: Apache-2.0 */
/* A camera through V4L2. An unplugged camera's file answers everything with ENODEV for as long as
 * a buffer of it is mapped: v4l2_stop lets go of all, and a start begins from nothing. */
#define _GNU_SOURCE
#include "drivers/transport/v4l2.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "drivers/transport/v4l2_format.h"

enum {
    N_BUFFERS = 3, /* one being filled, one waiting, one with us */
    NODES_MAX = 64,
    BUFFER_BYTES_MAX = 64 << 20,
    EMPTY_MAX = 3, /* times the file may say ready and give nothing */
    PAUSE_MS = 10, /* then it is left out of the wait for so long */
    WATCH_MAX = 4,
};

struct v4l2 {
    struct v4l2_cfg cfg;
    char *device; /* owned copy of cfg.device */
    int fd, wake_fd;
    struct v4l2_mode mode;
    size_t least; /* bytes of a whole picture; 1 for MJPEG */
    struct {
        uint8_t *data;
        size_t n;
    } buffer[N_BUFFERS];
    unsigned n_buffers;
    int held; /* buffer that is with the caller, or -1 */
    unsigned n_faulty, n_empty;
};

int v4l2_new(const struct v4l2_cfg *cfg, struct v4l2 **ret, struct err *err)
{
    int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wake_fd < 0)
        return ERR(err, ERR_SYSTEM, "eventfd: %s", strerror(errno));
    struct v4l2 *v = mem_zalloc(1, sizeof *v);
    v->cfg = *cfg;
    v->device = mem_strdup(cfg->device);
    v->cfg.device = v->device;
    v->fd = v->held = -1;
    v->wake_fd = wake_fd;
    *ret = v;
    return 0;
}

void v4l2_free(struct v4l2 *v)
{
    if (!v)
        return;
    v4l2_stop(v);
    close(v->wake_fd);
    free(v->device);
    free(v);
}

/* ---- finding and opening ---- */

/* A camera's second node carries metadata; only device_caps tells which is which. */
static bool is_capture(int fd, struct v4l2_capability *caps)
{
    if (v4l2_call(fd, VIDIOC_QUERYCAP, caps) < 0)
        return false;
    uint32_t can =
        caps->capabilities & V4L2_CAP_DEVICE_CAPS ? caps->device_caps : caps->capabilities;
    return (can & V4L2_CAP_VIDEO_CAPTURE) && (can & V4L2_CAP_STREAMING);
}

static int node_open(const char *path, struct v4l2_capability *caps, struct err *err)
{
    /* most nodes that are asked for are not there; opening would ask for loading their drivers */
    int fd = access(path, F_OK) == 0 ? open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC) : -1;
    if (fd < 0)
        return v4l2_trouble(err, "open");
    errno = 0; /* of this node, not of one that was tried before */
    if (is_capture(fd, caps))
        return fd;
    int rc = errno == ENODEV ? ERR(err, ERR_USB_NO_DEVICE, "no camera")
                             : ERR(err, ERR_CAMERA_FORMAT, "%s takes no pictures", path);
    close(fd);
    return rc;
}

static int device_open(struct v4l2 *v, struct v4l2_capability *caps, struct err *err)
{
    char path[300];
    if (v->device) {
        bool is_path = strchr(v->device, '/') != NULL;
        snprintf(path, sizeof path, "%s%s", is_path ? "" : "/dev/v4l/by-id/", v->device);
        return node_open(path, caps, err);
    }
    int worst = ERR(err, ERR_USB_NO_DEVICE, "no camera");
    for (int i = 0; i < NODES_MAX; i++) {
        struct err why = {0};
        snprintf(path, sizeof path, "/dev/video%d", i);
        int fd = node_open(path, caps, &why);
        if (fd >= 0)
            return fd;
        if (fd == ERR_USB_ACCESS || fd == ERR_USB_CLAIMED) {
            worst = fd;
            if (err)
                *err = why;
        }
    }
    return worst;
}

/* ---- buffers ---- */

static void buffers_unmap(struct v4l2 *v)
{
    for (unsigned i = 0; i < v->n_buffers; i++)
        (void)munmap(v->buffer[i].data, v->buffer[i].n);
    v->n_buffers = 0;
}

static int buffer_queue(struct v4l2 *v, unsigned i, struct err *err)
{
    struct v4l2_buffer b = {
        .index = i, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
    return v4l2_call(v->fd, VIDIOC_QBUF, &b) < 0 ? v4l2_trouble(err, "QBUF") : 0;
}

static int buffers_map(struct v4l2 *v, struct err *err)
{
    struct v4l2_requestbuffers want = {
        .count = N_BUFFERS, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
    if (v4l2_call(v->fd, VIDIOC_REQBUFS, &want) < 0)
        return v4l2_trouble(err, "REQBUFS");
    if (want.count < 2)
        return ERR(err, ERR_USB_IO, "REQBUFS gave %u buffers", want.count);
    int rc = 0;
    for (unsigned i = 0; i < want.count && i < N_BUFFERS && rc == 0; i++) {
        struct v4l2_buffer b = {
            .index = i, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
        if (v4l2_call(v->fd, VIDIOC_QUERYBUF, &b) < 0)
            return v4l2_trouble(err, "QUERYBUF");
        if (b.length < v->least || b.length > BUFFER_BYTES_MAX)
            return ERR(err, ERR_USB_IO, "a buffer of %u bytes", b.length);
        void *p = mmap(NULL, b.length, PROT_READ, MAP_SHARED, v->fd, (off_t)b.m.offset);
        if (p == MAP_FAILED)
            return v4l2_trouble(err, "mmap");
        v->buffer[i].data = p;
        v->buffer[i].n = b.length;
        v->n_buffers++;
        rc = buffer_queue(v, i, err);
    }
    return rc;
}

/* ---- start and stop ---- */

int v4l2_probe(struct v4l2 *v, char *name, size_t cap, struct err *err)
{
    struct v4l2_capability caps = {0};
    struct v4l2_choice choice;
    int fd = device_open(v, &caps, err);
    if (fd < 0)
        return fd;
    int rc = v4l2_format_choose(fd, &v->cfg, &choice, err);
    close(fd);
    if (rc < 0)
        return rc;
    size_t n = 0;
    for (; n + 1 < cap && n < sizeof caps.card && caps.card[n]; n++)
        name[n] = caps.card[n] >= 0x20 && caps.card[n] < 0x7f ? (char)caps.card[n] : '?';
    name[n] = 0;
    return 0;
}

int v4l2_start(struct v4l2 *v, struct v4l2_mode *ret, struct err *err)
{
    struct v4l2_capability caps = {0};
    struct v4l2_choice choice;
    v4l2_stop(v);
    int fd = device_open(v, &caps, err);
    if (fd < 0)
        return fd;
    v->fd = fd;
    int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    int rc = v4l2_format_choose(fd, &v->cfg, &choice, err);
    if (rc == 0)
        rc = v4l2_format_set(fd, &v->cfg, &choice, &v->mode, err);
    if (rc == 0) {
        v->least =
            v->mode.format == V4L2_PIXELS_MJPEG ? 1 : (size_t)v->mode.stride * v->mode.height;
        v4l2_controls_set(fd, &v->cfg);
        rc = buffers_map(v, err);
    }
    if (rc == 0 && v4l2_call(fd, VIDIOC_STREAMON, &type) < 0)
        rc = v4l2_trouble(err, "STREAMON");
    if (rc < 0) {
        v4l2_stop(v);
        return rc;
    }
    v->n_faulty = v->n_empty = 0;
    *ret = v->mode;
    return 0;
}

void v4l2_stop(struct v4l2 *v)
{
    int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    if (v->fd < 0)
        return;
    (void)v4l2_call(v->fd, VIDIOC_STREAMOFF, &type); /* fails when the camera is gone */
    buffers_unmap(v);
    close(v->fd);
    v->fd = v->held = -1;
}

bool v4l2_is_started(const struct v4l2 *v)
{
    return v->fd >= 0;
}

/* ---- pictures ---- */

int v4l2_take(struct v4l2 *v, struct v4l2_picture *ret, struct err *err)
{
    int newest = -1, rc = 0;
    size_t n = 0;
    /* a camera that fills buffers as fast as they come back must not keep us here */
    for (unsigned turn = 0; turn < 2 * N_BUFFERS && rc == 0; turn++) {
        struct v4l2_buffer b = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
        if (v4l2_call(v->fd, VIDIOC_DQBUF, &b) < 0) {
            if (errno != EAGAIN)
                rc = v4l2_trouble(err, "DQBUF");
            break;
        }
        if (b.index >= v->n_buffers || (int)b.index == v->held)
            return ERR(err, ERR_USB_IO, "DQBUF gave buffer %u", b.index);
        bool is_faulty = (b.flags & V4L2_BUF_FLAG_ERROR) || b.bytesused < v->least ||
                         b.bytesused > v->buffer[b.index].n;
        v->n_faulty += is_faulty;
        int back = is_faulty ? (int)b.index : newest;
        if (!is_faulty) {
            newest = (int)b.index;
            n = b.bytesused;
        }
        if (back >= 0)
            rc = buffer_queue(v, (unsigned)back, err);
    }
    v->n_empty = newest < 0 ? v->n_empty + 1 : 0;
    if (rc < 0 || newest < 0)
        return rc;
    v4l2_release(v);
    v->held = newest;
    *ret = (struct v4l2_picture){v->buffer[newest].data, n};
    return 1;
}

void v4l2_release(struct v4l2 *v)
{
    if (v->held >= 0 && v->fd >= 0)
        (void)buffer_queue(v, (unsigned)v->held, NULL); /* a dead camera shows at the next take */
    v->held = -1;
}

unsigned v4l2_n_faulty(const struct v4l2 *v)
{
    return v->n_faulty;
}

/* ---- waiting ---- */

void v4l2_wait(struct v4l2 *v, const int *fds, size_t n, int timeout_ms)
{
    struct pollfd p[2 + WATCH_MAX];
    bool is_paused = v->fd >= 0 && v->n_empty >= EMPTY_MAX;
    uint64_t count;
    p[0] = (struct pollfd){.fd = v->wake_fd, .events = POLLIN};
    p[1] = (struct pollfd){.fd = is_paused ? -1 : v->fd, .events = POLLIN};
    for (size_t i = 0; i < n && i < WATCH_MAX; i++)
        p[2 + i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
    if (is_paused && timeout_ms > PAUSE_MS)
        timeout_ms = PAUSE_MS;
    int rc = poll(p, 2 + (n < WATCH_MAX ? n : WATCH_MAX), timeout_ms);
    if (rc > 0 && p[0].revents)
        while (read(v->wake_fd, &count, sizeof count) < 0 && errno == EINTR)
            ;
}

void v4l2_wake(struct v4l2 *v)
{
    uint64_t one = 1;
    while (write(v->wake_fd, &one, sizeof one) < 0 && errno == EINTR)
        ;
}

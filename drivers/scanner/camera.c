/* SPDX-License-Identifier: Apache-2.0 */
/* Camera as a scanner: the state machine between V4L2, the decoder program and the application.
 * Thread: the scanner's, except wake.
 *
 *                 probe: there                  ENABLE, opened
 *   NO_DEVICE ------------------> CLOSED ------------------------------> WATCHING --.
 *      ^  ^                        ^  |  ^             DISABLE              |  ^    | picture,
 *      |  | 2 s                    |  |  '----------------------------------|  '----' answer
 *      |  '------------------------|--|--------- unplug, any state ---------|
 *      |                           |  v refused, silent                     |
 *      '-------------------------- BROKEN <---------------------------------' error, silent 3 s
 *                                    | 2 s: probe again
 *
 * True in WATCHING: the camera streams, the decoder program was started. In all other states the
 * camera is closed and no picture is in memory. A decoder that fails again and again shows as
 * HARDWARE_ERROR while the camera goes on: it may recover with the next picture. */
#include "drivers/scanner/camera.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "drivers/scanner/camera_settings.h"
#include "drivers/scanner/code_gate.h"
#include "drivers/scanner/qr_worker.h"
#include "drivers/status.h"
#include "drivers/timing.h"
#include "drivers/transport/v4l2.h"

/* CAMERA.md, timing. */
enum { RESCAN_MS = 2000, RETRY_MS = 500, SILENT_MS = 3000 };

enum camera_state { CAMERA_NO_DEVICE, CAMERA_BROKEN, CAMERA_CLOSED, CAMERA_WATCHING };

struct driver {
    struct driver_sink sink;
    struct v4l2 *v4l2;
    struct qr_worker *worker;
    struct code_gate gate;
    enum camera_state state;
    struct v4l2_mode mode;
    bool is_enabled;
    int64_t now_ms, due_ms;
    int64_t picture_ms; /* when the last picture came */
    int64_t read_ms;    /* when the decoder last could make something of one */
    bool is_seen;       /* a picture came since the camera was opened */
    struct device_status status;
    bool has_status;
};

static void status_set(struct driver *d, enum device_state state, int cause)
{
    struct device_status s = d->status;
    s.kind = DEVICE_SCANNER;
    s.state = state;
    s.cause = cause;
    device_status_tell(&d->sink, &d->status, &d->has_status, &s);
}

/* ---- leaving ---- */

static void camera_release(struct driver *d)
{
    v4l2_stop(d->v4l2);
    qr_worker_stop(d->worker);
}

static void camera_failed(struct driver *d, int cause)
{
    camera_release(d);
    bool is_gone = cause == ERR_USB_NO_DEVICE;
    d->state = is_gone ? CAMERA_NO_DEVICE : CAMERA_BROKEN;
    d->due_ms = d->now_ms + (is_gone && d->is_enabled ? RETRY_MS : RESCAN_MS);
    status_set(d, is_gone ? DEVICE_NO_DEVICE : DEVICE_HARDWARE_ERROR, cause);
}

static void camera_close_quietly(struct driver *d)
{
    camera_release(d);
    if (d->state == CAMERA_WATCHING) {
        d->state = CAMERA_CLOSED;
        d->due_ms = d->now_ms + RESCAN_MS;
    }
}

/* ---- coming ---- */

static void camera_probe(struct driver *d)
{
    char name[sizeof d->status.model] = "";
    int rc = v4l2_probe(d->v4l2, name, sizeof name, NULL);
    if (rc < 0) {
        camera_failed(d, rc);
        return;
    }
    memcpy(d->status.model, name, sizeof name);
    /* silence shows only while it streams: a camera that was silent stays broken until it is not */
    bool was_silent = d->state == CAMERA_BROKEN && d->status.cause == ERR_CAMERA_SILENT;
    d->state = CAMERA_CLOSED;
    d->due_ms = d->now_ms + RESCAN_MS;
    if (!was_silent)
        status_set(d, DEVICE_ONLINE, 0);
}

static void camera_open_now(struct driver *d)
{
    int rc = v4l2_start(d->v4l2, &d->mode, NULL);
    /* none of its pictures would fit: better broken than deaf */
    if (rc == 0 && (uint64_t)d->mode.stride * d->mode.height > QR_WIRE_MEMORY_BYTES)
        rc = ERR_CAMERA_FORMAT;
    if (rc < 0) {
        camera_failed(d, rc);
        return;
    }
    qr_worker_start(d->worker, d->now_ms);
    d->state = CAMERA_WATCHING;
    d->picture_ms = d->read_ms = d->now_ms;
    d->is_seen = false;
}

/* ---- watching ---- */

static enum qr_wire_format wire_format(enum v4l2_pixels format)
{
    return format == V4L2_PIXELS_GREY   ? QR_WIRE_GREY
           : format == V4L2_PIXELS_YUYV ? QR_WIRE_YUYV
                                        : QR_WIRE_MJPEG;
}

static void picture_submit(struct driver *d, const struct v4l2_picture *p)
{
    struct qr_worker_picture picture = {.format = wire_format(d->mode.format),
                                        .width = d->mode.width,
                                        .height = d->mode.height,
                                        .stride = d->mode.stride,
                                        .data = p->data,
                                        .n = p->n};
    if (qr_worker_is_ready(d->worker))
        (void)qr_worker_submit(d->worker, &picture, d->now_ms, NULL); /* the next JPEG may fit */
}

static void answer_use(struct driver *d, struct qr_wire_answer *a)
{
    if (a->kind != QR_WIRE_BAD_PICTURE)
        d->read_ms = d->now_ms;
    switch ((enum qr_wire_kind)a->kind) {
    case QR_WIRE_CODE:
        (void)code_gate_take(&d->gate, a->bytes, a->n, d->now_ms); /* the gate tells by itself */
        bytes_wipe(a->bytes, a->n);
        break;
    case QR_WIRE_PART:
        code_gate_fail(&d->gate, ERR_SCANNER_KIND, d->now_ms);
        break;
    case QR_WIRE_SEVERAL:
        code_gate_fail(&d->gate, ERR_CAMERA_SEVERAL, d->now_ms);
        break;
    case QR_WIRE_HELLO:
    case QR_WIRE_NONE:
    case QR_WIRE_SAME:
    case QR_WIRE_BAD_PICTURE:
        break;
    }
}

static void watching_step(struct driver *d)
{
    struct v4l2_picture p;
    struct qr_wire_answer answer;
    if (qr_worker_step(d->worker, d->now_ms, &answer) > 0) {
        answer_use(d, &answer);
        /* half JPEGs and noise: as good as nothing */
        if (answer.kind == QR_WIRE_BAD_PICTURE && d->now_ms - d->read_ms >= SILENT_MS) {
            camera_failed(d, ERR_CAMERA_SILENT);
            return;
        }
    }
    int rc = v4l2_take(d->v4l2, &p, NULL);
    if (rc < 0) {
        camera_failed(d, rc);
        return;
    }
    if (rc > 0) {
        d->picture_ms = d->now_ms;
        d->is_seen = true;
        picture_submit(d, &p);
        v4l2_release(d->v4l2);
    } else if (d->now_ms - d->picture_ms >= SILENT_MS) {
        camera_failed(d, ERR_CAMERA_SILENT);
        return;
    }
    int trouble = qr_worker_trouble(d->worker), alarm = code_gate_alarm(&d->gate, d->now_ms);
    if (trouble)
        status_set(d, DEVICE_HARDWARE_ERROR, trouble);
    else if (alarm)
        status_set(d, DEVICE_ONLINE, alarm); /* it works, but somebody should look */
    else if (d->is_seen)
        status_set(d, DEVICE_ONLINE, 0);
}

/* ---- driver_ops ---- */

static int camera_open(const struct driver_cfg *cfg, const struct driver_sink *sink,
                       struct driver **ret, struct err *err)
{
    struct camera_settings s;
    struct driver *d = mem_zalloc(1, sizeof *d);
    d->sink = *sink;
    int rc = camera_settings_parse(cfg->settings, &s, err);
    if (rc < 0) {
        free(d);
        return rc;
    }
    struct v4l2_cfg v4l2 = {.device = s.device,
                            .width = s.width,
                            .height = s.height,
                            .fps = s.fps,
                            .exposure_us = s.exposure_us,
                            .focus = s.focus};
    struct qr_worker_cfg worker = {.program = s.decoder, .deadline_ms = s.deadline_ms};
    rc = v4l2_new(&v4l2, &d->v4l2, err);
    if (rc == 0)
        rc = qr_worker_new(&worker, &d->worker, err);
    camera_settings_fini(&s);
    if (rc < 0) {
        v4l2_free(d->v4l2);
        free(d);
        return rc;
    }
    code_gate_init(&d->gate, sink);
    *ret = d;
    return 0;
}

static void camera_command(struct driver *d, const struct device_command *command, int64_t now_ms)
{
    d->now_ms = now_ms;
    bool is_enable = command->kind == DEVICE_COMMAND_ENABLE;
    if (!is_enable && command->kind != DEVICE_COMMAND_DISABLE)
        return;
    d->is_enabled = is_enable;
    code_gate_enable(&d->gate, is_enable, now_ms);
    if (!is_enable)
        camera_close_quietly(d);
}

static int camera_step(struct driver *d, int64_t now_ms)
{
    d->now_ms = now_ms;
    if (d->state == CAMERA_CLOSED && d->is_enabled)
        camera_open_now(d);
    else if (d->state != CAMERA_WATCHING && now_ms >= d->due_ms)
        camera_probe(d);
    if (d->state == CAMERA_WATCHING)
        watching_step(d);
    if (d->state == CAMERA_CLOSED && d->is_enabled)
        return 0;
    int64_t due_ms = d->state == CAMERA_WATCHING ? qr_worker_due_ms(d->worker) : d->due_ms;
    return driver_sleep_ms(due_ms, now_ms);
}

static void camera_wait(struct driver *d, int timeout_ms)
{
    int fd = qr_worker_fd(d->worker);
    v4l2_wait(d->v4l2, &fd, 1, timeout_ms);
}

static void camera_wake(struct driver *d)
{
    v4l2_wake(d->v4l2);
}

static void camera_close(struct driver *d)
{
    if (!d)
        return;
    v4l2_free(d->v4l2);
    qr_worker_free(d->worker);
    bytes_wipe(d, sizeof *d);
    free(d);
}

const struct driver_ops camera_ops = {
    .name = "camera",
    .open = camera_open,
    .command = camera_command,
    .step = camera_step,
    .wait = camera_wait,
    .wake = camera_wake,
    .close = camera_close,
};

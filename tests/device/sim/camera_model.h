/* SPDX-License-Identifier: Apache-2.0 */
/* Emulated camera: the ioctls of V4L2, answered for unmodified programs through umockdev; pictures
 * are written into the file that the program maps. The file is an ordinary one, so poll() always
 * calls it ready, which no real camera does: DQBUF then answers EAGAIN.
 * Source: Linux media user space API, V4L2, kernel 6.1. Thread: any; the ioctls run on umockdev's
 * thread under the lock of usbemu.h. */
#ifndef YJ_SIM_CAMERA_MODEL_H
#define YJ_SIM_CAMERA_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "camera_scene.h"
#include "usbemu.h"

enum camera_fault {
    CAMERA_FAULT_NONE,
    CAMERA_FAULT_ERROR,   /* pictures marked faulty */
    CAMERA_FAULT_SHORT,   /* half of the bytes */
    CAMERA_FAULT_EMPTY,   /* no bytes */
    CAMERA_FAULT_STALL,   /* no pictures come */
    CAMERA_FAULT_UNPLUG,  /* gone at the next picture */
    CAMERA_FAULT_FORMAT,  /* gives another format than asked for */
    CAMERA_FAULT_GARBAGE, /* pictures full of random bytes */
    CAMERA_FAULT_BUSY,    /* another program has it */
    CAMERA_FAULT_IO,      /* DQBUF fails with EIO */
    CAMERA_FAULT_INDEX,   /* DQBUF names a buffer that does not exist */
    CAMERA_FAULT_LONG,    /* more bytes used than a buffer has */
    CAMERA_FAULT_STRIDE,  /* rows of an absurd length, with buffers to match */
    CAMERA_FAULT_TINY,    /* another size than asked for: 2x2 */
};

/* Formats it offers, to be joined with |. */
enum { CAMERA_GREY = 1, CAMERA_YUYV = 2, CAMERA_MJPEG = 4, CAMERA_ALWAYS = -1 };

struct camera_cfg {
    unsigned formats;  /* 0: CAMERA_YUYV | CAMERA_MJPEG */
    unsigned fps;      /* 0: 30 */
    bool is_small;     /* 640x480 only; else 1280x720 too */
    const char *node;  /* NULL: /dev/video0 */
    const char *by_id; /* name below /dev/v4l/by-id; NULL: usb-Test_Camera-video-index0 */
};

struct camera_counters {
    unsigned n_opens, n_starts, n_pictures, n_faults, n_refused;
    bool is_plugged, is_streaming;
    unsigned width, height;
    char format[5]; /* fourcc */
};

struct camera_model;

/** New camera, unplugged, on the testbed of the bus. Free before the bus. */
struct camera_model *camera_model_new(struct usbemu_bus *bus, const struct camera_cfg *cfg);
void camera_model_free(struct camera_model *m);

void camera_model_plug(struct camera_model *m);
void camera_model_unplug(struct camera_model *m);

/** What it sees from now on. @return 0, or -1 when the code cannot be made */
int camera_model_show(struct camera_model *m, const struct camera_scene *scene);
/** The same from grey values; they are laid into the middle of the picture. */
void camera_model_show_grey(struct camera_model *m, const uint8_t *px, int width, int height);
/** An empty scene. */
void camera_model_show_nothing(struct camera_model *m);

/**
 * @param n            pictures (FORMAT, BUSY, STRIDE, TINY: starts) it spoils: 1.., CAMERA_ALWAYS,
 * 0 ends it
 * @param probability  of each, 0..1
 */
void camera_model_fault(struct camera_model *m, enum camera_fault fault, int n, double probability,
                        uint64_t seed);
struct camera_counters camera_model_counters(struct camera_model *m);

#endif

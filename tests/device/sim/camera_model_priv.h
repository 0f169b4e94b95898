/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the emulated camera share. Thread: under the lock of usbemu.h. */
#ifndef YJ_SIM_CAMERA_MODEL_PRIV_H
#define YJ_SIM_CAMERA_MODEL_PRIV_H

#include "camera_model.h"
#include "usbemu_priv.h"

enum { CAMERA_BUFFERS = 4 };

struct camera_model {
    struct usbemu_bus *bus;
    struct camera_cfg cfg;
    char node[64], link[160];
    UMockdevIoctlBase *handler;
    UMockdevIoctlClient *streamer; /* the client that holds the buffers; compared only */
    bool is_plugged;
    unsigned plugging;
    int fd; /* the file behind the node */

    unsigned width, height;
    uint32_t fourcc;
    uint32_t row_bytes; /* a lie about the length of a row, or 0 */
    size_t buffer_bytes;
    unsigned n_buffers, n_queued;
    unsigned queue[CAMERA_BUFFERS];
    bool is_streaming;
    double next_ms;
    uint32_t sequence;

    /* what it sees: grey values of the present size, and as the present format has them */
    struct camera_scene scene;
    bool has_scene;
    uint8_t *grey;
    int grey_width, grey_height;
    uint8_t *picture;
    size_t n_picture;

    enum camera_fault fault;
    int n_fault;
    double probability;
    uint64_t dice;
    struct camera_counters counters;
};

/** Answer an ioctl. @return 0 or a negative errno */
int camera_call(struct camera_model *m, unsigned long request, void *arg);

/** Stop and forget the buffers, as closing the file does. */
void camera_buffers_drop(struct camera_model *m);

/** Draw what is shown in the present size and format. @return 0, -1 it fits in no code */
int camera_picture_make(struct camera_model *m);

/** The camera is pulled out. */
void camera_node_lose(struct camera_model *m);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What the camera driver and the decoder program say to each other: fixed headers on a socket that
 * keeps messages apart (SOCK_SEQPACKET); the picture lies in shared memory. Both run on one machine
 * and come from one build; numbers are in the machine's own order. The program parses pictures from
 * a device and codes from strangers, so the driver trusts none of its answers.
 * Pure. Thread: any. */
#ifndef YJ_SCANNER_QR_WIRE_H
#define YJ_SCANNER_QR_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
    QR_WIRE_SOCKET_FD = 3, /* in the program */
    QR_WIRE_MEMORY_FD = 4,
    QR_WIRE_MEMORY_BYTES = 8 << 20, /* 1920x1080 YUYV has 4 MB */
    QR_WIRE_CODE_MAX = 4096,
    QR_WIRE_PICTURE_SIDE_MAX = 4096,
};

/* How the picture lies in memory. */
enum qr_wire_format { QR_WIRE_GREY = 1, QR_WIRE_YUYV = 2, QR_WIRE_MJPEG = 3 };

struct qr_wire_request {
    uint32_t magic;
    uint32_t id;            /* counts up; the answer repeats it */
    uint16_t format;        /* enum qr_wire_format */
    uint16_t width, height; /* 1..QR_WIRE_PICTURE_SIDE_MAX */
    uint16_t budget_ms;     /* begin no further stage after that */
    uint32_t stride;        /* bytes a row; 0 for MJPEG */
    uint32_t n_bytes;       /* of the picture */
    uint16_t is_still;      /* try everything at once instead of one more thing a picture */
    uint16_t is_zbar_only;  /* leave out the engine that may not come back */
};

enum qr_wire_kind {
    QR_WIRE_HELLO = 1,  /* first message of the program; id 0 */
    QR_WIRE_NONE,       /* no code seen */
    QR_WIRE_SAME,       /* the picture has not changed; not looked at */
    QR_WIRE_CODE,       /* a code; its bytes follow */
    QR_WIRE_PART,       /* one symbol of a structured append: not taken */
    QR_WIRE_SEVERAL,    /* several codes and none clearly in the middle */
    QR_WIRE_BAD_PICTURE /* the picture cannot be decoded */
};

struct qr_wire_answer {
    uint32_t magic;
    uint32_t id;
    uint16_t kind;  /* enum qr_wire_kind */
    uint16_t stage; /* which attempt succeeded, 1..; 0 none */
    uint32_t elapsed_us;
    uint32_t n;                      /* bytes of the code; > 0 for CODE only */
    uint8_t bytes[QR_WIRE_CODE_MAX]; /* only n of them are sent */
};

enum { QR_WIRE_ANSWER_HEAD = offsetof(struct qr_wire_answer, bytes) };

/** Fill in what is the same in every message. */
void qr_wire_request_init(struct qr_wire_request *r, uint32_t id);
void qr_wire_answer_init(struct qr_wire_answer *a, uint32_t id, enum qr_wire_kind kind);

/** @return bytes to send. */
size_t qr_wire_answer_bytes(const struct qr_wire_answer *a);

/**
 * Check a request as it was received: lengths, sides, and that the picture fits in memory.
 * @return 0, or ERR_INVALID
 */
int qr_wire_request_parse(const void *data, size_t n, struct qr_wire_request *ret,
                          struct err *err) YJ_CHECK;

/**
 * Check an answer as it was received.
 * @param id   the one expected
 * @param ret  untouched on failure; the caller wipes it
 * @return 0, or ERR_CAMERA_DECODER: no answer of ours
 */
int qr_wire_answer_parse(const void *data, size_t n, uint32_t id, struct qr_wire_answer *ret,
                         struct err *err) YJ_CHECK;

#endif

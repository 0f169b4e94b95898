/* SPDX-License-Identifier: Apache-2.0 */
/* The driver's end of the decoder program: start it, hand it a picture, wait for the answer no
 * longer than the deadline, end it when it hangs, crashes or talks nonsense, and start another.
 * Thread: the driver's. Blocks: starting a program (some milliseconds), nothing else. */
#ifndef YJ_SCANNER_QR_WORKER_H
#define YJ_SCANNER_QR_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "drivers/scanner/qr_wire.h"

struct qr_worker;

struct qr_worker_cfg {
    const char *program;  /* full path of kiosk-decode */
    unsigned deadline_ms; /* of one answer, 50..10000 */
};

/* A picture as the camera gives it. */
struct qr_worker_picture {
    enum qr_wire_format format;
    unsigned width, height, stride;
    const uint8_t *data;
    size_t n;
};

/** @return 0, ERR_SYSTEM (no shared memory). @param cfg program is copied */
int qr_worker_new(const struct qr_worker_cfg *cfg, struct qr_worker **ret,
                  struct err *err) YJ_CHECK;
/** End the program, wipe the memory, free. Accepts NULL. */
void qr_worker_free(struct qr_worker *w);

/** The program may run from now on. */
void qr_worker_start(struct qr_worker *w, int64_t now_ms);
/** End the program and wipe the last picture. */
void qr_worker_stop(struct qr_worker *w);

/** @return file that can be read when an answer is there; -1 when no program runs. */
int qr_worker_fd(const struct qr_worker *w);

/** @return whether a picture can be submitted now. */
bool qr_worker_is_ready(const struct qr_worker *w);

/** Copy a picture and ask for the code in it; the copy is wiped when it is answered or the program
 * has failed. @return 0, ERR_BUSY (not ready), ERR_TOO_BIG; may be
 * ignored, another picture comes */
int qr_worker_submit(struct qr_worker *w, const struct qr_worker_picture *picture, int64_t now_ms,
                     struct err *err);

/**
 * Take the answer if one is there; look after deadlines; start the program when it is time.
 * @param ret  the answer; the caller wipes ret->bytes
 * @return 1 an answer, 0 none
 */
int qr_worker_step(struct qr_worker *w, int64_t now_ms, struct qr_wire_answer *ret);

/** @return ERR_CAMERA_DECODER while the program fails again and again, else 0. */
int qr_worker_trouble(const struct qr_worker *w);

/** @return when qr_worker_step wants to be called, milliseconds of the same clock. */
int64_t qr_worker_due_ms(const struct qr_worker *w);

/** @return programs ended because they failed, since qr_worker_new. */
unsigned qr_worker_n_deaths(const struct qr_worker *w);

#endif

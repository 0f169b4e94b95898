/* SPDX-License-Identifier: Apache-2.0 */
/* Drives a decoder program as the camera driver would. Test code; one worker at a time. */
#ifndef YJ_TESTS_CAMERA_WORKER_RIG_H
#define YJ_TESTS_CAMERA_WORKER_RIG_H

#include <CUnit/CUnit.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "camera_scene.h"
#include "drivers/scanner/qr_worker.h"

enum { W = 640, H = 480, PATIENCE_MS = 20000 };

static inline struct qr_worker *worker_of(const char *program, unsigned deadline_ms)
{
    struct qr_worker_cfg cfg = {.program = program, .deadline_ms = deadline_ms};
    struct qr_worker *w = NULL;
    CU_ASSERT_EQUAL_FATAL(qr_worker_new(&cfg, &w, NULL), 0);
    qr_worker_start(w, clock_mono_ms());
    return w;
}

/* One turn of the driver's loop. @return as qr_worker_step */
static inline int turn(struct qr_worker *w, struct qr_wire_answer *a)
{
    struct pollfd p = {.fd = qr_worker_fd(w), .events = POLLIN};
    (void)poll(&p, 1, 10);
    return qr_worker_step(w, clock_mono_ms(), a);
}

static inline bool until_ready(struct qr_worker *w, int ms)
{
    static struct qr_wire_answer a;
    for (int64_t end = clock_mono_ms() + ms; clock_mono_ms() < end;) {
        (void)turn(w, &a);
        if (qr_worker_is_ready(w))
            return true;
    }
    return false;
}

static inline void submit(struct qr_worker *w, const uint8_t *px, int width, int height)
{
    struct qr_worker_picture p = {.format = QR_WIRE_GREY,
                                  .width = (unsigned)width,
                                  .height = (unsigned)height,
                                  .stride = (unsigned)width,
                                  .data = px,
                                  .n = (size_t)width * (size_t)height};
    CU_ASSERT_EQUAL(qr_worker_submit(w, &p, clock_mono_ms(), NULL), 0);
}

/* @return the answer's kind, 0 when the program died instead */
static inline int ask(struct qr_worker *w, const uint8_t *px, int width, int height,
                      struct qr_wire_answer *a)
{
    if (!until_ready(w, PATIENCE_MS))
        return -1;
    unsigned n_deaths = qr_worker_n_deaths(w);
    submit(w, px, width, height);
    for (int64_t end = clock_mono_ms() + PATIENCE_MS; clock_mono_ms() < end;) {
        if (turn(w, a) > 0)
            return a->kind;
        if (qr_worker_n_deaths(w) > n_deaths)
            return 0;
    }
    return -1;
}

/* @param eci  number of its ECI header, 0 none */
static inline uint8_t *picture_of(const char *text, int eci)
{
    struct camera_scene s;
    uint8_t *px = mem_zalloc(W, H);
    camera_scene_init(&s, text, strlen(text));
    s.eci = eci;
    CU_ASSERT_EQUAL(camera_scene_draw(&s, px, W, H), 0);
    return px;
}

/* The one child we have. */
static inline long child_pid(void)
{
    char path[64], text[64] = "";
    snprintf(path, sizeof path, "/proc/self/task/%ld/children", (long)getpid());
    FILE *f = fopen(path, "r");
    size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;
    if (f)
        fclose(f);
    text[n] = 0;
    return strtol(text, NULL, 10);
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* kiosk-decode: looks for a code in pictures that the camera driver puts into shared memory.
 * Started by the driver (qr_worker.c) with an empty environment, a socket and the memory; says
 * hello, answers each request, ends when the socket does. It can crash, hang or be taken over by a
 * picture: the driver reckons with all three. One thread.
 *
 *   start → memory mapped (read only) → sandbox → HELLO → (request → answer)* → end of socket */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "drivers/scanner/decoder/picture_grey.h"
#include "drivers/scanner/decoder/sandbox.h"
#include "drivers/scanner/qr_cascade.h"
#include "drivers/scanner/qr_wire.h"

struct program {
    const uint8_t *memory;
    struct picture_grey *grey;
    struct qr_cascade *cascade;
    struct qr_image picture;
    struct qr_outcome outcome;
    struct qr_wire_answer answer;
};

static int64_t now_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail for this clock */
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void answer_send(const struct qr_wire_answer *a)
{
    ssize_t n;
    do
        n = send(QR_WIRE_SOCKET_FD, a, qr_wire_answer_bytes(a), MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        _exit(1); /* nobody is there to be told */
}

static enum qr_wire_kind kind_of(enum qr_outcome_kind kind)
{
    switch (kind) {
    case QR_OUTCOME_CODE:
        return QR_WIRE_CODE;
    case QR_OUTCOME_SAME:
        return QR_WIRE_SAME;
    case QR_OUTCOME_PART:
        return QR_WIRE_PART;
    case QR_OUTCOME_SEVERAL:
        return QR_WIRE_SEVERAL;
    case QR_OUTCOME_NONE:
        break;
    }
    return QR_WIRE_NONE;
}

static void request_do(struct program *p, const struct qr_wire_request *r)
{
    int64_t begin = now_us();
    struct qr_wire_answer *a = &p->answer;
    struct qr_outcome *o = &p->outcome;
    if (picture_grey_convert(p->grey, r, p->memory, &p->picture, NULL) < 0) {
        qr_wire_answer_init(a, r->id, QR_WIRE_BAD_PICTURE);
    } else {
        qr_cascade_use_zxing(p->cascade, !r->is_zbar_only);
        if (r->is_still)
            qr_cascade_still(p->cascade, &p->picture, r->budget_ms * INT64_C(1000), o);
        else
            qr_cascade_live(p->cascade, &p->picture, r->budget_ms * INT64_C(1000), o);
        qr_wire_answer_init(a, r->id, kind_of(o->kind));
        a->stage = (uint16_t)o->attempt;
        a->n = (uint32_t)o->n;
        for (size_t i = 0; i < o->n; i++)
            a->bytes[i] = o->bytes[i];
    }
    a->elapsed_us = (uint32_t)(now_us() - begin);
    answer_send(a);
    bytes_wipe(o->bytes, o->n);
    bytes_wipe(a->bytes, a->n);
    o->n = a->n = 0;
}

int main(void)
{
    struct program *p = mem_zalloc(1, sizeof *p);
    void *memory = mmap(NULL, QR_WIRE_MEMORY_BYTES, PROT_READ, MAP_SHARED, QR_WIRE_MEMORY_FD, 0);
    if (memory == MAP_FAILED)
        _exit(1);
    close(QR_WIRE_MEMORY_FD);
    p->memory = memory;
    p->grey = picture_grey_new();
    p->cascade = qr_cascade_new(&(struct qr_cascade_cfg){.now_us = now_us, .has_zxing = true});
    if (!p->grey || sandbox_enter(NULL) < 0)
        _exit(1);
    qr_wire_answer_init(&p->answer, 0, QR_WIRE_HELLO);
    answer_send(&p->answer);
    for (;;) {
        struct qr_wire_request r;
        uint8_t raw[sizeof r + 1];
        ssize_t n = recv(QR_WIRE_SOCKET_FD, raw, sizeof raw, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            _exit(0);
        if (qr_wire_request_parse(raw, (size_t)n, &r, NULL) < 0)
            _exit(2); /* the driver sends no such thing */
        request_do(p, &r);
    }
}

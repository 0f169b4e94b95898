/* SPDX-License-Identifier: Apache-2.0 */
/* The reader model's wire: frames out of the streams, answers into packets, and what goes wrong
 * with them. Runs under the bus lock, on the client's or the timer's thread. */
#include <errno.h>
#include <string.h>

#include "base/bytes.h"
#include "reader_model_priv.h"

enum { HEAD_BYTES = 7, INCOMPLETE_MS = 1000, COMMAND_MAX = 64 };

static const uint8_t preamble[5] = {0xaa, 0xaa, 0xaa, 0x96, 0x69};
static const uint8_t noise[] = {0x00, 0xaa, 0x13, 0xaa, 0xaa};

static uint8_t xor_of(const uint8_t *p, size_t n)
{
    uint8_t x = 0;

    for (size_t i = 0; i < n; i++)
        x ^= p[i];
    return x;
}

/* ---- answers ---- */

void reader_answer_set(struct reader_model *m, uint8_t sw3, const void *data, size_t n)
{
    static const uint8_t varying[] = {0x31, 0x32, 0x40, 0x41, 0x47, 0x81};
    uint8_t *a = m->answer;
    size_t len = 3 + n + 1;
    bool is_varying = memchr(varying, sw3, sizeof varying) != NULL;

    memcpy(a, preamble, 5);
    a[5] = (uint8_t)(len >> 8);
    a[6] = (uint8_t)len;
    a[7] = is_varying ? m->sw1 : 0;
    a[8] = is_varying ? m->sw2 : 0;
    a[9] = sw3;
    if (n > 0)
        memcpy(a + 10, data, n);
    a[10 + n] = xor_of(a + 5, 5 + n);
    m->answer_bytes = len + HEAD_BYTES;
}

/* One pipe pair: in pieces, each a packet of its own. */
static void push_chopped(struct reader_model *m, const uint8_t *p, size_t n)
{
    size_t piece = m->cfg.split_bytes;

    if (piece == 0) {
        /* rubbish may fill the last packet, which then needs its end told */
        usbemu_in_push(m->dev, m->ep_in_head, p, n, n % 64 == 0);
        return;
    }
    for (size_t at = 0; at < n; at += piece) {
        if (m->cfg.split_bytes == READER_SPLIT_VARYING)
            piece = 1 + at * 7 % 64;
        size_t k = n - at < piece ? n - at : piece;
        usbemu_in_push(m->dev, m->ep_in_head, p + at, k, k == 64 && at + k == n);
    }
}

/* Spoil the composed answer. @return bytes of it that are sent */
static size_t answer_spoil(struct reader_model *m)
{
    size_t n = m->answer_bytes;

    if (m->answer_fault == READER_FAULT_XOR)
        m->answer[n - 1] ^= 0x5a;
    if (m->answer_fault == READER_FAULT_LEN) { /* the check byte agrees with the lie */
        m->answer[6] ^= 0x10;
        m->answer[n - 1] ^= 0x10;
    }
    if (m->answer_fault == READER_FAULT_TRUNCATE || m->answer_fault == READER_FAULT_UNPLUG)
        n = HEAD_BYTES + (n - HEAD_BYTES) / 2;
    return n;
}

void reader_answer_send(void *model, uintptr_t arg)
{
    struct reader_model *m = model;
    uint8_t wire[sizeof m->answer + sizeof noise];
    size_t n_noise = 0;

    (void)arg;
    m->is_busy = false;
    if (m->answer_fault == READER_FAULT_STALL) {
        usbemu_halt(m->dev, m->ep_in_head);
        reader_wire_run(m);
        return;
    }
    if (m->answer_fault == READER_FAULT_NOISE || m->cfg.has_garbage) {
        memcpy(wire, noise, sizeof noise);
        n_noise = sizeof noise;
    }
    size_t n = answer_spoil(m);
    memcpy(wire + n_noise, m->answer, n);
    if (m->ep_in_body == 0) {
        push_chopped(m, wire, n_noise + n);
    } else {
        usbemu_in_push(m->dev, m->ep_in_head, wire, n_noise + HEAD_BYTES, false);
        usbemu_in_push(m->dev, m->ep_in_body, wire + n_noise + HEAD_BYTES, n - HEAD_BYTES, false);
    }
    if (m->answer_fault == READER_FAULT_UNPLUG)
        usbemu_unplug(m->dev);
    else
        reader_wire_run(m);
}

/* ---- what comes in ---- */

static void stream_drop(struct reader_stream *s, size_t n)
{
    memmove(s->b, s->b + n, s->n - n);
    s->n -= n;
}

/* Drop everything in front of a preamble, keeping what may be the start of one. */
static void stream_seek_preamble(struct reader_stream *s)
{
    size_t i = 0;

    for (; i < s->n; i++) {
        size_t n = s->n - i < sizeof preamble ? s->n - i : sizeof preamble;
        if (memcmp(s->b + i, preamble, n) == 0)
            break;
    }
    stream_drop(s, i);
}

/* An answer about the frame itself: 10, 11. */
static void refuse(struct reader_model *m, uint8_t sw3)
{
    m->counters.n_bad_frames++;
    m->is_busy = true;
    m->answer_fault = READER_FAULT_NONE;
    reader_answer_set(m, sw3, NULL, 0);
    usbemu_after(m->dev, 5 / m->cfg.speed, reader_answer_send, 0);
}

void reader_wire_run(struct reader_model *m)
{
    struct reader_stream *body = m->ep_in_body == 0 ? &m->head : &m->body;
    size_t at = m->ep_in_body == 0 ? HEAD_BYTES : 0;
    uint8_t frame[COMMAND_MAX], len2[2];

    if (m->is_busy)
        return;
    stream_seek_preamble(&m->head);
    if (m->head.n < HEAD_BYTES)
        return;
    memcpy(len2, m->head.b + 5, 2);
    size_t len = bytes_be16(len2);
    if (len < 3 || len > COMMAND_MAX) {
        m->head.n = m->body.n = 0;
        refuse(m, 0x11);
        return;
    }
    if (body->n < at + len)
        return;
    memcpy(frame, body->b + at, len);
    stream_drop(body, at + len);
    if (m->ep_in_body != 0)
        stream_drop(&m->head, HEAD_BYTES);
    if (frame[len - 1] == (xor_of(len2, 2) ^ xor_of(frame, len - 1)))
        reader_command_start(m, frame, len);
    else
        refuse(m, 0x10);
}

static void incomplete(void *model, uintptr_t serial)
{
    struct reader_model *m = model;

    if (serial == m->input_serial && !m->is_busy)
        m->head.n = m->body.n = 0;
}

int reader_wire_out(void *model, uint8_t ep, const uint8_t *packet, size_t n)
{
    struct reader_model *m = model;
    struct reader_stream *s = ep == m->ep_out_head ? &m->head : &m->body;

    if (n > sizeof s->b - s->n)
        return -EAGAIN; /* busy and full: not taken until the answer is out */
    memcpy(s->b + s->n, packet, n);
    s->n += n;
    m->input_serial++;
    reader_wire_run(m);
    if (m->head.n + m->body.n > 0)
        usbemu_after(m->dev, INCOMPLETE_MS, incomplete, m->input_serial);
    return 0;
}

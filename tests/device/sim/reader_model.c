/* SPDX-License-Identifier: Apache-2.0 */
/* ID-card reader model. Runs under the bus lock on the client's or the timer's thread.
 *
 *   EMPTY --lay--> PRESENT --find--> FOUND --select--> SELECTED --read--> DONE
 *     ^               ^----- 30-family error, reset ------'                 |
 *     '------------------------------- lift --------------------------------'
 */
#include "reader_model.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"

enum {
    HEAD_BYTES = 7,
    WARM_UP_MS = 2000,
    INCOMPLETE_MS = 1000,
    COMMAND_MAX = 64,
    ANSWER_MAX = 2321,
    EP_OUT_HEAD = 0x02,
    EP_OUT_BODY = 0x06,
    EP_IN_HEAD = 0x81,
    EP_IN_BODY = 0x85,
};

enum state { EMPTY, PRESENT, FOUND, SELECTED, DONE };

static const uint8_t preamble[5] = {0xaa, 0xaa, 0xaa, 0x96, 0x69};
/* published format, invented values; the date is none on purpose */
static const uint8_t sam_id[16] = {0x05, 0, 1, 0, 0xf1, 0xd0, 0x34, 1, 1, 0, 0, 0, 1, 0, 0, 0};

/* a command: how long it takes, and the longest a host waits for its first byte */
static const struct command {
    unsigned code;
    int data_bytes;
    double ms, patience_ms;
} commands[] = {
    {0x10ff, 0, 5, 2500},  {0x11ff, 0, 5, 500},    {0x12ff, 0, 5, 500},     {0x2001, 0, 60, 600},
    {0x2002, 0, 40, 600},  {0x3001, 0, 700, 3500}, {0x3010, 0, 1200, 4000}, {0x3003, 0, 100, 1500},
    {0x3005, 0, 80, 1500}, {0x61ff, 1, 5, 500},
};

struct stream {
    uint8_t b[512];
    size_t n;
};

struct reader_model {
    struct reader_cfg cfg;
    struct usbemu_desc desc;
    struct usbemu_dev *dev;
    struct card card;
    bool has_card, is_warm, is_busy;
    enum state state;
    struct stream head, body; /* profile B uses head for both */
    unsigned input_serial;    /* changes with every packet, for the incomplete-frame timer */
    uint8_t answer[ANSWER_MAX + 64];
    size_t answer_bytes;
    enum reader_fault fault, answer_fault;
    uint8_t fault_sw3;
    unsigned fault_command;
    int fault_n;
    struct reader_counters counters;
};

static const uint8_t descriptors_a[] = {
    18, 1, 0x10,        0x01, 0,  0,    0, 64,   0x00, 0x04,        0x5a, 0xc3, 0x00, 0x01,
    1,  2, 0,           1,                           /* device */
    9,  2, 46,          0,    1,  1,    0, 0xe0, 50, /* config */
    9,  4, 0,           0,    4,  0xff, 0, 0,    0,  /* interface */
    7,  5, EP_OUT_HEAD, 2,    64, 0,    0, 7,    5,    EP_OUT_BODY, 2,    64,   0,    0, /* OUT */
    7,  5, EP_IN_HEAD,  2,    64, 0,    0, 7,    5,    EP_IN_BODY,  2,    64,   0,    0, /* IN */
};
static const uint8_t descriptors_b[] = {
    18, 1, 0x10,        0x01, 0,  0,    0, 64,   0x00, 0x04,       0x5a, 0xc3, 0x00, 0x01, 1,
    2,  0, 1,                                        /* device */
    9,  2, 32,          0,    1,  1,    0, 0xe0, 50, /* config */
    9,  4, 0,           0,    2,  0xff, 0, 0,    0,  /* interface */
    7,  5, EP_OUT_HEAD, 2,    64, 0,    0, 7,    5,    EP_IN_HEAD, 2,    64,   0,    0, /* OUT, IN
                                                                                         */
};

static void input_run(struct reader_model *m);

static uint8_t xor_of(const uint8_t *p, size_t n)
{
    uint8_t x = 0;

    for (size_t i = 0; i < n; i++)
        x ^= p[i];
    return x;
}

/* ---- answers ---- */

static void answer_set(struct reader_model *m, uint8_t sw3, const void *data, size_t n)
{
    uint8_t *a = m->answer;
    size_t len = 3 + n + 1;

    memcpy(a, preamble, 5);
    a[5] = (uint8_t)(len >> 8);
    a[6] = (uint8_t)len;
    a[7] = a[8] = 0;
    a[9] = sw3;
    if (n > 0)
        memcpy(a + 10, data, n);
    a[10 + n] = xor_of(a + 5, 5 + n);
    m->answer_bytes = len + HEAD_BYTES;
}

static void answer_send(void *model, uintptr_t arg)
{
    struct reader_model *m = model;
    uint8_t wire[sizeof m->answer + 8];
    size_t n_noise = 0, n_head = HEAD_BYTES, n = m->answer_bytes;

    (void)arg;
    m->is_busy = false;
    if (m->answer_fault == READER_FAULT_STALL) {
        usbemu_halt(m->dev, EP_IN_HEAD);
        input_run(m);
        return;
    }
    if (m->answer_fault == READER_FAULT_NOISE) {
        static const uint8_t noise[] = {0x00, 0xaa, 0x13, 0xaa, 0xaa};
        memcpy(wire, noise, sizeof noise);
        n_noise = sizeof noise;
    }
    if (m->answer_fault == READER_FAULT_XOR)
        m->answer[n - 1] ^= 0x5a;
    if (m->answer_fault == READER_FAULT_LEN) { /* the check byte agrees with the lie */
        m->answer[6] ^= 0x10;
        m->answer[n - 1] ^= 0x10;
    }
    if (m->answer_fault == READER_FAULT_TRUNCATE || m->answer_fault == READER_FAULT_UNPLUG)
        n = n_head + (n - n_head) / 2;
    memcpy(wire + n_noise, m->answer, n);
    if (m->cfg.is_one_pipe) {
        usbemu_in_push(m->dev, EP_IN_HEAD, wire, n_noise + n, false);
    } else {
        usbemu_in_push(m->dev, EP_IN_HEAD, wire, n_noise + n_head, false);
        usbemu_in_push(m->dev, EP_IN_BODY, wire + n_noise + n_head, n - n_head, false);
    }
    if (m->answer_fault == READER_FAULT_UNPLUG)
        usbemu_unplug(m->dev);
    else
        input_run(m);
}

/* ---- commands ---- */

static const struct command *command_find(unsigned code)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (commands[i].code == code)
            return &commands[i];
    return NULL;
}

static void do_read(struct reader_model *m, bool has_fingers)
{
    uint8_t d[6 + CARD_TEXT + CARD_PHOTO + 2 * CARD_FINGER] = {1, 0, 4, 0};
    size_t n = 4, n_fingers = (size_t)m->card.n_fingers * CARD_FINGER;

    if (has_fingers) {
        d[n++] = (uint8_t)(n_fingers >> 8);
        d[n++] = (uint8_t)n_fingers;
    }
    memcpy(d + n, m->card.text, CARD_TEXT);
    memcpy(d + n + CARD_TEXT, m->card.photo, CARD_PHOTO);
    n += CARD_TEXT + CARD_PHOTO;
    if (has_fingers) {
        memcpy(d + n, m->card.fingers, n_fingers);
        n += n_fingers;
    }
    m->state = DONE;
    m->counters.n_reads++;
    answer_set(m, 0x90, d, n);
}

static void do_card_command(struct reader_model *m, unsigned code)
{
    if (m->state != SELECTED && m->state != DONE) {
        if (m->state != EMPTY)
            m->state = PRESENT;
        answer_set(m, 0x41, NULL, 0);
    } else if (code == 0x3001 || code == 0x3010) {
        do_read(m, code == 0x3010);
    } else if (code == 0x3003) {
        answer_set(m, m->card.has_address ? 0x90 : 0x91, m->card.address,
                   m->card.has_address ? CARD_ADDRESS : 0);
    } else {
        answer_set(m, m->card.has_manage ? 0x90 : 0x91, m->card.manage,
                   m->card.has_manage ? CARD_MANAGE : 0);
    }
}

/* The state is judged when the command has been worked, not when it came in. */
static void command_do(struct reader_model *m, unsigned code, uint8_t data)
{
    static const uint8_t zeros[8];

    if (!m->is_warm) {
        answer_set(m, 0x60, NULL, 0);
    } else if (m->answer_fault == READER_FAULT_SW) {
        if (code >> 8 == 0x30 && m->state != EMPTY)
            m->state = PRESENT;
        answer_set(m, m->fault_sw3, NULL, 0);
    } else if (code == 0x10ff) {
        if (m->state != EMPTY)
            m->state = PRESENT;
        answer_set(m, 0x90, NULL, 0);
    } else if (code == 0x12ff) {
        answer_set(m, 0x90, sam_id, sizeof sam_id);
    } else if (code == 0x61ff) {
        answer_set(m, data >= 0x18 ? 0x90 : 0x21, NULL, 0);
    } else if (code == 0x2001) {
        bool is_found = m->state != EMPTY && (m->state != DONE || m->cfg.is_not_sticky);
        if (is_found)
            m->state = FOUND;
        answer_set(m, is_found ? 0x9f : 0x80, zeros, is_found ? 4 : 0);
    } else if (code == 0x2002) {
        bool is_found = m->state == FOUND;
        if (is_found)
            m->state = SELECTED;
        answer_set(m, is_found ? 0x90 : 0x81, zeros, is_found ? 8 : 0);
    } else if (code >> 8 == 0x30) {
        do_card_command(m, code);
    } else {
        answer_set(m, 0x90, NULL, 0);
    }
}

static void command_finish(void *model, uintptr_t arg)
{
    struct reader_model *m = model;

    command_do(m, (unsigned)(arg >> 8 & 0xffff), (uint8_t)arg);
    if (m->answer_fault == READER_FAULT_SILENT) {
        m->is_busy = false;
        input_run(m);
        return;
    }
    answer_send(m, 0);
}

/* Does the armed fault hit this command? Counts it down. */
static enum reader_fault fault_take(struct reader_model *m, unsigned code)
{
    if (m->fault_n == 0 || (m->fault_command != READER_ANY_COMMAND && m->fault_command != code))
        return READER_FAULT_NONE;
    if (m->fault_n > 0)
        m->fault_n--;
    m->counters.n_faults++;
    return m->fault;
}

/* A complete frame: LenH LenL and Len bytes. */
static void command_start(struct reader_model *m, const uint8_t len2[2], const uint8_t *body,
                          size_t n)
{
    unsigned code = bytes_be16(body);
    const struct command *c = command_find(code);
    double ms = 5;

    m->is_busy = true;
    m->counters.n_commands++;
    m->answer_fault = READER_FAULT_NONE;
    if (body[n - 1] != (xor_of(len2, 2) ^ xor_of(body, n - 1))) {
        m->counters.n_bad_frames++;
        answer_set(m, 0x10, NULL, 0);
    } else if (c == NULL) {
        answer_set(m, 0x21, NULL, 0);
    } else if ((size_t)c->data_bytes != n - 3) {
        answer_set(m, 0x11, NULL, 0);
    } else {
        m->answer_fault = fault_take(m, code);
        ms = code == 0x2001 && m->state == EMPTY ? 100 : c->ms;
        ms /= m->cfg.speed;
        if (m->answer_fault == READER_FAULT_LATE)
            ms = c->patience_ms + 300; /* the host's clock is not scaled */
        usbemu_after(m->dev, ms, command_finish, (uintptr_t)code << 8 | (n > 3 ? body[2] : 0));
        return;
    }
    usbemu_after(m->dev, ms / m->cfg.speed, answer_send, 0);
}

/* ---- what comes in ---- */

static void stream_drop(struct stream *s, size_t n)
{
    memmove(s->b, s->b + n, s->n - n);
    s->n -= n;
}

/* Drop everything in front of a preamble, keeping what may be the start of one. */
static void stream_seek_preamble(struct stream *s)
{
    size_t i = 0;

    for (; i < s->n; i++) {
        size_t n = s->n - i < sizeof preamble ? s->n - i : sizeof preamble;
        if (memcmp(s->b + i, preamble, n) == 0)
            break;
    }
    stream_drop(s, i);
}

static void input_run(struct reader_model *m)
{
    struct stream *body = m->cfg.is_one_pipe ? &m->head : &m->body;
    size_t at = m->cfg.is_one_pipe ? HEAD_BYTES : 0;
    uint8_t frame[COMMAND_MAX], len2[2];

    if (m->is_busy)
        return;
    stream_seek_preamble(&m->head);
    if (m->head.n < HEAD_BYTES)
        return;
    memcpy(len2, m->head.b + 5, 2);
    size_t len = bytes_be16(len2);
    if (len < 3 || len > COMMAND_MAX) {
        m->counters.n_bad_frames++;
        m->head.n = m->body.n = 0;
        m->is_busy = true;
        m->answer_fault = READER_FAULT_NONE;
        answer_set(m, 0x11, NULL, 0);
        usbemu_after(m->dev, 5 / m->cfg.speed, answer_send, 0);
        return;
    }
    if (body->n < at + len)
        return;
    memcpy(frame, body->b + at, len);
    stream_drop(body, at + len);
    if (!m->cfg.is_one_pipe)
        stream_drop(&m->head, HEAD_BYTES);
    command_start(m, len2, frame, len);
}

static void incomplete(void *model, uintptr_t serial)
{
    struct reader_model *m = model;

    if (serial == m->input_serial && !m->is_busy)
        m->head.n = m->body.n = 0;
}

static int on_out(void *model, uint8_t ep, const uint8_t *packet, size_t n)
{
    struct reader_model *m = model;
    struct stream *s = ep == EP_OUT_HEAD ? &m->head : &m->body;

    if (n > sizeof s->b - s->n)
        return -EAGAIN; /* busy and full: not taken until the answer is out */
    memcpy(s->b + s->n, packet, n);
    s->n += n;
    m->input_serial++;
    input_run(m);
    if (m->head.n + m->body.n > 0)
        usbemu_after(m->dev, INCOMPLETE_MS, incomplete, m->input_serial);
    return 0;
}

static void warm(void *model, uintptr_t arg)
{
    (void)arg;
    ((struct reader_model *)model)->is_warm = true;
}

static void on_plugged(void *model)
{
    struct reader_model *m = model;

    m->is_warm = m->is_busy = false;
    m->head.n = m->body.n = 0;
    m->state = m->has_card ? PRESENT : EMPTY;
    usbemu_after(m->dev, m->cfg.warm_up_ms / m->cfg.speed, warm, 0);
}

static const struct usbemu_ops ops = {.out = on_out, .plugged = on_plugged};

/* ---- public ---- */

struct reader_model *reader_model_new(struct usbemu_bus *bus, const struct reader_cfg *cfg)
{
    struct reader_model *m = mem_zalloc(1, sizeof *m);

    m->cfg = *cfg;
    if (m->cfg.speed <= 0)
        m->cfg.speed = 1;
    if (m->cfg.warm_up_ms <= 0)
        m->cfg.warm_up_ms = WARM_UP_MS;
    m->desc = (struct usbemu_desc){
        .descriptors = cfg->is_one_pipe ? descriptors_b : descriptors_a,
        .descriptors_bytes = cfg->is_one_pipe ? sizeof descriptors_b : sizeof descriptors_a,
        .strings = {NULL, "Yijian-Sim", "IDR"},
        .speed_mbit = 12,
        .port = cfg->port ? cfg->port : "1-1",
    };
    m->dev = usbemu_dev_new(bus, &m->desc, &ops, m);
    return m;
}

void reader_model_free(struct reader_model *m)
{
    free(m);
}

struct usbemu_dev *reader_model_dev(struct reader_model *m)
{
    return m->dev;
}

void reader_model_lay(struct reader_model *m, const struct card *card)
{
    usbemu_lock();
    m->card = *card;
    m->has_card = true;
    m->state = PRESENT;
    usbemu_unlock();
}

void reader_model_lift(struct reader_model *m)
{
    usbemu_lock();
    m->has_card = false;
    m->state = EMPTY;
    usbemu_unlock();
}

const char *reader_model_card(struct reader_model *m)
{
    return m->has_card ? m->card.name : NULL;
}

void reader_model_fault(struct reader_model *m, enum reader_fault fault, uint8_t sw3,
                        unsigned command, int n)
{
    usbemu_lock();
    m->fault = fault;
    m->fault_sw3 = sw3;
    m->fault_command = command;
    m->fault_n = fault == READER_FAULT_NONE ? 0 : n;
    usbemu_unlock();
}

const char *reader_model_state(struct reader_model *m)
{
    static const char *const names[] = {"empty", "present", "found", "selected", "done"};

    return names[m->state];
}

struct reader_counters reader_model_counters(struct reader_model *m)
{
    usbemu_lock();
    struct reader_counters c = m->counters;
    usbemu_unlock();
    return c;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* ID-card reader model. Runs under the bus lock on the client's or the timer's thread.
 *
 *   EMPTY --lay--> PRESENT --find--> FOUND --select--> SELECTED --read--> DONE
 *     ^               ^----- 30-family error, reset ------'                 |
 *     '------------------------------- lift --------------------------------'
 */
#include "reader_model.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "reader_model_priv.h"

enum { WARM_UP_MS = 2000, LATE_MS = 300 };

/* published format, invented values; the date is none on purpose */
static const uint8_t sam_id[16] = {0x05, 0, 1, 0, 0xf1, 0xd0, 0x34, 1, 1, 0, 0, 0, 1, 0, 0, 0};

static const struct reader_command commands[READER_N_COMMANDS] = {
    {0x10ff, 0, 5, 2500},  {0x11ff, 0, 5, 500},    {0x12ff, 0, 5, 500},     {0x2001, 0, 60, 600},
    {0x2002, 0, 40, 600},  {0x3001, 0, 700, 3500}, {0x3010, 0, 1200, 4000}, {0x3003, 0, 100, 1500},
    {0x3005, 0, 80, 1500}, {0x61ff, 1, 5, 500},
};

static const struct reader_command *command_find(unsigned code)
{
    for (size_t i = 0; i < READER_N_COMMANDS; i++)
        if (commands[i].code == code)
            return &commands[i];
    return NULL;
}

/* ---- commands ---- */

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
    m->state = CARD_DONE;
    m->counters.n_reads++;
    reader_answer_set(m, 0x90, d, n);
}

static void do_card_command(struct reader_model *m, unsigned code)
{
    if (m->state != CARD_SELECTED && m->state != CARD_DONE) {
        if (m->state != CARD_EMPTY)
            m->state = CARD_PRESENT;
        reader_answer_set(m, 0x41, NULL, 0);
    } else if (code == 0x3001 || code == 0x3010) {
        do_read(m, code == 0x3010);
    } else if (code == 0x3003) {
        reader_answer_set(m, m->card.has_address ? 0x90 : 0x91, m->card.address,
                          m->card.has_address ? CARD_ADDRESS : 0);
    } else {
        reader_answer_set(m, m->card.has_manage ? 0x90 : 0x91, m->card.manage,
                          m->card.has_manage ? CARD_MANAGE : 0);
    }
}

static void do_find(struct reader_model *m)
{
    static const uint8_t zeros[4];
    bool is_found = m->state != CARD_EMPTY && (m->state != CARD_DONE || m->cfg.is_not_sticky);

    if (is_found)
        m->state = CARD_FOUND;
    reader_answer_set(m, is_found ? 0x9f : 0x80, zeros, is_found ? sizeof zeros : 0);
}

static void do_select(struct reader_model *m)
{
    static const uint8_t zeros[8];
    bool is_found = m->state == CARD_FOUND;

    if (is_found)
        m->state = CARD_SELECTED;
    reader_answer_set(m, is_found ? 0x90 : 0x81, zeros, is_found ? sizeof zeros : 0);
}

/* The state is judged when the command has been worked, not when it came in. */
static void command_do(struct reader_model *m, unsigned code, uint8_t data)
{
    if (m->not_ready_sw3 != 0) {
        reader_answer_set(m, m->not_ready_sw3, NULL, 0);
    } else if (m->answer_fault == READER_FAULT_SW) {
        if (code >> 8 == 0x30 && m->state != CARD_EMPTY)
            m->state = CARD_PRESENT;
        reader_answer_set(m, m->plan.sw3, NULL, 0);
    } else if (code == 0x10ff) {
        if (m->state != CARD_EMPTY)
            m->state = CARD_PRESENT;
        reader_answer_set(m, 0x90, NULL, 0);
    } else if (code == 0x12ff) {
        reader_answer_set(m, 0x90, sam_id, sizeof sam_id);
    } else if (code == 0x61ff) {
        reader_answer_set(m, data >= 0x18 ? 0x90 : 0x21, NULL, 0);
    } else if (code == 0x2001) {
        do_find(m);
    } else if (code == 0x2002) {
        do_select(m);
    } else if (code >> 8 == 0x30) {
        do_card_command(m, code);
    } else {
        reader_answer_set(m, 0x90, NULL, 0);
    }
}

static void command_finish(void *model, uintptr_t arg)
{
    struct reader_model *m = model;

    command_do(m, (unsigned)(arg >> 8 & 0xffff), (uint8_t)arg);
    if (m->answer_fault == READER_FAULT_SILENT) {
        m->is_busy = false;
        reader_wire_run(m);
        return;
    }
    reader_answer_send(m, 0);
}

/* xorshift; the same seed spoils the same answers */
static double random_next(struct reader_model *m)
{
    m->random ^= m->random << 13;
    m->random ^= m->random >> 17;
    m->random ^= m->random << 5;
    return (double)m->random / 4294967296.0;
}

/* Does the armed fault hit this command? Counts it down. */
static enum reader_fault fault_take(struct reader_model *m, unsigned code)
{
    struct reader_fault_plan *plan = &m->plan;

    if (plan->n == 0 || (plan->command != READER_ANY_COMMAND && plan->command != code))
        return READER_FAULT_NONE;
    if (plan->probability > 0 && random_next(m) >= plan->probability)
        return READER_FAULT_NONE;
    if (plan->n > 0)
        plan->n--;
    m->counters.n_faults++;
    return plan->fault;
}

void reader_command_start(struct reader_model *m, const uint8_t *body, size_t n)
{
    unsigned code = bytes_be16(body);
    const struct reader_command *c = command_find(code);

    m->is_busy = true;
    m->counters.n_commands++;
    m->answer_fault = READER_FAULT_NONE;
    if (c == NULL || (size_t)c->data_bytes != n - 3) {
        reader_answer_set(m, c == NULL ? 0x21 : 0x11, NULL, 0);
        usbemu_after(m->dev, 5 / m->cfg.speed, reader_answer_send, 0);
        return;
    }
    m->n_of[c - commands]++;
    m->answer_fault = fault_take(m, code);
    double ms = code == 0x2001 && m->state == CARD_EMPTY ? 100 : c->ms;
    ms /= m->cfg.speed;
    if (m->answer_fault == READER_FAULT_LATE)
        ms = c->patience_ms + LATE_MS; /* the host's clock is not scaled */
    usbemu_after(m->dev, ms, command_finish, (uintptr_t)code << 8 | (n > 3 ? body[2] : 0));
}

/* ---- power ---- */

static void ready(void *model, uintptr_t serial)
{
    struct reader_model *m = model;

    if (m->ready_serial == serial)
        m->not_ready_sw3 = 0;
}

static void not_ready_for(struct reader_model *m, double ms, uint8_t sw3)
{
    m->not_ready_sw3 = sw3;
    m->ready_serial++;
    usbemu_after_keep(m->dev, ms / m->cfg.speed, ready, m->ready_serial);
}

static void on_plugged(void *model)
{
    struct reader_model *m = model;

    m->is_busy = false;
    m->head.n = m->body.n = 0;
    if (m->cfg.is_self_powered && m->ready_serial > 0)
        return; /* it was only the cable: the module knows what it knew */
    m->state = m->has_card ? CARD_PRESENT : CARD_EMPTY;
    not_ready_for(m, m->cfg.warm_up_ms, 0x60);
}

static const struct usbemu_ops ops = {.out = reader_wire_out, .plugged = on_plugged};

/* ---- public ---- */

struct reader_model *reader_model_new(struct usbemu_bus *bus, const struct reader_cfg *cfg)
{
    struct reader_model *m = mem_zalloc(1, sizeof *m);

    m->cfg = *cfg;
    if (m->cfg.speed <= 0)
        m->cfg.speed = 1;
    if (m->cfg.warm_up_ms <= 0)
        m->cfg.warm_up_ms = WARM_UP_MS;
    if (m->cfg.is_one_pipe)
        m->cfg.pipes = READER_PIPES_ONE;
    reader_describe(m);
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

void reader_model_lay(struct reader_model *m, const struct sim_card *card)
{
    usbemu_lock();
    m->card = *card;
    m->has_card = true;
    m->state = CARD_PRESENT;
    usbemu_unlock();
}

void reader_model_lift(struct reader_model *m)
{
    usbemu_lock();
    m->has_card = false;
    m->state = CARD_EMPTY;
    usbemu_unlock();
}

const char *reader_model_card(struct reader_model *m)
{
    return m->has_card ? m->card.name : NULL;
}

void reader_model_fault_plan(struct reader_model *m, const struct reader_fault_plan *plan)
{
    usbemu_lock();
    m->plan = *plan;
    if (plan->fault == READER_FAULT_NONE)
        m->plan.n = 0;
    m->random = plan->seed != 0 ? plan->seed : 1;
    usbemu_unlock();
}

void reader_model_fault(struct reader_model *m, enum reader_fault fault, uint8_t sw3,
                        unsigned command, int n)
{
    const struct reader_fault_plan plan = {.fault = fault, .sw3 = sw3, .command = command, .n = n};

    reader_model_fault_plan(m, &plan);
}

void reader_model_sw12(struct reader_model *m, uint8_t sw1, uint8_t sw2)
{
    usbemu_lock();
    m->sw1 = sw1;
    m->sw2 = sw2;
    usbemu_unlock();
}

void reader_model_not_ready(struct reader_model *m, double ms, uint8_t sw3)
{
    usbemu_lock();
    not_ready_for(m, ms, sw3);
    usbemu_unlock();
}

void reader_model_chop(struct reader_model *m, unsigned split_bytes, bool has_garbage)
{
    usbemu_lock();
    m->cfg.split_bytes = split_bytes;
    m->cfg.has_garbage = has_garbage;
    usbemu_unlock();
}

void reader_model_sticky(struct reader_model *m, bool is_sticky)
{
    usbemu_lock();
    m->cfg.is_not_sticky = !is_sticky;
    usbemu_unlock();
}

const char *reader_model_state(struct reader_model *m)
{
    static const char *const names[] = {"empty", "present", "found", "selected", "done"};

    usbemu_lock();
    const char *name = names[m->state];
    usbemu_unlock();
    return name;
}

unsigned reader_model_n_of(struct reader_model *m, unsigned command)
{
    const struct reader_command *c = command_find(command);

    usbemu_lock();
    unsigned n = c != NULL ? m->n_of[c - commands] : 0;
    usbemu_unlock();
    return n;
}

struct reader_counters reader_model_counters(struct reader_model *m)
{
    usbemu_lock();
    struct reader_counters c = m->counters;
    usbemu_unlock();
    return c;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes from the keypad: a report descriptor, then reports, with time passing between them.
 * Input: two bytes length of the descriptor (big-endian; 0: the boot protocol), descriptor, then
 * reports: one byte length (low six bits) and pause (high two), bytes. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "drivers/hid/hid_items.h"
#include "drivers/keypad/keypad_keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STUCK_MS = 30000 };

/* A keypad with every kind of meaning, two layers and a jack. */
static void model_make(struct keypad_model *m)
{
    memset(m, 0, sizeof *m);
    for (uint8_t i = 1; i <= KEYPAD_LAYER; i++) {
        m->key[m->n_keys].usage = hid_usage(7, (uint16_t)(3 + i));
        m->key[m->n_keys++].meaning = i;
        m->typed[m->n_typed].usage = hid_usage(7, (uint16_t)(3 + i));
        m->typed[m->n_typed++].meaning = (uint8_t)(1 + i % NAV_HASH);
    }
    m->key[m->n_keys].usage = hid_usage(12, 0xe9);
    m->key[m->n_keys++].meaning = NAV_LOUDER;
}

static void layout_check(const struct keypad_layout *l)
{
    if (l->report_bytes == 0 || l->report_bytes > KEYPAD_REPORT_MAX ||
        l->n_bits + l->n_arrays == 0 || l->n_bits > KEYPAD_MAX_BITS ||
        l->n_arrays > KEYPAD_MAX_ARRAYS)
        abort();
}

static void report_feed(const struct keypad_layout *l, struct keypad_keys *k, const uint8_t *data,
                        size_t n, int64_t now_ms)
{
    struct keypad_pressed p;
    struct keypad_happened h;
    int rc = keypad_report_read(l, data, n, &p);
    if (rc == ERR_KEYPAD_NOISE)
        keypad_keys_broken(k, now_ms);
    if (rc < 0)
        return;
    keypad_keys_take(k, (uint8_t)(n & 1), &p, now_ms, &h);
    if (p.n > KEYPAD_MAX_PRESSED || h.n > p.n || k->n_down > KEYPAD_MAX_DOWN)
        abort();
    for (size_t i = 0; i < h.n; i++)
        if (h.key[i] == NAV_NONE || h.key[i] >= NAV_N_KEYS)
            abort();
    keypad_keys_take(k, (uint8_t)(n & 1), &p, now_ms, &h);
    if (h.n != 0 || h.has_headset) /* the same report again presses nothing */
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct keypad_layout layout;
    struct keypad_model model;
    struct keypad_keys keys;
    int64_t now_ms = 0;
    if (size < 2)
        return 0;
    size_t n = bytes_be16(data), left = size - 2;
    data += 2;
    if (n > left)
        return 0;
    if (n == 0)
        keypad_layout_boot(&layout);
    else if (keypad_layout_find(data, n, &layout, NULL) != 0)
        return 0;
    layout_check(&layout);
    data += n;
    left -= n;
    model_make(&model);
    keypad_keys_init(&keys, &model, STUCK_MS, now_ms);
    while (left > 0) {
        static const int pause_ms[] = {0, 20, 1000, STUCK_MS};
        size_t take = data[0] & 0x3F;
        now_ms += pause_ms[data[0] >> 6];
        take = take < left - 1 ? take : left - 1;
        report_feed(&layout, &keys, data + 1, take, now_ms);
        if (keypad_keys_due_ms(&keys, now_ms) <= now_ms)
            abort();
        data += 1 + take;
        left -= 1 + take;
    }
    return 0;
}

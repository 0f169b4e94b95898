/* SPDX-License-Identifier: Apache-2.0 */
/* Reports of keypads. Pure. */
#include "drivers/keypad/keypad_report.h"

#include <string.h>

#include "drivers/hid/hid_items.h"

enum {
    MAX_ARRAY_FIELDS = 32,
    LAST_KEY_ERROR = 3, /* 0x01..0x03 of the keyboard page: rollover, failures; clause 10 */
    BOOT_MODIFIER_0 = 0xE0,
    BOOT_MODIFIERS = 8,
    BOOT_KEYS_AT = 2,
    BOOT_KEYS = 6,
};

/* ---- descriptors ---------------------------------------------------------------------------- */

struct finder {
    struct keypad_layout *l;
    uint32_t bits_of[256]; /* of each report id with keys */
};

static bool is_key(uint32_t usage)
{
    uint32_t page = usage >> 16;
    return (usage & 0xFFFF) != 0 && page != 0 && page < 0xFF00; /* makers' own pages are no keys */
}

static int add_bits(struct finder *f, const struct hid_main *m, uint32_t base, struct err *err)
{
    struct keypad_layout *l = f->l;
    for (uint32_t i = 0; i < m->g.count; i++) {
        uint32_t usage = hid_main_usage(m, i);
        if (!is_key(usage))
            continue;
        if (l->n_bits == KEYPAD_MAX_BITS)
            return ERR(err, ERR_KEYPAD_DESCRIPTOR, "more than %d keys", KEYPAD_MAX_BITS);
        l->bit[l->n_bits++] = (struct keypad_bit){
            .id = (uint8_t)m->g.id, .at_bit = (uint16_t)(base + i), .usage = usage};
    }
    return 0;
}

static int add_array(struct finder *f, const struct hid_main *m, uint32_t base, struct err *err)
{
    struct keypad_layout *l = f->l;
    if (l->n_arrays == KEYPAD_MAX_ARRAYS || m->n_ranges > KEYPAD_MAX_RANGES ||
        m->g.size_bits > 32 || m->g.count > MAX_ARRAY_FIELDS)
        return ERR(err, ERR_KEYPAD_DESCRIPTOR, "lists of keys beyond any keypad");
    struct keypad_array *a = &l->array[l->n_arrays++];
    *a = (struct keypad_array){.id = (uint8_t)m->g.id,
                               .at_bit = (uint16_t)base,
                               .size_bits = (uint8_t)m->g.size_bits,
                               .n = (uint16_t)m->g.count,
                               .logical_min = m->g.logical_min,
                               .n_ranges = m->n_ranges};
    for (size_t i = 0; i < m->n_ranges; i++) {
        a->range[i].min = m->range[i].min;
        a->range[i].max = m->range[i].max;
    }
    return 0;
}

static int take_main(void *arg, const struct hid_main *m, struct err *err)
{
    struct finder *f = arg;
    uint32_t end = m->at_bit + m->g.count * m->g.size_bits, base = m->at_bit;
    int rc = 0;
    if (m->kind != HID_INPUT)
        return 0;
    if (m->g.has_id) {
        f->l->has_id = true;
        base += 8;
    }
    f->bits_of[m->g.id & 255] = end;
    if (m->flags & HID_IS_CONSTANT || m->n_usages == 0)
        return 0;
    if (m->flags & HID_IS_VARIABLE)
        rc = m->g.size_bits == 1 ? add_bits(f, m, base, err) : 0; /* wider ones are no keys */
    else if (is_key(m->range[0].max))
        rc = add_array(f, m, base, err);
    return rc;
}

int keypad_layout_find(const uint8_t *descriptor, size_t n, struct keypad_layout *ret,
                       struct err *err)
{
    struct finder f = {.l = ret};
    size_t longest = 0;
    memset(ret, 0, sizeof *ret);
    int rc = hid_items_walk(descriptor, n, ERR_KEYPAD_DESCRIPTOR, take_main, &f, err);
    if (rc < 0)
        return rc;
    if (ret->n_bits == 0 && ret->n_arrays == 0)
        return ERR(err, ERR_KEYPAD_DESCRIPTOR, "no keys");
    for (size_t i = 0; i < ret->n_bits + ret->n_arrays; i++) {
        uint8_t id = i < ret->n_bits ? ret->bit[i].id : ret->array[i - ret->n_bits].id;
        size_t bytes = hid_report_bytes(f.bits_of[id], ret->has_id);
        longest = bytes > longest ? bytes : longest;
    }
    if (longest > KEYPAD_REPORT_MAX)
        return ERR(err, ERR_KEYPAD_DESCRIPTOR, "a report of %zu bytes", longest);
    ret->report_bytes = longest;
    return 0;
}

void keypad_layout_boot(struct keypad_layout *ret)
{
    memset(ret, 0, sizeof *ret);
    ret->report_bytes = KEYPAD_BOOT_BYTES;
    for (unsigned i = 0; i < BOOT_MODIFIERS; i++) {
        uint16_t key = (uint16_t)(BOOT_MODIFIER_0 + i);
        ret->bit[ret->n_bits++] = (struct keypad_bit){
            .at_bit = (uint16_t)i, .usage = hid_usage(KEYPAD_PAGE_KEYBOARD, key)};
    }
    struct keypad_array *a = &ret->array[ret->n_arrays++];
    *a = (struct keypad_array){
        .at_bit = BOOT_KEYS_AT * 8, .size_bits = 8, .n = BOOT_KEYS, .n_ranges = 1};
    a->range[0].min = hid_usage(KEYPAD_PAGE_KEYBOARD, 0);
    a->range[0].max = hid_usage(KEYPAD_PAGE_KEYBOARD, 0xFF);
}

/* ---- reports -------------------------------------------------------------------------------- */

/* Little-endian bits, as HID counts them. Clause 8.4. */
static uint32_t bits_at(const uint8_t *report, size_t at_bit, size_t n)
{
    uint32_t v = 0;
    for (size_t i = 0; i < n; i++)
        v |= (uint32_t)(report[(at_bit + i) / 8] >> (at_bit + i) % 8 & 1) << i;
    return v;
}

static uint32_t array_usage(const struct keypad_array *a, uint32_t value)
{
    int64_t place = (int64_t)value - a->logical_min;
    for (size_t i = 0; i < a->n_ranges && place >= 0; i++) {
        int64_t n = (int64_t)a->range[i].max - a->range[i].min + 1;
        if (place < n)
            return a->range[i].min + (uint32_t)place;
        place -= n;
    }
    return 0;
}

/* @return false when there are too many */
static bool press(struct keypad_pressed *p, uint32_t usage)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->usage[i] == usage)
            return true;
    if (p->n == KEYPAD_MAX_PRESSED)
        return false;
    p->usage[p->n++] = usage;
    return true;
}

static int read_array(const struct keypad_array *a, const uint8_t *report, size_t n,
                      struct keypad_pressed *p)
{
    if ((size_t)a->at_bit + (size_t)a->n * a->size_bits > n * 8)
        return ERR_KEYPAD_NOISE;
    for (size_t i = 0; i < a->n; i++) {
        uint32_t usage =
            array_usage(a, bits_at(report, a->at_bit + i * a->size_bits, a->size_bits));
        uint32_t key = usage & 0xFFFF;
        if (!is_key(usage))
            continue;
        if (usage >> 16 == KEYPAD_PAGE_KEYBOARD && key <= LAST_KEY_ERROR)
            return ERR_NOT_FOUND; /* what is pressed cannot be told: nothing changes */
        if (!press(p, usage))
            return ERR_KEYPAD_NOISE;
    }
    return 0;
}

static int read_bits(const struct keypad_layout *l, const uint8_t *report, size_t n,
                     struct keypad_pressed *p)
{
    for (size_t i = 0; i < l->n_bits; i++) {
        if (l->bit[i].id != p->id)
            continue;
        if (l->bit[i].at_bit >= n * 8)
            return ERR_KEYPAD_NOISE;
        if (bits_at(report, l->bit[i].at_bit, 1) && !press(p, l->bit[i].usage))
            return ERR_KEYPAD_NOISE;
    }
    return 0;
}

static bool has_keys(const struct keypad_layout *l, uint8_t id)
{
    for (size_t i = 0; i < l->n_bits; i++)
        if (l->bit[i].id == id)
            return true;
    for (size_t i = 0; i < l->n_arrays; i++)
        if (l->array[i].id == id)
            return true;
    return false;
}

int keypad_report_read(const struct keypad_layout *layout, const uint8_t *report, size_t n,
                       struct keypad_pressed *ret)
{
    struct keypad_pressed p = {0};
    if (n == 0)
        return ERR_KEYPAD_NOISE;
    p.id = layout->has_id ? report[0] : 0;
    if (!has_keys(layout, p.id))
        return ERR_NOT_FOUND;
    int rc = read_bits(layout, report, n, &p);
    for (size_t i = 0; i < layout->n_arrays && rc == 0; i++)
        if (layout->array[i].id == p.id)
            rc = read_array(&layout->array[i], report, n, &p);
    if (rc == 0)
        *ret = p;
    return rc;
}

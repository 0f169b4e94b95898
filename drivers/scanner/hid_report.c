/* SPDX-License-Identifier: Apache-2.0 */
/* HID report descriptors of bar code scanners. Pure. */
#include "drivers/scanner/hid_report.h"

#include <string.h>

enum {
    /* usage page and usage in one number, as extended usages have it */
    USAGE_KEYBOARD = 0x010006,
    USAGE_KEYPAD = 0x010007,
    USAGE_BYTE_COUNT = 0x01003B,
    USAGE_SCANNER = 0x8C0002,
    USAGE_TRIGGER_REPORT = 0x8C0014,
    USAGE_AIM_1 = 0x8C00FB,
    USAGE_AIM_3 = 0x8C00FD,
    USAGE_DATA = 0x8C00FE,
    USAGE_CONTINUED = 0x8C00FF,
};

static const uint32_t trigger_usages[HID_TRIGGER_N_BITS] = {
    [HID_TRIGGER_PREVENT] = 0x8C005F,
    [HID_TRIGGER_INITIATE] = 0x8C0060,
    [HID_TRIGGER_BEEP_ERROR] = 0x8C0085,
    [HID_TRIGGER_BEEP_GOOD] = 0x8C0086,
};

/* Where a field was found; report ids tell whether it belongs to the data. */
struct found {
    bool is_there;
    uint32_t id;
};

struct parser {
    struct hid_globals g;                  /* of the main item at hand */
    unsigned scanner_depth, trigger_depth; /* 0: outside that collection */
    uint32_t in_bits[256], out_bits[256];  /* of each report id, so far */
    struct hid_layout layout;
    struct found length, data, aim, continued;
    struct hid_trigger trigger;
    struct found trigger_bits;
    bool is_keyboard;
};

static void take_scan_field(struct parser *s, uint32_t usage, uint32_t at_bit, uint32_t bits)
{
    struct hid_layout *l = &s->layout;
    const struct found here = {true, s->g.id};
    size_t at = at_bit / 8 + (s->g.has_id ? 1 : 0);
    bool is_whole = at_bit % 8 == 0 && bits % 8 == 0;
    if (s->data.is_there && s->data.id != s->g.id)
        return; /* the first report with data is the scan */
    if (usage == USAGE_BYTE_COUNT && is_whole && bits == 8) {
        l->length_at = at;
        s->length = here;
    } else if (usage >= USAGE_AIM_1 && usage <= USAGE_AIM_3 && is_whole && bits == 8) {
        if (usage == USAGE_AIM_1)
            l->aim_at = at;
        if (usage == USAGE_AIM_3 && at == l->aim_at + 2)
            s->aim = here;
    } else if (usage == USAGE_DATA && is_whole && !s->data.is_there) {
        l->data_at = at;
        l->data_bytes = bits / 8;
        l->has_report_id = s->g.has_id;
        l->report_id = (uint8_t)s->g.id;
        s->data = here;
    } else if (usage == USAGE_CONTINUED && bits == 1) {
        l->continued_byte = at;
        l->continued_mask = (uint8_t)(1u << at_bit % 8);
        s->continued = here;
    }
}

static void take_trigger_field(struct parser *s, uint32_t usage, uint32_t at_bit, uint32_t bits)
{
    if (s->trigger_depth == 0 || bits != 1 ||
        (s->trigger_bits.is_there && s->trigger_bits.id != s->g.id))
        return;
    for (size_t i = 0; i < HID_TRIGGER_N_BITS; i++) {
        if (usage != trigger_usages[i])
            continue;
        s->trigger.bit[i].byte = at_bit / 8 + (s->g.has_id ? 1 : 0);
        s->trigger.bit[i].mask = (uint8_t)(1u << at_bit % 8);
        s->trigger.has_report_id = s->g.has_id;
        s->trigger.report_id = (uint8_t)s->g.id;
        s->trigger_bits = (struct found){true, s->g.id};
    }
}

/* Input or Output item. When there are fewer usages than fields the last usage stands for the rest,
 * which is then one field of that meaning. Clauses 6.2.2.5 and 6.2.2.8. */
static void take_fields(struct parser *s, const struct hid_main *m)
{
    uint32_t *end = m->kind == HID_INPUT ? &s->in_bits[m->g.id & 255] : &s->out_bits[m->g.id & 255];
    bool is_of_scanner = s->scanner_depth > 0 && !(m->flags & HID_IS_CONSTANT);
    *end = m->at_bit + m->g.count * m->g.size_bits;
    for (uint32_t i = 0; is_of_scanner && i < m->g.count && i < m->n_usages; i++) {
        bool is_last = i + 1 == m->n_usages;
        uint32_t bits = is_last ? (m->g.count - i) * m->g.size_bits : m->g.size_bits;
        uint32_t at_bit = m->at_bit + i * m->g.size_bits;
        if (m->kind == HID_INPUT)
            take_scan_field(s, hid_main_usage(m, i), at_bit, bits);
        else
            take_trigger_field(s, hid_main_usage(m, i), at_bit, bits);
    }
}

static void take_collection(struct parser *s, const struct hid_main *m)
{
    uint32_t usage = hid_main_usage(m, 0);
    if (s->scanner_depth == 0 && usage == USAGE_SCANNER)
        s->scanner_depth = m->depth;
    if (s->trigger_depth == 0 && usage == USAGE_TRIGGER_REPORT)
        s->trigger_depth = m->depth;
    if (m->depth == 1 && (usage == USAGE_KEYBOARD || usage == USAGE_KEYPAD))
        s->is_keyboard = true;
}

static int take_main(void *arg, const struct hid_main *m, struct err *err)
{
    struct parser *s = arg;
    (void)err;
    s->g = m->g;
    if (m->kind == HID_INPUT || m->kind == HID_OUTPUT) {
        take_fields(s, m);
    } else if (m->kind == HID_COLLECTION) {
        take_collection(s, m);
    } else if (m->kind == HID_END_COLLECTION) {
        if (s->scanner_depth == m->depth)
            s->scanner_depth = 0;
        if (s->trigger_depth == m->depth)
            s->trigger_depth = 0;
    }
    return 0;
}

static int parse(struct parser *s, const uint8_t *descriptor, size_t n, struct err *err)
{
    memset(s, 0, sizeof *s);
    return hid_items_walk(descriptor, n, ERR_SCANNER_DESCRIPTOR, take_main, s, err);
}

int hid_layout_find(const uint8_t *descriptor, size_t n, struct hid_layout *ret, struct err *err)
{
    struct parser s;
    int rc = parse(&s, descriptor, n, err);
    if (rc < 0)
        return rc;
    struct hid_layout *l = &s.layout;
    if (!s.data.is_there || !s.length.is_there || s.length.id != s.data.id)
        return ERR(err, ERR_SCANNER_DESCRIPTOR, "no scanned data with a byte count");
    l->has_aim = s.aim.is_there && s.aim.id == s.data.id;
    if (!s.continued.is_there || s.continued.id != s.data.id) {
        l->continued_byte = 0;
        l->continued_mask = 0;
    }
    l->report_bytes = hid_report_bytes(s.in_bits[s.data.id & 255], l->has_report_id);
    if (l->report_bytes > HID_REPORT_MAX || l->data_bytes == 0 ||
        l->data_at + l->data_bytes > l->report_bytes || l->length_at >= l->report_bytes ||
        l->continued_byte >= l->report_bytes ||
        (l->has_aim && l->aim_at + sizeof((struct hid_scan *)0)->aim > l->report_bytes))
        return ERR(err, ERR_SCANNER_DESCRIPTOR, "fields outside their report");
    *ret = *l;
    return 0;
}

bool hid_is_keyboard(const uint8_t *descriptor, size_t n)
{
    struct parser s;
    return parse(&s, descriptor, n, NULL) == 0 && s.is_keyboard;
}

int hid_layout_known(char letter, struct hid_layout *ret)
{
    if (letter < 'a' || letter > 'c')
        return ERR_INVALID;
    *ret = (struct hid_layout){.has_report_id = true,
                               .report_id = 2,
                               .report_bytes = 64,
                               .length_at = 1,
                               .data_at = letter == 'a'   ? 5
                                          : letter == 'b' ? 6
                                                          : 2,
                               .data_bytes = 56,
                               .has_aim = letter != 'c',
                               .aim_at = letter == 'b' ? 3 : 2,
                               .continued_byte = 63,
                               .continued_mask = 1};
    return 0;
}

int hid_trigger_find(const uint8_t *descriptor, size_t n, struct hid_trigger *ret)
{
    struct parser s;
    if (parse(&s, descriptor, n, NULL) < 0 || !s.trigger_bits.is_there)
        return ERR_NOT_FOUND;
    struct hid_trigger *t = &s.trigger;
    t->report_bytes = hid_report_bytes(s.out_bits[s.trigger_bits.id & 255], t->has_report_id);
    if (t->report_bytes > HID_TRIGGER_MAX)
        return ERR_NOT_FOUND;
    *ret = *t;
    return 0;
}

size_t hid_trigger_write(const struct hid_trigger *trigger, unsigned bits, uint8_t *out)
{
    bool is_any = bits == 0;
    memset(out, 0, HID_TRIGGER_MAX);
    if (trigger->has_report_id)
        out[0] = trigger->report_id;
    for (size_t i = 0; i < HID_TRIGGER_N_BITS; i++) {
        if (!(bits & 1u << i) || trigger->bit[i].mask == 0)
            continue;
        out[trigger->bit[i].byte] |= trigger->bit[i].mask;
        is_any = true;
    }
    return is_any ? trigger->report_bytes : 0;
}

int hid_scan_parse(const struct hid_layout *layout, const uint8_t *report, size_t n,
                   struct hid_scan *ret, struct err *err)
{
    memset(ret, 0, sizeof *ret);
    if (n == 0)
        return ERR(err, ERR_SCANNER_REPORT, "an empty report");
    if (layout->has_report_id && report[0] != layout->report_id)
        return ERR_NOT_FOUND;
    if (n < layout->report_bytes)
        return ERR(err, ERR_SCANNER_REPORT, "%zu bytes of %zu", n, layout->report_bytes);
    size_t length = report[layout->length_at];
    ret->data = report + layout->data_at;
    if (layout->has_aim)
        memcpy(ret->aim, report + layout->aim_at, sizeof ret->aim);
    ret->is_continued = (report[layout->continued_byte] & layout->continued_mask) != 0;
    if (length > layout->data_bytes)
        return ERR(err, ERR_SCANNER_REPORT, "length %zu in a field of %zu", length,
                   layout->data_bytes);
    ret->n = length;
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A maker's own status layout from JSON. Pure; called while the table is read.
 *
 *   {"sorted": bool, "polls": [POLL, ...], "auto": {"enable": HEX, "bits": {...}}}
 *   POLL = {"request": HEX, "bytes": N, "head": HEX, "fixed": {BIT: 0|1}, "bits": {BIT: FACT}}
 *   BIT = "5" (byte 0) or "2.5" (byte 2, both from 0); FACT = a word, "!" in front: true when the
 *   bit is clear, "+" behind: only true is believed. One poll may stand without "polls". */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "drivers/printer/printer_dialect.h"
#include "drivers/printer/printer_keys.h"

static const struct key_word fact_words[] = {
    {"paper_out", FACT_PAPER_OUT},
    {"paper_low", FACT_PAPER_LOW},
    {"cover_open", FACT_COVER_OPEN},
    {"cutter_error", FACT_CUTTER_ERROR},
    {"jam", FACT_JAM},
    {"hot", FACT_HOT},
    {"unrecoverable", FACT_UNRECOVERABLE},
    {"error", FACT_ERROR},
    {"offline", FACT_OFFLINE},
    {"busy", FACT_BUSY},
    {"ticket", FACT_TICKET},
    {NULL, 0},
};

/* "5" or "2.5". @return 0 or -1 */
static int place_read(const char *text, size_t n_bytes, uint8_t *ret_at, uint8_t *ret_mask)
{
    size_t at = 0;
    if (text[0] >= '0' && text[0] <= '9' && text[1] == '.') {
        at = (size_t)(text[0] - '0');
        text += 2;
    }
    if (at >= n_bytes || text[0] < '0' || text[0] > '7' || text[1] != '\0')
        return -1;
    *ret_at = (uint8_t)at;
    *ret_mask = (uint8_t)(1 << (text[0] - '0'));
    return 0;
}

static int fact_read(const char *text, struct dialect_bit *b)
{
    char word[24];
    b->is_inverted = text[0] == '!';
    text += b->is_inverted;
    size_t n = strlen(text);
    b->is_set_only = n > 0 && text[n - 1] == '+';
    n -= b->is_set_only;
    if (n >= sizeof word)
        return -1;
    memcpy(word, text, n);
    word[n] = '\0';
    for (const struct key_word *w = fact_words; w->text; w++)
        if (strcmp(w->text, word) == 0) {
            b->fact = (unsigned)w->value;
            return 0;
        }
    return -1;
}

static int bits_read(const json_t *bits, const char *path, struct dialect_answer *a,
                     struct err *err)
{
    const char *place;
    json_t *value;
    if (!json_is_object(bits) || json_object_size(bits) == 0)
        return ERR(err, ERR_SYNTAX, "%s/bits: must say what the bits mean", path);
    json_object_foreach((json_t *)(uintptr_t)bits, place, value)
    {
        struct dialect_bit b = {0};
        const char *fact = json_string_value(value);
        if (place_read(place, a->n_bytes, &b.at, &b.mask) != 0)
            return ERR(err, ERR_SYNTAX,
                       "%s/bits/%.20s: must be \"BIT\" or \"BYTE.BIT\" of %zu bytes", path, place,
                       a->n_bytes);
        if (!fact || fact_read(fact, &b) != 0)
            return ERR(err, ERR_SYNTAX, "%s/bits/%.20s: no such meaning", path, place);
        if (a->n_bits == DIALECT_MAX_BITS)
            return ERR(err, ERR_SYNTAX, "%s/bits: more than %d", path, DIALECT_MAX_BITS);
        a->bit[a->n_bits++] = b;
    }
    return 0;
}

static int fixed_read(const json_t *fixed, const char *path, struct dialect_answer *a,
                      struct err *err)
{
    const char *place;
    json_t *value;
    if (!fixed)
        return 0;
    if (!json_is_object(fixed))
        return ERR(err, ERR_SYNTAX, "%s/fixed: must be an object", path);
    json_object_foreach((json_t *)(uintptr_t)fixed, place, value)
    {
        uint8_t at = 0, mask = 0;
        json_int_t v = json_integer_value(value);
        if (place_read(place, a->n_bytes, &at, &mask) != 0 || !json_is_integer(value) || v < 0 ||
            v > 1)
            return ERR(err, ERR_SYNTAX, "%s/fixed/%.20s: must be a bit and 0 or 1", path, place);
        a->fixed_mask[at] |= mask;
        if (v == 1)
            a->fixed_value[at] |= mask;
    }
    return 0;
}

struct poll_text {
    struct hex_bytes request, head;
    int bytes;
};

static int poll_read(const json_t *json, const char *path, struct dialect_poll *p, struct err *err)
{
    static const struct key keys[] = {
        {.name = "request", .kind = KEY_HEX, .offset = offsetof(struct poll_text, request)},
        {.name = "head", .kind = KEY_HEX, .offset = offsetof(struct poll_text, head)},
        {.name = "bytes",
         .kind = KEY_INT,
         .offset = offsetof(struct poll_text, bytes),
         .min = 1,
         .max = DIALECT_MAX_BYTES},
        {.name = "fixed"},
        {.name = "bits"},
        {.name = "sorted"}, /* of the dialect that is one poll */
        {.name = "note"},
    };
    struct poll_text t = {.bytes = 1};
    int r = keys_read(json, path, keys, YJ_COUNT(keys), &t, ERR_SYNTAX, err);
    if (r != 0)
        return r;
    if (t.request.n == 0 || t.request.n > DIALECT_CMD_MAX)
        return ERR(err, ERR_SYNTAX, "%s/request: must be 1 to %d bytes", path, DIALECT_CMD_MAX);
    if (t.head.n > sizeof p->answer.head || t.head.n >= t.bytes)
        return ERR(err, ERR_SYNTAX, "%s/head: must be at most 2 bytes and shorter than the answer",
                   path);
    p->n_request = t.request.n;
    memcpy(p->request, t.request.at, t.request.n);
    p->answer.n_bytes = (size_t)t.bytes;
    p->answer.n_head = t.head.n;
    memcpy(p->answer.head, t.head.at, t.head.n);
    r = fixed_read(json_object_get(json, "fixed"), path, &p->answer, err);
    return r != 0 ? r : bits_read(json_object_get(json, "bits"), path, &p->answer, err);
}

static int polls_read(const json_t *polls, const char *path, struct printer_dialect *d,
                      struct err *err)
{
    char place[PATH_MAX_CHARS];
    int r = 0;
    if (!json_is_array(polls) || json_array_size(polls) == 0 ||
        json_array_size(polls) > DIALECT_MAX_POLLS)
        return ERR(err, ERR_SYNTAX, "%s/polls: must be 1 to %d requests", path, DIALECT_MAX_POLLS);
    for (size_t i = 0; i < json_array_size(polls) && r == 0; i++) {
        snprintf(place, sizeof place, "%.60s/polls/%zu", path, i);
        r = poll_read(json_array_get(polls, i), place, &d->poll[d->n_polls++], err);
    }
    return r;
}

static int auto_read(const json_t *json, const char *path, struct printer_dialect *d,
                     struct err *err)
{
    static const struct key keys[] = {
        {.name = "enable", .kind = KEY_HEX}, {.name = "bits"}, {.name = "note"}};
    struct hex_bytes enable = {0};
    char place[PATH_MAX_CHARS];
    if (!json)
        return 0;
    snprintf(place, sizeof place, "%.60s/auto", path);
    int r = keys_read(json, place, keys, YJ_COUNT(keys), &enable, ERR_SYNTAX, err);
    if (r != 0)
        return r;
    if (!d->is_sorted || enable.n == 0 || enable.n > DIALECT_CMD_MAX)
        return ERR(err, ERR_SYNTAX, "%s: needs \"sorted\" and an \"enable\" of 1 to %d bytes",
                   place, DIALECT_CMD_MAX);
    d->n_enable = enable.n;
    memcpy(d->enable, enable.at, enable.n);
    d->automatic.n_bytes = 4;
    return bits_read(json_object_get(json, "bits"), place, &d->automatic, err);
}

int printer_dialect_read(const json_t *json, const char *path, struct printer_dialect *ret,
                         struct err *err)
{
    static const struct key keys[] = {
        {.name = "sorted", .kind = KEY_BOOL, .offset = offsetof(struct printer_dialect, is_sorted)},
        {.name = "polls"},
        {.name = "auto"},
        {.name = "note"},
    };
    memset(ret, 0, sizeof *ret);
    int r;
    if (json_object_get(json, "request")) { /* a dialect that is one poll */
        ret->is_sorted = json_is_true(json_object_get(json, "sorted"));
        ret->n_polls = 1;
        r = poll_read(json, path, &ret->poll[0], err);
    } else {
        r = keys_read(json, path, keys, YJ_COUNT(keys), ret, ERR_SYNTAX, err);
        if (r == 0)
            r = polls_read(json_object_get(json, "polls"), path, ret, err);
        if (r == 0)
            r = auto_read(json_object_get(json, "auto"), path, ret, err);
    }
    for (size_t i = 0; i < ret->n_polls && r == 0; i++)
        if (ret->is_sorted && ret->poll[i].answer.n_bytes != 1)
            r = ERR(err, ERR_SYNTAX, "%s: sorted answers are one byte long", path);
    return r;
}

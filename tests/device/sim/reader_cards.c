/* SPDX-License-Identifier: Apache-2.0 */
/* Cards from a JSON file into their 256-byte text blocks. Thread: the one that loads. */
#include "reader_cards.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/mem.h"

struct card_box {
    struct sim_card *cards;
    size_t n;
};

struct field {
    const char *key;
    int offset, bytes;
};

/* A field with no entry here is blank on that card. */
static const struct field citizen[] = {
    {"name", 0, 30},     {"sex", 30, 2},      {"ethnic", 32, 4},      {"birth", 36, 16},
    {"address", 52, 70}, {"number", 122, 36}, {"authority", 158, 30}, {"from", 188, 16},
    {"to", 204, 16},     {NULL, 0, 0},
};
static const struct field permit_j[] = {
    {"name", 0, 30},     {"sex", 30, 2},         {"birth", 36, 16}, {"address", 52, 70},
    {"number", 122, 36}, {"authority", 158, 30}, {"from", 188, 16}, {"to", 204, 16},
    {"permit", 220, 18}, {"issues", 238, 4},     {NULL, 0, 0},
};
static const struct field foreign_i[] = {
    {"english", 0, 120}, {"sex", 120, 2},    {"number", 122, 30}, {"nation", 152, 6},
    {"name", 158, 30},   {"from", 188, 16},  {"to", 204, 16},     {"birth", 220, 16},
    {"version", 236, 4}, {"agency", 240, 8}, {NULL, 0, 0},
};
/* the English name is one text over two places: 35 characters at 52, 11 at 220 */
static const struct field foreign_y[] = {
    {"name", 0, 30},   {"sex", 30, 2},  {"renewals", 32, 4}, {"birth", 36, 16}, {"number", 122, 36},
    {"from", 188, 16}, {"to", 204, 16}, {"nation", 242, 6},  {"link", 250, 6},  {NULL, 0, 0},
};

/* UTF-8 to UTF-16LE. @return bytes written, or -1 when invalid or too long */
static int put_utf16(const char *s, uint8_t *out, int cap)
{
    size_t left = strlen(s), used;
    uint32_t cp = 0;
    int n = 0;

    for (; left > 0; s += used, left -= used) {
        used = bytes_utf8_next(s, left, &cp);
        if (used == 0 || n + (cp > 0xffff ? 4 : 2) > cap)
            return -1;
        if (cp > 0xffff) {
            uint32_t high = 0xd800 + ((cp - 0x10000) >> 10);
            out[n++] = (uint8_t)high;
            out[n++] = (uint8_t)(high >> 8);
            cp = 0xdc00 + ((cp - 0x10000) & 0x3ff);
        }
        out[n++] = (uint8_t)cp;
        out[n++] = (uint8_t)(cp >> 8);
    }
    return n;
}

static void fill_blank(uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i += 2) {
        p[i] = 0x20;
        p[i + 1] = 0;
    }
}

static int put_fields(struct sim_card *card, const json_t *o, const struct field *fields,
                      char err[160])
{
    for (const struct field *f = fields; f->key; f++) {
        const char *s = json_string_value(json_object_get(o, f->key));
        if (s != NULL && put_utf16(s, card->text + f->offset, f->bytes) < 0) {
            snprintf(err, 160, "%s: field %s is too long", card->name, f->key);
            return -1;
        }
    }
    return 0;
}

static int put_english_y(struct sim_card *card, const json_t *o, char err[160])
{
    const char *s = json_string_value(json_object_get(o, "english"));
    uint8_t tmp[92];

    fill_blank(tmp, sizeof tmp);
    if (s != NULL && put_utf16(s, tmp, sizeof tmp) < 0) {
        snprintf(err, 160, "%s: field english is too long", card->name);
        return -1;
    }
    memcpy(card->text + 52, tmp, 70);
    memcpy(card->text + 220, tmp + 70, 22);
    return 0;
}

static void make_photo(struct sim_card *card, bool is_blank)
{
    static const uint8_t head[12] = {0x57, 0x4c, 0x66, 0, 0x7e, 0, 0x32, 0, 0, 0xff, 0x85, 0};

    if (is_blank)
        return;
    for (int i = 0; i < CARD_PHOTO; i++)
        card->photo[i] = i < 12 ? head[i] : (uint8_t)(7 * i + 3);
}

static void make_fingers(struct sim_card *card)
{
    for (int k = 0; k < 2; k++) {
        uint8_t *p = card->fingers + k * CARD_FINGER;
        const uint8_t head[7] = {0x43, 1, 0, 0, 1, k == 0 ? 0x0b : 0x10, 0x50};
        memcpy(p, head, sizeof head);
        for (int i = 7; i <= 510; i++)
            p[i] = (uint8_t)(5 * i + k);
    }
}

/* Bytes over the finished block: ["0:00d8"]. */
static int put_patches(struct sim_card *card, const json_t *o, char err[160])
{
    const json_t *list = json_object_get(o, "patch");

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *s = json_string_value(json_array_get(list, i));
        char *end = NULL;
        unsigned long at = s ? strtoul(s, &end, 10) : CARD_TEXT;
        if (s == NULL || at >= CARD_TEXT || *end != ':' ||
            bytes_unhex(end + 1, card->text + at, CARD_TEXT - at) < 1) {
            snprintf(err, 160, "%s: patch %zu is not OFFSET:HEX", card->name, i);
            return -1;
        }
    }
    return 0;
}

static int card_build(struct sim_card *card, const char *name, const json_t *o, char err[160])
{
    const char *kind = json_string_value(json_object_get(o, "kind"));
    const char *address = json_string_value(json_object_get(o, "added_address"));
    const char *manage = json_string_value(json_object_get(o, "manage"));
    const char *photo = json_string_value(json_object_get(o, "photo"));

    snprintf(card->name, sizeof card->name, "%s", name);
    card->kind = kind && strlen(kind) == 1 && strchr("JIY", kind[0]) ? kind[0] : 'C';
    fill_blank(card->text, CARD_TEXT);
    if (put_fields(card, o,
                   card->kind == 'J'   ? permit_j
                   : card->kind == 'I' ? foreign_i
                   : card->kind == 'Y' ? foreign_y
                                       : citizen,
                   err) < 0)
        return -1;
    if (card->kind == 'Y' && put_english_y(card, o, err) < 0)
        return -1;
    if (card->kind != 'C')
        card->text[248] = (uint8_t)card->kind;
    if (put_patches(card, o, err) < 0)
        return -1;
    make_photo(card, photo && strcmp(photo, "blank") == 0);
    make_fingers(card);
    card->n_fingers = (int)json_integer_value(json_object_get(o, "fingerprints"));
    if (card->n_fingers < 0 || card->n_fingers > 2) {
        snprintf(err, 160, "%s: fingerprints is 0, 1 or 2", name);
        return -1;
    }
    fill_blank(card->address, CARD_ADDRESS);
    card->has_address = address && put_utf16(address, card->address, CARD_ADDRESS) > 0;
    card->has_manage = manage && bytes_unhex(manage, card->manage, CARD_MANAGE) == CARD_MANAGE;
    if ((address && !card->has_address) || (manage && !card->has_manage)) {
        snprintf(err, 160, "%s: added_address or manage is wrong", name);
        return -1;
    }
    return 0;
}

struct card_box *card_box_load(const char *path, char ret_error[160])
{
    json_error_t error;
    json_t *all = json_load_file(path, 0, &error), *o;
    const char *name;
    struct card_box *box;

    if (all == NULL || !json_is_object(all)) {
        snprintf(ret_error, 160, "%.100s line %d: %.40s", path, error.line, error.text);
        json_decref(all);
        return NULL;
    }
    box = mem_zalloc(1, sizeof *box);
    box->cards = mem_zalloc(json_object_size(all) + 1, sizeof *box->cards);
    json_object_foreach(all, name, o)
    {
        if (card_build(&box->cards[box->n], name, o, ret_error) < 0) {
            card_box_free(box);
            box = NULL;
            break;
        }
        box->n++;
    }
    json_decref(all);
    return box;
}

void card_box_free(struct card_box *box)
{
    if (box == NULL)
        return;
    free(box->cards);
    free(box);
}

const struct sim_card *card_box_find(const struct card_box *box, const char *name)
{
    for (size_t i = 0; i < box->n; i++)
        if (strcmp(box->cards[i].name, name) == 0)
            return &box->cards[i];
    return NULL;
}

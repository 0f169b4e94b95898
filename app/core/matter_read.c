/* SPDX-License-Identifier: Apache-2.0 */
/* Typed access to the JSON of a matter file: every mistake is written down with its pointer and
 * reading goes on, so that one pass finds them all. No I/O; any thread. */
#include "core/matter_priv.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "core/codes.h"

/* What a piece is aligned for: nothing in a matter asks for more. */
union unit {
    void *pointer;
    int64_t number;
    size_t size;
};

/* Many small pieces share a block; a large one gets its own. */
enum { BLOCK_UNITS = 1000 };

struct arena_block {
    struct arena_block *next;
    size_t used; /* units of data */
    union unit data[];
};

static struct arena_block *block_new(size_t units, struct arena_block *next)
{
    struct arena_block *block = mem_zalloc(1, sizeof *block + units * sizeof(union unit));
    block->next = next;
    return block;
}

void *matter_arena_alloc(struct arena *arena, size_t n, size_t size)
{
    size_t units = (n * size + sizeof(union unit) - 1) / sizeof(union unit);
    struct arena_block *block = arena->first;
    if (!block || (units <= BLOCK_UNITS / 4 && BLOCK_UNITS - block->used < units))
        arena->first = block = block_new(BLOCK_UNITS, block);
    if (units > BLOCK_UNITS / 4) { /* behind the block that is still being filled */
        block->next = block_new(units, block->next);
        return block->next->data;
    }
    void *piece = block->data + block->used;
    block->used += units;
    return piece;
}

void matter_arena_free(struct arena *arena)
{
    while (arena->first) {
        struct arena_block *next = arena->first->next;
        free(arena->first);
        arena->first = next;
    }
}

/* Append one reference token of RFC 6901, "~" and "/" escaped; too long is cut. */
static void pointer_add(char *out, size_t cap, const char *token)
{
    size_t used = strlen(out);
    if (used + 1 < cap)
        out[used++] = '/';
    for (; *token; token++) {
        const char *piece = *token == '~' ? "~0" : *token == '/' ? "~1" : NULL;
        size_t n = piece ? 2 : 1;
        if (used + n >= cap)
            break;
        memcpy(out + used, piece ? piece : token, n);
        used += n;
    }
    while (used > 0 && !bytes_utf8_valid(out, used))
        used--; /* a cut character */
    out[used] = '\0';
}

static void pointer_of(const struct spot *spot, char *out, size_t cap)
{
    if (!spot->up) {
        out[0] = '\0';
        return;
    }
    pointer_of(spot->up, out, cap); /* as deep as the format: at most 5 */
    char number[24];
    snprintf(number, sizeof number, "%zu", spot->index);
    pointer_add(out, cap, spot->key ? spot->key : number);
}

/* A word of the file that was cut for a reason may end in a part of a character: leave that out. */
static void drop_broken_characters(char *text)
{
    size_t left = strlen(text), used = 0;
    for (const char *at = text; left;) {
        uint32_t cp = 0;
        size_t n = bytes_utf8_next(at, left, &cp);
        memmove(text + used, at, n);
        used += n;
        n += !n; /* a byte that is no character */
        at += n;
        left -= n;
    }
    text[used] = '\0';
}

/* from: entry of fields.json that the complaint is about, or NULL */
static void YJ_PRINTF(4, 0)
    complain(struct reader *r, const char *pointer, const char *from, const char *fmt, va_list args)
{
    if (r->is_muted || r->n_complaints++ >= r->cap)
        return;
    struct matter_complaint *c = &r->complaint[r->n_complaints - 1];
    snprintf(c->file, sizeof c->file, "%s", r->file);
    snprintf(c->pointer, sizeof c->pointer, "%s", pointer);
    vsnprintf(c->reason, sizeof c->reason, fmt, args);
    size_t n = strlen(c->reason);
    if (from)
        snprintf(c->reason + n, sizeof c->reason - n, " (from fields.json: %s)", from);
    drop_broken_characters(c->reason);
}

void reader_complain(struct reader *r, const struct spot *spot, const char *key, const char *fmt,
                     ...)
{
    char pointer[sizeof r->complaint->pointer];
    pointer_of(spot, pointer, sizeof pointer);
    if (key)
        pointer_add(pointer, sizeof pointer, key);
    va_list args;
    va_start(args, fmt);
    complain(r, pointer, r->written ? matter_inherited_from(r, spot, key) : NULL, fmt, args);
    va_end(args);
}

void reader_complain_at(struct reader *r, const char *pointer, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    complain(r, pointer, NULL, fmt, args);
    va_end(args);
}

bool read_object(struct reader *r, const struct spot *spot, const char *const *known, size_t n)
{
    if (!json_is_object(spot->json)) {
        reader_complain(r, spot, NULL, "an object is expected here");
        return false;
    }
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)spot->json, key, value)
    {
        size_t i = 0;
        while (i < n && (known[i][0] != key[0] || strcmp(known[i], key) != 0))
            i++;
        if (i == n)
            reader_complain(r, spot, key, "unknown key");
    }
    return true;
}

/* The member, or NULL; complains when it is needed and absent. */
static const json_t *member(struct reader *r, const struct spot *spot, const char *key,
                            enum presence presence)
{
    const json_t *value = json_object_get(spot->json, key);
    /* what a "like" should have brought along has its complaint already */
    bool is_excused = r->is_like_broken && json_object_get(spot->json, "like");
    if (!value && presence == NEEDED && !is_excused)
        reader_complain(r, spot, key, "missing");
    return value;
}

const char *reader_keep(struct reader *r, const char *text)
{
    size_t bytes = strlen(text) + 1;
    return memcpy(matter_arena_alloc(r->arena, bytes, 1), text, bytes);
}

/* A text as it stands in the JSON, borrowed from there. */
static const char *peek_text(struct reader *r, const struct spot *spot, const char *key,
                             enum presence presence, size_t max_chars)
{
    const json_t *value = key ? member(r, spot, key, presence) : spot->json;
    if (!value)
        return NULL;
    if (!json_is_string(value)) {
        reader_complain(r, spot, key, "a text is expected here");
        return NULL;
    }
    const char *text = json_string_value(value);
    size_t chars = 0;
    const char *mistake = matter_text_mistake(text, &chars);
    if (mistake) {
        reader_complain(r, spot, key, "%s", mistake);
        return NULL;
    }
    if (chars > max_chars) {
        reader_complain(r, spot, key, "%zu characters, at most %zu are allowed", chars, max_chars);
        return NULL;
    }
    return text;
}

const char *read_text(struct reader *r, const struct spot *spot, const char *key,
                      enum presence presence, size_t max_chars)
{
    const char *text = peek_text(r, spot, key, presence, max_chars);
    const char *secret = text ? matter_text_secret(text) : NULL;
    if (secret) {
        reader_complain(r, spot, key, "the text holds %s: no personal data in files", secret);
        return NULL;
    }
    return text ? reader_keep(r, text) : NULL;
}

const char *read_formed(struct reader *r, const struct spot *spot, const char *key,
                        enum presence presence, size_t max_chars, const char *form,
                        const char *what)
{
    /* names and codes: their digits tell nothing about anybody */
    const char *text = peek_text(r, spot, key, presence, max_chars);
    if (!text)
        return NULL;
    if (!matter_form_met(form, text)) {
        reader_complain(r, spot, key, "this is no %s", what);
        return NULL;
    }
    return reader_keep(r, text);
}

int read_int(struct reader *r, const struct spot *spot, const char *key, enum presence presence,
             int min, int max, int fallback)
{
    const json_t *value = member(r, spot, key, presence);
    if (!value)
        return fallback;
    json_int_t number = json_integer_value(value);
    if (json_is_integer(value) && number >= min && number <= max)
        return (int)number;
    reader_complain(r, spot, key, "a whole number from %d to %d is expected here", min, max);
    return fallback;
}

bool read_bool(struct reader *r, const struct spot *spot, const char *key, bool fallback)
{
    const json_t *value = member(r, spot, key, OPTIONAL);
    if (!value)
        return fallback;
    if (!json_is_boolean(value)) {
        reader_complain(r, spot, key, "true or false is expected here");
        return fallback;
    }
    return json_is_true(value);
}

int read_word(struct reader *r, const struct spot *spot, const char *key, const char *const *words,
              size_t n)
{
    const json_t *value = member(r, spot, key, NEEDED);
    if (!value)
        return -1;
    const char *text = json_string_value(value);
    for (size_t i = 0; text && i < n; i++)
        if (!strcmp(words[i], text))
            return (int)i;
    if (n > MATTER_LISTED_WORDS) {
        reader_complain(r, spot, key, "\"%.32s\" is not known here", text ? text : "");
        return -1;
    }
    char list[128] = "";
    for (size_t i = 0; i < n; i++) {
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", words[i]);
    }
    reader_complain(r, spot, key, "one of %s is expected here", list);
    return -1;
}

int read_optional_word(struct reader *r, const struct spot *spot, const char *key,
                       const char *const *words, size_t n)
{
    return member(r, spot, key, OPTIONAL) ? read_word(r, spot, key, words, n) : -1;
}

static int day_of(const char *text, bool may_recur)
{
    char whole[11];
    if (!may_recur || strlen(text) != 5)
        return codes_date_parse(text);
    snprintf(whole, sizeof whole, "2024-%s", text); /* a leap year: 29 February can be meant */
    return codes_date_parse(whole) % 10000;
}

int read_date(struct reader *r, const struct spot *spot, const char *key, enum presence presence,
              bool may_recur)
{
    const char *text = read_text(r, spot, key, presence, 10);
    int day = text ? day_of(text, may_recur) : 0;
    if (text && !day)
        reader_complain(r, spot, key, "a day is expected here: YYYY-MM-DD%s",
                        may_recur ? " or MM-DD" : "");
    return day;
}

struct spot read_array(struct reader *r, const struct spot *spot, const char *key,
                       enum presence presence, size_t min, size_t max, size_t *ret_n)
{
    struct spot array = {.up = spot, .key = key, .json = member(r, spot, key, presence)};
    *ret_n = 0;
    if (!array.json)
        return array;
    if (!json_is_array(array.json)) {
        reader_complain(r, spot, key, "an array is expected here");
        array.json = NULL;
        return array;
    }
    size_t n = json_array_size(array.json);
    if (n < min || n > max)
        reader_complain(r, spot, key, "%zu elements, %zu to %zu are allowed", n, min, max);
    *ret_n = n < max ? n : max;
    return array;
}

struct spot read_element(const struct spot *array, size_t i)
{
    return (struct spot){.up = array, .index = i, .json = json_array_get(array->json, i)};
}

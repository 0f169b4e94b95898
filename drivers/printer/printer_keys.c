/* SPDX-License-Identifier: Apache-2.0 */
/* Strict reading of JSON objects. Pure; called while a driver is opened. */
#include "drivers/printer/printer_keys.h"

#include <stdbool.h>
#include <string.h>

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int hex_read(const char *text, uint8_t *ret, size_t cap, size_t *ret_n)
{
    size_t n = 0;
    while (*text != '\0') {
        if (*text == ' ') {
            text++;
            continue;
        }
        int high = digit_of(text[0]), low = high < 0 ? -1 : digit_of(text[1]);
        if (low < 0 || n == cap)
            return -1;
        ret[n++] = (uint8_t)(high << 4 | low);
        text += 2;
    }
    *ret_n = n;
    return 0;
}

static int text_read(const char *text, char *out, size_t cap)
{
    if (!text || strlen(text) >= cap)
        return -1;
    for (const char *c = text; *c; c++)
        if (*c < 0x20 || *c > 0x7E)
            return -1;
    memcpy(out, text, strlen(text) + 1);
    return 0;
}

static int word_read(const char *text, const struct key_word *w, int *ret)
{
    for (; text && w->text; w++)
        if (strcmp(text, w->text) == 0) {
            *ret = w->value;
            return 0;
        }
    return -1;
}

static int value_read(const json_t *value, const struct key *k, void *target)
{
    const char *text = json_string_value(value);
    size_t n = 0;
    if (k->kind == KEY_SKIP) /* the target may be NULL where every key is one of these */
        return 0;
    void *field = (char *)target + k->offset;
    switch (k->kind) {
    case KEY_SKIP:
        break;
    case KEY_INT:
        if (!json_is_integer(value) || json_integer_value(value) < k->min ||
            json_integer_value(value) > k->max)
            return -1;
        *(int *)field = (int)json_integer_value(value);
        return 0;
    case KEY_BOOL:
        if (!json_is_boolean(value))
            return -1;
        *(bool *)field = json_is_true(value);
        return 0;
    case KEY_WORD:
        return word_read(text, k->words, field);
    case KEY_TEXT:
        return text_read(text, field, (size_t)k->max);
    case KEY_HEX: {
        struct hex_bytes *h = field;
        if (!text || hex_read(text, h->at, HEX_MAX, &n) != 0)
            return -1;
        h->n = (uint8_t)n;
        return 0;
    }
    }
    return -1;
}

static int value_refuse(const char *path, const struct key *k, int code, struct err *err)
{
    char words[160] = "";
    switch (k->kind) {
    case KEY_INT:
        return ERR(err, code, "%s/%s: must be a whole number from %d to %d", path, k->name, k->min,
                   k->max);
    case KEY_BOOL:
        return ERR(err, code, "%s/%s: must be true or false", path, k->name);
    case KEY_WORD:
        for (const struct key_word *w = k->words; w->text; w++) {
            size_t n = strlen(words);
            if (n + strlen(w->text) + 2 < sizeof words) {
                words[n] = ' ';
                memcpy(words + n + 1, w->text, strlen(w->text) + 1);
            }
        }
        return ERR(err, code, "%s/%s: must be one of%s", path, k->name, words);
    case KEY_TEXT:
        return ERR(err, code, "%s/%s: must be a text of at most %d ASCII characters", path, k->name,
                   k->max - 1);
    case KEY_HEX:
    case KEY_SKIP:
        break;
    }
    return ERR(err, code, "%s/%s: must be at most %d bytes as hexadecimal pairs", path, k->name,
               HEX_MAX);
}

int keys_read(const json_t *object, const char *path, const struct key *keys, size_t n_keys,
              void *target, int code, struct err *err)
{
    const char *name;
    json_t *value;
    if (!json_is_object(object))
        return ERR(err, code, "%s: must be an object", path);
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        size_t i = 0;
        while (i < n_keys && strcmp(keys[i].name, name) != 0)
            i++;
        if (i == n_keys)
            return ERR(err, code, "%s/%.40s: no such key", path, name);
        if (value_read(value, &keys[i], target) != 0)
            return value_refuse(path, &keys[i], code, err);
    }
    return 0;
}

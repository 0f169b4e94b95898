/* SPDX-License-Identifier: Apache-2.0 */
/* Strict reading of JSON objects into structs: a list of keys says what may stand there; anything
 * else is refused with its place. Pure. Thread: any. */
#ifndef YJ_PRINTER_KEYS_H
#define YJ_PRINTER_KEYS_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { HEX_MAX = 24, PATH_MAX_CHARS = 96 };

/* A few bytes written as hexadecimal pairs. */
struct hex_bytes {
    uint8_t n;
    uint8_t at[HEX_MAX];
};

struct key_word {
    const char *text; /* NULL ends the list */
    int value;
};

struct key {
    const char *name;
    enum key_kind {
        KEY_SKIP, /* read elsewhere, or a note */
        KEY_INT,  /* int, min..max */
        KEY_BOOL, /* bool */
        KEY_WORD, /* int or enum, one of words */
        KEY_TEXT, /* char array of max bytes with its NUL, printable ASCII */
        KEY_HEX,  /* struct hex_bytes, "1D 65 05" */
    } kind;
    size_t offset;
    int min, max;
    const struct key_word *words;
};

/**
 * Read an object; keys that are missing leave their field as it is.
 * @param path    where the object stands, "/devices/3"; for the error's sentence
 * @param code    of the error
 * @return 0 or code with a sentence naming the key and the rule
 */
int keys_read(const json_t *object, const char *path, const struct key *keys, size_t n_keys,
              void *target, int code, struct err *err) YJ_CHECK;

/** Hexadecimal pairs, blanks between them allowed. @return 0 or -1 */
int hex_read(const char *text, uint8_t *ret, size_t cap, size_t *ret_n);

#endif

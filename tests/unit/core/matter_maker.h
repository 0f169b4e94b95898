/* SPDX-License-Identifier: Apache-2.0 */
/* Makes matters up: valid ones that use everything of docs/matters.md, the same ones with a single
 * named mistake, and answers to them. The same seed makes the same. For tests and benchmarks; one
 * thread. */
#ifndef YJ_TESTS_MATTER_MAKER_H
#define YJ_TESTS_MATTER_MAKER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/matter.h"

/* Numbers that follow from a seed. */
struct dice {
    uint64_t state;
};

/** @return 0 .. n - 1; n > 0 */
unsigned dice_below(struct dice *d, unsigned n);

/** @return true so many times in a hundred. */
bool dice_percent(struct dice *d, unsigned percent);

enum maker_size {
    MAKER_ANY,   /* from nothing but a head to all limits */
    MAKER_USUAL, /* can be handed in, as large as the national matters are on average */
};

/** Text of the fields.json that every made matter leans on. */
extern const char maker_dictionary[];

/** @return a matter without mistakes, owned by the caller; tables are those of assets/codes. */
json_t *matter_make(uint64_t seed, enum maker_size size);

/* What became of a matter. */
struct maker_mistake {
    const char *name;
    bool is_blind;    /* a JSON schema cannot know it */
    char pointer[96]; /* a complaint leads here or further down */
};

size_t matter_mistake_count(void);

/**
 * Make one mistake in a matter.
 * @return false when the matter has no place for it; it is as it was then
 */
bool matter_break(size_t mistake, uint64_t seed, json_t *matter, struct maker_mistake *ret);

enum { MAKER_ANSWER_BYTES = 512 };

/** An answer that fits the type most of the time, with its NUL. cap at least MAKER_ANSWER_BYTES */
void matter_answer(struct dice *d, const struct matter_var *var, char *ret, size_t cap);

/** Valid UTF-8 without NUL, of any characters and up to cap - 1 bytes. */
void matter_garbage(struct dice *d, char *ret, size_t cap);

/** A text as data files have it: 1..max_chars characters. cap at least 4 * max_chars + 1 */
void matter_words(struct dice *d, unsigned max_chars, char *ret, size_t cap);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Reading matter files: complaints with places, typed access to JSON, and the parts of the
 * parser; private to app/core. */
#ifndef YJ_CORE_MATTER_PRIV_H
#define YJ_CORE_MATTER_PRIV_H

#include <jansson.h>

#include "core/matter.h"

/* Limits of assets/schema/matter.schema.json, in characters unless named otherwise. */
enum {
    MATTER_MAX_FILE_BYTES = 1 << 20,
    MATTER_MAX_GROUPS = 16,
    MATTER_MAX_METRICS = 4,
    MATTER_MAX_ID = 48,
    MATTER_MAX_NAME = 40,  /* what stands on a button */
    MATTER_MAX_HINT = 200, /* what stands below it */
    MATTER_MAX_VALUE = 32, /* stored value of an option */
    MATTER_MAX_PATTERN_BYTES = 128,
    MATTER_MAX_CHARS = 100, /* of an answer */
    MATTER_MAX_DAYS = 365,
    MATTER_PAGE_FIELDS = 10,   /* on one form page, shown or not */
    MATTER_PAGE_OPTIONS = 128, /* of all choices on one page */
};

/* Everything a matter points to, freed at once. */
struct arena {
    struct arena_block *first;
};

/** Zeroed memory of n * size bytes, lives as long as the arena. Never NULL. */
void *matter_arena_alloc(struct arena *arena, size_t n, size_t size);
void matter_arena_free(struct arena *arena);

/* One file being read. */
struct reader {
    const char *file;
    struct matter_complaint *complaint; /* cap of them, may be NULL when cap is 0 */
    size_t cap, n_complaints;
    struct matter *m;
    struct arena *arena;
    size_t n_questions; /* variables before the first field */
    bool *has_var;      /* place i holds a readable variable */
};

/* A value and the way to it: the JSON pointer is built from the chain when it is needed. */
struct spot {
    const struct spot *up; /* NULL at the root */
    const char *key;       /* member of an object, or NULL: element `index` of an array */
    size_t index;
    const json_t *json;
};

enum presence { NEEDED, OPTIONAL };

/** Write down a mistake at spot, or at its member `key` when key is not NULL. */
void reader_complain(struct reader *r, const struct spot *spot, const char *key, const char *fmt,
                     ...) YJ_PRINTF(4, 5);

/** Complain about a member "a/b/c" below the root: for checks after reading. */
void reader_complain_at(struct reader *r, const char *pointer, const char *fmt, ...)
    YJ_PRINTF(3, 4);

/** @return true when spot is an object; complains otherwise and about keys not in known. */
bool read_object(struct reader *r, const struct spot *spot, const char *const *known, size_t n);

/** @param key  NULL: spot itself is the text
 *  @return the text in the arena, or NULL when absent or wrong (complained about). */
const char *read_text(struct reader *r, const struct spot *spot, const char *key,
                      enum presence presence, size_t max_chars);

/** As read_text; form is a POSIX extended expression for the whole, what names it for people. */
const char *read_formed(struct reader *r, const struct spot *spot, const char *key,
                        enum presence presence, size_t max_chars, const char *form,
                        const char *what);

/** @return the integer, or fallback. NEEDED complains when it is absent. */
int read_int(struct reader *r, const struct spot *spot, const char *key, enum presence presence,
             int min, int max, int fallback);
bool read_bool(struct reader *r, const struct spot *spot, const char *key, bool fallback);

/** @return place of the member's text in words, or -1 (complained about). */
int read_word(struct reader *r, const struct spot *spot, const char *key, const char *const *words,
              size_t n);

/** @return the condition or NULL. Needs the ids of the matter's variables and tasks. */
struct expr *read_expr(struct reader *r, const struct spot *spot, const char *key,
                       enum presence presence);

/** @return spot of an array member with min..max elements; json NULL when there is none. */
struct spot read_array(struct reader *r, const struct spot *spot, const char *key,
                       enum presence presence, size_t min, size_t max, size_t *ret_n);

/** @return spot of element i of an array spot. */
struct spot read_element(const struct spot *array, size_t i);

/** Pattern of an identifier; with dots for variables, without for all others. */
#define FORM_VAR_ID "[a-z][a-z0-9_]*([.][a-z][a-z0-9_]*)*"
#define FORM_ID     "[a-z][a-z0-9_]*"

/** Read questions and fields (matter_vars.c) into r->m->var, whose ids are there already. */
void matter_read_vars(struct reader *r, const struct spot *questions, const struct spot *fields);

/** @return NULL when a pattern can be used, else what is wrong with it. */
const char *matter_pattern_mistake(const char *pattern);

/** Compile a pattern for whole values. @return owned, NULL when it cannot be compiled. */
struct matter_pattern *matter_pattern_new(const char *pattern);
void matter_pattern_free(struct matter_pattern *p);

/** @return true when the whole value fits; false also for NULL. Thread: any. */
bool matter_pattern_met(const struct matter_pattern *p, const char *value);

/** Checks across the parts, after all of them were read (matter_lint.c). */
void matter_lint(struct reader *r);

/** Answers without those of variables that are not shown; value has MATTER_MAX_VARS places. */
struct answers matter_answers_in_force(const struct matter *m, const struct answers *a,
                                       const char **value, enum tri *ret_shown);

#endif

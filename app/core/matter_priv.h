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
    MATTER_MAX_METRICS = 4,
    MATTER_MAX_ALIASES = 24,
    MATTER_MAX_ALIAS = 24, /* characters */
    MATTER_MAX_NOTES = 8,
    MATTER_MAX_WINDOWS = 8,
    MATTER_MAX_STAGES = 4, /* more_stages */
    MATTER_MAX_CO_DEPTS = 12,
    MATTER_MAX_ID = 48,
    MATTER_MAX_NAME = 40,  /* what stands on a button */
    MATTER_MAX_HINT = 200, /* what stands below it */
    MATTER_MAX_PROMISE = 300,
    MATTER_MAX_CONSENT = 600,
    MATTER_MAX_VALUE = 32, /* stored value of an option */
    MATTER_MAX_PATTERN_BYTES = 128,
    MATTER_MAX_CHARS = 100, /* of an answer */
    MATTER_MAX_DAYS = 365,
    MATTER_LISTED_WORDS = 8,   /* so many a complaint names */
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

/* Where a variable stands in its file. */
struct var_place {
    size_t element; /* of "questions" or "fields" */
    bool is_read;   /* the variable could be read */
};

/* One file being read. */
struct reader {
    const char *file;
    const struct matter_context *context; /* may be NULL */
    struct matter_complaint *complaint;   /* cap of them, may be NULL when cap is 0 */
    size_t cap, n_complaints;
    bool is_like_broken;   /* a "like" could not be followed */
    bool is_muted;         /* a second reading of what was complained about once: say nothing */
    const json_t *written; /* the matter before "like" was followed; NULL: no matter */
    struct matter *m;
    struct arena *arena;
    size_t n_questions;                     /* variables before the first field */
    struct var_place *place;                /* of each variable */
    size_t first_var[MATTER_MAX_GROUPS];    /* repeated groups: its first variable */
    size_t step[MATTER_MAX_GROUPS];         /* and the distance from a member to the next */
    int scope_group, scope_member;          /* names mean this member; group -1: outside */
    bool is_peeking;                        /* a name of a repeated group was used outside */
    uint32_t direct_deps[MATTER_MAX_TASKS]; /* dependencies that name a task, not a task group */
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

/** As read_word, of a key that may be absent: then -1. */
int read_optional_word(struct reader *r, const struct spot *spot, const char *key,
                       const char *const *words, size_t n);

/** @return a copy in the arena. */
const char *reader_keep(struct reader *r, const char *text);

/** @return NULL, or what is wrong with a text: empty, blanks at its ends, hidden characters.
 *  @param ret_chars  its length in characters, when nothing is wrong */
const char *matter_text_mistake(const char *text, size_t *ret_chars);

/** @return true when the whole text has a form (POSIX extended expression). */
bool matter_form_met(const char *form, const char *text);

/** @return NULL, or what a text tells about a person that no data file may hold: an identity
 *          number, a mobile number, a bank card. */
const char *matter_text_secret(const char *text);

/** @return the condition or NULL. Needs the ids of the matter's variables and tasks. Names of a
 *          repeated group mean the member of r->scope_member. */
struct expr *read_expr(struct reader *r, const struct spot *spot, const char *key,
                       enum presence presence);

/** @return the computed value or NULL, as read_expr. */
struct calc *read_calc(struct reader *r, const struct spot *spot, const char *key);

/** "2026-12-31", or "12-31" of every year when may_recur. @return YYYYMMDD, MMDD, 0 when absent or
 *  wrong (complained about). */
int read_date(struct reader *r, const struct spot *spot, const char *key, enum presence presence,
              bool may_recur);

/** @return spot of an array member with min..max elements; json NULL when there is none. */
struct spot read_array(struct reader *r, const struct spot *spot, const char *key,
                       enum presence presence, size_t min, size_t max, size_t *ret_n);

/** @return spot of element i of an array spot. */
struct spot read_element(const struct spot *array, size_t i);

/** Pattern of an identifier; with dots for variables, without for all others. */
#define FORM_VAR_ID "[a-z][a-z0-9_]*([.][a-z][a-z0-9_]*)*"
#define FORM_ID     "[a-z][a-z0-9_]*"
/* code of a matter */
#define FORM_CODE "[A-Z][A-Z0-9]*([.][A-Z0-9]+)*"
/* name of a picture */
#define FORM_PICTURE "[a-z][a-z0-9-]*"
/* key of the centre's data sharing */
#define FORM_KEY "[a-z0-9_]+"
/* stored value of an option, and other opaque codes */
#define FORM_VALUE "[A-Za-z0-9_-]+"

/** Head: everything of the root that is no part with an id (matter_head.c). */
void matter_read_head(struct reader *r, const struct spot *root);

/** An id into the arena even when its form is wrong, so that references to it can be followed;
 *  "" when there is none. */
const char *matter_early_id(struct reader *r, const struct spot *array, size_t i);

/** Type of element i, for conditions that stand before it; TYPE_BOOL when it cannot be read. */
enum matter_type matter_early_type(const struct spot *array, size_t i);

/** Judge the form of element i's id. */
void matter_check_id(struct reader *r, const struct spot *array, size_t i);

/** Parts with an id (matter_parts.c, matter_materials.c). Groups come before the variables, task
 *  groups and the ids of the tasks before everything with a condition. */
void matter_read_groups(struct reader *r, const struct spot *root);
void matter_read_task_groups(struct reader *r, const struct spot *root);
void matter_read_task_ids(struct reader *r, const struct spot *root, struct spot *ret_tasks);
void matter_read_tasks(struct reader *r, const struct spot *tasks);
void matter_read_gates(struct reader *r, const struct spot *root);
void matter_read_materials(struct reader *r, const struct spot *root);

/** One entry of a dictionary: complete, but without id and without conditions. */
void matter_read_material_entry(struct reader *r, const struct spot *at);
void matter_read_var_entry(struct reader *r, const struct spot *at);

/** Lay out r->m->var: ids, groups, members (matter_repeat.c). */
void matter_lay_out_vars(struct reader *r, const struct spot *questions, const struct spot *fields);

/** Read questions and fields (matter_vars.c) into r->m->var, which is laid out already. */
void matter_read_vars(struct reader *r, const struct spot *questions, const struct spot *fields);

/** Options, numbers' limits and prefill of a variable whose type is known (matter_options.c,
 *  matter_prefill.c). */
void matter_read_options(struct reader *r, const struct spot *spot, struct matter_var *var);
void matter_read_prefill(struct reader *r, const struct spot *spot, size_t index, bool is_entry);

/** Index of the variable that a name means at this place (matter_repeat.c), -1: none. */
int reader_find_var(struct reader *r, const char *name);

/**
 * Put what "like" means into a matter (matter_dictionary.c).
 * @return a new reference: json itself when nothing is inherited
 */
json_t *matter_inherit(struct reader *r, const json_t *json);

/** @return the entry of fields.json that a key at this place (key NULL: the place itself) comes
 *          from, NULL when it is the file's own. */
const char *matter_inherited_from(const struct reader *r, const struct spot *spot, const char *key);

/** @return NULL when a pattern can be used, else what is wrong with it. */
const char *matter_pattern_mistake(const char *pattern);

/** Compile a pattern for whole values. @return owned, NULL when it cannot be compiled. */
struct matter_pattern *matter_pattern_new(const char *pattern);
void matter_pattern_free(struct matter_pattern *p);

/** @return true when the whole value fits; false also for NULL. Thread: any. */
bool matter_pattern_met(const struct matter_pattern *p, const char *value);

/** As matter_parse, from JSON that was read (and perhaps merged with overlays) already. */
int matter_from_json(const struct matter_context *context, const json_t *json, const char *file,
                     struct matter_complaint *complaints, size_t cap, size_t *ret_n_complaints,
                     struct matter **ret) YJ_CHECK;

/** Checks across the parts, after all of them were read (matter_lint.c, matter_lint_expr.c). */
void matter_lint(struct reader *r);
void matter_lint_conditions(struct reader *r);

/** "/questions/3" or "/fields/0", with a tail. */
void reader_var_pointer(const struct reader *r, size_t var, const char *tail, char *out,
                        size_t cap);

/** @return NULL, or the string id of what is wrong with a value (not empty) of the variable's type.
 */
const char *matter_check_type(const struct matter *m, const struct matter_var *var,
                              const char *value, int today);

/** Answers without those of variables that are not shown; value has MATTER_MAX_VARS places. */
struct answers matter_answers_in_force(const struct matter *m, const struct answers *a,
                                       const char **value, enum tri *ret_shown);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A matter as data: what the JSON files of assets/matters say, parsed, checked and ready to be
 * asked. Format: assets/schema/matter.schema.json; words: domain.md 2. Const after loading: any
 * thread may read it. Nothing of any particular matter is in C. */
#ifndef YJ_CORE_MATTER_H
#define YJ_CORE_MATTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/expr.h"

enum {
    MATTER_MAX_VARS = 96, /* questions and fields together */
    MATTER_MAX_TASKS = 24,
    MATTER_MAX_MATERIALS = 40,
    MATTER_MAX_GATES = 16,
    MATTER_MAX_OPTIONS = 64,
    MATTER_VALUE_BYTES = 320, /* UTF-8 answer with its NUL */
};

/* What a variable holds; decides its check and its input. */
enum matter_type {
    TYPE_BOOL, /* "true" / "false" */
    TYPE_ENUM, /* value of one option */
    TYPE_TEXT,
    TYPE_NAME,    /* 2..30 characters, letters of any script and U+00B7, no digits */
    TYPE_ADDRESS, /* 5..100 characters */
    TYPE_IDNO,    /* GB 11643 */
    TYPE_MOBILE,
    TYPE_DATE,     /* YYYY-MM-DD */
    TYPE_DIGITS,   /* digits only */
    TYPE_CODE,     /* capital letters and digits */
    TYPE_BANKCARD, /* 16..19 digits, Luhn */
};

struct matter_pattern;

struct matter_option {
    const char *value; /* stored */
    const char *label; /* shown */
};

/* A situation question or a form field. Both are variables of the conditions. */
struct matter_var {
    const char *id;    /* "q_hukou_with", "baby.name" */
    const char *label; /* shown */
    const char *help;  /* may be NULL */
    enum matter_type type;
    bool is_question;      /* asked on the questions page, else on the form page `group` */
    int group;             /* index into matter.group, -1 for questions */
    bool is_required;      /* when shown */
    int sensitivity;       /* 0, 1, 2: 2 is masked on screen (domain.md 2.0.1) */
    struct expr *show_if;  /* NULL: always shown */
    struct expr *rule;     /* NULL or a condition that must not be false, also when empty */
    const char *rule_text; /* shown when it is false */
    const char *pattern;   /* NULL or a POSIX extended regular expression for the whole value */
    struct matter_pattern *compiled; /* the pattern, ready to use; NULL without one */
    /* Where the value comes from before the visitor types. prefill_from names a card item:
     * "card.name", "card.number", "card.sex", "card.birth", "card.nation", "card.address",
     * "card.valid_to"; or another variable "=mother.name"; NULL: typed. */
    const char *prefill_from;
    struct expr *prefill_if; /* NULL: always */
    size_t max_chars;
    const struct matter_option *option;
    size_t n_options;
};

struct matter_group {
    const char *id, *title, *hint;
};

enum matter_need { NEED_BASE, NEED_OPTIONAL, NEED_COND };

struct matter_task {
    const char *id, *name, *dept; /* dept: the department's shown name */
    const char *result;           /* what the citizen gets; NULL: nothing on paper */
    const char *item_code;        /* implementation code, opaque; may be NULL */
    int days;                     /* promised working days */
    enum matter_need need;
    struct expr *cond; /* NEED_COND */
    uint32_t deps;     /* bit i: task i must be finished first */
    bool is_independent;
};

/* Exemption modes, domain.md 2.0.2. */
enum matter_mode { MODE_E1, MODE_E2, MODE_E3, MODE_E4, MODE_E5, MODE_E6, MODE_E7 };

/* What the visitor can do about a material that is to be supplied. */
enum material_action {
    ACTION_SCAN = 1,    /* show a code to the scanner */
    ACTION_LATER = 2,   /* bring it later to the window (E7) */
    ACTION_PROMISE = 4, /* sign a promise instead (E5) */
};

struct matter_material {
    const char *id, *name, *hint; /* hint: why exempt, or how to supply */
    enum matter_mode mode;
    struct expr *cond;       /* NULL: always */
    unsigned actions;        /* material_action bits, E6 only */
    int later_days;          /* working days for ACTION_LATER */
    const char *certificate; /* E2: name of the electronic certificate; E3: interface name */
};

struct matter_gate {
    struct expr *stop_if; /* true: cannot be done here */
    const char *reason, *advice;
};

struct matter_metric {
    const char *label;
    const char *before, *after;
};

struct matter {
    const char *code, *name, *summary, *icon, *version;
    const char *stage; /* "person.birth" */
    const char *lead_dept, *co_depts, *basis, *fee;
    int promise_days;
    bool accepts_expired_card; /* the matter can be handed in with a card past its last day */
    struct matter_metric metric[4];
    size_t n_metrics;
    struct matter_var *var;
    size_t n_vars;
    struct matter_group *group;
    size_t n_groups;
    struct matter_task *task;
    size_t n_tasks;
    struct matter_material *material;
    size_t n_materials;
    struct matter_gate *gate;
    size_t n_gates;
    const char *applicant_name_var, *applicant_idno_var; /* whose receipt it is; may be NULL */
};

/* One complaint about a data file. */
struct matter_complaint {
    char file[96];
    char pointer[96]; /* JSON pointer, RFC 6901 */
    char reason[160];
};

struct matter_set;

/**
 * Load every *.json of a folder, in name order. A file with an error is left out and complained
 * about (every error of it in one pass, up to the space in complaints); the others stay.
 * @param ret_n_complaints  number found, may be larger than cap
 * @return 0 (also with complaints), ERR_NOT_FOUND or ERR_DENIED for the folder itself
 * Blocks: disk.
 */
int matter_set_load(const char *dir, struct matter_complaint *complaints, size_t cap,
                    size_t *ret_n_complaints, struct matter_set **ret, struct err *err) YJ_CHECK;
void matter_set_free(struct matter_set *set);
size_t matter_set_count(const struct matter_set *set);
const struct matter *matter_set_at(const struct matter_set *set, size_t i);

/** Parse one file's text; used by matter_set_load, the lint, tests and fuzzing. */
int matter_parse(const char *text, size_t len, const char *file,
                 struct matter_complaint *complaints, size_t cap, size_t *ret_n_complaints,
                 struct matter **ret) YJ_CHECK;
void matter_free(struct matter *m);

/** @return index into var, or -1. */
int matter_var_find(const struct matter *m, const char *id);

/* What is in force for a set of answers. */
struct matter_plan {
    enum tri var_shown[MATTER_MAX_VARS];
    enum tri task[MATTER_MAX_TASKS];         /* TRI_UNKNOWN: may be needed */
    enum tri material[MATTER_MAX_MATERIALS]; /* TRI_UNKNOWN keeps it visible */
    int gate;                                /* index of the gate that stops, -1: none */
    int longest_days;                        /* along dependencies, working days */
};

/** Recompute; pure. Optional tasks are in when sel(task) is chosen: answers->selected bit. */
void matter_plan(const struct matter *m, const struct answers *a, struct matter_plan *ret);

/**
 * Check one answer: type, pattern, rule, cross-field rule.
 * @return 0 or ERR_FIELD_VALUE; ret_text_id gets a string id ("field.bad.idno") or, for the
 *         matter's own rule, NULL with *ret_text the rule's sentence
 */
int matter_check(const struct matter *m, size_t var, const struct answers *a,
                 const char **ret_text_id, const char **ret_text);

#endif

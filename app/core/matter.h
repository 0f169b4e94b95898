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
#include "core/calc.h"
#include "core/expr.h"

enum {
    MATTER_MAX_VARS = 192, /* questions and fields together, each member of a repeat counted */
    MATTER_MAX_TASKS = 24,
    MATTER_MAX_TASK_GROUPS = 8,
    MATTER_MAX_MATERIALS = 40,
    MATTER_MAX_GATES = 16,
    MATTER_MAX_GROUPS = 16,
    MATTER_MAX_OPTIONS = 64,
    MATTER_MAX_REPEAT = 12,
    MATTER_MAX_PLACES = 8,
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
    TYPE_SET,      /* values of options joined by ',', in the order of the options */
    TYPE_USCC,     /* GB 32100 */
    TYPE_TEL,
    TYPE_EMAIL,
    TYPE_INTEGER,
    TYPE_DECIMAL, /* at most four decimals */
    TYPE_REGION,  /* six digits, GB/T 2260 */
    TYPE_CONSENT, /* "true" */
};

/* Can the matter be handed in, or only be read about? */
enum matter_status { MATTER_OPEN, MATTER_GUIDE, MATTER_LISTED };

enum matter_scope { SCOPE_CITY, SCOPE_PROVINCE, SCOPE_CROSS, SCOPE_NATIONAL };

struct matter_pattern;

struct matter_option {
    const char *value; /* stored */
    const char *label; /* shown */
};

/* A situation question or a form field. Both are variables of the conditions. */
struct matter_var {
    const char *id;    /* "q_hukou_with", "baby.name"; of a repeated group "heirs.2.name" */
    const char *field; /* as the file says: "heirs.name"; else the same as id */
    int member;        /* 0.. in a repeated group, else 0 */
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
     * "card.valid_to", the same with "other_card." (a second person's), "share.KEY" (the centre's
     * data), "code.uscc" (scanned), or another variable "=mother.name"; NULL: typed. */
    const char *prefill_from;
    struct expr *prefill_if;   /* NULL: always */
    struct calc *prefill_calc; /* instead of prefill_from; may be NULL */
    bool is_readonly;          /* shown, never typed */
    size_t max_chars;
    bool has_min, has_max; /* TYPE_INTEGER, TYPE_DECIMAL */
    int64_t min, max;      /* times EXPR_SCALE (10000) */
    int decimals;
    const char *unit;                /* shown behind the number; may be NULL */
    const char *text, *text_version; /* TYPE_CONSENT */
    const struct matter_option *option;
    size_t n_options;
};

struct matter_group {
    const char *id, *title, *hint;
    /* Repeats: 0 max = no repeat. Variables of all max members exist, one member after another. */
    int repeat_min, repeat_max;
    const char *repeat_item; /* "第{n}位继承人" */
    const char *repeat_add;  /* "再加一位继承人" */
};

enum matter_need { NEED_BASE, NEED_OPTIONAL, NEED_COND, NEED_CHOICE };

/* Choose min to max of the tasks with this group. */
struct matter_task_group {
    const char *id, *label;
    int min, max;
    uint32_t tasks; /* bit i: task i belongs to it */
};

struct matter_task {
    const char *id, *name, *dept; /* dept: the department's shown name */
    const char *result;           /* what the citizen gets; NULL: nothing on paper */
    const char *item_code;        /* implementation code, opaque; may be NULL */
    int days;                     /* promised working days; -1: not said (guide only) */
    int legal_days;               /* 0: the law names none */
    enum matter_need need;
    int task_group;    /* NEED_CHOICE: index into task_group, else -1 */
    struct expr *cond; /* NEED_COND */
    uint32_t deps;     /* bit i: task i must be finished first, when it is part of the plan */
    bool is_independent;
    bool is_in_person; /* somebody must come for it */
    bool is_query;     /* gives information, changes nothing */
    int deliver_var;   /* variable that says how the result is handed over, -1: none */
    int place;         /* index into place, -1: none */
    const char *note;  /* may be NULL */
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
    const char *id, *name, *hint; /* hint: why exempt, or how to supply; may be NULL */
    enum matter_mode mode;
    struct expr *cond;       /* NULL: always */
    unsigned actions;        /* material_action bits, E6 only */
    int later_days;          /* working days for ACTION_LATER */
    const char *certificate; /* E2: name of the electronic certificate; E3: interface name */
    const char *share;       /* key of the centre's answer that proves it; may be NULL */
    const char *promise;     /* duty and consequence of a promise; may be NULL */
    int copies;              /* 0: not said */
};

struct matter_gate {
    const char *id;
    struct expr *stop_if; /* true: cannot be done here */
    const char *reason, *advice;
};

struct matter_metric {
    const char *label;
    const char *before, *after;
};

/* Days of the year, or days; from after to goes over the turn of the year. */
struct matter_window {
    int from, to; /* MMDD each year, or YYYYMMDD */
    const char *note;
};

struct matter_place {
    const char *name, *addr, *tel, *complaint, *hours; /* all but name and hours may be NULL */
    int summer_from, summer_to;                        /* MMDD, 0: hours are the same all year */
    const char *summer_hours;
};

struct matter {
    const struct code_tables *codes;                    /* borrowed, of the context; may be NULL */
    const char *code, *name, *summary, *icon, *version; /* summary: NULL when only listed */
    enum matter_status status;
    enum matter_scope scope;
    const char *region;                  /* of the last overlay, "" when national */
    const char *stage;                   /* "person.birth" */
    const char **more_stage;             /* n_more_stages */
    const char **alias;                  /* n_aliases: what people call it */
    const char **note;                   /* n_notes: what one must know first */
    const char *list_level, *list_batch; /* may be NULL */
    /* co_depts: "公安、人社" or ""; basis: NULL when only listed; fee: NULL means free of charge */
    const char *lead_dept, *co_depts, *basis, *fee;
    size_t n_more_stages, n_aliases, n_notes;
    int promise_days, legal_days; /* working days, 0: not said */
    int valid_from, valid_to;     /* YYYYMMDD, 0: open */
    struct matter_window *window;
    size_t n_windows; /* 0: always */
    struct matter_place *place;
    size_t n_places;
    bool is_quiet;             /* no cheerful words */
    bool accepts_expired_card; /* the matter can be handed in with a card past its last day */
    struct matter_metric metric[4];
    size_t n_metrics;
    struct matter_var *var;
    size_t n_vars;
    struct matter_group *group;
    size_t n_groups;
    struct matter_task_group *task_group;
    size_t n_task_groups;
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
struct code_tables;       /* core/code_table.h */
struct matter_dictionary; /* fields.json: fields and materials that many matters share */

/* What a matter file may lean on. The dictionary is borrowed while reading, the tables for the life
 * of the matter. Parts may be NULL: then "like" and the tables are refused, but for the tables
 * nation and sex, which are compiled in (core/codes.h). */
struct matter_context {
    const struct code_tables *codes;
    const struct matter_dictionary *dictionary;
};

/**
 * Read the text of a fields.json; complaints as matter_parse.
 * @param context  for the code tables; its dictionary is not looked at; may be NULL
 * @return 0 or ERR_MATTER_FILE
 */
int matter_dictionary_parse(const struct matter_context *context, const char *text, size_t len,
                            const char *file, struct matter_complaint *complaints, size_t cap,
                            size_t *ret_n_complaints, struct matter_dictionary **ret) YJ_CHECK;
void matter_dictionary_free(struct matter_dictionary *d);

/**
 * Load every *.json of a folder, in name order. A file with an error is left out and complained
 * about (every error of it in one pass, up to the space in complaints); the others stay.
 * @param ret_n_complaints  number found, may be larger than cap
 * @return 0 (also with complaints), ERR_NOT_FOUND or ERR_DENIED for the folder itself
 * Blocks: disk.
 */
int matter_set_load(const struct matter_context *context, const char *dir,
                    struct matter_complaint *complaints, size_t cap, size_t *ret_n_complaints,
                    struct matter_set **ret, struct err *err) YJ_CHECK;
void matter_set_free(struct matter_set *set);
size_t matter_set_count(const struct matter_set *set);
const struct matter *matter_set_at(const struct matter_set *set, size_t i);

/** Parse one file's text (context may be NULL); used by matter_set_load, the lint, tests and
 * fuzzing. */
int matter_parse(const struct matter_context *context, const char *text, size_t len,
                 const char *file, struct matter_complaint *complaints, size_t cap,
                 size_t *ret_n_complaints, struct matter **ret) YJ_CHECK;
void matter_free(struct matter *m);

/** @return index into var, or -1. */
int matter_var_find(const struct matter *m, const char *id);

/** @return whether the matter is shown on this day (valid_from, valid_to). day YYYYMMDD */
bool matter_is_valid_on(const struct matter *m, int day);

/**
 * @return whether it can be handed in on this day (status open, in a window, valid).
 * @param ret_window  window that is open or opens next; NULL when the matter has none or none
 *                    opens any more; may be NULL
 */
bool matter_is_open_on(const struct matter *m, int day, const struct matter_window **ret_window);

/* What is in force for a set of answers. */
struct matter_plan {
    enum tri var_shown[MATTER_MAX_VARS];
    enum tri task[MATTER_MAX_TASKS];         /* TRI_UNKNOWN: may be needed */
    enum tri material[MATTER_MAX_MATERIALS]; /* TRI_UNKNOWN keeps it visible */
    int gate;                                /* index of the gate that stops, -1: none */
    int longest_days;                        /* along dependencies, working days */
    int finish_days[MATTER_MAX_TASKS];       /* until this task is done, along dependencies */
    unsigned short_groups;                   /* bit g: fewer than min tasks of it are chosen */
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

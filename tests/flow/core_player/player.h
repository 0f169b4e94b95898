/* SPDX-License-Identifier: Apache-2.0 */
/* The core player: a visit file (tests/flow/VISITS.md) against the visit machine alone. No screen,
 * no devices, no network, no clock: a visit takes milliseconds. One thread. */
#ifndef YJ_TESTS_CORE_PLAYER_H
#define YJ_TESTS_CORE_PLAYER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "core/catalogue.h"
#include "core/visit.h"
#include "core/visit_answers_priv.h"
#include "core/visit_flow_priv.h"
#include "core/visit_layout_priv.h"
#include "core/visit_priv.h"
#include "core/visit_view_priv.h"

enum { STEP_MAX_WORDS = 12, LINE_BYTES = 1024, TEXT_BYTES = 8192 };

/* ---- script.c: the file ---- */

struct step {
    int line, n;
    char *word[STEP_MAX_WORDS];
};

/**
 * Split a line into words like a shell: blanks, quotes, `#`; {today-3d} and {idno-30y} become what
 * they mean on the given day.
 * @param line  owned by the caller, the words point into store
 * @param ret   n 0: nothing stands there
 * @return NULL, or what is wrong with the line
 */
const char *script_split(const char *line, int today, char store[LINE_BYTES * 2], struct step *ret);

/* ---- assets.c: what every visit shares; loaded once ---- */

struct assets {
    struct code_tables *codes;
    struct catalogue *catalogue;
    json_t *texts, *cards, *registry; /* registry: what the reference centre knows */
    char *pinyin;
    const char *language; /* NULL: zh-Hans */
};

/** Complains and ends the program when something is missing.
 * @param source    the project's folder
 * @param language  of the texts and of every visitor; NULL: zh-Hans; borrowed */
void assets_load(struct assets *ret, const char *source, const char *matters, const char *region,
                 const char *language);
void assets_free(struct assets *a);

/** The words of a text, its arguments in place. @return ret */
const char *assets_say(const struct assets *a, const struct view_text *text, char *ret, size_t cap);

/** @return 0, -1: there is no such card */
int assets_card(const struct assets *a, const char *name, struct card *ret);

/* ---- terminal.c: a terminal in good health around the machine ---- */

struct terminal {
    const struct assets *assets;
    struct visit_cfg cfg;
    struct visit *v;
    struct view *view;
    int64_t now_ms, wall_ms;
    int64_t due_ms[VISIT_N_TIMERS]; /* 0: not armed */
    bool is_reader_on, is_scanner_on;
    bool has_card, is_card_told;
    struct card card;
    struct strokes strokes;                     /* what stands on the pad */
    struct shared_item known[ENQUIRY_MAX_KEYS]; /* instead of what the centre knows */
    size_t n_known;
    unsigned n_applications, n_ratings, n_tickets;
    char *application; /* JSON of the last one; owned */
    char fault[256];   /* what the terminal noticed by itself; "" nothing */
    /* called after every event: */
    void (*watch)(void *context, enum visit_state before);
    void *watcher;
};

/** @param today  YYYYMMDD */
void terminal_init(struct terminal *t, const struct assets *assets, int today);
void terminal_fini(struct terminal *t);
void terminal_event(struct terminal *t, const struct visit_event *e);
void terminal_intent(struct terminal *t, enum intent_kind kind, int item, int option,
                     const char *text);
void terminal_card(struct terminal *t, const struct card *card); /* NULL: lifted */
void terminal_code(struct terminal *t, const char *text);
/** Another day begins. @param today  YYYYMMDD */
void terminal_day(struct terminal *t, int today);
void terminal_link(struct terminal *t, bool is_online);
/** Time passes: timers end. */
void terminal_wait(struct terminal *t, int64_t ms);
const struct view *terminal_view(struct terminal *t);

/* ---- leftovers.c: what a page in another language still says in Chinese ---- */

struct leftovers {
    json_t *seen; /* texts that were named once */
    size_t n;
};

void leftovers_look(struct leftovers *l, const struct visit *v, const struct view *view);
void leftovers_end(struct leftovers *l);

/* ---- trace.c: what this visit has tried, for visits_cover.py ---- */

struct trace {
    json_t *json;
};

void trace_begin(struct trace *trace, const char *name);
/** What is in force at this moment: answers, tasks, materials, the gate that stops. */
void trace_moment(struct trace *trace, const struct visit *v, const char *kind);
/** A member of a repeated group was added or taken out. */
void trace_member(struct trace *trace, const struct visit *v, int group, bool is_added);
/** @param folder  "": nothing is written. @return 0, -1: it could not be written, or is no JSON */
int trace_end(struct trace *trace, const char *folder, const char *application);

/** What the page says, one line an item, for people. */
void trace_print_page(const struct assets *a, const struct visit *v, const struct view *view,
                      FILE *to);

/** Tasks with their days, materials: for people. */
void trace_print_plan(const struct visit *v, FILE *to);

/* ---- steps.c: what each step does ---- */

struct player {
    struct terminal terminal;
    struct trace trace;
    struct leftovers *leftovers; /* of the whole run; NULL in Chinese */
    bool expects_nothing, shows_pages;
    bool was_refused; /* a rule of the matter stood on the page */
    unsigned tickets_seen;
    char plan[TEXT_BYTES]; /* of the application */
    char why[512];         /* of a failed step */
};

/** @return 0, -1: player->why says why not */
int steps_play(struct player *p, const struct step *step);
/** After the last step: does what happened fit? @return as steps_play */
int steps_prove(struct player *p);

#endif

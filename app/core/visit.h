/* SPDX-License-Identifier: Apache-2.0 */
/* The visit machine: (state, event, now) -> (state, effects). No I/O, no clock, no threads, no
 * allocation inside visit_step; a visit can be played from a table. The state diagram stands at
 * the top of visit.c. Thread: whoever owns the struct visit (main). */
#ifndef YJ_CORE_VISIT_H
#define YJ_CORE_VISIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "core/code_kind.h"
#include "types/card.h"
#include "types/counters.h"
#include "types/device.h"
#include "types/document.h"
#include "types/enquiry.h"
#include "types/record.h"
#include "types/slip.h"
#include "types/staff.h"
#include "types/view.h"

struct catalogue; /* core/catalogue.h: const during a visit */
struct content;   /* core/content.h: likewise */

/* Where the same can be done when it cannot be done here. */
struct visit_place {
    const char *name, *address, *hours, *phone; /* all but name may be NULL */
};

/* Given once; strings are borrowed for the life of the visit object. */
struct visit_cfg {
    /* what can be done here; of its parts only matters is needed. Replaced by visit_set_catalogue
     */
    const struct catalogue *catalogue;
    const char *terminal_name; /* shown and printed: "示例市政务服务中心 01 号机" */
    const char *terminal_id;   /* region6 + terminal4, domain.md 3.6 */
    const char *hall_phone;    /* where to ask, printed: "12345" */
    const char *hall_owner;    /* who runs the terminal, shown at home; NULL: not said */
    const char *hall_hours;    /* opening hours of the counters; NULL: not said */
    const struct visit_place *places; /* where else to go, nearest first */
    size_t n_places;
    const struct content *content; /* notices of the hall; NULL: none */
    int idle_ask_ms;               /* silence before the idle question, default 60000 */
    int idle_wipe_ms;              /* countdown of the idle question, default 20000 */
    struct prefs prefs;            /* every visit begins with these */
    /* languages that can be chosen, prefs.language counts in them; ids of assets/strings */
    const char *languages[PREFS_MAX_LANGUAGES];
    size_t n_languages;   /* 0: only zh-Hans */
    int catalogue_errors; /* matter files that were refused: home tells staff */
    /* why no application can be taken (enum err_code), 0: all well */
    int store_fault;
    /* A social security card in the slot may stand for the identity card (settings). */
    bool accepts_social_security_card;
    struct code_hosts scan_hosts;     /* whose addresses are taken; borrowed like the strings */
    unsigned scan_kinds;              /* bits 1 << CODE_URL, 1 << CODE_TOKEN; 0: both */
    uint8_t scan_key[HASH_KEY_BYTES]; /* random of this start; codes are remembered under it */
};

enum visit_event_kind {
    VISIT_EVENT_INTENT,       /* intent */
    VISIT_EVENT_TIMER,        /* timer */
    VISIT_EVENT_DEVICE,       /* device: borrowed; the core copies what it keeps */
    VISIT_EVENT_STORED,       /* record: the commit is durable */
    VISIT_EVENT_STORE_FAILED, /* code: nothing was stored; the visitor may try again */
    VISIT_EVENT_STORE_STATE,  /* code: 0 = usable again, else out of service */
    VISIT_EVENT_LINK,         /* link */
    VISIT_EVENT_UNFINISHED,   /* journal: a receipt to finish after a restart */
    VISIT_EVENT_DATE,         /* wall clock, for dates and ages: civil day changed */
    VISIT_EVENT_ANSWER,       /* answer to an ENQUIRE: code 0 and answer, or why there is none */
    VISIT_EVENT_HEADSET,      /* is_plugged: headphones went in or out */
    VISIT_EVENT_COUNTERS,     /* counters: how many were served */
};

enum visit_timer {
    VISIT_TIMER_IDLE,      /* silence */
    VISIT_TIMER_COUNTDOWN, /* one second of the idle question */
    VISIT_TIMER_PAGE,      /* pages that end by themselves: rating, goodbye, receipt */
    VISIT_TIMER_NOTICES,   /* the next notices at home, when there are more than fit */
    VISIT_N_TIMERS,
};

struct visit_event {
    enum visit_event_kind kind;
    union {
        struct intent intent;
        enum visit_timer timer;
        const struct device_event *device;
        struct record_ref record;
        int code;
        struct link_status link;
        struct journal_entry journal;
        int64_t wall_ms;
        bool is_plugged;
        struct service_counters counters;
        struct {
            int64_t job;                         /* of the ENQUIRE */
            int code;                            /* enum err_code, 0: answered */
            const struct enquiry_answer *answer; /* borrowed; NULL when code is not 0 */
        } enquiry;
    };
};

enum visit_effect_kind {
    VISIT_EFFECT_SHOW,           /* call visit_view and draw it */
    VISIT_EFFECT_READER,         /* flag: look for a card or stop looking */
    VISIT_EFFECT_CARD_SLOT,      /* flag */
    VISIT_EFFECT_SCANNER,        /* flag */
    VISIT_EFFECT_SUBMIT,         /* call visit_application_json, seal and commit it */
    VISIT_EFFECT_RATE,           /* call visit_rating_json, seal and commit it */
    VISIT_EFFECT_PRINT,          /* job, copy: call visit_slip, journal SENDING, draw, print */
    VISIT_EFFECT_PRINT_DOCUMENT, /* job, document: call visit_document, print it on A4 */
    VISIT_EFFECT_PRINT_LIST,     /* job: call visit_list_slip, print it as a ticket; no journal */
    VISIT_EFFECT_ENQUIRE,        /* job: call visit_enquiry, ask the centre; answered once */
    VISIT_EFFECT_JOURNAL,        /* job, journal_state: write it down */
    VISIT_EFFECT_TIMER_SET,      /* timer, delay_ms */
    VISIT_EFFECT_TIMER_CLEAR,    /* timer */
    VISIT_EFFECT_CALL_STAFF,     /* flag: ring or stop; staff: why */
    VISIT_EFFECT_WIPE,           /* the visit is over: wipe every copy outside the machine */
};

struct visit_effect {
    enum visit_effect_kind kind;
    bool flag;
    enum visit_timer timer;
    int delay_ms;
    enum staff_call staff;
    /* PRINT: the record's sequence number; PRINT_DOCUMENT, PRINT_LIST, ENQUIRE: a number of its own
     */
    int64_t job;
    enum document_kind document;
    int copy; /* 0: first print, n: n-th reprint, marked 补打 */
    enum print_journal_state journal_state;
};

enum { VISIT_MAX_EFFECTS = 16 };

struct visit_effects {
    struct visit_effect at[VISIT_MAX_EFFECTS];
    int n;
};

struct visit;

/** @return the machine in its first state, owned by the caller; wipe with visit_free. */
struct visit *visit_new(const struct visit_cfg *cfg) YJ_CHECK;
void visit_free(struct visit *v);

/** Begin: fills the effects that show the first screen. */
void visit_start(struct visit *v, int64_t now_ms, struct visit_effects *ret);

/**
 * Take one event. Taps on a page that appeared less than 250 ms ago (by now_ms) are taken for the
 * second half of a double tap and dropped.
 * @param now_ms  monotonic
 * @param ret     overwritten with the effects, in the order in which they must be done; SUBMIT,
 *             RATE and the prints stand last, so that a failure on the spot may be stepped from
 *             inside
 * Blocks: no; microseconds.
 */
void visit_step(struct visit *v, const struct visit_event *event, int64_t now_ms,
                struct visit_effects *ret);

/** Fill the view of the current state. ret is overwritten (not wiped first). */
void visit_view(const struct visit *v, struct view *ret);

/**
 * The application as JSON (assets/schema/application.schema.json, "application/1"), valid in the
 * state that emitted SUBMIT.
 * @param ret  owned by the caller: bytes_wipe then free
 */
int visit_application_json(const struct visit *v, char **ret, struct err *err) YJ_CHECK;
int visit_rating_json(const struct visit *v, char **ret, struct err *err) YJ_CHECK;

/** The receipt of the current record (copy > 0: marked 补打). ret holds personal data. */
void visit_slip(const struct visit *v, int copy, struct slip *ret);

/** The list of materials of the chosen matter for the receipt printer. No personal data. */
void visit_list_slip(const struct visit *v, struct slip *ret);

/** The question of the last ENQUIRE. ret holds personal data. */
void visit_enquiry(const struct visit *v, struct enquiry *ret);

/**
 * Another catalogue, between two visits. The one before may be freed afterwards.
 * @param n_errors  files of it that were refused: home tells staff
 * @param ret       overwritten with the effects that show it
 * @return 0, ERR_WRONG_STATE while somebody is being served: ask again later
 */
int visit_set_catalogue(struct visit *v, const struct catalogue *catalogue, int n_errors,
                        int64_t now_ms, struct visit_effects *ret) YJ_CHECK;

/**
 * Other notices of the hall, between two visits; as visit_set_catalogue. The ones before may be
 * freed once the effects are done. @param content  NULL: none
 */
int visit_set_content(struct visit *v, const struct content *content, int64_t now_ms,
                      struct visit_effects *ret) YJ_CHECK;

/**
 * One A4 document of this visit, unmasked, as the department's paper form needs it. The list of
 * materials can be had as soon as a matter is chosen, the others once the record is stored.
 * @param ret  overwritten; holds personal data
 * The application form can also be written while the record is on its way, then without a number.
 * @return 0, ERR_WRONG_STATE (nothing to write, or no promise was made), ERR_TOO_BIG (the matter
 *         does not fit one document)
 */
int visit_document(const struct visit *v, enum document_kind kind, struct document *ret,
                   struct err *err) YJ_CHECK;

/** Code of the matter of this visit, "" when none is chosen. Borrowed until the next step. */
const char *visit_matter_code(const struct visit *v);
const char *visit_matter_name(const struct visit *v);

/** Kiosk number of the record stored in this visit, "" when there is none. Borrowed likewise. */
const char *visit_record_number(const struct visit *v);

/** For tests and logs: the state's name ("IDENTIFY"). Static string. */
const char *visit_state_name(const struct visit *v);

/** @return true between home and goodbye: somebody's data is in memory. */
bool visit_is_open(const struct visit *v);

#endif

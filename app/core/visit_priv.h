/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the visit machine, shared by the visit_*.c files only. Thread: the one that owns the
 * struct visit (main). Nothing here blocks or allocates. */
#ifndef YJ_CORE_VISIT_PRIV_H
#define YJ_CORE_VISIT_PRIV_H

#include "core/matter.h"
#include "core/visit.h"
#include "types/device_words.h"
#include "types/strokes.h"

/* The diagram and what is true in each state stand at the top of visit.c. */
enum visit_state {
    STATE_HOME,
    STATE_OUT_OF_SERVICE,
    STATE_RECOVER,
    STATE_MATTER,
    STATE_NOTICE,
    STATE_IDENTIFY,
    STATE_QUESTIONS,
    STATE_FORM,
    STATE_MATERIALS,
    STATE_REVIEW,
    STATE_SIGN,
    STATE_STOPPED,
    STATE_SUBMITTING,
    STATE_RECEIPT,
    STATE_RATING,
    STATE_GOODBYE,
    STATE_LEFT_BEHIND,
    VISIT_N_STATES,
};

enum visit_modal { MODAL_NONE, MODAL_IDLE, MODAL_LEAVE };

/* Where an answer came from. */
enum visit_source { SOURCE_NONE, SOURCE_TYPED, SOURCE_CARD, SOURCE_SOCIAL_CARD, SOURCE_COPY };

/* What the visitor did about a material that must be supplied. */
enum visit_supply_kind { SUPPLY_NONE, SUPPLY_SCANNED, SUPPLY_LATER, SUPPLY_PROMISED };

/* How far the receipt of this visit has come. */
enum visit_phase {
    PHASE_NONE,
    PHASE_PRINTING,
    PHASE_OVERDUE, /* still no answer from the printer: the code is on the screen */
    PHASE_PRINTED,
    PHASE_IN_DOUBT,
    PHASE_ON_SCREEN, /* nothing on paper: the code is on the screen */
};

/* How far an order for A4 pages has come. */
enum visit_pages { PAGES_NONE, PAGES_PRINTING, PAGES_ENDED };

/* What the receipt page offers besides going on. */
enum visit_offer { OFFER_COPY, OFFER_DOCUMENTS, VISIT_N_OFFERS };

enum {
    WARNING_CARD_EXPIRED = 1,
    WARNING_CARD_SEX = 2,   /* digit 17 of the number says otherwise */
    WARNING_CARD_BIRTH = 4, /* digits 7..14 of the number say otherwise */
};

enum {
    VISIT_MAX_PENDING = 16,  /* unfinished receipts remembered after a restart */
    VISIT_MAX_SHEETS = 3,    /* receipts of one visit, the first included */
    VISIT_MAX_PAGES = 3,     /* orders for A4 pages in one visit */
    VISIT_MAX_CODES = 20,    /* codes taken in one visit, qr.md 5.2 */
    VISIT_CODE_REFUSALS = 5, /* in a row, then a pause */
    VISIT_CODE_PAUSE_MS = 10000,
    VISIT_N_USED_CODES = 512, /* remembered since the start of the program */
    VISIT_LATER_DAYS = 5,     /* for a material that can only be scanned, while nothing scans */
    VISIT_DOUBLE_TAP_MS = 250,
    VISIT_SIGN_MIN_POINTS = 8,
    VISIT_SIGN_MIN_LENGTH = 50, /* of one stroke, 0.1 mm */
};

#define VISIT_NOTICE_VERSION "notice/1"

struct visit_supply {
    enum visit_supply_kind kind;
    enum code_kind code;
    char token[CODE_MAX_BYTES + 1]; /* what the scanned code said */
};

struct visit_alert {
    const char *id; /* NULL: none */
    enum view_tone tone;
    char arg[96];
    const char *arg_id[2]; /* text ids instead of arg; NULL: none */
};

/* Everything that belongs to one visitor. Wiped as one block; no pointer leads out of it to
 * personal data. All zero = nobody there. */
struct visit_session {
    const struct matter *matter;
    bool is_elder;

    struct card card;
    bool has_card;      /* card holds somebody */
    bool is_identified; /* ... and the visitor has not asked for another card */
    bool has_laid_card; /* a card came onto a reader while this visitor was here */
    unsigned warnings;

    char value[MATTER_MAX_VARS][MATTER_VALUE_BYTES];
    enum visit_source source[MATTER_MAX_VARS];
    const char *error_id[MATTER_MAX_VARS];   /* static text ids */
    const char *error_text[MATTER_MAX_VARS]; /* the matter's own sentences */
    /* What conditions see: value[i] of variables that are asked, else NULL. */
    const char *seen[MATTER_MAX_VARS];
    uint32_t selected;
    struct matter_plan plan;

    struct visit_supply supply[MATTER_MAX_MATERIALS];
    int awaiting; /* material + 1 that waits for a code, 0: none */
    int n_codes, n_refusals;
    int64_t codes_paused_until_ms; /* 0: not paused */

    int page;           /* of the current state */
    int anchor;         /* variable + 1 the page stands on, 0: none */
    bool is_correcting; /* came from the review and goes back there */
    enum visit_state stopped_from;
    int stopped_page;

    struct strokes strokes;
    int64_t consent_wall_ms, started_wall_ms, finished_wall_ms;

    struct record_ref record;
    bool has_record;
    enum visit_phase phase;
    int n_sheets;        /* receipts that have begun to come out */
    bool is_receipt_out; /* one of them is complete */
    enum visit_pages pages;
    enum document_kind page_kind;      /* ordered last */
    unsigned pages_left;               /* bits of enum document_kind still to be ordered */
    bool are_pages_unproven;           /* of this order, one was sent and nobody says it came out */
    int n_page_orders;                 /* in this visit */
    int n_pages_out[DOCUMENT_N_KINDS]; /* times that each came out, or may have */
    int rating;                        /* 1..5, 5 = very satisfied; 0: none */

    struct visit_alert alert;
};

struct visit {
    struct visit_cfg cfg;
    enum visit_state state;
    enum visit_modal modal;
    int countdown_s;
    int64_t now_ms;
    int64_t entered_ms; /* when the present page appeared */
    uint32_t revision;

    int64_t wall_ms, wall_at_ms; /* the last DATE event and when it came */
    int today;                   /* YYYYMMDD, 0: not told yet */

    struct device_status device[DEVICE_N_KINDS]; /* state STARTING until told */
    unsigned card_at;                            /* bit of each device that holds a card */
    bool is_card_left;                           /* the last visitor forgot the card */
    bool is_ticket_left;                         /* ... or the receipt */
    bool is_alarm_on;                            /* LEFT_BEHIND: staff were called for it */
    struct link_status link;
    int store_fault;
    bool is_staff_called;

    struct journal_entry pending[VISIT_MAX_PENDING];
    int n_pending;
    bool is_recover_held; /* not now: the printer refused, or somebody wants to begin */
    enum visit_phase recover_phase;
    int64_t recovered_job; /* shown by RECOVER */

    int64_t job; /* print command without an answer yet, 0: none */
    bool is_job_recovery;
    int64_t page_job, last_page_job; /* order to the document printer without an answer, 0: none */

    uint64_t used_code[VISIT_N_USED_CODES]; /* hashes of tokens in stored applications, a ring */
    size_t n_used_codes;                    /* ever */

    /* What was ordered, so that settling orders only what changes. */
    bool is_reader_on, is_slot_on, is_scanner_on;
    bool is_armed[VISIT_N_TIMERS];

    /* Only during a step. */
    struct visit_effects *effects;
    bool is_dirty, is_active, is_restarted;

    struct visit_session s;
};

/* One line of a page and what it stands for. */
enum visit_slot_kind {
    SLOT_TEXT,     /* text_id, kind of item */
    SLOT_MATTER,   /* ref: matter of the catalogue */
    SLOT_METRIC,   /* ref */
    SLOT_TASK,     /* ref */
    SLOT_MATERIAL, /* ref: told, nothing to do */
    SLOT_SUPPLY,   /* ref: material the visitor must do something about */
    SLOT_QUESTION, /* ref: variable */
    SLOT_OPTIONAL, /* optional tasks */
    SLOT_GROUP,    /* ref: heading of a group */
    SLOT_FIELD,    /* ref: variable */
    SLOT_PAIR,     /* ref: variable, on the review */
    SLOT_PAIR_OPTIONAL,
    SLOT_PAIR_SUPPLY, /* ref: material, on the review */
    SLOT_CARD_NAME,
    SLOT_CARD_NUMBER,
    SLOT_FACTS,  /* fee and legal basis */
    SLOT_NUMBER, /* kiosk number */
    SLOT_QR,
    SLOT_RATING,
    SLOT_GATE,   /* ref: 0 reason, 1 advice */
    SLOT_DEVICE, /* ref: device kind; what is the matter with it; text_id: the sentence */
    SLOT_OFFERS, /* what the receipt page offers */
};

struct visit_slot {
    enum visit_slot_kind kind;
    int ref;
    const char *text_id;      /* SLOT_TEXT, SLOT_DEVICE */
    enum view_item_kind item; /* SLOT_TEXT */
    enum view_tone tone;      /* SLOT_TEXT, SLOT_DEVICE */
};

/* What stands on one page: the same answer for the screen and for the taps that come back. */
struct visit_layout {
    struct visit_slot at[VIEW_MAX_ITEMS];
    int n;
    int page, n_pages;
    int first_var; /* variable + 1 the page begins with, 0: none */
    int group;     /* of the first field, -1: none */
};

/* ---- visit.c: states, timers, effects ---- */
void visit_enter(struct visit *v, enum visit_state state);
void visit_end(struct visit *v);
void visit_close_modal(struct visit *v);
struct visit_effect *visit_effect_add(struct visit *v, enum visit_effect_kind kind);
void visit_alert_set(struct visit *v, const char *id, enum view_tone tone, const char *arg);
int64_t visit_wall_now(const struct visit *v);
bool visit_device_usable(const struct visit *v, enum device_kind kind);
/** @return true when a device is neither usable nor on its way there; a device that was never
 * fitted is dead where every terminal has one (reader, scanner, printer). */
bool visit_device_dead(const struct visit *v, enum device_kind kind);
/** @return true when it is dead or wants a hand soon (little paper). */
bool visit_device_troubled(const struct visit *v, enum device_kind kind);

/** @return true in the states whose silence is watched. */
bool visit_is_watched(const struct visit *v);

/* ---- visit_devices.c: what devices report; things left behind ---- */
void visit_devices_take(struct visit *v, const struct device_event *e);
/** @return true while a card lies on the reader or stands in the slot. */
bool visit_devices_hold_card(const struct visit *v);
/** The visit has ended: @return true when its visitor left something behind. */
bool visit_devices_note_left(struct visit *v);
/** The page timer of LEFT_BEHIND. */
void visit_devices_alarm(struct visit *v);
void visit_devices_left_behind(struct visit *v, const struct intent *in);
/** Say {1} device and {2} cause in one sentence. code 0: what its status says. */
void visit_alert_device(struct visit *v, const char *id, enum view_tone tone, enum device_kind kind,
                        int code);

/* ---- visit_settle.c ---- */
void visit_settle(struct visit *v);

/* ---- visit_flow.c: what a tap, a card, a code does in each page state ---- */
void visit_flow_home(struct visit *v, const struct intent *in);
void visit_flow_matter(struct visit *v, const struct intent *in);
void visit_flow_notice(struct visit *v, const struct intent *in);
void visit_flow_identify(struct visit *v, const struct intent *in);
void visit_flow_questions(struct visit *v, const struct intent *in);
void visit_flow_form(struct visit *v, const struct intent *in);
void visit_flow_materials(struct visit *v, const struct intent *in);
void visit_flow_review(struct visit *v, const struct intent *in);
void visit_flow_sign(struct visit *v, const struct intent *in);
void visit_flow_stopped(struct visit *v, const struct intent *in);
void visit_flow_rating(struct visit *v, const struct intent *in);
void visit_flow_goodbye(struct visit *v, const struct intent *in);
void visit_flow_card(struct visit *v, const struct card *card);
void visit_flow_card_failed(struct visit *v, int code);
/** Keep the variable the page stands on in sight after pages moved. */
void visit_flow_relocate(struct visit *v);

void visit_flow_supply(struct visit *v, int material, enum visit_supply_kind kind);

/* ---- visit_codes.c: what a scanned code does ---- */
void visit_codes_take(struct visit *v, const char *text);
void visit_codes_failed(struct visit *v, int code);
/** The application is stored: its tokens are used up. */
void visit_codes_remember(struct visit *v);

/* ---- visit_print.c: the receipt and what comes after a restart ---- */
void visit_print_stored(struct visit *v, const struct record_ref *record);
void visit_print_done(struct visit *v, int64_t job, enum print_result result);
void visit_print_receipt(struct visit *v, const struct intent *in);
void visit_print_recover(struct visit *v, const struct intent *in);
void visit_print_timer(struct visit *v);
void visit_print_unfinished(struct visit *v, const struct journal_entry *entry);
bool visit_print_can_recover(const struct visit *v);
void visit_print_begin_recover(struct visit *v);
/** @return what the receipt page offers now, in order */
int visit_print_offers(const struct visit *v, enum visit_offer ret[VISIT_N_OFFERS]);

/* ---- visit_pages.c: orders for A4 pages ---- */
bool visit_pages_possible(const struct visit *v);
void visit_pages_order(struct visit *v, unsigned kinds);
void visit_pages_done(struct visit *v, int64_t job, enum print_result result, int code);
/** @return true when the applicant promises something instead of handing it in. */
bool visit_has_promise(const struct visit *v);

/* ---- visit_answers.c: answers, prefilling, checks ---- */
struct answers visit_answers(const struct visit *v);
void visit_answers_update(struct visit *v);
/** Forget what was answered and supplied; the card stays. */
void visit_answers_reset(struct visit *v);
void visit_answers_set(struct visit *v, int var, const char *text);
bool visit_answers_shown(const struct visit *v, int var);
/** @return true when the answer is good; else its error is noted. */
bool visit_answers_check(struct visit *v, int var);
/** Check every asked variable. @return the first bad one, or -1. */
int visit_answers_check_all(struct visit *v);
bool visit_answers_is_masked(const struct matter_var *var);
/** The answer as shown: labels for options, masks for sensitive ones. "" when there is none. */
void visit_answers_show(const struct visit *v, int var, char *out, size_t cap);
unsigned visit_card_warnings(const struct card *card, int today);
/** Copy with a limit, never splitting a character. */
void visit_copy(char *out, size_t cap, const char *text);
/** Which actions a material offers now, in the order of its options. @return how many */
int visit_supply_actions(const struct visit *v, int material, enum material_action ret[3]);
/** @return the first material that still waits for the visitor, or -1 */
int visit_supply_missing(const struct visit *v);
size_t visit_tasks_count(const struct visit *v);
/** @return working days in which a material may be brought later */
int visit_later_days(const struct visit *v, int material);

/* ---- visit_layout.c ---- */
void visit_layout(const struct visit *v, enum visit_state state, int page,
                  struct visit_layout *ret);
/** @return the page of a state on which a variable stands, or -1 */
int visit_layout_page_of(const struct visit *v, enum visit_state state, int var);

/* ---- visit_view*.c ---- */
void visit_view_item(const struct visit *v, const struct visit_slot *slot, struct view *ret);
const char *visit_view_copy(struct view *view, const char *text);
const char *visit_view_printf(struct view *view, const char *fmt, ...) YJ_PRINTF(2, 3);
struct view_option *visit_view_option(struct view *view, struct view_item *item);

static inline struct view_text text_id(const char *id)
{
    return (struct view_text){.id = id};
}
/** "{1}{2}. {3}": the device, what is the matter, what to do. */
static inline struct view_text text_device(const char *id, enum device_kind kind,
                                           const struct device_cause *cause)
{
    return (struct view_text){.id = id,
                              .arg = {device_kind_text(kind), cause->text, cause->action_text},
                              .is_arg_id = true};
}
static inline struct view_text text_lit(const char *lit)
{
    return (struct view_text){.lit = lit};
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the visit machine, shared by the visit_*.c files only. Thread: the one that owns the
 * struct visit (main). Nothing here blocks or allocates. */
#ifndef YJ_CORE_VISIT_PRIV_H
#define YJ_CORE_VISIT_PRIV_H

#include "core/catalogue.h"
#include "core/matter.h"
#include "core/visit.h"
#include "types/device_words.h"
#include "types/strokes.h"

/* The diagram and what is true in each state stand at the top of visit.c. */
enum visit_state {
    STATE_HOME,
    STATE_OUT_OF_SERVICE,
    STATE_RECOVER,
    STATE_FIND,     /* matters of a stage, or search and its hits */
    STATE_GUIDE,    /* a question of the guide */
    STATE_PROGRESS, /* how applications stand; what must be put right */
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
enum visit_source {
    SOURCE_NONE,
    SOURCE_TYPED,
    SOURCE_CARD,
    SOURCE_SOCIAL_CARD,
    SOURCE_COPY,
    SOURCE_OTHER_CARD, /* a second person's card, laid for this field */
    SOURCE_SHARED,     /* the centre's data sharing */
    SOURCE_CODE,       /* a code was shown */
    SOURCE_COMPUTED,
    SOURCE_EARLIER, /* a correction: what was handed in before */
};

/* How the matters of FIND were come by. */
enum visit_find { FIND_STAGE, FIND_SEARCH, FIND_GUIDE };

/* How far the question to the centre has come. */
enum visit_ask { ASK_NONE, ASK_WAITING, ASK_ANSWERED, ASK_FAILED };

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
    /* of another person's card that was laid for some fields */
    WARNING_OTHER_EXPIRED = 8,
    WARNING_OTHER_MISMATCH = 16,
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
    VISIT_SIGN_MIN_LENGTH = 50,           /* of one stroke, 0.1 mm */
    VISIT_ANCHOR_GROUP = MATTER_MAX_VARS, /* + group: a page without a variable, of that group */
};

#define VISIT_NOTICE_VERSION "notice/1"

struct visit_supply {
    enum visit_supply_kind kind;
    enum code_kind code;
    char token[CODE_MAX_BYTES + 1]; /* what the scanned code said */
};

/* How the visitor came to a matter. What was typed may be personal. */
struct visit_finding {
    enum visit_find by;
    int tree, stage; /* of the home page */
    char query[SEARCH_MAX_QUERY_BYTES];
    int hit[SEARCH_MAX_HITS]; /* what the query finds today, best first: places in the set */
    int n_hits;
    int guide_path[GUIDE_MAX_DEPTH + 1], n_guide; /* steps from the start to the present one */
    int guide_choice;             /* of the present step: whose matters FIND shows */
    bool is_guide_of_search;      /* its first question leads back to the search */
    enum visit_state opened_from; /* where the matter was chosen: HOME or FIND */
    int opened_page;
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
    uint8_t count[MATTER_MAX_GROUPS];       /* members of repeated groups */
    uint8_t seen_count[MATTER_MAX_GROUPS];  /* what conditions see: none of a group not asked */
    int64_t consent_at_ms[MATTER_MAX_VARS]; /* wall clock, of agreed TYPE_CONSENT variables */
    struct matter_plan plan;
    unsigned told_groups; /* bit g: the visitor was told that too few tasks of it are chosen */

    /* finding (visit_find.c) */
    struct visit_finding finding;

    /* what data sharing says (visit_shared.c) */
    enum visit_ask shared_ask;
    int64_t shared_job;
    struct shared_item shared[ENQUIRY_MAX_KEYS];
    size_t n_shared;
    bool is_shared_refused[MATTER_MAX_VARS]; /* what was said of it does not pass the checks */

    /* progress and corrections (visit_progress.c, visit_fix.c) */
    enum visit_ask progress_ask;
    int64_t progress_job;
    int progress_code; /* ASK_FAILED: why (enum err_code); 0: no answer yet, a late one is welcome
                        */
    char progress_number[25]; /* of the report that was on the screen before the last question */
    int progress_open;        /* report + 1 on the screen, 0: the list */
    char receipt[321];
    struct enquiry_answer progress; /* cleaned: bounds hold, every text can be shown */
    int fixing;                     /* report + 1 that is being put right, 0: none */
    bool is_fix_var[MATTER_MAX_VARS], is_fix_material[MATTER_MAX_MATERIALS];
    uint32_t fix_tasks; /* bit t: the correction is for this task */
    /* The matter as the correction asks it, visit_fix.c; s.matter leads here while fixing. */
    struct matter fix_matter;
    struct matter_var fix_var[MATTER_MAX_VARS];
    struct matter_task fix_task[MATTER_MAX_TASKS];
    struct matter_material fix_material[MATTER_MAX_MATERIALS];

    struct visit_supply supply[MATTER_MAX_MATERIALS];
    int awaiting; /* material + 1 that waits for a code, 0: none */
    int n_codes, n_refusals;
    int64_t codes_paused_until_ms; /* 0: not paused */

    int page;           /* of the current state */
    int anchor;         /* variable + 1 the page stands on, 0: none */
    bool is_correcting; /* came from the review and goes back there */
    enum visit_state stopped_from;
    int stopped_page;
    int reviewed_on; /* YYYYMMDD of the review that led to the signature */

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
    int64_t list_job;                  /* list of materials as a ticket, of this visitor; 0: none */
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
    int64_t list_job, last_list_job; /* list on the receipt printer without an answer, 0: none */
    enum enquiry_kind asked;         /* of the last ENQUIRE */
    int64_t last_enquiry_job;

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
    SLOT_SEARCH, /* visit_view_find.c from here */
    SLOT_TREE,   /* the trees of the home page */
    SLOT_STAGE,  /* ref: stage of the chosen tree */
    SLOT_TILE_GUIDE,
    SLOT_TILE_PROGRESS,
    SLOT_GUIDE_CHOICE, /* ref: choice of the present step */
    SLOT_PHONE,        /* as SLOT_TEXT, with the hall's telephone */
    SLOT_CASE,         /* ref: report, as one of several */
    SLOT_CASE_NUMBER,
    SLOT_CASE_RECEIVED,
    SLOT_CASE_FIXES,      /* how many places must be put right */
    SLOT_CASE_FIX,        /* ref: one of them */
    SLOT_CASE_TASK,       /* ref */
    SLOT_OFFERS,          /* what the receipt page offers */
    SLOT_MEMBER,          /* ref: group, member: heading of one member of a repeat */
    SLOT_MORE,            /* ref: group, member: one more, or without this one */
    SLOT_PAIR_MORE,       /* ref: group that has no member, on the review */
    SLOT_TASK_GROUP,      /* ref: tasks to choose from */
    SLOT_PAIR_TASK_GROUP, /* ref: likewise, on the review */
    SLOT_MATTER_LINE,     /* ref: enum of visit_matter.c, member: which of several */
    VISIT_N_SLOTS,
};

struct visit_slot {
    enum visit_slot_kind kind;
    int ref;
    int member;
    const char *text_id;      /* SLOT_TEXT, SLOT_DEVICE */
    enum view_item_kind item; /* SLOT_TEXT */
    enum view_tone tone;      /* SLOT_TEXT, SLOT_DEVICE */
};

/* What stands on one page: the same answer for the screen and for the taps that come back. */
struct visit_layout {
    struct visit_slot at[VIEW_MAX_ITEMS];
    int n;
    int page, n_pages;
    int first_var; /* variable + 1 the page begins with (or VISIT_ANCHOR_GROUP + group + 1); 0: none
                    */
    int group;     /* of the first field, -1: none */
    int member;    /* of it in a repeated group */
};

/* A list of slots that breaks into pages; only those of out->page are kept. */
struct visit_builder {
    const struct visit *v;
    struct visit_layout *out;
    int page, n_items;
    size_t n_options;
    const struct visit_slot *wanted; /* kind, ref: *ret_page gets its page; may be NULL */
    int *ret_page;
};

/* ---- visit.c: states, timers, effects ---- */
void visit_enter(struct visit *v, enum visit_state state);
void visit_end(struct visit *v);
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

/** What the present state does with a tap. */
void visit_state_intent(struct visit *v, const struct intent *in);
bool visit_state_can_leave(const struct visit *v);

/* ---- visit_taps.c: taps that mean the same everywhere ---- */
void visit_taps_take(struct visit *v, const struct intent *in);
/** @return seconds the idle question waits */
int visit_taps_countdown(const struct visit *v);
void visit_close_modal(struct visit *v);
/** Ask before what was typed or chosen is lost. @return false when there is nothing to lose */
bool visit_taps_ask_leave(struct visit *v);

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
void visit_timer_take(struct visit *v, enum visit_timer timer);

/* ---- visit_flow.c, visit_flow_card.c, visit_flow_end.c: what a tap or a card does ---- */
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
/** @return the slot a tap means on the present page, NULL when there is none */
const struct visit_slot *visit_flow_slot(const struct visit *v, int item,
                                         struct visit_layout *layout);
/** @return false where there is no such page of the present state */
bool visit_flow_turn(struct visit *v, int by);
/** Enter a state at its first or last page. */
void visit_flow_enter_at(struct visit *v, enum visit_state state, bool at_end);
/** Of the states that a matter may leave empty, enter the next or the one before with a page. */
void visit_flow_enter_after(struct visit *v, enum visit_state from);
void visit_flow_enter_before(struct visit *v, enum visit_state from);
void visit_flow_show_var(struct visit *v, int var);
/** @return true when everything that must be answered is; else it leads to what is not. */
bool visit_flow_complete(struct visit *v);
void visit_flow_page_back(struct visit *v);
/** Go to a page of the present state; one that is too far means the last. */
void visit_flow_set_page(struct visit *v, int page);
/** An answer has changed what stands on the page. */
void visit_flow_changed(struct visit *v);

/* ---- visit_repeat.c: members of repeated groups ---- */
static inline bool visit_repeats(const struct matter *m, int group)
{
    return group >= 0 && m->group[group].repeat_max > 0;
}
/** @return members of a group that are there; 1 of one that does not repeat */
int visit_repeat_count(const struct visit *v, int group);
/** Begin with as many members as must be there. */
void visit_repeat_begin(struct visit *v);
/** @return true when the group has something to ask. */
bool visit_repeat_is_asked(const struct visit *v, int group);
/** Look again how many members conditions see. @return true when that changed */
bool visit_repeat_see(struct visit *v);
/** A person stands in a repeated group once. @return true when the same field of another member
 * bears this identity number */
bool visit_repeat_is_twice(const struct visit *v, int var, const char *number);
/** What can be done on the page of a member: *ret_add, *ret_remove. @return how many of them */
int visit_repeat_actions(const struct visit *v, int group, int member, bool *ret_add,
                         bool *ret_remove);
void visit_repeat_choose(struct visit *v, int group, int member, int option);

/* ---- visit_choice.c: answers that are tapped: options, sets, consents, tasks to choose ---- */
/** Tap an option of a variable. @return true when the answer changed */
bool visit_choice_tap(struct visit *v, int var, int option);
/** @return true for a type that is tapped and never typed. */
bool visit_choice_is_tapped(const struct visit *v, int var);
/** @return true when a set ("a,b") holds a value. */
bool visit_choice_has(const char *set, const char *value);
/** Options a variable shows now. */
size_t visit_choice_count(const struct visit *v, int var);
void visit_choice_toggle_task(struct visit *v, int option);
void visit_choice_tap_group(struct visit *v, int group, int option);
/** @return how many tasks of the group are missing, 0: enough */
int visit_choice_group_missing(const struct visit *v, int group);
/** @return the first group with too few tasks, or -1 */
int visit_choice_short_group(const struct visit *v);

/* ---- visit_region.c: divisions, one level after another ---- */
/** @return false where no table of divisions is there: the code is typed */
bool visit_region_has_table(const struct visit *v);
/** @return divisions that can be chosen next, *ret_n of them */
const struct codes_entry *visit_region_next(const struct visit *v, int var, size_t *ret_n);
/** @return true for a variable of TYPE_REGION whose last level is not chosen yet. */
bool visit_region_is_partial(const struct visit *v, int var);
void visit_region_tap(struct visit *v, int var, int option);

/* ---- visit_shared.c: what the centre's data sharing knows; cards of other people ---- */
/** Ask once, as soon as the visitor is known and the network is there. */
void visit_shared_settle(struct visit *v);
void visit_shared_enquiry(const struct visit *v, struct enquiry *ret);
void visit_shared_answer(struct visit *v, int64_t job, int code,
                         const struct enquiry_answer *answer);
/** Forget it: another person. */
void visit_shared_forget(struct visit *v);
/** @return the value for a key ("share." left out), or "". */
const char *visit_shared_value(const struct visit *v, const char *key);

/* How the centre's answer stands for a material. */
enum visit_proof {
    PROOF_NONE,    /* nobody was or will be asked */
    PROOF_WAITING, /* no word yet, or none to be had now */
    PROOF_VERIFIED,
    PROOF_EXPIRED, /* found, and no longer valid today */
    PROOF_MISMATCH,
    PROOF_ABSENT,
};
/** @param ret  what was said of it, NULL when nothing was; may be NULL */
enum visit_proof visit_shared_proof(const struct visit *v, int material,
                                    const struct shared_item **ret);
/** @return true when the visitor must do something about the material. */
bool visit_is_to_supply(const struct visit *v, int material);

/* ---- visit_other.c: another person's card or code on a form page ---- */
/** @return true when the present page has a variable that takes from (prefill "other_card.",
 * "code."). */
bool visit_other_wanted(const struct visit *v, const char *from);
void visit_other_card(struct visit *v, const struct card *card);
/** @return true when a variable is filled from ("other_card.", "code.") */
bool visit_other_takes(const struct matter_var *var, const char *from);
/** @return true when the page takes codes: text was taken or refused */
bool visit_other_code(struct visit *v, const char *text);

/* ---- visit_matter.c: the page of a matter ---- */
void visit_matter_lay(struct visit_builder *b);
void visit_matter_line(const struct visit *v, const struct visit_slot *slot, struct view *ret);
void visit_matter_task(const struct visit *v, const struct visit_slot *slot, struct view *ret);
/** @return true when it can be handed in here and today. */
bool visit_matter_can_begin(const struct visit *v);
/** @return whether a material is needed. Before the first question nothing is out of the question:
 * what only a choice brings about is unknown then, not false. */
enum tri visit_matter_material(const struct visit *v, size_t material);
/** @return the day (YYYYMMDD) by which days are over from today, 0: not known; *ret_is_certain */
int visit_matter_due(const struct visit *v, int days, bool *ret_is_certain);
/** "2026-11-23" */
void visit_matter_day(int day, char ret[16]);

/* ---- visit_find.c: home, stages, search ---- */
void visit_flow_find(struct visit *v, const struct intent *in);
/** Look again for what was typed: the words or the day changed. */
void visit_find_search(struct visit *v);
/** BACK from a matter: to where it was chosen, with nothing left of what was filled in. */
void visit_find_return(struct visit *v);
/** BACK to the home page: it shows the tree that was chosen. */
void visit_find_leave(struct visit *v);
/** @return after how much silence the home page goes back to its first look, 0: it has it */
int visit_find_home_ms(const struct visit *v);
/** @return what a stage shows: places in the set, in order; at most cap of them */
size_t visit_find_stage(const struct visit *v, const struct home_stage *stage, int *ret,
                        size_t cap);
/** @return true when it stands in the lists today: valid, and inside its window when it is open */
bool visit_find_is_listed(const struct visit *v, int matter);
/** @return the stage FIND shows */
const struct home_stage *visit_find_the_stage(const struct visit *v);
void visit_lay_home(struct visit_builder *b);
void visit_lay_find(struct visit_builder *b);

/* ---- visit_guide.c ---- */
void visit_guide_begin(struct visit *v);
void visit_flow_guide(struct visit *v, const struct intent *in);
const struct guide_step *visit_guide_step(const struct visit *v);
void visit_lay_guide(struct visit_builder *b);

/* ---- visit_progress.c: how applications stand ---- */
void visit_progress_begin(struct visit *v);
void visit_flow_progress(struct visit *v, const struct intent *in);
bool visit_progress_wants_card(const struct visit *v);
bool visit_progress_wants_code(const struct visit *v);
void visit_progress_card(struct visit *v, const struct card *card);
void visit_progress_code(struct visit *v, const char *text);
void visit_progress_code_failed(struct visit *v, int code);
/** An answer whose job may be the one of this visit. */
void visit_progress_answer(struct visit *v, int64_t job, int code,
                           const struct enquiry_answer *answer);
void visit_progress_enquiry(const struct visit *v, struct enquiry *ret);
/** The page timer: the visitor is told that there is no answer yet. */
void visit_progress_timer(struct visit *v);
int visit_progress_wait_ms(const struct visit *v);
/** @return the report on the screen, NULL when there is none */
const struct case_report *visit_progress_report(const struct visit *v);
/** @return the state of a whole application, from its tasks */
enum case_state visit_progress_state(const struct case_report *report);
void visit_lay_progress(struct visit_builder *b);

/* ---- visit_fix.c: corrections ---- */
/** @return true when something of the report can be put right here by the card that was shown */
bool visit_fix_possible(const struct visit *v, const struct case_report *report);
/** @return how many places of a report can be put right on a terminal */
size_t visit_fix_count(const struct visit *v, const struct case_report *report);
/** Begin to put the report on the screen right; says why when it cannot be. */
void visit_fix_begin(struct visit *v);
/** BACK from the notice: to the report. */
void visit_fix_leave(struct visit *v);
/** While fixing, a plan holds what was named and nothing else; call after every matter_plan. */
void visit_fix_plan(struct visit *v);
/** @return the number of the application that is being put right, "" when none is; "corrects" of
 *          the record. Borrowed until the next step. */
const char *visit_fix_number(const struct visit *v);
/** @return the label of what a correction names in this matter, NULL when it has no such thing */
const char *visit_fix_label(const struct matter *m, const struct case_fix *fix);
/** @return the matter of the catalogue with this code, NULL when there is none */
const struct matter *visit_fix_matter_of(const struct visit *v, const char *code);

/* ---- visit_codes.c: what a scanned code does ---- */
/** Refuse a code in words; too many in a row make a pause. */
void visit_codes_refuse(struct visit *v, const char *id, const char *arg);
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
/** @return true when the list of materials can be ordered, on whichever printer there is. */
bool visit_pages_list_possible(const struct visit *v);
/** @return true when some printer could ever print it. */
bool visit_pages_list_offered(const struct visit *v);
void visit_pages_order_list(struct visit *v);
/** @return true when the job was a list of materials. */
bool visit_pages_list_done(struct visit *v, int64_t job, enum print_result result);
void visit_pages_order(struct visit *v, unsigned kinds);
void visit_pages_done(struct visit *v, int64_t job, enum print_result result, int code);
/** @return true when the applicant promises something instead of handing it in. */
bool visit_has_promise(const struct visit *v);

/* ---- visit_answers.c, visit_typing.c, visit_show.c, visit_supply.c ---- */
struct answers visit_answers(const struct visit *v);
void visit_answers_update(struct visit *v);
/** Forget what was answered and supplied; the card stays. */
void visit_answers_reset(struct visit *v);
void visit_answers_set(struct visit *v, int var, const char *text);
bool visit_answers_shown(const struct visit *v, int var);
/** The answer as conditions and records see it: "" while it is not whole. */
const char *visit_answers_value(const struct visit *v, int var);
/** Put a value that was not typed; its source keeps it from being computed again. */
void visit_answers_put(struct visit *v, int var, const char *value, enum visit_source source);
/** What a card says about an item ("name", "birth") in the form the variable stores.
 * @param date  storage for a date */
const char *visit_answers_card_item(const struct card *card, const char *item,
                                    enum matter_type type, char date[16]);
/** @return false for a value that a variable of options does not know */
bool visit_answers_option_known(const struct matter_var *var, const char *value);
/** @return the variable that "=NAME" of another means, or -1. Inside a repeat: the same member. */
int visit_answers_copied(const struct matter *m, int var);
/** @return true when the answer is good; else its error is noted. */
bool visit_answers_check(struct visit *v, int var);
/** Check every asked variable. @return the first bad one, or -1. */
int visit_answers_check_all(struct visit *v);
bool visit_answers_is_masked(const struct matter_var *var);
/** The answer as shown: labels for options, masks for sensitive ones. "" when there is none. */
void visit_answers_show(const struct visit *v, int var, char *out, size_t cap);
/** The same unmasked, for paper. */
void visit_answers_label(const struct visit *v, int var, char *out, size_t cap);
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

/* ---- visit_layout_form.c ---- */
void visit_lay_questions(struct visit_builder *b);
void visit_lay_form(struct visit_builder *b);
void visit_lay_materials(struct visit_builder *b);
void visit_lay_review(struct visit_builder *b);

/* ---- visit_layout.c ---- */
void visit_layout(const struct visit *v, enum visit_state state, int page,
                  struct visit_layout *ret);
/** @return the page of a state on which a variable stands, or -1 */
int visit_layout_page_of(const struct visit *v, enum visit_state state, int var);
/** @return the page of a state on which a slot of this kind stands, or -1 */
int visit_layout_page_with(const struct visit *v, enum visit_state state, enum visit_slot_kind kind,
                           int ref);
void visit_page_break(struct visit_builder *b);
void visit_put_slot(struct visit_builder *b, struct visit_slot slot, size_t n_options);
void visit_put(struct visit_builder *b, enum visit_slot_kind kind, int ref);
void visit_put_text(struct visit_builder *b, enum view_item_kind item, const char *text_id,
                    enum view_tone tone);
/** What is the matter with a device, in a sentence that takes device, cause and action. */
void visit_put_device(struct visit_builder *b, const char *text_id, enum device_kind kind,
                      enum view_tone tone);

/** For the staff who come: every device that wants a hand, with what to do. */
void visit_put_troubles(struct visit_builder *b);

/* ---- visit_view*.c ---- */
void visit_view_item(const struct visit *v, const struct visit_slot *slot, struct view *ret);
void visit_view_form(const struct visit *v, const struct visit_slot *slot, struct view *ret);
void visit_view_material(const struct visit *v, const struct visit_slot *slot, struct view *ret);
void visit_view_review(const struct visit *v, const struct visit_slot *slot, struct view *ret);
/** The lines of home, FIND, GUIDE and PROGRESS (visit_view_find.c). */
void visit_view_find(const struct visit *v, const struct visit_slot *slot, struct view *ret);
/** Title, subtitle and picture of FIND, GUIDE and PROGRESS. */
void visit_view_find_frame(const struct visit *v, struct view *ret);
const char *visit_view_copy(struct view *view, const char *text);
const char *visit_view_printf(struct view *view, const char *fmt, ...) YJ_PRINTF(2, 3);
struct view_option *visit_view_option(struct view *view, struct view_item *item);
struct view_item *visit_item_add(struct view *ret, enum view_item_kind kind, const char *id);
void visit_option_add(struct view *ret, struct view_item *item, struct view_text label,
                      bool is_selected);

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
static inline struct view_text text_lit_or_none(const char *lit)
{
    return (struct view_text){.lit = lit && lit[0] ? lit : NULL};
}
static inline struct view_text text_arg(const char *id, const char *arg)
{
    return (struct view_text){.id = id, .arg = {arg, NULL}};
}

#endif

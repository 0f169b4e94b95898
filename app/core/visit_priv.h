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

enum visit_modal { MODAL_NONE, MODAL_IDLE, MODAL_LEAVE, MODAL_SIGN_BY_KEY };

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

/* What the terminal does, as the out-of-service page lists it. */
enum visit_function {
    FUNCTION_APPLY,
    FUNCTION_CARDS,
    FUNCTION_CODES,
    FUNCTION_RECEIPTS,
    FUNCTION_PROGRESS,
    FUNCTION_LOOK_UP,
    VISIT_N_FUNCTIONS,
};

/* Why somebody was not satisfied; words in visit_rating.c. */
enum visit_rating_reason {
    REASON_ATTITUDE,
    REASON_WAITING,
    REASON_HARD_TO_USE,
    REASON_MATERIALS,
    REASON_MACHINE,
    REASON_NOT_DONE,
    REASON_OTHER,
    VISIT_N_REASONS,
};

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
    bool is_signed_by_key; /* nothing was drawn: confirmed twice with a button */
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
    unsigned rating_reasons;           /* bits of enum visit_rating_reason */

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
    struct prefs prefs; /* of the present visitor; the terminal's own when nobody is there */
    struct link_status link;
    int store_fault;
    bool is_staff_called;
    bool is_headset;   /* headphones are plugged in */
    bool is_seen;      /* somebody did something since the first page was last wiped */
    bool is_looking;   /* no application can be taken, and somebody looks things up all the same */
    int notices_shift; /* which notices of the hall stand at home */
    struct service_counters counters;

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

#endif

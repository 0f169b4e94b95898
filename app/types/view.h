/* SPDX-License-Identifier: Apache-2.0 */
/* The contract between the visit machine and the screens: the core fills a view, the UI draws it
 * and answers with intents. The core knows no pixels, the UI decides nothing about the matter. */
#ifndef YJ_TYPES_VIEW_H
#define YJ_TYPES_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "types/prefs.h"
#include "types/strokes.h"

enum view_screen {
    SCREEN_HOME,           /* choose a matter; also the idle screen */
    SCREEN_MATTER,         /* tell once: tasks, days, before/after, materials */
    SCREEN_NOTICE,         /* personal information notice and consent */
    SCREEN_IDENTIFY,       /* lay the card */
    SCREEN_QUESTIONS,      /* situation questions */
    SCREEN_FORM,           /* one group of fields */
    SCREEN_MATERIALS,      /* materials with their exemptions and actions */
    SCREEN_REVIEW,         /* everything on one list, each part editable */
    SCREEN_SIGN,           /* finger signature */
    SCREEN_SUBMITTING,     /* sealing and committing: a moment */
    SCREEN_RECEIPT,        /* number, printing state, QR when paper fails */
    SCREEN_RATING,         /* five levels */
    SCREEN_GOODBYE,        /* take your card and receipt */
    SCREEN_STOPPED,        /* a gate of the matter: cannot be done here, and what to do */
    SCREEN_OUT_OF_SERVICE, /* the terminal cannot take applications: why, and where to go */
    SCREEN_FIND,           /* a stage's matters, or the search with its hits */
    SCREEN_GUIDE,          /* one question of the guide */
    SCREEN_PROGRESS,       /* show the receipt or lay the card; then how the applications stand */
    SCREEN_N_SCREENS,
};

/* Text: either an id of assets/strings with up to three arguments that replace {1}, {2} and {3}, or
 * a literal (data of the matter, an answer). Pointers are into the view's own arena or static. */
struct view_text {
    const char *id;
    const char *lit;
    const char *arg[3];
    bool is_arg_id; /* the arguments are ids of texts themselves */
};

/* How a page that says something to somebody who has turned away must be heard. */
enum view_urgency {
    URGENCY_ONCE,   /* said when it appears */
    URGENCY_REPEAT, /* said again every 6 s: something was left behind, the visit is about to end */
    URGENCY_ALARM,  /* an alarm tone and the words, louder, every 5 s: nobody came to take it */
};

enum view_tone { TONE_NEUTRAL, TONE_OK, TONE_WAIT, TONE_WARN, TONE_ERROR };

enum intent_kind {
    INTENT_NONE,
    INTENT_ACTIVITY, /* the screen was touched: somebody is there */
    INTENT_OPEN,     /* item: a VIEW_MATTER, VIEW_TILE, VIEW_SEARCH or VIEW_CASE item */
    INTENT_NEXT,     /* the main button of a screen: continue, agree, submit, finish */
    INTENT_BACK,
    INTENT_HOME,     /* leave; asks first when something was filled in */
    INTENT_CHOOSE,   /* item, option: an option of a choice, field or material was tapped */
    INTENT_SET_TEXT, /* item, text: a field was typed; VIEW_SEARCH: after every change */
    INTENT_EDIT,     /* item: a VIEW_PAIR of the review page, go back and change it */
    INTENT_SIGN,     /* strokes */
    INTENT_RATE,     /* option 0..4, 0 = very satisfied */
    INTENT_SKIP,     /* rating */
    INTENT_REPRINT,  /* try the printer again */
    INTENT_STAY,     /* idle question: I am still here */
    INTENT_CALL_STAFF,
    INTENT_TOGGLE_ELDER, /* the mode for old people: INTENT_SET_PREF of PREF_ELDER */
    INTENT_SET_PREF,     /* item: enum pref, option: its value */
    /* Confirm instead of drawing, for those who cannot: SIGN's extra button; then the view asks,
     * and ask_yes is the same intent once more. */
    INTENT_SIGN_BY_KEY,
    INTENT_PRINT_LIST, /* the list of materials on A4 */
};

struct intent {
    enum intent_kind kind;
    int item, option;
    char text[512];                /* INTENT_SET_TEXT, UTF-8 */
    const struct strokes *strokes; /* INTENT_SIGN, borrowed for the call */
};

enum view_item_kind {
    VIEW_HEADING,   /* label */
    VIEW_PARAGRAPH, /* label; at home "home.counters", "home.owner": the quiet foot of the page */
    VIEW_NOTE,      /* label, tone: a coloured hint; at home "content.*": a notice of the hall */
    VIEW_MATTER,    /* label name, note one line, icon; activates OPEN_MATTER */
    VIEW_METRIC,    /* label ("跑动次数"), value before, value2 after */
    VIEW_TASK,      /* label name, value department, value2 state word, note days/why; tone */
    VIEW_MATERIAL,  /* label name, note reason/exemption, tone; options are what can be done */
    VIEW_CHOICE,    /* label question, note hint or a long text, options; input SET: several */
    VIEW_ACTIONS,   /* label question; options are done at once and never stay chosen */
    VIEW_FIELD,     /* label, value, note help or error, input; options when input is ENUM */
    VIEW_PAIR,      /* review: label, value; is_enabled = can be edited (INTENT_EDIT) */
    VIEW_NUMBER,    /* label, value: the receipt number, shown large in groups of four */
    VIEW_QR,        /* label caption, value payload */
    VIEW_RATING,    /* options: the five levels */
    VIEW_PROGRESS,  /* label, tone: a step of device work ("正在打印") */
    VIEW_TILE,      /* label, note one line, icon: a stage, the guide, the progress query */
    VIEW_SEARCH,    /* edit the words, note the hint; home: a tap opens it, FIND: typed live */
    VIEW_CASE,      /* label matter, value state, value2 date, note; tone; can be opened */
    VIEW_PLACE,     /* label name, value address, value2 hours, note telephone */
};

enum view_input {
    INPUT_NONE,
    INPUT_TEXT,    /* Chinese or Latin text */
    INPUT_NAME,    /* a person's name */
    INPUT_ADDRESS, /* long text */
    INPUT_IDNO,    /* 18 characters, digits and X */
    INPUT_MOBILE,  /* 11 digits */
    INPUT_DIGITS,
    INPUT_LATIN,  /* capital letters and digits */
    INPUT_DATE,   /* YYYY-MM-DD */
    INPUT_ENUM,   /* options, one of them */
    INPUT_SET,    /* options, any number of them */
    INPUT_STEPS,  /* options of the next step, value the path so far; open until is_whole */
    INPUT_NUMBER, /* digits, '-' and '.' */
    INPUT_EMAIL,
};

enum { VIEW_MAX_ITEMS = 64, VIEW_MAX_OPTIONS = 160, VIEW_ARENA_BYTES = 32768 };

struct view_option {
    struct view_text label;
    bool is_selected;
};

struct view_item {
    enum view_item_kind kind;
    const char *id;   /* stable name for tests and speech: "field.baby.name", "task.hukou" */
    const char *icon; /* name of a picture in assets/images, without ending; may be NULL */
    struct view_text label, value, value2, note;
    enum view_tone tone;
    enum view_input input;
    const char *edit; /* VIEW_FIELD: the unmasked value the editor starts with */
    size_t max_chars; /* VIEW_FIELD: characters the editor accepts */
    const struct view_option *option;
    size_t n_options;
    bool is_enabled, is_required, has_error;
    bool is_whole; /* INPUT_STEPS: the last step is taken */
};

struct view_action {
    struct view_text label; /* id NULL and lit NULL: the button is absent */
    enum intent_kind intent;
    bool is_enabled;
    bool is_main; /* the one filled button */
};

/* Big: keep one, reuse it. Wiped with bytes_wipe at the end of the visit. */
struct view {
    enum view_screen screen;
    uint32_t revision; /* changes whenever anything below changed */
    struct view_text title, subtitle;
    struct view_text illustration;        /* lit = picture name in assets/images: "lay-card" … */
    int step, n_steps;                    /* progress of the visit, n_steps 0 = not shown */
    struct prefs prefs;                   /* how this visitor wants it */
    bool can_call_staff, is_staff_called; /* called: heard too, it may stand behind a back */
    struct view_text banner; /* network down, printer without paper …; absent when empty */
    enum view_tone banner_tone;
    struct view_text alert; /* one sentence over the page: error the visitor can act on */
    enum view_tone alert_tone;
    struct view_text ask; /* modal question: "还需要继续吗？" absent when empty */
    int ask_countdown_s;  /* -1: none */
    enum view_urgency urgency;
    struct view_action ask_yes, ask_no;
    struct view_action back, home, next, extra;
    struct view_item item[VIEW_MAX_ITEMS];
    size_t n_items;
    struct view_option option[VIEW_MAX_OPTIONS]; /* storage the items point into */
    size_t n_options;
    char arena[VIEW_ARENA_BYTES]; /* storage the texts point into */
    size_t arena_used;
};

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the visit machine: what stands on which page. Thread: the one that owns the visit. */
#ifndef YJ_CORE_VISIT_LAYOUT_PRIV_H
#define YJ_CORE_VISIT_LAYOUT_PRIV_H

#include "core/visit_priv.h"

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
    SLOT_CASE_AS_OF,      /* when the centre last told */
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
    SLOT_FUNCTION,        /* ref: enum visit_function; visit_hall.c from here */
    SLOT_PLACE,           /* ref: place of the settings */
    SLOT_HALL_NOTICE,     /* ref: notice of the content */
    SLOT_COUNTERS,        /* ref: enum of visit_hall.c */
    SLOT_OWNER,
    SLOT_RATING_REASONS,
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

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Screens: a view in, a widget tree out. A screen is a line of screens.def and a builder.
 * Thread: main. Blocks: no. */
#ifndef YJ_UI_SCREEN_SCREEN_H
#define YJ_UI_SCREEN_SCREEN_H

#include "ui/widget/button.h"
#include "ui/widget/list.h"
#include "ui/widget/pad.h"
#include "ui/widget/rows.h"

/* What the ui remembers between two trees of one screen. */
struct screen_state {
    int page;       /* of the body */
    int seen_page;  /* last page that was shown */
    int seek_item;  /* turn to this item's page with the next tree, -1: none */
    int sheet_item; /* item whose options are shown in a sheet, -1: none */
    int sheet_page;
    bool is_settings; /* the sheet of wishes is open; it outlives the page behind it */
    int settings_page;
    struct strokes ink;
};

/* What the choices of the settings look like. */
struct screen_samples {
    struct tokens contrast[PREFS_N_CONTRAST];
    int text_px[PREFS_N_TEXT];
};

struct screen_build {
    struct widget_ctx *ctx;
    const struct view *view;
    struct screen_state *state;
    int panel_w, panel_h; /* px */
    int keys_h;           /* px at the bottom that an open search keyboard covers, 0: none */
    const char *hall;     /* shown in the header */
    const char *product;  /* name of the product or of the brand */
    const struct screen_samples *samples;
    /* filled by screen_build */
    struct widget *root;
    struct list *body;
    struct box *rail;          /* lying panel: column of the actions, beside the page; else NULL */
    struct picture_box *stage; /* where the picture stands beside or above the body, hidden until
                                  it is wanted; NULL: it is a row of the body */
    int page_w;                /* px: of the column with title and body */
    struct box *pair;          /* two rows side by side, the second is still missing; else NULL */
    struct pad *pad;           /* NULL: this screen has none */
    struct button *next;       /* the main button, NULL: none */
    struct button *extra;      /* stands among the rows, NULL: in its usual place */
};

struct screen_class {
    enum view_screen screen;
    const char *name;
    void (*build)(struct screen_build *b, struct widget *list);
    const char *picture;
    int picture_percent;
    bool is_centred, reads_through, is_spoken;
};

/** @return the description of a screen; never NULL */
const struct screen_class *screen_of(enum view_screen screen);

/** Build and arrange the whole panel for a view: b->root and the like are set. */
void screen_build(struct screen_build *b);

/** @return the item's row builder */
row_fn screen_row_of(enum view_item_kind kind);

/* Builders of screens.def, and what they share. */
void screen_build_plain(struct screen_build *b, struct widget *list);
void screen_build_few(struct screen_build *b, struct widget *list);
void screen_build_review(struct screen_build *b, struct widget *list);
void screen_build_home(struct screen_build *b, struct widget *list);
void screen_build_find(struct screen_build *b, struct widget *list);
void screen_build_guide(struct screen_build *b, struct widget *list);
void screen_build_progress(struct screen_build *b, struct widget *list);
void screen_build_sign(struct screen_build *b, struct widget *list);
void screen_picture(struct screen_build *b, struct widget *list);
/** @return true when a search has found matters */
bool screen_has_hits(const struct view *view);

void screen_items(struct screen_build *b, struct widget *list);

/** Add the row of one item; on a wide page two of a kind stand side by side. */
void screen_row(struct screen_build *b, struct widget *list, int item);

/** @return true when two rows of that width stand side by side */
bool screen_has_halves(const struct screen_build *b);

/* The parts around the body, and what lies over it. */
void screen_frame(
    struct screen_build *b); /* root, rail, header, titles, body, footer; all but rows */
void screen_footer(struct screen_build *b, struct widget *column);
/** The buttons of the rail, the most wanted first. */
void screen_rail_buttons(struct screen_build *b);
/** Give the rail's picture what the buttons leave; too little: none. */
void screen_rail_finish(struct screen_build *b);
void screen_sheet(struct screen_build *b);
void screen_settings(struct screen_build *b);
void screen_question(struct screen_build *b);

/** A darkened page with an empty white card near the hands. @return the card */
struct box *screen_overlay(struct screen_build *b, const char *role);

#endif

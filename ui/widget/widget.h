/* SPDX-License-Identifier: Apache-2.0 */
/* Widgets: const class, small instance, measure -> arrange -> draw. A tree is built for one view
 * out of an arena and thrown away with it; what must outlive it (pages, ink, editors) is the
 * ui's. Thread: main. */
#ifndef YJ_UI_WIDGET_WIDGET_H
#define YJ_UI_WIDGET_WIDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "types/view.h"
#include "ui/draw/anim.h"
#include "ui/draw/font.h"
#include "ui/draw/image.h"
#include "ui/draw/surface.h"
#include "ui/text.h"
#include "ui/theme/theme.h"
#include "ui/widget/arena.h"

/* What every function below may use. Borrowed from the ui. */
struct widget_ctx {
    struct font_set *fonts;
    struct image_set *images;
    const struct anim_set *anims; /* NULL: every picture stands still */
    int anim_step;                /* of the pictures that move, 0..ANIM_STEPS-1 */
    struct text_set *texts;
    struct tokens tok;
    struct arena *arena;
};

/* What a tap on a widget does. */
enum widget_act {
    ACT_NONE,
    ACT_INTENT, /* intent, item, option go to the core */
    ACT_PAGE_UP,
    ACT_PAGE_DOWN,
    ACT_EDIT,       /* open the keyboard for view item `item` */
    ACT_EMPTY,      /* empty the search words of view item `item`, then as ACT_EDIT */
    ACT_SHEET,      /* open the list of options of view item `item` */
    ACT_SHEET_DONE, /* close it */
    ACT_SETTINGS,   /* open the sheet of wishes (screen/settings.c) */
    ACT_SETTINGS_DONE,
    ACT_INK_CLEAR, /* empty the signature */
    ACT_INK_DONE,  /* hand the signature over */
};

struct widget_action {
    enum widget_act act;
    enum intent_kind intent;
    int item, option;
};

enum text_style {
    STYLE_SMALL,
    STYLE_SMALL_BOLD,
    STYLE_BODY,
    STYLE_BODY_BOLD,
    STYLE_STRONG,
    STYLE_TITLE,
    STYLE_NUMBER,
};

enum widget_align { ALIGN_START, ALIGN_CENTRE, ALIGN_END };

struct widget;

struct widget_class {
    const char *name; /* "label" */
    const char *role; /* for people who cannot see: "button", "text", "image" … */
    size_t bytes;     /* of the instance */
    /* Width it would like, px, on one line. */
    int (*natural)(struct widget *w, struct widget_ctx *ctx);
    /* Height at a width, px. */
    int (*measure)(struct widget *w, struct widget_ctx *ctx, int width);
    /* Place children inside w->rect, which is set. */
    void (*arrange)(struct widget *w, struct widget_ctx *ctx);
    /* Draw itself, not its children. */
    void (*draw)(const struct widget *w, struct widget_ctx *ctx, struct surface *s);
    /* Everything that draw depends on, beside the common fields. */
    uint64_t (*state)(const struct widget *w);
    /* As widget_split; NULL: it stays in one piece. */
    struct widget *(*split)(struct widget *w, struct widget_ctx *ctx, int width, int room);
};

struct widget {
    const struct widget_class *cls;
    struct widget *parent, *first, *last, *next;
    struct rect rect; /* panel px */
    const char *id;   /* of the view's item or of the place: "next"; NULL: part of its parent */
    const char *text; /* as drawn or as spoken; NULL: none */
    const char *role; /* NULL: the class's */
    const char *say;  /* spoken instead of text; NULL: as drawn */
    int index;        /* option number, -1: none */
    int focus;        /* place in the focus order from 1, 0: cannot be focused */
    struct widget_action action;
    colour_t ink, ground; /* of its text, for contrast; ink 0: no text */
    double cap_px;        /* height of a capital letter of its text, 0: no text */
    int basis;            /* fixed width in a row, px; 0: natural or grow */
    int grow;             /* share of the free room */
    int least_h;          /* px */
    int bleed;            /* px drawn outside the rectangle (shadows) */
    bool is_disabled, is_selected, is_hidden, is_pressed, is_focused, has_error;
    bool is_overlay;            /* covers what was drawn before: nothing below it can be touched */
    bool is_text_cut;           /* set by measure: the text does not fit */
    int measured_w, measured_h; /* cache, measured_w 0: none */
};

/** New child at the end of parent (NULL: a root). Owned by ctx's arena. id, if any, is kept. */
void *widget_new(struct widget_ctx *ctx, struct widget *parent, const struct widget_class *cls,
                 const char *id) YJ_CHECK;

int widget_natural(struct widget *w, struct widget_ctx *ctx);
int widget_measure(struct widget *w, struct widget_ctx *ctx, int width);
void widget_arrange(struct widget *w, struct widget_ctx *ctx, struct rect r);

/**
 * Cut what is higher than a page: w keeps what fits into room px at a width.
 * @return the rest, without a parent, to stand on the next page; NULL: it cannot be cut there and
 * is left as it was
 */
struct widget *widget_split(struct widget *w, struct widget_ctx *ctx, int width, int room);

/** Take a child out of its parent's list, or put one behind a child (NULL: first). */
void widget_unlink(struct widget *child);
void widget_insert(struct widget *parent, struct widget *after, struct widget *child);

/** @return the picture that means the same where rows begin at the right: "back" for "forward" */
const char *widget_mirrored(const struct widget_ctx *ctx, const char *picture);

/** Draw the tree inside the surface's clip; hidden and far ones are skipped. */
void widget_draw(const struct widget *root, struct widget_ctx *ctx, struct surface *s);

/** @return the touchable widget at a place, NULL: none there. Overlays cover what is below. */
struct widget *widget_at(struct widget *root, int x, int y);

/* depth counts from 0; is_visible is false on other pages and below overlays. */
typedef void (*widget_visit_fn)(void *arg, struct widget *w, int depth, bool is_visible);

/** Call fn for every widget in drawing order, which is the reading order. */
void widget_visit(struct widget *root, widget_visit_fn fn, void *arg);

/** Number the touchable widgets in reading order. */
void widget_focus_number(struct widget *root);

/** Hash of everything one widget draws, its place included. */
uint64_t widget_state(const struct widget *w);

/** @return true when a tap does something. */
bool widget_can_tap(const struct widget *w);

const char *widget_role(const struct widget *w);

/** @return true when w's words are said as one, its children's included: what can be pressed,
 * fields, lines of a list */
bool widget_is_whole(const struct widget *w);

/**
 * What a person hears of a widget: label, value, role, state, hint, place among its like; one a
 * line. Numbers of persons are masked as spell_text does.
 * @param out  receives the words, cut where they do not fit; "" when there is nothing to say
 * @return bytes written without the NUL
 */
size_t widget_say(const struct widget *w, struct widget_ctx *ctx, char *out, size_t cap);

/** Draw the ring of what has the focus of keys: two tones, seen on any ground. */
void widget_draw_ring(struct surface *s, const struct tokens *tok, struct rect r);

/** @return px that the ring reaches out of what it surrounds */
int widget_ring_px(const struct tokens *tok);

/** @return the font of a text style at ctx's tokens. */
struct font *widget_font(struct widget_ctx *ctx, enum text_style style);

/** Text of a view, resolved into the arena; "" when empty. */
const char *widget_text(struct widget_ctx *ctx, const struct view_text *text);

/** Words of assets/strings with {1} and {2} replaced; arguments may be NULL. */
const char *widget_words(struct widget_ctx *ctx, const char *id, const char *arg1,
                         const char *arg2);

/** A number as words, in the arena. */
const char *widget_number(struct widget_ctx *ctx, int n);

/** Fill and ink of a tone. */
colour_t tone_fill(const struct tokens *tok, enum view_tone tone);
colour_t tone_ink(const struct tokens *tok, enum view_tone tone);
const char *tone_icon(enum view_tone tone);

/* Mixing for state functions (FNV-1a). */
uint64_t hash_bytes(uint64_t h, const void *p, size_t n);
uint64_t hash_text(uint64_t h, const char *s); /* NULL is allowed */

#endif

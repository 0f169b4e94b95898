/* SPDX-License-Identifier: Apache-2.0 */
/* The access rules as measurements: what a person of 75, with a trembling hand, from a wheelchair
 * or without looking can hit, read and reach. The rules take a plain list of what a panel shows; it
 * comes from a tree of widgets, from the open keyboard, or from the dump of a running terminal. */
#ifndef YJ_TESTS_SCREEN_ACCESS_H
#define YJ_TESTS_SCREEN_ACCESS_H

#include "ui/widget/keyboard.h"
#include "ui/widget/widget.h"

/* Floors: Section 508 402.4 and EN 301 549 5.1.4 for text, our own for fingers. */
#define ACCESS_TARGET_MM       15.0
#define ACCESS_TARGET_LARGE_MM 20.0
#define ACCESS_GAP_MM          3.0
#define ACCESS_BEZEL_MM        8.0
#define ACCESS_CAP_MM          5.0
#define ACCESS_CAP_LARGE_MM    7.3
#define ACCESS_CONTRAST        7.0
#define ACCESS_CONTRAST_HIGH   20.0

enum access_rule {
    ACCESS_TARGET,  /* too small to hit */
    ACCESS_GAP,     /* too close to its neighbour */
    ACCESS_BEZEL,   /* too close to the rim */
    ACCESS_CAP,     /* letters too small */
    ACCESS_INK,     /* too little contrast */
    ACCESS_GROUND,  /* the ground it claims is not the ground it stands on */
    ACCESS_CUT,     /* words do not fit, or leave the panel or their parent */
    ACCESS_OVERLAP, /* words over words */
    ACCESS_FOCUS,   /* a touchable thing without a place in the focus order, or a place twice */
    ACCESS_ORDER,   /* the focus goes back against the reading direction */
    ACCESS_SAID,    /* a touchable thing or a text about which nothing is said */
    ACCESS_REACH,   /* low reach is wanted, and it stands in the upper half */
    ACCESS_N_RULES,
};

/* One thing on the panel. Millimetres from the top left corner. */
struct access_item {
    char id[64];
    const char *role, *text, *said; /* said: beside the text; NULL: nothing */
    double x, y, w, h;
    double cap;      /* height of a capital letter, 0: unknown */
    double contrast; /* of its words, 1..21; 0: unknown */
    bool is_touch, is_enabled, is_text;
    bool is_cut;
    bool is_ground_wrong;
    bool is_silent; /* known: nothing is said about it */
    int focus;      /* from 1; 0: none; -1: unknown */
};

/* What the items stand on. */
struct access_panel {
    double w, h; /* mm */
    bool is_large, is_high_contrast, is_rtl;
    double reach; /* mm from the top: nothing to be touched stands higher; 0: all is within reach */
};

struct access_report {
    int n[ACCESS_N_RULES];
    char first[256]; /* what and where, of the first finding */
};

/** The rules. */
void access_lint(const struct access_panel *panel, const struct access_item *item, int n,
                 struct access_report *ret);

/* What a tree is measured as. */
struct access_scene {
    const struct tokens *tok;
    int panel_w, panel_h;          /* px */
    const struct surface *surface; /* as drawn; NULL: pixels are not looked at */
    bool is_low;
    struct widget_ctx *ctx; /* what is said is asked for as well; NULL: only words are looked at */
};

/** Measure what is visible of a tree. */
void access_check_scene(struct widget *root, const struct access_scene *scene,
                        struct access_report *ret);

/** The same with pixels. */
void access_check(struct widget *root, const struct tokens *tok, const struct surface *panel,
                  struct access_report *ret);

/** Measure the open keyboard's keys. */
void access_check_keys(const struct keyboard *kb, const struct access_scene *scene,
                       struct access_report *ret);

/** The same with pixels. */
void access_check_keyboard(const struct keyboard *kb, const struct tokens *tok,
                           const struct surface *panel, struct access_report *ret);

/** Measure the answer of the inspector's "dump". @return 0, -1: it is none */
int access_check_dump(const char *json, struct access_report *ret);

int access_total(const struct access_report *r);

#endif

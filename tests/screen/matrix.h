/* SPDX-License-Identifier: Apache-2.0 */
/* The sample screens on every panel, in every size and language, as the tests and the gallery walk
 * through them. */
#ifndef YJ_TESTS_SCREEN_MATRIX_H
#define YJ_TESTS_SCREEN_MATRIX_H

#include "access.h"
#include "ui/ui_priv.h"
#include "views.h"

struct matrix_panel {
    const char *name;
    int w, h; /* px */
    double mm;
};

/* One way a visitor may want it. */
struct matrix_way {
    const char *name;
    struct prefs prefs;
    enum sample_words words;
    bool is_rtl; /* rows begin at the right, whatever the language */
};

struct matrix {
    struct ui *ui;
    const struct matrix_panel *panel;
    const struct matrix_way *way;
    bool has_pixels;      /* draw and look at them */
    unsigned inputs_seen; /* bit by enum view_input: its keys were measured */
    int n_measured, n_findings;
    int rules[ACCESS_N_RULES];
};

extern const struct matrix_panel matrix_standing[3], matrix_lying[4];
extern const struct matrix_way matrix_ways[];
extern const int n_matrix_ways;

/** Open a panel; leaves the program with 77 (skipped) where the fonts are missing. */
void matrix_open(struct matrix *m, const struct matrix_panel *panel);
void matrix_close(struct matrix *m);

/** Every sample as somebody wants it: pages, sheets, keyboards. Findings are printed. */
void matrix_walk(struct matrix *m, const struct matrix_way *way);

/** Show one sample, built but not drawn. */
void matrix_show(struct matrix *m, const struct sample *s, struct view *view);

/** Turn to a page or open a sheet (-1: none). */
void matrix_turn(struct matrix *m, int page, int sheet_item, int sheet_page);

#endif

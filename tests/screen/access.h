/* SPDX-License-Identifier: Apache-2.0 */
/* The access rules as measurements on a finished panel: what a person of 75 can hit and read. */
#ifndef YJ_TESTS_SCREEN_ACCESS_H
#define YJ_TESTS_SCREEN_ACCESS_H

#include "ui/widget/keyboard.h"
#include "ui/widget/widget.h"

/* Floors: Section 508 402.4 and EN 301 549 5.1.4 for text, our own for fingers. */
#define ACCESS_TARGET_MM       15.0
#define ACCESS_TARGET_ELDER_MM 20.0
#define ACCESS_GAP_MM          3.0
#define ACCESS_BEZEL_MM        8.0
#define ACCESS_CAP_MM          5.0
#define ACCESS_CAP_ELDER_MM    7.3
#define ACCESS_CONTRAST        7.0

enum access_rule {
    ACCESS_TARGET,  /* too small to hit */
    ACCESS_GAP,     /* too close to its neighbour */
    ACCESS_BEZEL,   /* too close to the rim */
    ACCESS_CAP,     /* letters too small */
    ACCESS_INK,     /* too little contrast */
    ACCESS_GROUND,  /* the ground it claims is not the ground it stands on */
    ACCESS_CUT,     /* words do not fit, or leave the panel or their parent */
    ACCESS_OVERLAP, /* words over words */
    ACCESS_N_RULES,
};

struct access_report {
    int n[ACCESS_N_RULES];
    char first[256]; /* what and where, of the first finding */
};

/** Measure what is visible of a drawn tree. */
void access_check(struct widget *root, const struct tokens *tok, const struct surface *panel,
                  struct access_report *ret);

/** Measure the open keyboard's keys, as drawn. */
void access_check_keyboard(const struct keyboard *kb, const struct tokens *tok,
                           const struct surface *panel, struct access_report *ret);

int access_total(const struct access_report *r);

#endif

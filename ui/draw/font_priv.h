/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the fonts: faces (font_face.c), pieces of text and their order (font_run.c,
 * font_bidi.c), cached runs (font.c). Main thread. */
#ifndef YJ_UI_DRAW_FONT_PRIV_H
#define YJ_UI_DRAW_FONT_PRIV_H

#include <SDL_ttf.h>
#include <jansson.h>

#include "ui/draw/font.h"

enum {
    FONT_N_WEIGHTS = 2,
    FONT_MAX_FACES = 8,
    FONT_ADVANCES = 1024,    /* slots of the advance table, a power of two */
    FONT_SHAPED_SLOTS = 512, /* widths of shaped words, a power of two */
    FONT_RUN_BUCKETS = 256,
    FONT_REF_PX = 256, /* size at which advances are measured */
};

struct face {
    char *family[FONT_N_WEIGHTS];
    char *path[FONT_N_WEIGHTS];
    TTF_Font *ttf[FONT_N_WEIGHTS]; /* opened when first needed */
    int size[FONT_N_WEIGHTS];
    bool failed[FONT_N_WEIGHTS];
};

struct run {
    struct run *next; /* in its bucket */
    const struct font *font;
    uint64_t used;
    int top; /* of the mask below the top of the line, may be negative */
    size_t n, bytes;
    struct mask *mask;
    char text[];
};

struct font {
    struct font *next;
    struct font_set *set;
    enum font_weight weight;
    int size;
};

struct font_set {
    struct face face[FONT_MAX_FACES];
    int n_faces;
    struct {
        uint32_t cp; /* 0: free */
        float em;
    } advance[FONT_N_WEIGHTS][FONT_ADVANCES];
    struct {
        uint64_t key; /* 0: free */
        int px;
    } shaped[FONT_SHAPED_SLOTS];
    struct font *fonts;
    struct run *bucket[FONT_RUN_BUCKETS];
    size_t run_bytes;
    uint64_t tick;
    bool is_rtl;
};

/* A part of a line that one face draws in one direction: a word of a script whose letters join, or
 * any stretch of others. */
struct piece {
    size_t at, n; /* bytes of the line */
    struct face *face;
    const char *script; /* ISO 15924; NULL: letters stand side by side and need no shaping */
    uint8_t level;      /* of embedding: odd runs from right to left */
    double width;       /* px */
};

/* ---- font.c ---- */

/** Baseline below the top of a line, px. @param is_deep  the line has letters that reach deep */
int font_baseline(struct font *font, bool is_deep);

/* ---- font_face.c ---- */

/** Add the face of fonts.json at /faces/at. @return 0 or ERR_UI_FONT */
int font_face_add(struct font_set *set, const char *dir, json_t *j, size_t at,
                  struct err *err) YJ_CHECK;
void font_face_fini(struct face *face);

/** The open face in that size, or NULL when it has no usable file. */
TTF_Font *font_face_at(struct face *face, enum font_weight weight, int size_px);

/** First face of the chain that has the character, or NULL. */
struct face *font_face_with(struct font_set *set, enum font_weight weight, uint32_t cp);

/** As font_face_with; what none has is shown as the first face's box. Never NULL. */
struct face *font_face_for(const struct font *font, uint32_t cp);

/** Advance of a character that is not shaped, em. */
double font_face_advance(struct font *font, uint32_t cp);

/* ---- font_bidi.c ---- */

/** @return ISO 15924 name of a script whose letters must be shaped, NULL: none of those. */
const char *font_script_of(uint32_t cp);

/** Characters that steer the order or the form of others and have no ink of their own. */
bool font_is_control(uint32_t cp);

/** @return true when text holds anything that must be shaped or runs from the right. */
bool font_is_complex(const char *text, size_t n);

/**
 * Embedding level of every byte of a line (all bytes of a character have its level).
 * @param is_rtl  direction of the paragraph; false: its first letter decides
 * @param levels  n bytes
 */
void font_bidi_levels(const char *text, size_t n, bool is_rtl, uint8_t *levels);

/** Put pieces into the order in which they stand on the line, from the left. */
void font_bidi_order(struct piece *piece, size_t n);

/* ---- font_run.c ---- */

/** Next character of a line; a bad byte counts as U+FFFD. @return bytes used, at least 1 */
size_t font_next_char(const char *s, size_t n, uint32_t *ret_cp);

/** Width in px of a line with complex scripts. */
double font_run_width(struct font *font, const char *text, size_t n);

/** Draw a line, piece by piece, into m whose row 0 lies `above` px over the top of the line. */
void font_run_paste(struct font *font, const char *text, size_t n, struct mask *m, int above,
                    bool is_mono);

#endif

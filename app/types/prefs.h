/* SPDX-License-Identifier: Apache-2.0 */
/* How one visitor wants the terminal to look and speak. The visit machine owns the values, the
 * screens follow them; every one falls back to the terminal's default when the visit ends
 * (VVSG 2.0 7.1-N). Plain values, no personal data. */
#ifndef YJ_TYPES_PREFS_H
#define YJ_TYPES_PREFS_H

#include <stdbool.h>
#include <stdint.h>

enum prefs_text { TEXT_SMALL, TEXT_NORMAL, TEXT_LARGE, TEXT_LARGEST, PREFS_N_TEXT };

enum prefs_contrast {
    CONTRAST_DEFAULT, /* the theme's colours, text at least 7 : 1 */
    CONTRAST_LIGHT,   /* black on white, at least 20 : 1 */
    CONTRAST_DARK,    /* white on black, at least 20 : 1 */
    PREFS_N_CONTRAST,
};

enum prefs_speech {
    SPEECH_OFF,     /* silent */
    SPEECH_PROMPTS, /* device steps, warnings and questions, through the loudspeaker */
    SPEECH_ALL,     /* everything, and whatever has the focus: a visit without looking */
    PREFS_N_SPEECH,
};

enum {
    PREFS_MAX_LANGUAGES = 8,
    PREFS_N_VOLUME = 5, /* 0 quietest .. 4 loudest; never silent: SPEECH_OFF is for that */
    PREFS_N_SPEED = 5,  /* 0 slowest, 2 usual, 4 fastest */
};

struct prefs {
    uint8_t text;     /* enum prefs_text */
    uint8_t contrast; /* enum prefs_contrast */
    uint8_t speech;   /* enum prefs_speech */
    uint8_t volume, speed;
    uint8_t language; /* place in the terminal's list of languages */
    bool is_elder;    /* one question a page, twice the time, large text and targets */
    bool is_low;      /* what can be touched stands in the lower half: for a wheelchair */
};

/* What a terminal without other settings begins with. */
#define PREFS_DEFAULT                                                                              \
    ((struct prefs){.text = TEXT_NORMAL, .speech = SPEECH_PROMPTS, .volume = 2, .speed = 2})

/* Names of the settings above; INTENT_SET_PREF: item is one of these, option its new value. */
enum pref {
    PREF_TEXT,
    PREF_CONTRAST,
    PREF_SPEECH,
    PREF_VOLUME,
    PREF_SPEED,
    PREF_LANGUAGE,
    PREF_ELDER,
    PREF_LOW,
    PREFS_N,
};

/** @return true when text of this size stands under the rules for large text: targets of 20 mm,
 * capitals of 7.3 mm (EN 301 549 5.1.4 at 600 mm) */
static inline bool prefs_is_large(const struct prefs *p)
{
    return p->is_elder || p->text >= TEXT_LARGE;
}

#endif

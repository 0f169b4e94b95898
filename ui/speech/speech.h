/* SPDX-License-Identifier: Apache-2.0 */
/* Speaking: utterances in, sound out, on a thread of its own that owns voices and sound device. At
 * most one utterance waits behind each rank; a new one interrupts what is not more important than
 * itself. Thread: main. Blocks: never, except speech_new and speech_free. */
#ifndef YJ_UI_SPEECH_SPEECH_H
#define YJ_UI_SPEECH_SPEECH_H

#include <stdbool.h>

#include "base/err.h"
#include "types/prefs.h"

/* From what may be missed to what must be heard. */
enum say_rank {
    SAY_FOCUS,    /* what a key has just moved to or typed */
    SAY_PAGE,     /* a new page */
    SAY_PROMPT,   /* what to do at a device, warnings */
    SAY_QUESTION, /* the visit waits for an answer */
    SAY_N_RANKS,
};

/* Short sounds. */
enum earcon {
    EARCON_TAP,   /* something was pressed */
    EARCON_ERROR, /* a key that does nothing here */
    EARCON_DONE,  /* it has worked: a card or code was read, staff was called */
    EARCON_TICK,  /* the last seconds of a countdown */
    EARCON_ALARM, /* before words for somebody who walks away */
    EARCON_N,
};

enum { SPEECH_TEXT_BYTES = 2048, SPEECH_STOP_MS = 2000 };

struct speech;

struct speech_cfg {
    const char *sound; /* as ui_cfg.sound; NULL or "none": no thread, nothing is spoken */
    const char
        *assets_dir; /* voices/<pack>/pack.json: recorded packs, in the order of their names */
    const char *espeak_dir; /* NULL: the system's; the first of the process counts */
};

/**
 * Start the thread; voices are opened there, a voice that cannot be opened is logged and left out.
 * @return 0; ERR_INVALID, ERR_IO (sound); ERR_SYSTEM (thread)
 */
int speech_new(const struct speech_cfg *cfg, struct speech **ret, struct err *err) YJ_CHECK;

/** Silent at once; waits for the thread, at most SPEECH_STOP_MS. Accepts NULL. */
void speech_free(struct speech *s);

/**
 * @param id    of assets/strings when the words are exactly that text; NULL
 * @param language  id of assets/strings
 * @param text  UTF-8, cut at SPEECH_TEXT_BYTES; lines are spoken one after the other, each by the
 *              first voice that has it. Copied, wiped when it was spoken or dropped.
 */
void speech_say(struct speech *s, enum say_rank rank, const char *id, const char *language,
                const char *text);

/** Silent at once, and nothing waits any more. */
void speech_stop(struct speech *s);

/** @param volume 0..PREFS_N_VOLUME-1; @param speed 0..PREFS_N_SPEED-1, from the next utterance on
 */
void speech_set(struct speech *s, int volume, int speed);

/** Dropped while something is spoken. */
void speech_beep(struct speech *s, enum earcon earcon);

/** @return true while something is spoken or waits; a moment late */
bool speech_is_busy(const struct speech *s);

/** As speech_stop; texts and samples are overwritten. For the end of a visit. */
void speech_wipe(struct speech *s);

#endif

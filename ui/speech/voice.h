/* SPDX-License-Identifier: Apache-2.0 */
/* A voice: words in, samples out. Several stand behind each other: recorded packs first, then a
 * synthesiser; a voice that has not got the words passes them on. Thread: the speech thread alone,
 * from open to close. */
#ifndef YJ_UI_SPEECH_VOICE_H
#define YJ_UI_SPEECH_VOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { VOICE_RATE_HZ = 22050, VOICE_N_SPEEDS = 5, VOICE_USUAL_SPEED = 2 };

/* Takes n samples (16 bit, one channel, VOICE_RATE_HZ), borrowed for the call.
 * @return false: stop, nobody wants the rest */
typedef bool (*voice_sink)(void *arg, const int16_t *sample, size_t n);

/* One piece of speech. Texts are borrowed for the call and may be personal: a voice keeps none. */
struct voice_job {
    const char *language; /* "zh-Hans", "en", "ug" */
    const char *id;       /* of assets/strings when the words are exactly that text; or NULL */
    const char *words;    /* UTF-8, one clause or some sentences */
    int speed;            /* 0 slowest .. 4 fastest, 2 usual */
};

struct voice_cfg {
    const char *data_dir; /* espeak: its data, NULL: the system's; pack: the pack's folder */
};

struct voice; /* each kind's own */

struct voice_ops {
    const char *name; /* "espeak", "pack" */
    /** @return 0 and a voice that must be closed; ERR_UI_ASSET (file and reason). Blocks: disk. */
    int (*open)(const struct voice_cfg *cfg, struct voice **ret, struct err *err) YJ_CHECK;
    void (*close)(struct voice *v); /* accepts NULL */
    bool (*can_speak)(const struct voice *v, const char *language);
    /** Give the words to sink, in pieces.
     * @return 0; ERR_NOT_FOUND: this voice has not got these words; ERR_CANCELLED: the sink wanted
     *         no more; ERR_UI_ASSET. Blocks: as long as the sink and the words take. */
    int (*render)(struct voice *v, const struct voice_job *job, voice_sink sink, void *arg,
                  struct err *err) YJ_CHECK;
};

extern const struct voice_ops voice_pack_ops;
#ifdef YIJIAN_ESPEAK
extern const struct voice_ops voice_espeak_ops;
#endif

#endif

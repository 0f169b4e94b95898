/* SPDX-License-Identifier: Apache-2.0 */
/* The synthesiser: espeak-ng gives its samples to a callback within the call (synchronous mode)
 * and touches no sound device. Its state is the library's own: one voice at a time in a process.
 * It is started once and never ended: espeak-ng 1.51 waits for ever in the second
 * espeak_Terminate of a process. Speech thread. */
#include <espeak-ng/speak_lib.h>
#include <stdatomic.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "ui/speech/voice.h"

enum { CHUNK_MS = 60 };

struct voice {
    voice_sink sink;
    void *arg;
    bool is_cancelled;
    char language[16]; /* set in the library; empty: none */
};

/* Of the library, which is one for the process: taken by the voice that is open; was it started? */
static atomic_flag is_taken = ATOMIC_FLAG_INIT;
static atomic_bool is_started;

/* Which of the library's voices reads a language of the terminal, and how fast a listener used to
 * public announcements likes it: words a minute at each speed, 75 % to 200 % of the usual. */
static const struct {
    const char *language, *name;
    int rate[VOICE_N_SPEEDS];
} voices[] = {
    {"zh-Hans", "cmn", {120, 140, 160, 220, 320}},
    {"en", "en-gb", {120, 140, 160, 220, 320}},
    {"ug", "ug", {110, 130, 150, 205, 300}},
};

static int find_language(const char *language)
{
    for (size_t i = 0; i < YJ_COUNT(voices); i++)
        if (strcmp(voices[i].language, language) == 0)
            return (int)i;
    return -1;
}

static int take_samples(short *wave, int n, espeak_EVENT *events)
{
    struct voice *v = events->user_data;
    if (v && wave && n > 0 && !v->is_cancelled)
        v->is_cancelled = !v->sink(v->arg, wave, (size_t)n);
    return v && v->is_cancelled;
}

static int espeak_open(const struct voice_cfg *cfg, struct voice **ret, struct err *err)
{
    if (atomic_flag_test_and_set(&is_taken))
        return ERR(err, ERR_BUSY, "espeak-ng is in use by another voice of this program");
    int rate_hz = VOICE_RATE_HZ;
    if (!atomic_load(&is_started))
        rate_hz = espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, CHUNK_MS, cfg->data_dir,
                                    espeakINITIALIZE_DONT_EXIT);
    if (rate_hz != VOICE_RATE_HZ) {
        atomic_flag_clear(&is_taken);
        return ERR(err, ERR_UI_ASSET, "espeak-ng: data in %.200s not usable (%d)",
                   cfg->data_dir ? cfg->data_dir : "the system's place", rate_hz);
    }
    atomic_store(&is_started, true);
    espeak_SetSynthCallback(take_samples);
    *ret = mem_zalloc(1, sizeof **ret);
    return 0;
}

static void espeak_close(struct voice *v)
{
    if (!v)
        return;
    bytes_free_wiped(v);
    atomic_flag_clear(&is_taken);
}

static bool espeak_can_speak(const struct voice *v, const char *language)
{
    (void)v; /* what a missing dictionary means shows when it is read */
    return find_language(language) >= 0;
}

static int use_language(struct voice *v, int at, struct err *err)
{
    if (strcmp(v->language, voices[at].language) == 0)
        return 0;
    espeak_VOICE wanted = {.languages = voices[at].name};
    if (espeak_SetVoiceByProperties(&wanted) != EE_OK)
        return ERR(err, ERR_NOT_FOUND, "espeak-ng has no voice %s", voices[at].name);
    memcpy(v->language, voices[at].language, strlen(voices[at].language) + 1);
    return 0;
}

static int espeak_render(struct voice *v, const struct voice_job *job, voice_sink sink, void *arg,
                         struct err *err)
{
    int at = find_language(job->language);
    if (at < 0)
        return ERR(err, ERR_NOT_FOUND, "espeak-ng is not used for %.15s", job->language);
    int r = use_language(v, at, err);
    if (r < 0)
        return r;
    int speed = job->speed < 0 ? 0 : job->speed >= VOICE_N_SPEEDS ? VOICE_N_SPEEDS - 1 : job->speed;
    espeak_SetParameter(espeakRATE, voices[at].rate[speed], 0);
    v->sink = sink;
    v->arg = arg;
    v->is_cancelled = false;
    espeak_ERROR e = espeak_Synth(job->words, strlen(job->words) + 1, 0, POS_CHARACTER, 0,
                                  espeakCHARS_UTF8 | espeakENDPAUSE, NULL, v);
    v->sink = NULL;
    if (v->is_cancelled)
        return ERR(err, ERR_CANCELLED, "nobody wants the rest");
    return e == EE_OK ? 0 : ERR(err, ERR_UI_ASSET, "espeak-ng: error %d", (int)e);
}

const struct voice_ops voice_espeak_ops = {
    .name = "espeak",
    .open = espeak_open,
    .close = espeak_close,
    .can_speak = espeak_can_speak,
    .render = espeak_render,
};

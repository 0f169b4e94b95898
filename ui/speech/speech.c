/* SPDX-License-Identifier: Apache-2.0 */
/* The speech thread. It sleeps in its queue; while something is spoken it looks into the queue
 * between two pieces of sound.
 *
 *   SILENT --say--> SPEAKING --all samples handed over--> SOUNDING --heard--> SILENT
 *   SPEAKING, SOUNDING --say of the same or a higher rank, stop, wipe--> (buffer emptied) SILENT
 *   SILENT with something waiting --> SPEAKING, the highest rank first                           */
#define _GNU_SOURCE /* pthread_timedjoin_np */
#include "ui/speech/speech.h"

#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/mq.h"
#include "ui/speech/earcon.h"
#include "ui/speech/sound.h"
#include "ui/speech/voice.h"

enum {
    QUEUE_MESSAGES = 128,
    MAX_VOICES = 8,
    FULL_WAIT_MS = 20,
    ID_BYTES = 64,
    LANGUAGE_BYTES = 16
};

enum order { ORDER_SAY, ORDER_STOP, ORDER_WIPE, ORDER_SET, ORDER_BEEP, ORDER_END };

struct message {
    enum order order;
    enum say_rank rank;
    enum earcon earcon;
    int volume, speed;
    char id[ID_BYTES], language[LANGUAGE_BYTES];
    char text[SPEECH_TEXT_BYTES];
};

struct speech {
    struct mq *queue;
    struct sound *sound;
    pthread_t thread;
    bool has_thread, was_full;
    atomic_bool is_busy;           /* set by the thread */
    char *assets_dir, *espeak_dir; /* const while the thread runs */
    /* below: the thread's */
    const struct voice_ops *ops[MAX_VOICES];
    struct voice *voice[MAX_VOICES];
    int n_voices;
    struct message waiting[SAY_N_RANKS]; /* text empty: nothing waits */
    struct message current;
    bool is_speaking, is_interrupted, must_end;
    int volume, speed;
};

/* ---- the thread: voices ---- */

static void voice_add(struct speech *s, const struct voice_ops *ops, const char *dir)
{
    struct err err = {0};
    if (s->n_voices == MAX_VOICES) {
        log_line(LOG_WARN, "speech", "more than %d voices: the rest is left out", MAX_VOICES);
        return;
    }
    int r = ops->open(&(struct voice_cfg){.data_dir = dir}, &s->voice[s->n_voices], &err);
    if (r < 0)
        log_err(LOG_WARN, "speech", &err);
    else
        s->ops[s->n_voices++] = ops;
}

static int is_name(const struct dirent *d)
{
    return d->d_name[0] != '.';
}

static void voices_open(struct speech *s)
{
    char dir[512], pack[800];
    struct dirent **list = NULL;
    int n = snprintf(dir, sizeof dir, "%s/voices", s->assets_dir) < (int)sizeof dir
                ? scandir(dir, &list, is_name, alphasort)
                : 0;
    for (int i = 0; i < n; i++) {
        snprintf(pack, sizeof pack, "%s/%s/pack.json", dir, list[i]->d_name);
        FILE *f = fopen(pack, "re");
        if (f) {
            (void)fclose(f); /* was only looked for */
            snprintf(pack, sizeof pack, "%s/%s", dir, list[i]->d_name);
            voice_add(s, &voice_pack_ops, pack);
        }
        free(list[i]);
    }
    free(list);
#ifdef YIJIAN_ESPEAK
    voice_add(s, &voice_espeak_ops, s->espeak_dir);
#endif
    log_line(LOG_INFO, "speech", "%d voices", s->n_voices);
}

static void voices_close(struct speech *s)
{
    while (s->n_voices > 0) {
        s->n_voices--;
        s->ops[s->n_voices]->close(s->voice[s->n_voices]);
    }
}

/* ---- the thread: orders ---- */

static void message_wipe(struct message *m)
{
    bytes_wipe(m->text, sizeof m->text);
    m->id[0] = '\0';
}

static void be_silent(struct speech *s)
{
    s->is_interrupted = s->is_speaking;
    sound_clear(s->sound);
    for (int i = 0; i < SAY_N_RANKS; i++)
        message_wipe(&s->waiting[i]);
}

static void take_say(struct speech *s, const struct message *m)
{
    for (int i = 0; i <= (int)m->rank; i++)
        message_wipe(&s->waiting[i]);
    s->waiting[m->rank] = *m;
    atomic_store(&s->is_busy, true);
    /* after an interruption the buffer holds a short sound at most, which is to be heard */
    if (s->is_speaking && !s->is_interrupted && m->rank >= s->current.rank) {
        s->is_interrupted = true;
        sound_clear(s->sound);
    }
}

/* How loud each step is: 6 dB apart; the loudest is what the voice gives. */
enum { LOUDEST = 256 };
static const int gains[PREFS_N_VOLUME] = {16, 32, 64, 128, 256};

static void beep(struct speech *s, enum earcon earcon)
{
    int16_t *sample = mem_zalloc(EARCON_MAX_SAMPLES, sizeof *sample);
    size_t n = earcon_make(earcon, sample);
    for (size_t i = 0; i < n; i++)
        sample[i] = (int16_t)(sample[i] * gains[s->volume] / LOUDEST);
    if ((!s->is_speaking || s->is_interrupted) && sound_is_open(s->sound, clock_mono_ms()))
        (void)sound_write(s->sound, sample, n); /* what does not fit is not missed */
    free(sample);
}

static void take(struct speech *s, struct message *m)
{
    switch (m->order) {
    case ORDER_SAY:
        take_say(s, m);
        break;
    case ORDER_STOP:
    case ORDER_WIPE:
        be_silent(s);
        break;
    case ORDER_SET:
        s->volume = m->volume;
        s->speed = m->speed;
        break;
    case ORDER_BEEP:
        beep(s, m->earcon);
        break;
    case ORDER_END:
        be_silent(s);
        s->must_end = true;
        break;
    }
    message_wipe(m);
}

/* Carry out what has arrived. @return false: what is spoken must end */
static bool look(struct speech *s, int wait_ms)
{
    struct message m;
    bool came = wait_ms ? mq_pop_wait(s->queue, &m, wait_ms) : mq_pop(s->queue, &m);
    for (; came; came = mq_pop(s->queue, &m))
        take(s, &m);
    return !s->is_interrupted && !s->must_end;
}

/* ---- the thread: speaking ---- */

static bool sink(void *arg, const int16_t *sample, size_t n)
{
    enum { PIECE = 1024 };
    struct speech *s = arg;
    int16_t piece[PIECE];
    bool goes_on = look(s, 0);
    for (size_t at = 0; at < n && goes_on;) {
        size_t m = n - at < PIECE ? n - at : PIECE;
        for (size_t i = 0; i < m; i++)
            piece[i] = (int16_t)(sample[at + i] * gains[s->volume] / LOUDEST);
        size_t taken = sound_write(s->sound, piece, m);
        at += taken;
        goes_on = look(s, taken < m ? FULL_WAIT_MS : 0);
    }
    bytes_wipe(piece, sizeof piece);
    return goes_on;
}

/* One line of the text, by the first voice that has it. */
static void speak_line(struct speech *s, const char *line)
{
    struct voice_job job = {.language = s->current.language,
                            .id = s->current.id[0] ? s->current.id : NULL,
                            .words = line,
                            .speed = s->speed};
    for (int i = 0; i < s->n_voices; i++) {
        struct err err = {0};
        if (!s->ops[i]->can_speak(s->voice[i], job.language))
            continue;
        int r = s->ops[i]->render(s->voice[i], &job, sink, s, &err);
        if (r == 0 || r == ERR_CANCELLED)
            return;
        if (r != ERR_NOT_FOUND)
            log_err(LOG_WARN, "speech", &err);
    }
}

static void speak(struct speech *s)
{
    char *rest = s->current.text;
    s->is_speaking = true;
    s->is_interrupted = false;
    if (sound_is_open(s->sound, clock_mono_ms()))
        for (char *line = strsep(&rest, "\n"); line && !s->is_interrupted && !s->must_end;
             line = strsep(&rest, "\n"))
            if (line[0])
                speak_line(s, line);
    for (int left = sound_left_ms(s->sound); left > 0 && look(s, left);)
        left = sound_left_ms(s->sound);
    s->is_speaking = false;
    message_wipe(&s->current);
}

static bool take_waiting(struct speech *s)
{
    for (int i = SAY_N_RANKS - 1; i >= 0; i--) {
        if (!s->waiting[i].text[0])
            continue;
        s->current = s->waiting[i];
        message_wipe(&s->waiting[i]);
        return true;
    }
    return false;
}

static void *speech_main(void *arg)
{
    struct speech *s = arg;
    voices_open(s);
    while (!s->must_end) {
        if (take_waiting(s)) {
            speak(s);
            continue;
        }
        atomic_store(&s->is_busy, false);
        (void)look(s, -1); /* the loop asks for itself */
    }
    voices_close(s);
    sound_leave();
    return NULL;
}

/* ---- main ---- */

static void push(struct speech *s, struct message *m)
{
    bool is_full = s->has_thread && mq_push(s->queue, m) < 0;
    if (is_full && !s->was_full)
        log_line(LOG_WARN, "speech", "the speech thread does not listen: orders are dropped");
    s->was_full = is_full;
    message_wipe(m);
}

int speech_new(const struct speech_cfg *cfg, struct speech **ret, struct err *err)
{
    struct speech *s = mem_zalloc(1, sizeof *s);
    s->volume = s->speed = 2;
    int r = sound_new(cfg->sound, &s->sound, err);
    if (r < 0) {
        speech_free(s);
        return r;
    }
    *ret = s;
    if (!cfg->sound || strcmp(cfg->sound, "none") == 0)
        return 0;
    s->assets_dir = mem_strdup(cfg->assets_dir);
    s->espeak_dir = mem_strdup(cfg->espeak_dir);
    s->queue = mq_new(sizeof(struct message), QUEUE_MESSAGES, NULL, NULL);
    s->has_thread = pthread_create(&s->thread, NULL, speech_main, s) == 0;
    if (s->has_thread)
        return 0;
    speech_free(s);
    return ERR(err, ERR_SYSTEM, "the speech thread cannot be started");
}

void speech_free(struct speech *s)
{
    if (!s)
        return;
    if (s->has_thread) {
        struct message m = {.order = ORDER_END};
        while (mq_push(s->queue, &m) == ERR_FULL)
            (void)nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL); /* it empties soon */
        struct timespec until;
        (void)clock_gettime(CLOCK_REALTIME, &until); /* cannot fail */
        until.tv_sec += SPEECH_STOP_MS / 1000;
        if (pthread_timedjoin_np(s->thread, NULL, &until) != 0) {
            log_line(LOG_ERROR, "speech", "the speech thread hangs and is left behind");
            return;
        }
    }
    mq_free(s->queue);
    sound_free(s->sound);
    free(s->assets_dir);
    free(s->espeak_dir);
    bytes_free_wiped(s);
}

/* Copy without cutting a character in two. */
static void copy_text(char *out, size_t cap, const char *text)
{
    size_t n = strlen(text);
    if (n >= cap)
        for (n = cap - 1; n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80;)
            n--;
    memcpy(out, text, n);
    out[n] = '\0';
}

void speech_say(struct speech *s, enum say_rank rank, const char *id, const char *language,
                const char *text)
{
    struct message m = {.order = ORDER_SAY, .rank = rank};
    if (!text[0])
        return;
    copy_text(m.id, sizeof m.id, id ? id : "");
    copy_text(m.language, sizeof m.language, language);
    copy_text(m.text, sizeof m.text, text);
    push(s, &m);
}

void speech_stop(struct speech *s)
{
    push(s, &(struct message){.order = ORDER_STOP});
}

void speech_set(struct speech *s, int volume, int speed)
{
    volume = volume < 0 ? 0 : volume >= PREFS_N_VOLUME ? PREFS_N_VOLUME - 1 : volume;
    speed = speed < 0 ? 0 : speed >= PREFS_N_SPEED ? PREFS_N_SPEED - 1 : speed;
    push(s, &(struct message){.order = ORDER_SET, .volume = volume, .speed = speed});
}

void speech_beep(struct speech *s, enum earcon earcon)
{
    push(s, &(struct message){.order = ORDER_BEEP, .earcon = earcon});
}

bool speech_is_busy(const struct speech *s)
{
    return atomic_load(&s->is_busy);
}

void speech_wipe(struct speech *s)
{
    push(s, &(struct message){.order = ORDER_WIPE});
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The speech thread: what is said comes out, what is more important interrupts, nothing piles up.
 * Heard through a file; the words are tones of a known length. */
#define _GNU_SOURCE /* mkdtemp */
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "speech_pack.h"
#include "ui/speech/speech.h"
#include "ui/speech/voice.h"

enum {
    SHORT = 1000, /* samples of the recorded words */
    LONG = 40000,
    LIMIT_MS = 20000,
};

struct world {
    struct pack_dir dir;
    char path[96], sound[112];
    struct speech *speech;
};

static void open_world(struct world *w, const char *sound)
{
    struct err err = {0};
    pack_begin(&w->dir);
    pack_text(&w->dir, "pack.json",
              "{\"format\":\"voicepack/1\",\"language\":\"zh-Hans\",\"texts\":["
              "{\"words\":\"短\",\"file\":\"a.wav\"},{\"words\":\"长\",\"file\":\"b.wav\"},"
              "{\"id\":\"goodbye.card\",\"file\":\"a.wav\"}]}");
    pack_tone(&w->dir, "a.wav", VOICE_RATE_HZ, SHORT);
    pack_tone(&w->dir, "b.wav", VOICE_RATE_HZ, LONG);
    snprintf(w->path, sizeof w->path, "%s/heard", w->dir.assets);
    snprintf(w->sound, sizeof w->sound, "file:%s", w->path);
    struct speech_cfg cfg = {.sound = sound ? sound : w->sound, .assets_dir = w->dir.assets};
    CU_ASSERT_FATAL(speech_new(&cfg, &w->speech, &err) == 0);
    speech_set(w->speech, PREFS_N_VOLUME - 1, 2);
}

static void close_world(struct world *w)
{
    speech_free(w->speech);
    pack_end(&w->dir);
}

static int16_t *read_heard(const struct world *w, size_t *ret_n)
{
    char *data = NULL;
    size_t n = 0;
    CU_ASSERT_FATAL(mem_read_file(w->path, 64 << 20, &data, &n, NULL) == 0);
    *ret_n = n / 2;
    return (int16_t *)(void *)data;
}

static void close_and_expect(struct world *w, size_t samples)
{
    size_t n = 0;
    speech_free(w->speech); /* flushes the file */
    free(read_heard(w, &n));
    CU_ASSERT_EQUAL(n, samples);
    pack_end(&w->dir);
}

static long heard_bytes(const struct world *w)
{
    struct stat st;
    return stat(w->path, &st) == 0 ? (long)st.st_size : 0;
}

static void wait_for_bytes(const struct world *w, long bytes)
{
    for (int64_t end = clock_mono_ms() + LIMIT_MS; clock_mono_ms() < end;) {
        if (heard_bytes(w) >= bytes)
            return;
        (void)nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    }
    CU_FAIL_FATAL("nothing was heard in time");
}

/* ---- cases ---- */

static void what_is_said_is_heard(void)
{
    struct world w;
    open_world(&w, NULL);
    speech_say(w.speech, SAY_PAGE, NULL, "zh-Hans", "短\n长\n短");
    wait_for_bytes(&w, 2 * (SHORT + LONG + SHORT));
    speech_say(w.speech, SAY_FOCUS, "goodbye.card", "zh-Hans", "请取走您的证件");
    wait_for_bytes(&w, 2 * (SHORT + LONG + SHORT + SHORT));
    close_and_expect(&w, SHORT + LONG + SHORT + SHORT);
}

static double energy(const int16_t *s, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)s[i] * s[i];
    return sum;
}

static void louder_is_louder(void)
{
    double last = 0;
    for (int volume = 0; volume < PREFS_N_VOLUME; volume++) {
        struct world w;
        size_t n = 0;
        open_world(&w, NULL);
        speech_set(w.speech, volume, 2);
        speech_say(w.speech, SAY_PAGE, NULL, "zh-Hans", "长");
        wait_for_bytes(&w, 2 * LONG);
        int16_t *s = read_heard(&w, &n);
        double is = energy(s, n);
        CU_ASSERT(is > last * 3 && is > 0); /* 6 dB are four times the energy */
        last = is;
        free(s);
        close_world(&w);
    }
}

static void short_sounds_obey_the_volume(void)
{
    enum { BYTES = 2 * 140 * 2 * VOICE_RATE_HZ / 1000 }; /* two parts of 140 ms */
    double last = 0;
    for (int volume = 0; volume < PREFS_N_VOLUME; volume++) {
        struct world w;
        size_t n = 0;
        open_world(&w, NULL);
        speech_set(w.speech, volume, 2);
        speech_beep(w.speech, EARCON_ERROR);
        wait_for_bytes(&w, BYTES);
        int16_t *s = read_heard(&w, &n);
        double is = energy(s, n);
        CU_ASSERT(is > last * 3 && is > 0);
        last = is;
        free(s);
        close_world(&w);
    }
}

/* On a device that plays as slowly as a real one: the tone is not lost with what was spoken. */
static void it_is_busy_while_it_speaks(void)
{
    struct world w;
    open_world(&w, "default");
    CU_ASSERT_FALSE(speech_is_busy(w.speech));
    speech_say(w.speech, SAY_PAGE, NULL, "zh-Hans", "长");
    int64_t end = clock_mono_ms() + LIMIT_MS;
    while (!speech_is_busy(w.speech) && clock_mono_ms() < end)
        (void)nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    CU_ASSERT(speech_is_busy(w.speech));
    speech_stop(w.speech);
    speech_beep(w.speech, EARCON_ALARM);
    while (speech_is_busy(w.speech) && clock_mono_ms() < end)
        (void)nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    CU_ASSERT_FALSE(speech_is_busy(w.speech));
    close_world(&w);
}

#ifdef YIJIAN_ESPEAK
/* "短" is in the pack and the synthesiser could say it too. */
static void a_pack_comes_before_the_synthesiser(void)
{
    struct world w;
    size_t n = 0;
    open_world(&w, NULL);
    speech_say(w.speech, SAY_PAGE, NULL, "zh-Hans", "短");
    wait_for_bytes(&w, 2 * SHORT);
    speech_say(w.speech, SAY_PAGE, NULL, "zh-Hans", "没有录过"); /* the other one says it */
    wait_for_bytes(&w, 2 * (SHORT + VOICE_RATE_HZ / 2));
    int16_t *s = read_heard(&w, &n);
    for (int i = 0; i < SHORT; i++)
        CU_ASSERT_EQUAL(s[i], (int16_t)(8000 * sin(0.1 * (double)i)));
    free(s);
    close_world(&w);
}
#endif

static void unknown_words_and_languages_are_passed_over(void)
{
    struct world w;
    open_world(&w, NULL);
    speech_say(w.speech, SAY_PAGE, NULL, "xx", "短");
    speech_stop(w.speech);
    speech_beep(w.speech, EARCON_N);
    close_and_expect(&w, 0);
}

static void nothing_piles_up(void)
{
    enum { N = 500 };
    struct world w;
    size_t n = 0;
    open_world(&w, NULL);
    for (int i = 0; i < N; i++)
        speech_say(w.speech, SAY_FOCUS, NULL, "zh-Hans", "长");
    wait_for_bytes(&w, 2 * LONG); /* one is heard to its end */
    speech_free(w.speech);
    free(read_heard(&w, &n));
    CU_ASSERT(n < (size_t)N * LONG / 4);
    pack_end(&w.dir);
}

/* On a device that plays as slowly as a real one. */
static void interruption_is_prompt(void)
{
    struct world w;
    open_world(&w, "default");
    int64_t begin = clock_mono_ms();
    for (int i = 0; i < 20; i++) {
        speech_say(w.speech, SAY_FOCUS, NULL, "zh-Hans", "长\n长\n长\n长\n长\n长\n长\n长");
        speech_say(w.speech, SAY_QUESTION, NULL, "zh-Hans", "长\n长\n长\n长\n长\n长\n长\n长");
        speech_stop(w.speech);
    }
    speech_say(w.speech, SAY_PAGE, NULL, "zh-Hans", "长\n长\n长\n长\n长\n长\n长\n长");
    close_world(&w);
    CU_ASSERT(clock_mono_ms() - begin < 10000); /* said to their ends: ten minutes */
}

static void storms_end_well(void)
{
    static const char *const words[] = {"短", "长", "短\n长", "没有录过", ""};
    for (int round = 0; round < 20; round++) {
        struct world w;
        unsigned seed = (unsigned)round * 7919 + 1;
        open_world(&w, round % 2 ? "default" : NULL);
        for (int i = 0; i < 60; i++) {
            seed = seed * 1103515245 + 12345;
            unsigned what = seed >> 16;
            if (what % 7 == 0)
                speech_stop(w.speech);
            else if (what % 11 == 0)
                speech_wipe(w.speech);
            else if (what % 5 == 0)
                speech_set(w.speech, (int)(what % 9) - 2, (int)(what % 8) - 1);
            else if (what % 13 == 0)
                speech_beep(w.speech, (enum earcon)(what % EARCON_N));
            else
                speech_say(w.speech, (enum say_rank)(what % SAY_N_RANKS), NULL, "zh-Hans",
                           words[what % YJ_COUNT(words)]);
        }
        close_world(&w);
    }
    CU_PASS("no call hung and no sanitizer complained");
}

static void without_sound_there_is_no_thread(void)
{
    struct speech *s = NULL;
    CU_ASSERT_FATAL(speech_new(&(struct speech_cfg){.sound = "none"}, &s, NULL) == 0);
    speech_say(s, SAY_PAGE, NULL, "zh-Hans", "短");
    speech_wipe(s);
    speech_free(s);
    speech_free(NULL);
}

static void wrong_outputs_are_refused(void)
{
    struct speech *s = NULL;
    struct err err = {0};
    CU_ASSERT_EQUAL(speech_new(&(struct speech_cfg){.sound = "loud"}, &s, &err), ERR_INVALID);
    CU_ASSERT_EQUAL(speech_new(&(struct speech_cfg){.sound = "file:/nonexistent/x"}, &s, &err),
                    ERR_IO);
}

static CU_TestInfo cases[] = {
    {"what is said is heard", what_is_said_is_heard},
    {"louder is louder", louder_is_louder},
    {"short sounds obey the volume", short_sounds_obey_the_volume},
    {"it is busy while it speaks", it_is_busy_while_it_speaks},
#ifdef YIJIAN_ESPEAK
    {"a pack comes before the synthesiser", a_pack_comes_before_the_synthesiser},
#endif
    {"unknown words and languages are passed over", unknown_words_and_languages_are_passed_over},
    {"nothing piles up", nothing_piles_up},
    {"interruption is prompt", interruption_is_prompt},
    {"storms end well", storms_end_well},
    {"without sound there is no thread", without_sound_there_is_no_thread},
    {"wrong outputs are refused", wrong_outputs_are_refused},
    CU_TEST_INFO_NULL};

CUNIT_MAIN("ui.speech", cases)

/* SPDX-License-Identifier: Apache-2.0 */
/* Voices: recorded packs are checked and played, espeak-ng is heard. */
#define _GNU_SOURCE /* mkdtemp */
#include "base/mem.h"
#include "speech_pack.h"
#include "ui/speech/earcon.h"
#include "ui/speech/tempo.h"
#include "ui/speech/voice.h"
#include "ui/speech/wav.h"

enum { MAX_SAMPLES = VOICE_RATE_HZ * 60 };

struct heard {
    size_t n, most; /* most: cancel when so many came; 0: never */
    double energy;
};

static bool hear(void *arg, const int16_t *sample, size_t n)
{
    struct heard *h = arg;
    for (size_t i = 0; i < n; i++)
        h->energy += (double)sample[i] * sample[i];
    h->n += n;
    return !h->most || h->n < h->most;
}

static struct heard render(const struct voice_ops *ops, struct voice *v,
                           const struct voice_job *job)
{
    struct heard h = {0};
    struct err err = {0};
    int r = ops->render(v, job, hear, &h, &err);
    CU_ASSERT_EQUAL(r, 0);
    if (r)
        fprintf(stderr, "%s\n", err.msg);
    return h;
}

static double loudness(const struct heard *h)
{
    return h->n ? h->energy / (double)h->n : 0;
}

/* ---- espeak ---- */

#ifdef YIJIAN_ESPEAK
static void espeak_is_heard_in_every_language(void)
{
    static const struct {
        const char *language, *words;
    } texts[] = {{"zh-Hans", "请把身份证平放在读卡区"},
                 {"en", "Please lay your identity card on the reader"},
                 {"ug", "كىملىكىڭىزنى قويۇڭ"}};
    struct voice *v = NULL, *second = NULL;
    CU_ASSERT_FATAL(voice_espeak_ops.open(&(struct voice_cfg){0}, &v, NULL) == 0);
    CU_ASSERT_EQUAL(voice_espeak_ops.open(&(struct voice_cfg){0}, &second, NULL), ERR_BUSY);
    for (size_t i = 0; i < YJ_COUNT(texts); i++) {
        struct voice_job job = {texts[i].language, NULL, texts[i].words, 2};
        CU_ASSERT(voice_espeak_ops.can_speak(v, job.language));
        struct heard h = render(&voice_espeak_ops, v, &job);
        CU_ASSERT(h.n > VOICE_RATE_HZ / 2 && h.n < VOICE_RATE_HZ * 15);
        CU_ASSERT(loudness(&h) > 500.0 * 500);
    }
    CU_ASSERT_FALSE(voice_espeak_ops.can_speak(v, "xx"));
    voice_espeak_ops.close(v);
}

static void slower_takes_longer(void)
{
    struct voice *v = NULL;
    size_t n[VOICE_N_SPEEDS];
    CU_ASSERT_FATAL(voice_espeak_ops.open(&(struct voice_cfg){0}, &v, NULL) == 0);
    for (int speed = 0; speed < VOICE_N_SPEEDS; speed++) {
        struct voice_job job = {"zh-Hans", NULL, "正在打印回执，请稍等", speed};
        n[speed] = render(&voice_espeak_ops, v, &job).n;
    }
    for (int speed = 1; speed < VOICE_N_SPEEDS; speed++)
        CU_ASSERT(n[speed] < n[speed - 1]);
    voice_espeak_ops.close(v);
}

static void a_sentence_is_cut_off(void)
{
    struct voice *v = NULL;
    struct heard h = {.most = VOICE_RATE_HZ / 4};
    struct voice_job job = {"zh-Hans", NULL, "已经交给五个部门同时办理。办好后会发短信到您的手机。",
                            2};
    CU_ASSERT_FATAL(voice_espeak_ops.open(&(struct voice_cfg){0}, &v, NULL) == 0);
    CU_ASSERT_EQUAL(voice_espeak_ops.render(v, &job, hear, &h, NULL), ERR_CANCELLED);
    CU_ASSERT(h.n < VOICE_RATE_HZ);
    h = render(&voice_espeak_ops, v, &job); /* and the next one is whole */
    CU_ASSERT(h.n > VOICE_RATE_HZ * 2);
    voice_espeak_ops.close(v);
}
#endif

/* ---- packs ---- */

static const char good[] = "{\"format\":\"voicepack/1\",\"language\":\"zh-Hans\",\"texts\":["
                           "{\"words\":\"请放身份证\",\"file\":\"a.wav\"},"
                           "{\"id\":\"goodbye.card\",\"file\":\"b.wav\"}]}";

static void a_pack_is_played(void)
{
    struct pack_dir d;
    struct voice *v = NULL;
    pack_begin(&d);
    pack_text(&d, "pack.json", good);
    pack_tone(&d, "a.wav", VOICE_RATE_HZ, 4000);
    pack_tone(&d, "b.wav", VOICE_RATE_HZ / 2, 4000);
    CU_ASSERT_FATAL(voice_pack_ops.open(&(struct voice_cfg){d.pack}, &v, NULL) == 0);
    struct voice_job job = {"zh-Hans", NULL, "请放身份证", 2};
    CU_ASSERT_EQUAL(render(&voice_pack_ops, v, &job).n, 4000);
    job = (struct voice_job){"zh-Hans", "goodbye.card", "请取走您的证件", 2};
    CU_ASSERT_EQUAL(render(&voice_pack_ops, v, &job).n, 8000); /* at the rate of all voices */
    struct heard h = {0};
    job = (struct voice_job){"zh-Hans", NULL, "没有录过", 2};
    CU_ASSERT_EQUAL(voice_pack_ops.render(v, &job, hear, &h, NULL), ERR_NOT_FOUND);
    job = (struct voice_job){"en", NULL, "请放身份证", 2};
    CU_ASSERT_EQUAL(voice_pack_ops.render(v, &job, hear, &h, NULL), ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(h.n, 0);
    voice_pack_ops.close(v);
    pack_end(&d);
}

static void expect_refused(const struct pack_dir *d, const char *json, const char *reason)
{
    struct voice *v = NULL;
    struct err err = {0};
    pack_text(d, "pack.json", json);
    CU_ASSERT_EQUAL(voice_pack_ops.open(&(struct voice_cfg){d->pack}, &v, &err), ERR_UI_ASSET);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.msg, reason));
    if (!strstr(err.msg, reason))
        fprintf(stderr, "%s: %s expected\n", err.msg, reason);
}

static void bad_packs_are_refused(void)
{
    struct pack_dir d;
    struct voice *v = NULL;
    uint8_t wav[64];
    pack_begin(&d);
    pack_tone(&d, "a.wav", VOICE_RATE_HZ, 100);
    CU_ASSERT_EQUAL(voice_pack_ops.open(&(struct voice_cfg){d.pack}, &v, NULL), ERR_UI_ASSET);
    expect_refused(&d, "{", "pack.json");
    expect_refused(&d, "{\"format\":\"voicepack/9\"}", "voicepack/1");
    expect_refused(&d, "{\"format\":\"voicepack/1\",\"texts\":[]}", "language");
    expect_refused(&d, "{\"format\":\"voicepack/1\",\"language\":\"en\"}", "texts");
    expect_refused(
        &d, "{\"format\":\"voicepack/1\",\"language\":\"en\",\"texts\":[{\"file\":\"a.wav\"}]}",
        "words");
    expect_refused(&d,
                   "{\"format\":\"voicepack/1\",\"language\":\"en\","
                   "\"texts\":[{\"words\":\"a\",\"file\":\"../a.wav\"}]}",
                   "folders");
    expect_refused(&d, good, "b.wav"); /* missing */
    pack_text(&d, "b.wav", "no wave at all");
    expect_refused(&d, good, "b.wav: not a WAVE file");
    size_t n = pack_wav(wav, VOICE_RATE_HZ, 8);
    wav[22] = 2;
    pack_file(&d, "b.wav", wav, n);
    expect_refused(&d, good, "2 channels");
    n = pack_wav(wav, 96000, 8);
    pack_file(&d, "b.wav", wav, n);
    expect_refused(&d, good, "96000");
    pack_file(&d, "b.wav", wav, n - 3);
    expect_refused(&d, good, "b.wav");
    pack_end(&d);
}

static void every_cut_wave_is_refused(void)
{
    uint8_t wav[64];
    struct wav w;
    size_t n = pack_wav(wav, VOICE_RATE_HZ, 8);
    CU_ASSERT_EQUAL(wav_read(wav, n, &w, NULL), 0);
    CU_ASSERT_EQUAL(w.n_samples, 8);
    CU_ASSERT_EQUAL(wav_sample(&w, 0), 0);
    for (size_t cut = 0; cut < n; cut++)
        CU_ASSERT_EQUAL(wav_read(wav, cut, &w, NULL), ERR_INVALID);
}

/* ---- speed of recordings, short sounds ---- */

static void tempo_keeps_loudness_and_changes_length(void)
{
    enum { N = VOICE_RATE_HZ };
    int16_t *tone = mem_zalloc(N, sizeof *tone);
    for (size_t i = 0; i < N; i++)
        tone[i] = (int16_t)(8000 * sin(0.1 * (double)i));
    static const int percents[] = {75, 87, 100, 140, 200};
    for (size_t i = 0; i < YJ_COUNT(percents); i++) {
        size_t n = 0;
        int16_t *out = tempo_change(tone, N, percents[i], &n);
        struct heard h = {0};
        (void)hear(&h, out, n); /* never asks for more */
        double wanted = (double)N * 100 / percents[i];
        CU_ASSERT(fabs((double)n - wanted) < 0.08 * wanted);
        CU_ASSERT(fabs(loudness(&h) - 32e6) < 6e6); /* no gaps, no holes */
        free(out);
    }
    size_t n = 0;
    int16_t *out = tempo_change(tone, 10, 200, &n); /* shorter than a piece: as it is */
    CU_ASSERT(n == 10 && memcmp(out, tone, n * sizeof *out) == 0);
    free(out);
    free(tone);
}

static void short_sounds_are_short_and_quiet(void)
{
    int16_t out[EARCON_MAX_SAMPLES];
    for (int i = 0; i < EARCON_N; i++) {
        size_t n = earcon_make((enum earcon)i, out);
        int most = 0;
        for (size_t k = 0; k < n; k++)
            most = abs(out[k]) > most ? abs(out[k]) : most;
        CU_ASSERT(n > 100 && n <= EARCON_MAX_SAMPLES);
        CU_ASSERT(most > 3000 && most < 8000);
    }
    CU_ASSERT_EQUAL(earcon_make(EARCON_N, out), 0);
}

static CU_TestInfo cases[] = {
#ifdef YIJIAN_ESPEAK
    {"espeak is heard in every language", espeak_is_heard_in_every_language},
    {"slower takes longer", slower_takes_longer},
    {"a sentence is cut off", a_sentence_is_cut_off},
#endif
    {"a pack is played", a_pack_is_played},
    {"bad packs are refused", bad_packs_are_refused},
    {"every cut wave is refused", every_cut_wave_is_refused},
    {"tempo keeps loudness and changes length", tempo_keeps_loudness_and_changes_length},
    {"short sounds are short and quiet", short_sounds_are_short_and_quiet},
    CU_TEST_INFO_NULL};

CUNIT_MAIN("ui.speech.voice", cases)

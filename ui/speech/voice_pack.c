/* SPDX-License-Identifier: Apache-2.0 */
/* Recorded speech as data: a folder with pack.json and WAVE files (assets/voices/README.md). A pack
 * is checked as a whole when it is opened: one bad file and it is refused, with file and reason.
 * Speech thread. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "ui/speech/tempo.h"
#include "ui/speech/voice.h"
#include "ui/speech/wav.h"

#define PACK_FORMAT "voicepack/1"

enum {
    PACK_MAX_BYTES = 1 << 20,
    PACK_MAX_TEXTS = 4096,
    CLIP_MAX_BYTES = 4 << 20, /* 90 s */
    PATH_BYTES = 512,
};

struct voice {
    char *dir;
    json_t *pack, *texts;
    const char *language;
};

static int refuse(const struct voice *v, const char *file, const char *why, struct err *err)
{
    return ERR(err, ERR_UI_ASSET, "%.200s/%.60s: %.120s", v->dir, file, why);
}

static int read_clip(const struct voice *v, const char *file, char **ret_data, struct wav *ret,
                     struct err *err)
{
    char path[PATH_BYTES];
    size_t n = 0;
    struct err why = {0};
    if (!file[0] || strchr(file, '/') ||
        snprintf(path, sizeof path, "%s/%s", v->dir, file) >= (int)sizeof path)
        return refuse(v, "pack.json", "a file is named without folders", err);
    int r = mem_read_file(path, CLIP_MAX_BYTES, ret_data, &n, &why);
    if (r == 0)
        r = wav_read((const uint8_t *)*ret_data, n, ret, &why);
    return r < 0 ? refuse(v, file, why.msg, err) : 0;
}

static int check_text(const struct voice *v, const json_t *text, struct err *err)
{
    const char *id = json_string_value(json_object_get(text, "id"));
    const char *words = json_string_value(json_object_get(text, "words"));
    const char *file = json_string_value(json_object_get(text, "file"));
    YJ_CLEANUP(cleanup_free) char *data = NULL;
    struct wav wav;
    if (!file || (!(id && id[0]) && !(words && words[0])))
        return refuse(v, "pack.json", "every text has a file, and an id or words", err);
    return read_clip(v, file, &data, &wav, err);
}

static int check_pack(struct voice *v, struct err *err)
{
    const char *format = json_string_value(json_object_get(v->pack, "format"));
    if (!format || strcmp(format, PACK_FORMAT) != 0)
        return refuse(v, "pack.json", "format is not " PACK_FORMAT, err);
    v->language = json_string_value(json_object_get(v->pack, "language"));
    v->texts = json_object_get(v->pack, "texts");
    if (!v->language || !v->language[0])
        return refuse(v, "pack.json", "language is missing", err);
    if (!json_is_array(v->texts) || json_array_size(v->texts) > PACK_MAX_TEXTS)
        return refuse(v, "pack.json", "texts is a list of at most 4096", err);
    int r = 0;
    for (size_t i = 0; i < json_array_size(v->texts) && r == 0; i++)
        r = check_text(v, json_array_get(v->texts, i), err);
    return r;
}

static void pack_close(struct voice *v)
{
    if (!v)
        return;
    json_decref(v->pack);
    free(v->dir);
    free(v);
}

static int pack_open(const struct voice_cfg *cfg, struct voice **ret, struct err *err)
{
    char path[PATH_BYTES];
    YJ_CLEANUP(cleanup_free) char *data = NULL;
    size_t n = 0;
    struct err why = {0};
    struct voice *v = mem_zalloc(1, sizeof *v);
    v->dir = mem_strdup(cfg->data_dir);
    int r = 0;
    if (snprintf(path, sizeof path, "%s/pack.json", v->dir) >= (int)sizeof path)
        r = refuse(v, "pack.json", "the path is too long", err);
    else if (mem_read_file(path, PACK_MAX_BYTES, &data, &n, &why) < 0)
        r = refuse(v, "pack.json", why.msg, err);
    if (r == 0) {
        json_error_t je;
        v->pack = json_loadb(data, n, JSON_REJECT_DUPLICATES, &je);
        r = v->pack ? check_pack(v, err) : refuse(v, "pack.json", je.text, err);
    }
    if (r < 0) {
        pack_close(v);
        return r;
    }
    *ret = v;
    return 0;
}

static bool pack_can_speak(const struct voice *v, const char *language)
{
    return strcmp(v->language, language) == 0;
}

static const char *find_file(const struct voice *v, const struct voice_job *job)
{
    size_t i;
    const json_t *text;
    json_array_foreach(v->texts, i, text)
    {
        const char *id = json_string_value(json_object_get(text, "id"));
        const char *words = json_string_value(json_object_get(text, "words"));
        if ((id && job->id && strcmp(id, job->id) == 0) ||
            (words && strcmp(words, job->words) == 0))
            return json_string_value(json_object_get(text, "file"));
    }
    return NULL;
}

/* The clip at the rate of all voices. @return owned by the caller; ret_n samples */
static int16_t *resample(const struct wav *w, size_t *ret_n)
{
    size_t n = (size_t)((uint64_t)w->n_samples * VOICE_RATE_HZ / w->rate_hz);
    int16_t *out = mem_zalloc(n + 1, sizeof *out);
    for (size_t i = 0; i < n; i++) {
        uint64_t at = (uint64_t)i * w->rate_hz;
        size_t k = (size_t)(at / VOICE_RATE_HZ), next = k + 1 < w->n_samples ? k + 1 : k;
        int32_t part = (int32_t)(at % VOICE_RATE_HZ), a = wav_sample(w, k), b = wav_sample(w, next);
        out[i] = (int16_t)(a + (b - a) * (int64_t)part / VOICE_RATE_HZ);
    }
    *ret_n = n;
    return out;
}

static int pack_render(struct voice *v, const struct voice_job *job, voice_sink sink, void *arg,
                       struct err *err)
{
    enum { CHUNK = VOICE_RATE_HZ / 20 };
    static const int percent[VOICE_N_SPEEDS] = {75, 87, 100, 140, 200};
    YJ_CLEANUP(cleanup_free) char *data = NULL;
    struct wav wav = {.rate_hz = VOICE_RATE_HZ};
    const char *file = pack_can_speak(v, job->language) ? find_file(v, job) : NULL;
    if (!file)
        return ERR(err, ERR_NOT_FOUND, "not recorded");
    int r = read_clip(v, file, &data, &wav, err);
    if (r < 0)
        return r;
    size_t n = 0, n_out = 0;
    int16_t *clip = resample(&wav, &n);
    int speed = job->speed < 0 ? 0 : job->speed >= VOICE_N_SPEEDS ? VOICE_N_SPEEDS - 1 : job->speed;
    int16_t *out = tempo_change(clip, n, percent[speed], &n_out);
    for (size_t at = 0; at < n_out && r == 0; at += CHUNK)
        if (!sink(arg, out + at, n_out - at < CHUNK ? n_out - at : CHUNK))
            r = ERR(err, ERR_CANCELLED, "nobody wants the rest");
    free(clip);
    free(out);
    return r;
}

const struct voice_ops voice_pack_ops = {
    .name = "pack",
    .open = pack_open,
    .close = pack_close,
    .can_speak = pack_can_speak,
    .render = pack_render,
};

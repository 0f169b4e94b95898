/* SPDX-License-Identifier: Apache-2.0 */
/* A voice pack made by the test itself: a folder of assets with one pack of tones. */
#ifndef YJ_TESTS_UNIT_UI_SPEECH_PACK_H
#define YJ_TESTS_UNIT_UI_SPEECH_PACK_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cunit_main.h"

struct pack_dir {
    char assets[64], voices[80], pack[96];
};

static inline void pack_file(const struct pack_dir *d, const char *name, const void *data, size_t n)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", d->pack, name);
    FILE *f = fopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_FATAL(fwrite(data, 1, n, f) == n);
    CU_ASSERT_FATAL(fclose(f) == 0);
}

static inline void pack_text(const struct pack_dir *d, const char *name, const char *text)
{
    pack_file(d, name, text, strlen(text));
}

static inline void pack_le(uint8_t *p, uint32_t v, int n)
{
    for (int i = 0; i < n; i++)
        p[i] = (uint8_t)(v >> 8 * i);
}

/** Bytes of a WAVE file with a tone. @return length; out: 44 + 2 * n_samples */
static inline size_t pack_wav(uint8_t *out, uint32_t rate_hz, size_t n_samples)
{
    memcpy(out, "RIFF....WAVEfmt ", 16);
    pack_le(out + 4, (uint32_t)(36 + 2 * n_samples), 4);
    pack_le(out + 16, 16, 4);
    pack_le(out + 20, 1, 2);
    pack_le(out + 22, 1, 2);
    pack_le(out + 24, rate_hz, 4);
    pack_le(out + 28, rate_hz * 2, 4);
    pack_le(out + 32, 2, 2);
    pack_le(out + 34, 16, 2);
    memcpy(out + 36, "data", 4);
    pack_le(out + 40, (uint32_t)(2 * n_samples), 4);
    for (size_t i = 0; i < n_samples; i++)
        pack_le(out + 44 + 2 * i, (uint16_t)(int16_t)(8000 * sin(0.1 * (double)i)), 2);
    return 44 + 2 * n_samples;
}

static inline void pack_tone(const struct pack_dir *d, const char *name, uint32_t rate_hz,
                             size_t n_samples)
{
    uint8_t *wav = calloc(1, 44 + 2 * n_samples);
    CU_ASSERT_PTR_NOT_NULL_FATAL(wav);
    pack_file(d, name, wav, pack_wav(wav, rate_hz, n_samples));
    free(wav);
}

static inline void pack_begin(struct pack_dir *d)
{
    snprintf(d->assets, sizeof d->assets, "/tmp/yj-voices-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(d->assets));
    snprintf(d->voices, sizeof d->voices, "%s/voices", d->assets);
    snprintf(d->pack, sizeof d->pack, "%s/test", d->voices);
    CU_ASSERT_FATAL(mkdir(d->voices, 0700) == 0 && mkdir(d->pack, 0700) == 0);
}

static inline void pack_end(const struct pack_dir *d)
{
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", d->assets);
    CU_ASSERT_EQUAL(system(command), 0);
}

#endif

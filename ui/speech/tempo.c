/* SPDX-License-Identifier: Apache-2.0 */
/* Faster and slower. Pure; any thread. */
#include "ui/speech/tempo.h"

#include <string.h>

#include "base/mem.h"
#include "ui/speech/voice.h"

enum {
    HOP = VOICE_RATE_HZ * 12 / 1000, /* samples added at a time; twice that overlaps */
    SEEK = VOICE_RATE_HZ * 8 / 1000, /* how far a better place is looked for */
    SEEK_STEP = 4,
};

/* How well what stands at `at` goes on from what stands at `from`. */
static int64_t likeness(const int16_t *s, size_t from, size_t at)
{
    int64_t sum = 0;
    for (size_t i = 0; i < HOP; i += SEEK_STEP)
        sum += (int64_t)s[from + i] * s[at + i];
    return sum;
}

static size_t best_place(const int16_t *s, size_t n, size_t wanted, size_t follows)
{
    size_t best = wanted;
    int64_t most = INT64_MIN;
    for (int by = -SEEK; by <= SEEK; by += SEEK_STEP) {
        if ((by < 0 && wanted < (size_t)-by) || wanted + (size_t)(by + SEEK) + 2 * HOP > n + SEEK)
            continue;
        size_t at = by < 0 ? wanted - (size_t)-by : wanted + (size_t)by;
        int64_t like = likeness(s, follows, at);
        if (like > most) {
            most = like;
            best = at;
        }
    }
    return best;
}

int16_t *tempo_change(const int16_t *sample, size_t n, int percent, size_t *ret_n)
{
    size_t most = n * 100 / (size_t)percent + 2 * HOP;
    int16_t *out = mem_zalloc(most, sizeof *out);
    if (percent == 100 || n < 4 * HOP) {
        memcpy(out, sample, (n < most ? n : most) * sizeof *out);
        *ret_n = n < most ? n : most;
        return out;
    }
    size_t done = HOP, follows = HOP; /* follows: what would come next in the recording */
    memcpy(out, sample, HOP * sizeof *out);
    for (;; done += HOP) {
        size_t wanted = done * (size_t)percent / 100;
        if (wanted + 2 * HOP > n || follows + 2 * HOP > n || done + HOP > most)
            break;
        size_t at = best_place(sample, n, wanted, follows);
        for (int i = 0; i < HOP; i++)
            out[done + (size_t)i] =
                (int16_t)(((HOP - i) * sample[follows + (size_t)i] + i * sample[at + (size_t)i]) /
                          HOP);
        follows = at + HOP;
    }
    *ret_n = done;
    return out;
}

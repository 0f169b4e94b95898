/* SPDX-License-Identifier: Apache-2.0 */
/* Recorded speech. Pure; any thread. */
#include "ui/speech/wav.h"

#include <string.h>

#include "base/bytes.h"

enum { HEAD_BYTES = 12, CHUNK_BYTES = 8, FORMAT_BYTES = 16, FORMAT_PCM = 1 };

static int read_format(const uint8_t *p, size_t n, struct wav *ret, struct err *err)
{
    if (n < FORMAT_BYTES)
        return ERR(err, ERR_INVALID, "its format is cut off");
    if (bytes_le16(p) != FORMAT_PCM || bytes_le16(p + 14) != 16)
        return ERR(err, ERR_INVALID, "not 16 bit PCM");
    if (bytes_le16(p + 2) != 1)
        return ERR(err, ERR_INVALID, "%d channels, one expected", bytes_le16(p + 2));
    ret->rate_hz = bytes_le32(p + 4);
    if (ret->rate_hz < WAV_LEAST_HZ || ret->rate_hz > WAV_MOST_HZ)
        return ERR(err, ERR_INVALID, "%u samples a second", (unsigned)ret->rate_hz);
    return 0;
}

int wav_read(const uint8_t *data, size_t n, struct wav *ret, struct err *err)
{
    struct wav w = {0};
    if (n < HEAD_BYTES || memcmp(data, "RIFF", 4) != 0 || memcmp(data + 8, "WAVE", 4) != 0)
        return ERR(err, ERR_INVALID, "not a WAVE file");
    for (size_t at = HEAD_BYTES; at + CHUNK_BYTES <= n;) {
        size_t bytes = bytes_le32(data + at + 4), from = at + CHUNK_BYTES;
        if (bytes > n - from)
            return ERR(err, ERR_INVALID, "a part is cut off");
        if (memcmp(data + at, "fmt ", 4) == 0) {
            int r = read_format(data + from, bytes, &w, err);
            if (r < 0)
                return r;
        } else if (memcmp(data + at, "data", 4) == 0) {
            w.sample = data + from;
            w.n_samples = bytes / 2;
        }
        at = from + bytes + (bytes & 1);
    }
    if (!w.rate_hz || !w.n_samples)
        return ERR(err, ERR_INVALID, "%s", w.rate_hz ? "no samples" : "no format");
    *ret = w;
    return 0;
}

int16_t wav_sample(const struct wav *w, size_t at)
{
    return (int16_t)bytes_le16(w->sample + 2 * at);
}

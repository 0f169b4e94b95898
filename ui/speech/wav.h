/* SPDX-License-Identifier: Apache-2.0 */
/* Reading recorded speech: RIFF WAVE with 16 bit PCM samples of one channel. Pure, bounded; any
 * thread. Source: Microsoft RIFF MCI and Multimedia Programming Interface 1.0, "WAVE". */
#ifndef YJ_UI_SPEECH_WAV_H
#define YJ_UI_SPEECH_WAV_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { WAV_LEAST_HZ = 8000, WAV_MOST_HZ = 48000 };

struct wav {
    const uint8_t *sample; /* into the file's bytes, little endian */
    size_t n_samples;
    uint32_t rate_hz;
};

/** @return 0 or ERR_INVALID (the reason in err); ret points into data */
int wav_read(const uint8_t *data, size_t n, struct wav *ret, struct err *err) YJ_CHECK;

/** @return the sample at a place, -32768..32767 */
int16_t wav_sample(const struct wav *w, size_t at);

#endif

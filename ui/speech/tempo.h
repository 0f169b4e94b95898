/* SPDX-License-Identifier: Apache-2.0 */
/* Recorded speech faster or slower without another pitch: pieces overlap where they fit best
 * (waveform similarity overlap-add, Verhelst and Roelands 1993). Pure; any thread. */
#ifndef YJ_UI_SPEECH_TEMPO_H
#define YJ_UI_SPEECH_TEMPO_H

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

/**
 * @param n        samples at VOICE_RATE_HZ
 * @param percent  of the recorded speed, 50..250
 * @return owned by the caller; *ret_n samples
 * Blocks: about a hundredth of the clip's length.
 */
int16_t *tempo_change(const int16_t *sample, size_t n, int percent, size_t *ret_n) YJ_CHECK;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Short quiet sounds, made of sines. Pure; any thread. */
#ifndef YJ_UI_SPEECH_EARCON_H
#define YJ_UI_SPEECH_EARCON_H

#include <stddef.h>
#include <stdint.h>

#include "ui/speech/speech.h"

enum { EARCON_MAX_SAMPLES = 8192 };

/** @param out  at least EARCON_MAX_SAMPLES. @return samples at VOICE_RATE_HZ */
size_t earcon_make(enum earcon earcon, int16_t *out);

#endif

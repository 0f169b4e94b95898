/* SPDX-License-Identifier: Apache-2.0 */
/* Two tones at most, swelling and fading so that nothing clicks. Pure; any thread. */
#include "ui/speech/earcon.h"

#include <math.h>

#include "ui/speech/voice.h"

#define TURN 6.283185307179586

enum { LOUDNESS = 6000 }; /* a quarter of what speech reaches */

static const struct {
    int first_hz, second_hz, part_ms; /* second 0: one tone */
} tones[EARCON_N] = {
    [EARCON_TAP] = {880, 0, 40},
    [EARCON_ERROR] = {330, 262, 140}, /* falls */
    [EARCON_DONE] = {523, 784, 100},  /* rises */
    [EARCON_TICK] = {1047, 0, 30},
    [EARCON_ALARM] = {1047, 784, 170}, /* falls like a two-tone horn; ends before the buffer */
};

static size_t tone(int16_t *out, int hz, int ms)
{
    size_t n = (size_t)ms * VOICE_RATE_HZ / 1000;
    for (size_t i = 0; i < n; i++) {
        double swell = sin(TURN / 2 * (double)i / (double)n);
        out[i] = (int16_t)(LOUDNESS * swell * sin(TURN * hz * (double)i / VOICE_RATE_HZ));
    }
    return n;
}

size_t earcon_make(enum earcon earcon, int16_t *out)
{
    if ((size_t)earcon >= EARCON_N)
        return 0;
    size_t n = tone(out, tones[earcon].first_hz, tones[earcon].part_ms);
    if (tones[earcon].second_hz)
        n += tone(out + n, tones[earcon].second_hz, tones[earcon].part_ms);
    return n;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The sound output. Backends by name: "default" (SDL's device, tried again every few seconds while
 * there is none), "none", "file:PATH" (samples as they are, 16 bit little endian, one channel).
 * Thread: the speech thread, except sound_new and sound_free. */
#ifndef YJ_UI_SPEECH_SOUND_H
#define YJ_UI_SPEECH_SOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { SOUND_BUFFER_MS = 400, SOUND_RETRY_MS = 5000 };

struct sound;

/** @param name  NULL: "none"
 * @return 0; ERR_INVALID: no such backend; ERR_IO: the file cannot be written. A missing device is
 *         no error. Thread: main. */
int sound_new(const char *name, struct sound **ret, struct err *err) YJ_CHECK;
/** Plays nothing to its end. Thread: main, when the speech thread has ended. */
void sound_free(struct sound *s);

/** @return true when samples are heard or kept; false: there is no device now. Tries to open one.
 * Blocks: as long as the system takes to open a device. */
bool sound_is_open(struct sound *s, int64_t now_ms);

/** Hand over samples. @return how many were taken: less than n while the buffer is full */
size_t sound_write(struct sound *s, const int16_t *sample, size_t n);

/** @return milliseconds that are still to be heard */
int sound_left_ms(struct sound *s);

/** The calling thread ends: give back what SDL keeps for each thread that had an error. */
void sound_leave(void);

/** Be silent at once; what was not heard is overwritten. */
void sound_clear(struct sound *s);

#endif

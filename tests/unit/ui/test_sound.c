/* SPDX-License-Identifier: Apache-2.0 */
/* The sound device comes and goes: headphones are pulled out, a system has none at first. */
#include <SDL.h>
#include <stdlib.h>

#include "cunit_main.h"
#include "ui/speech/sound.h"

static const int16_t silence[64];

static void a_device_that_comes_later_is_used(void)
{
    struct sound *s = NULL;
    CU_ASSERT_FATAL(setenv("SDL_AUDIODRIVER", "no such driver", 1) == 0);
    CU_ASSERT_FATAL(sound_new("default", &s, NULL) == 0); /* a missing device is no error */
    CU_ASSERT_FALSE(sound_is_open(s, 0));
    CU_ASSERT_EQUAL(sound_write(s, silence, 64), 64); /* nobody waits for it */
    CU_ASSERT_EQUAL(sound_left_ms(s), 0);
    sound_clear(s);
    CU_ASSERT_FATAL(setenv("SDL_AUDIODRIVER", "dummy", 1) == 0);
    CU_ASSERT_FALSE(sound_is_open(s, SOUND_RETRY_MS - 1));
    CU_ASSERT(sound_is_open(s, SOUND_RETRY_MS));
    CU_ASSERT_EQUAL(sound_write(s, silence, 64), 64);
    sound_free(s);
}

static void a_device_that_goes_is_opened_again(void)
{
    struct sound *s = NULL;
    CU_ASSERT_FATAL(setenv("SDL_AUDIODRIVER", "dummy", 1) == 0);
    CU_ASSERT_FATAL(sound_new("default", &s, NULL) == 0);
    CU_ASSERT_FATAL(sound_is_open(s, 0));
    SDL_QuitSubSystem(SDL_INIT_AUDIO); /* every device is gone */
    CU_ASSERT_FALSE(sound_is_open(s, 1));
    CU_ASSERT_EQUAL(sound_write(s, silence, 64), 64);
    CU_ASSERT_FATAL(SDL_InitSubSystem(SDL_INIT_AUDIO) == 0);
    CU_ASSERT_FALSE(sound_is_open(s, SOUND_RETRY_MS - 1));
    CU_ASSERT(sound_is_open(s, SOUND_RETRY_MS));
    sound_free(s);
}

static CU_TestInfo cases[] = {
    {"a device that comes later is used", a_device_that_comes_later_is_used},
    {"a device that goes is opened again", a_device_that_goes_is_opened_again},
    CU_TEST_INFO_NULL};

CUNIT_MAIN("ui.sound", cases)

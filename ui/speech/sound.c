/* SPDX-License-Identifier: Apache-2.0 */
/* The sound output. A ring of our own instead of SDL's queue: it can be emptied at once and
 * overwritten, for it may hold a name that was just spoken. SDL calls the ring from a thread of its
 * own, under the device's lock. */
#include "ui/speech/sound.h"

#include <SDL.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/log.h"
#include "base/mem.h"
#include "ui/speech/voice.h"

enum { RING_SAMPLES = VOICE_RATE_HZ * SOUND_BUFFER_MS / 1000, DEVICE_SAMPLES = 512 };

enum backend { SOUND_NONE, SOUND_FILE, SOUND_DEVICE };

struct sound {
    enum backend backend;
    FILE *file;
    bool has_audio; /* SDL's audio was started */
    SDL_AudioDeviceID device;
    int64_t retry_ms;
    bool was_told; /* the log knows that there is no device */
    int16_t ring[RING_SAMPLES];
    size_t first, n; /* under the device's lock */
};

/* SDL's thread. */
static void play(void *arg, Uint8 *out, int n_bytes)
{
    struct sound *s = arg;
    int16_t *to = (int16_t *)(void *)out;
    size_t want = (size_t)n_bytes / sizeof *to;
    for (size_t i = 0; i < want; i++) {
        to[i] = 0;
        if (!s->n)
            continue;
        to[i] = s->ring[s->first];
        s->ring[s->first] = 0;
        s->first = (s->first + 1) % RING_SAMPLES;
        s->n--;
    }
}

int sound_new(const char *name, struct sound **ret, struct err *err)
{
    static const char file[] = "file:";
    struct sound s = {.retry_ms = INT64_MIN};
    if (name && strcmp(name, "default") == 0) {
        s.backend = SOUND_DEVICE;
    } else if (name && strncmp(name, file, sizeof file - 1) == 0) {
        s.backend = SOUND_FILE;
        s.file = fopen(name + sizeof file - 1, "wbe");
        if (!s.file)
            return ERR(err, ERR_IO, "sound: %.200s cannot be written", name);
        setvbuf(s.file, NULL, _IONBF, 0); /* readers see at once what was said */
    } else if (name && strcmp(name, "none") != 0) {
        return ERR(err, ERR_INVALID, "sound: \"%.40s\" is none of default, none, file:PATH", name);
    }
    *ret = mem_dup(&s, sizeof s);
    return 0;
}

static void close_device(struct sound *s)
{
    if (s->device)
        SDL_CloseAudioDevice(s->device);
    s->device = 0;
    bytes_wipe(s->ring, sizeof s->ring);
    s->first = s->n = 0;
}

void sound_free(struct sound *s)
{
    if (!s)
        return;
    close_device(s);
    if (s->has_audio)
        SDL_QuitSubSystem(SDL_INIT_AUDIO);
    if (s->file)
        (void)fclose(s->file); /* a recording for tests: nothing depends on its last bytes */
    bytes_free_wiped(s);
}

static void open_device(struct sound *s)
{
    SDL_AudioSpec want = {.freq = VOICE_RATE_HZ,
                          .format = AUDIO_S16SYS,
                          .channels = 1,
                          .samples = DEVICE_SAMPLES,
                          .callback = play,
                          .userdata = s};
    s->has_audio = s->has_audio || SDL_InitSubSystem(SDL_INIT_AUDIO) == 0;
    s->device = s->has_audio ? SDL_OpenAudioDevice(NULL, 0, &want, NULL, 0) : 0;
    if (s->device) {
        SDL_PauseAudioDevice(s->device, 0);
        log_line(LOG_INFO, "speech", "sound device opened");
    } else if (!s->was_told) {
        log_line(LOG_WARN, "speech", "no sound: %s", SDL_GetError());
    }
    s->was_told = !s->device;
}

bool sound_is_open(struct sound *s, int64_t now_ms)
{
    if (s->backend != SOUND_DEVICE)
        return s->backend == SOUND_FILE;
    if (s->device && SDL_GetAudioDeviceStatus(s->device) == SDL_AUDIO_STOPPED) {
        log_line(LOG_WARN, "speech", "the sound device is gone");
        close_device(s);
        s->was_told = true;
    }
    if (!s->device && now_ms >= s->retry_ms) {
        s->retry_ms = now_ms + SOUND_RETRY_MS;
        open_device(s);
    }
    return s->device != 0;
}

size_t sound_write(struct sound *s, const int16_t *sample, size_t n)
{
    if (s->backend == SOUND_FILE && fwrite(sample, sizeof *sample, n, s->file) != n)
        clearerr(s->file); /* a full disk mutes it */
    if (!s->device)
        return n;
    SDL_LockAudioDevice(s->device);
    size_t room = RING_SAMPLES - s->n, taken = n < room ? n : room;
    for (size_t i = 0; i < taken; i++)
        s->ring[(s->first + s->n + i) % RING_SAMPLES] = sample[i];
    s->n += taken;
    SDL_UnlockAudioDevice(s->device);
    return taken;
}

int sound_left_ms(struct sound *s)
{
    if (!s->device)
        return 0;
    SDL_LockAudioDevice(s->device);
    size_t n = s->n;
    SDL_UnlockAudioDevice(s->device);
    return (int)(n * 1000 / VOICE_RATE_HZ) + (n > 0);
}

void sound_leave(void)
{
    SDL_TLSCleanup();
}

void sound_clear(struct sound *s)
{
    if (!s->device)
        return;
    SDL_LockAudioDevice(s->device);
    bytes_wipe(s->ring, sizeof s->ring);
    s->first = s->n = 0;
    SDL_UnlockAudioDevice(s->device);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* From presses to meanings. Pure. */
#include "drivers/keypad/keypad_keys.h"

#include <string.h>

void keypad_keys_init(struct keypad_keys *k, const struct keypad_model *model, int stuck_ms,
                      int64_t now_ms)
{
    memset(k, 0, sizeof *k);
    k->model = model;
    k->stuck_ms = stuck_ms;
    k->last_ms = now_ms;
    k->credit_ms = (int64_t)KEYPAD_BURST * KEYPAD_KEY_MS;
}

/* ---- meanings ------------------------------------------------------------------------------- */

static uint8_t meaning_in(const struct keypad_key *key, size_t n, uint32_t usage)
{
    for (size_t i = 0; i < n; i++)
        if (key[i].usage == usage)
            return key[i].meaning;
    return NAV_NONE;
}

static uint8_t meaning_of(const struct keypad_keys *k, uint32_t usage)
{
    const struct keypad_model *m = k->model;
    uint8_t typed = k->is_typing ? meaning_in(m->typed, m->n_typed, usage) : NAV_NONE;
    return typed != NAV_NONE ? typed : meaning_in(m->key, m->n_keys, usage);
}

static bool is_headset_switch(const struct keypad_keys *k, uint32_t usage)
{
    return meaning_in(k->model->key, k->model->n_keys, usage) == KEYPAD_HEADSET;
}

static void headset_set(struct keypad_keys *k, bool is_in, struct keypad_happened *ret)
{
    if (k->is_headset_in == is_in)
        return;
    k->is_headset_in = is_in;
    ret->has_headset = true;
}

/* ---- limits --------------------------------------------------------------------------------- */

static bool flood_allows(struct keypad_keys *k, int64_t now_ms)
{
    const int64_t most_ms = (int64_t)KEYPAD_BURST * KEYPAD_KEY_MS;
    k->credit_ms += now_ms - k->last_ms;
    k->last_ms = now_ms;
    if (k->credit_ms > most_ms)
        k->credit_ms = most_ms;
    if (k->credit_ms < KEYPAD_KEY_MS)
        return false;
    k->credit_ms -= KEYPAD_KEY_MS;
    return true;
}

static void layer_look(struct keypad_keys *k, int64_t now_ms)
{
    if (k->is_typing && now_ms - k->typed_ms >= KEYPAD_TYPING_MS)
        k->is_typing = false; /* the next visitor knows nothing of it */
}

/* ---- presses -------------------------------------------------------------------------------- */

static void press(struct keypad_keys *k, uint32_t usage, int64_t now_ms,
                  struct keypad_happened *ret)
{
    uint8_t meaning = meaning_of(k, usage);
    if (meaning == NAV_NONE) {
        k->n_ghosts++;
        return;
    }
    if (meaning == KEYPAD_HEADSET || meaning == KEYPAD_HEADSET_IN ||
        meaning == KEYPAD_HEADSET_OUT) {
        headset_set(k, meaning != KEYPAD_HEADSET_OUT, ret);
        return;
    }
    if (!flood_allows(k, now_ms)) {
        k->n_lost++;
        k->noise_until_ms = now_ms + KEYPAD_NOISE_MS;
        return;
    }
    k->typed_ms = now_ms;
    if (meaning == KEYPAD_LAYER) {
        k->is_typing = true;
        return;
    }
    if (meaning == NAV_HASH)
        k->is_typing = false; /* what was typed is done */
    ret->key[ret->n++] = meaning;
}

static bool is_among(const struct keypad_pressed *p, uint32_t usage)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->usage[i] == usage)
            return true;
    return false;
}

static void release_others(struct keypad_keys *k, uint16_t source, const struct keypad_pressed *p,
                           struct keypad_happened *ret)
{
    size_t kept = 0;
    for (size_t i = 0; i < k->n_down; i++) {
        if (k->down[i].source != source || is_among(p, k->down[i].usage))
            k->down[kept++] = k->down[i];
        else if (is_headset_switch(k, k->down[i].usage))
            headset_set(k, false, ret);
    }
    k->n_down = kept;
}

static bool was_down(const struct keypad_keys *k, uint16_t source, uint32_t usage)
{
    for (size_t i = 0; i < k->n_down; i++)
        if (k->down[i].source == source && k->down[i].usage == usage)
            return true;
    return false;
}

void keypad_keys_take(struct keypad_keys *k, uint8_t interface,
                      const struct keypad_pressed *pressed, int64_t now_ms,
                      struct keypad_happened *ret)
{
    uint16_t source = (uint16_t)(interface << 8 | pressed->id);
    memset(ret, 0, sizeof *ret);
    k->n_broken = 0;
    layer_look(k, now_ms);
    release_others(k, source, pressed, ret);
    for (size_t i = 0; i < pressed->n; i++) {
        if (was_down(k, source, pressed->usage[i]) || k->n_down == KEYPAD_MAX_DOWN)
            continue;
        k->down[k->n_down].usage = pressed->usage[i];
        k->down[k->n_down].source = source;
        k->down[k->n_down++].since_ms = now_ms;
        press(k, pressed->usage[i], now_ms, ret);
    }
}

void keypad_keys_broken(struct keypad_keys *k, int64_t now_ms)
{
    if (++k->n_broken >= KEYPAD_MAX_BROKEN)
        k->noise_until_ms = now_ms + KEYPAD_NOISE_MS;
}

/* ---- what is wrong -------------------------------------------------------------------------- */

/* Headphones stay in as long as they like; a code without meaning disturbs nobody. */
static bool can_stick(const struct keypad_keys *k, uint32_t usage)
{
    uint8_t m = meaning_in(k->model->key, k->model->n_keys, usage);
    return m == NAV_NONE ? meaning_in(k->model->typed, k->model->n_typed, usage) != NAV_NONE
                         : m < NAV_N_KEYS || m == KEYPAD_LAYER;
}

int keypad_keys_cause(const struct keypad_keys *k, int64_t now_ms)
{
    for (size_t i = 0; i < k->n_down; i++)
        if (can_stick(k, k->down[i].usage) && now_ms - k->down[i].since_ms >= k->stuck_ms)
            return ERR_KEYPAD_STUCK;
    return now_ms < k->noise_until_ms ? ERR_KEYPAD_NOISE : 0;
}

int64_t keypad_keys_due_ms(const struct keypad_keys *k, int64_t now_ms)
{
    int64_t due_ms = now_ms < k->noise_until_ms ? k->noise_until_ms : INT64_MAX;
    for (size_t i = 0; i < k->n_down; i++) {
        int64_t stuck_ms = k->down[i].since_ms + k->stuck_ms;
        if (can_stick(k, k->down[i].usage) && stuck_ms > now_ms && stuck_ms < due_ms)
            due_ms = stuck_ms;
    }
    return due_ms;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* How the visitor wants the terminal to look and speak: set, kept for one visit, and back to what
 * the settings say for the next one. Also by how much time is longer for whom. Pure. Thread: the
 * one that owns the visit.
 *
 *   settings ──► visitor ──home and back: kept──► visitor ──end of the visit──────────► settings
 *                   │ └── at home, silence ───────────────────────────────────────────► settings
 *                   └── headphones go in: everything is spoken; out: as the settings say */
#include "core/visit_flow_priv.h"
#include "core/visit_priv.h"

#include <string.h>

/* Headphones that are still there may be on somebody's ears. */
static struct prefs prefs_of_settings(const struct visit *v)
{
    struct prefs prefs = v->cfg.prefs;
    if (prefs.is_elder && prefs.text < TEXT_LARGE)
        prefs.text = TEXT_LARGE;
    if (v->is_headset)
        prefs.speech = SPEECH_ALL;
    return prefs;
}

void visit_prefs_reset(struct visit *v)
{
    v->prefs = prefs_of_settings(v);
}

bool visit_prefs_are_default(const struct visit *v)
{
    struct prefs a = prefs_of_settings(v), b = v->prefs;
    return a.text == b.text && a.contrast == b.contrast && a.speech == b.speech &&
           a.volume == b.volume && a.speed == b.speed && a.language == b.language &&
           a.is_elder == b.is_elder && a.is_low == b.is_low;
}

/* Small letters and the mode for old people exclude each other. */
static void set_elder(struct visit *v, bool is_elder)
{
    v->prefs.is_elder = is_elder;
    if (!is_elder)
        v->prefs.text = v->cfg.prefs.text;
    else if (v->prefs.text < TEXT_LARGE)
        v->prefs.text = TEXT_LARGE;
}

static void set_text(struct visit *v, int text)
{
    v->prefs.text = (uint8_t)text;
    if (text < TEXT_LARGE)
        v->prefs.is_elder = false;
}

void visit_prefs_set(struct visit *v, int pref, int value)
{
    const int n_of[PREFS_N] = {
        [PREF_TEXT] = PREFS_N_TEXT,
        [PREF_CONTRAST] = PREFS_N_CONTRAST,
        [PREF_SPEECH] = PREFS_N_SPEECH,
        [PREF_VOLUME] = PREFS_N_VOLUME,
        [PREF_SPEED] = PREFS_N_SPEED,
        [PREF_LANGUAGE] = (int)v->cfg.n_languages,
        [PREF_ELDER] = 2,
        [PREF_LOW] = 2,
    };
    uint8_t *const bytes[PREFS_N] = {
        [PREF_CONTRAST] = &v->prefs.contrast, [PREF_SPEECH] = &v->prefs.speech,
        [PREF_VOLUME] = &v->prefs.volume,     [PREF_SPEED] = &v->prefs.speed,
        [PREF_LANGUAGE] = &v->prefs.language,
    };
    if (pref < 0 || pref >= PREFS_N || value < 0 || value >= n_of[pref])
        return;
    if (pref == PREF_ELDER)
        set_elder(v, value);
    else if (pref == PREF_TEXT)
        set_text(v, value);
    else if (pref == PREF_LOW)
        v->prefs.is_low = value;
    else
        *bytes[pref] = (uint8_t)value;
    visit_flow_relocate(v);
    v->is_dirty = true;
}

void visit_prefs_headset(struct visit *v, bool is_plugged)
{
    if (v->is_headset == is_plugged)
        return;
    v->is_headset = is_plugged;
    v->prefs.speech = is_plugged ? SPEECH_ALL : v->cfg.prefs.speech;
    v->is_active = v->is_seen = true; /* somebody is there */
    v->is_dirty = true;
}

int visit_prefs_slow(const struct visit *v)
{
    bool is_slow =
        v->prefs.is_elder || v->prefs.speech == SPEECH_ALL || v->prefs.text == TEXT_LARGEST;
    return is_slow ? 2 : 1;
}

int visit_prefs_countdown(const struct visit *v)
{
    return v->cfg.idle_wipe_ms / 1000 * visit_prefs_slow(v);
}

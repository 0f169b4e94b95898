/* SPDX-License-Identifier: Apache-2.0 */
/* Device words: arrays made from device_words.def. Any thread. */
#include "types/device_words.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"

static const char *const kinds[] = {
#define DEVICE_KIND(value, word) [value] = (word),
#include "types/device_words.def"
};
static const char *const kind_texts[] = {
#define DEVICE_KIND(value, word) [value] = "device." word,
#include "types/device_words.def"
};
static const char *const states[] = {
#define DEVICE_STATE(value, word) [value] = (word),
#include "types/device_words.def"
};
static const char *const media_words[] = {
#define DEVICE_MEDIA(value, word) [value] = (word),
#include "types/device_words.def"
};
static const char *const papers[] = {
#define DEVICE_PAPER(value, word) [value] = (word),
#include "types/device_words.def"
};
static const char *const evidences[] = {
#define DEVICE_EVIDENCE(value, word) [value] = (word),
#include "types/device_words.def"
};
static const char *const results[] = {
#define DEVICE_RESULT(value, word) [value] = (word),
#include "types/device_words.def"
};
static const char *const actors[] = {
#define DEVICE_ACTOR(value, word) [value] = (word),
#include "types/device_words.def"
};

enum condition {
#define DEVICE_CONDITION(value, reason, state, actor, action) value,
#include "types/device_words.def"
    N_CONDITIONS,
};

/* Conditions first, so that enum condition is a place in the table. */
static const struct device_cause causes[] = {
#define DEVICE_CONDITION(value, reason, state, actor, action)                                      \
    {0, reason, state, actor, action, "device.cause." reason, "device.action." action},
#include "types/device_words.def"
#define DEVICE_CAUSE(code, reason, state, actor, action)                                           \
    {code, reason, state, actor, action, "device.cause." reason, "device.action." action},
#include "types/device_words.def"
};

static const char *word_at(const char *const *words, size_t n, size_t i)
{
    return i < n && words[i] ? words[i] : "?";
}

const char *device_kind_word(enum device_kind kind)
{
    return word_at(kinds, YJ_COUNT(kinds), (size_t)kind);
}

const char *device_kind_text(enum device_kind kind)
{
    return word_at(kind_texts, YJ_COUNT(kind_texts), (size_t)kind);
}

const char *device_state_word(enum device_state state)
{
    return word_at(states, YJ_COUNT(states), (size_t)state);
}

const char *device_media_word(enum device_media media)
{
    return word_at(media_words, YJ_COUNT(media_words), (size_t)media);
}

const char *device_paper_word(enum device_paper paper)
{
    return word_at(papers, YJ_COUNT(papers), (size_t)paper);
}

const char *device_evidence_word(enum print_evidence evidence)
{
    return word_at(evidences, YJ_COUNT(evidences), (size_t)evidence);
}

const char *device_result_word(enum print_result result)
{
    return word_at(results, YJ_COUNT(results), (size_t)result);
}

const char *device_actor_word(enum device_actor actor)
{
    return word_at(actors, YJ_COUNT(actors), (size_t)actor);
}

const struct device_cause *device_cause_find(int code)
{
    for (size_t i = N_CONDITIONS; i < YJ_COUNT(causes); i++)
        if (causes[i].code == code)
            return &causes[i];
    return NULL;
}

const struct device_cause *device_cause_of(const struct device_status *status)
{
    const struct device_cause *cause = status->cause ? device_cause_find(status->cause) : NULL;
    if (cause)
        return cause;
    if (status->cause)
        return &causes[CONDITION_UNKNOWN];
    switch (status->state) {
    case DEVICE_STARTING:
        return &causes[CONDITION_STARTING];
    case DEVICE_NO_DEVICE:
        return &causes[CONDITION_NOT_FITTED];
    case DEVICE_ONLINE:
        return &causes[status->paper == PAPER_LOW ? CONDITION_PAPER_LOW : CONDITION_NONE];
    case DEVICE_OFFLINE:
    case DEVICE_HARDWARE_ERROR:
        break;
    }
    cause = status->paper == PAPER_OUT ? device_cause_find(ERR_PRINTER_PAPER_OUT) : NULL;
    return cause ? cause : &causes[CONDITION_UNKNOWN];
}

const char *device_xfs_word(const struct device_status *status)
{
    const char *state = device_cause_of(status)->state;
    /* A cause says more than "does not work", never something else than "works". */
    bool is_out_of_work = status->state == DEVICE_OFFLINE || status->state == DEVICE_HARDWARE_ERROR;
    bool is_finer = !strcmp(state, "userError") || !strcmp(state, "deviceBusy") ||
                    !strcmp(state, "potentialFraud");
    return is_out_of_work && is_finer ? state : device_state_word(status->state);
}

bool device_is_fitted(const struct device_status *status)
{
    return status->state != DEVICE_NO_DEVICE || status->cause != 0;
}

size_t device_cause_count(void)
{
    return YJ_COUNT(causes);
}

const struct device_cause *device_cause_at(size_t i)
{
    return i < YJ_COUNT(causes) ? &causes[i] : NULL;
}

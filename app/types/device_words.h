/* SPDX-License-Identifier: Apache-2.0 */
/* The one table of device words (device_words.def): what a status is called in telemetry, logs and
 * on the screen, who has to act, and what to do. Pure, const. Thread: any. Blocks: never. */
#ifndef YJ_TYPES_DEVICE_WORDS_H
#define YJ_TYPES_DEVICE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "types/device.h"

/* Who can do something about it. */
enum device_actor { ACTOR_NOBODY, ACTOR_VISITOR, ACTOR_STAFF, ACTOR_TECHNICIAN };

/* One cause in words. All strings are static. */
struct device_cause {
    int code;           /* enum err_code; 0: a condition that has no code */
    const char *reason; /* "paperOut" */
    const char *state;  /* XFS4IoT word of a device with this cause: "userError" */
    enum device_actor actor;
    const char *action;      /* "loadPaper"; "none" */
    const char *text;        /* text id "device.cause.paperOut": goes on behind the device's name */
    const char *action_text; /* text id "device.action.loadPaper": a sentence of its own */
};

/** Words of the wire and of the logs. @return static; "?" for a value that does not exist. */
const char *device_kind_word(enum device_kind kind);
const char *device_state_word(enum device_state state);
const char *device_media_word(enum device_media media);
const char *device_paper_word(enum device_paper paper);
const char *device_evidence_word(enum print_evidence evidence);
const char *device_result_word(enum print_result result);
const char *device_actor_word(enum device_actor actor);

/** @return text id of the device's name, "device.reader". Static. */
const char *device_kind_text(enum device_kind kind);

/** @return the row of a code, NULL when no device reports this code. */
const struct device_cause *device_cause_find(int code);

/**
 * What is the matter with a device: its cause, or what the status says without one (not fitted,
 * starting, little paper, nothing). Never NULL.
 */
const struct device_cause *device_cause_of(const struct device_status *status);

/** @return XFS4IoT word of the device: the state, or what the cause makes of it ("userError"). */
const char *device_xfs_word(const struct device_status *status);

/** @return false when the device is absent because the terminal was built without it. */
bool device_is_fitted(const struct device_status *status);

/** All rows, conditions first. @return how many; at: one of them, NULL past the end. */
size_t device_cause_count(void);
const struct device_cause *device_cause_at(size_t i);

#endif

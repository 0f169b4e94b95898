/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that writes the mirror: nothing else opens, writes or flushes anything there, so a
 * stick that is slow or dying keeps nobody waiting but this thread. It knows files only: no
 * database, no keys. One job at a time:
 *
 *     IDLE ──push──▶ OUT ──take──▶ IDLE
 *
 * Thread: the owner's (outbox) for every function here; none of them blocks but _free. */
#ifndef YJ_STORE_MIRROR_WRITER_H
#define YJ_STORE_MIRROR_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { MIRROR_PLACE_BYTES = 33, MIRROR_NAME_BYTES = 96, MIRROR_STOP_MS = 1000 };

struct mirror_step {
    char name[MIRROR_NAME_BYTES];
    void *bytes; /* the job's; NULL: remove the file */
    size_t n_bytes;
    int64_t ends; /* with this step the record of this sequence is complete; 0: more is to come */
};

/* Owned by the holder: mirror_job_new, then push (the writer's), then take (the taker's). */
struct mirror_job {
    char place[MIRROR_PLACE_BYTES]; /* the word by which we know the place; "": none yet */
    bool is_new_place;              /* write that word, whatever is there */
    struct mirror_step *step;
    size_t n_steps, cap_steps, n_bytes;

    /* The owner's: where its marks stand when all is done, and what that holds for. */
    int64_t put_to, removed_to;
    size_t n_removals; /* the first steps */
    uint64_t turn;

    /* The writer's answer. */
    struct err err;      /* code 0: all is done */
    bool is_other_place; /* that is not our word: nothing was written */
    size_t n_done;       /* steps before something failed; they are flushed */
};

struct mirror_job *mirror_job_new(void) YJ_CHECK;
/** @param bytes  copied; NULL: the file is to be removed */
void mirror_job_add(struct mirror_job *job, const char *name, const void *bytes, size_t n_bytes,
                    int64_t ends);
/** Accepts NULL. */
void mirror_job_free(struct mirror_job *job);

struct mirror_writer;

/**
 * @param dir       the place, as the settings name it; the copy is in dir/<terminal>
 * @param data_dir  nothing is written there or below, however dir leads there
 * @return owned by the caller, never NULL; all copied, no disk is touched
 */
struct mirror_writer *mirror_writer_new(const char *dir, const char *terminal,
                                        const char *data_dir) YJ_CHECK;

/** Hand over a job; starts the thread when it does not run. @return 0 (the job is the writer's), or
 *  ERR_SYSTEM: no thread, ERR_FULL: it has one (the job stays the caller's) */
int mirror_writer_push(struct mirror_writer *w, struct mirror_job *job, struct err *err) YJ_CHECK;

/** @return the job when it is done, the caller's from now on; NULL while it is not */
struct mirror_job *mirror_writer_take(struct mirror_writer *w);

/** Ask the thread to end, wait for it MIRROR_STOP_MS at most. One that still waits for its disk is
 *  left behind and frees everything when it comes back. Accepts NULL. */
void mirror_writer_free(struct mirror_writer *w);

#endif

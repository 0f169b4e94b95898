/* SPDX-License-Identifier: Apache-2.0 */
/* The mirror's own thread and what it does there. The owner and the thread hold the writer
 * together; whoever leaves last frees it. */
#define _GNU_SOURCE /* pthread_timedjoin_np, O_PATH */
#include "store/mirror_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/mq.h"

struct mirror_writer {
    char *dir, *terminal, *data_dir; /* never change */
    struct mq *jobs;                 /* struct mirror_job *; NULL: end */
    struct mq *done;                 /* struct mirror_job * */
    atomic_int n_holders;            /* owner and thread */

    /* The owner's. */
    pthread_t thread;
    bool has_thread, is_out;
};

/* ---- jobs ---- */

struct mirror_job *mirror_job_new(void)
{
    return mem_zalloc(1, sizeof(struct mirror_job));
}

void mirror_job_add(struct mirror_job *job, const char *name, const void *bytes, size_t n_bytes,
                    int64_t ends)
{
    if (job->n_steps == job->cap_steps) {
        size_t cap = job->cap_steps ? 2 * job->cap_steps : 16;
        struct mirror_step *more = mem_zalloc(cap, sizeof *more);
        if (job->n_steps)
            memcpy(more, job->step, job->n_steps * sizeof *more);
        free(job->step);
        job->step = more;
        job->cap_steps = cap;
    }
    struct mirror_step *step = &job->step[job->n_steps++];
    size_t n = strlen(name);
    memcpy(step->name, name, n < sizeof step->name ? n : sizeof step->name - 1);
    step->bytes = bytes ? mem_dup(bytes, n_bytes) : NULL;
    step->n_bytes = n_bytes;
    step->ends = ends;
    job->n_bytes += n_bytes;
}

void mirror_job_free(struct mirror_job *job)
{
    if (!job)
        return;
    for (size_t i = 0; i < job->n_steps; i++)
        free(job->step[i].bytes);
    free(job->step);
    free(job);
}

/* ---- at the place; thread: the writer's ---- */

static int inside_refuse(int dir, int data, struct err *err)
{
    if (data < 0 || !file_is_inside_at(dir, data))
        return 0;
    return ERR(err, ERR_INVALID, "it lies in the data folder: choose one on another disk");
}

/* @return a handle of DIR/<terminal>, or an error code */
static int folder_open(const struct mirror_writer *w, struct err *err)
{
    YJ_CLEANUP(cleanup_close)
    int data = open(w->data_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    YJ_CLEANUP(cleanup_close) int dir = open(w->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return ERR(err, ERR_NOT_FOUND, "it is not there: %s", strerror(errno));
    int rc = inside_refuse(dir, data, err);
    if (rc)
        return rc;
    if (mkdirat(dir, w->terminal, 0700) != 0 && errno != EEXIST)
        return file_fail(err, w->terminal);
    YJ_CLEANUP(cleanup_close)
    int own = openat(dir, w->terminal, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (own < 0)
        return file_fail(err, w->terminal);
    rc = inside_refuse(own, data, err);
    if (rc)
        return rc;
    int ret = own;
    own = -1; /* the caller's */
    return ret;
}

/* Whatever lies there is not waited for: it may be a pipe. */
static bool place_is_ours(int dir, const char *want)
{
    char got[MIRROR_PLACE_BYTES] = "";
    YJ_CLEANUP(cleanup_close)
    int fd = openat(dir, "place", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    return fd >= 0 && want[0] && read(fd, got, sizeof got - 1) == (ssize_t)sizeof got - 1 &&
           strcmp(got, want) == 0;
}

static int step_do(int dir, const struct mirror_step *step, struct err *err)
{
    if (step->bytes)
        return file_put_at(dir, step->name, step->bytes, step->n_bytes, 0600, err);
    return unlinkat(dir, step->name, 0) == 0 || errno == ENOENT ? 0 : file_fail(err, step->name);
}

static int job_do(const struct mirror_writer *w, struct mirror_job *job, struct err *err)
{
    size_t n = 0;
    YJ_CLEANUP(cleanup_close) int dir = folder_open(w, err);
    if (dir < 0)
        return dir;
    int rc = 0;
    if (job->is_new_place)
        rc = file_put_at(dir, "place", job->place, strlen(job->place), 0600, err);
    else
        job->is_other_place = !place_is_ours(dir, job->place);
    if (rc || job->is_other_place)
        return rc;
    while (n < job->n_steps && (rc = step_do(dir, &job->step[n], err)) == 0)
        n++;
    /* Also what came before a failure counts, once the folder is flushed. */
    if ((n || job->is_new_place) && fsync(dir) != 0)
        return rc ? rc : file_fail(err, "flush");
    job->n_done = n;
    return rc;
}

static void holder_leave(struct mirror_writer *w)
{
    struct mirror_job *job = NULL;
    if (atomic_fetch_sub(&w->n_holders, 1) > 1)
        return;
    while (mq_pop(w->jobs, &job) || mq_pop(w->done, &job))
        mirror_job_free(job);
    mq_free(w->jobs);
    mq_free(w->done);
    free(w->dir);
    free(w->terminal);
    free(w->data_dir);
    free(w);
}

static void *writer_main(void *arg)
{
    struct mirror_writer *w = arg;
    struct mirror_job *job = NULL;
    while (mq_pop_wait(w->jobs, &job, -1) && job) {
        int rc = job_do(w, job, &job->err);
        job->err.code = rc;
        if (rc)
            err_prefix(&job->err, "mirror %s", w->dir);
        if (mq_push(w->done, &job) != 0)
            abort(); /* there is room for the one job */
    }
    holder_leave(w);
    return NULL;
}

/* ---- the owner's side ---- */

struct mirror_writer *mirror_writer_new(const char *dir, const char *terminal, const char *data_dir)
{
    struct mirror_writer *w = mem_zalloc(1, sizeof *w);
    w->dir = mem_strdup(dir);
    w->terminal = mem_strdup(terminal);
    w->data_dir = mem_strdup(data_dir);
    w->jobs = mq_new(sizeof(struct mirror_job *), 2, NULL, NULL); /* a job, and the end */
    w->done = mq_new(sizeof(struct mirror_job *), 1, NULL, NULL);
    atomic_init(&w->n_holders, 1);
    return w;
}

int mirror_writer_push(struct mirror_writer *w, struct mirror_job *job, struct err *err)
{
    if (w->is_out)
        return ERR(err, ERR_FULL, "the mirror's writer has a job");
    if (!w->has_thread) {
        atomic_fetch_add(&w->n_holders, 1);
        int os_error = pthread_create(&w->thread, NULL, writer_main, w);
        if (os_error) {
            atomic_fetch_sub(&w->n_holders, 1);
            return ERR(err, ERR_SYSTEM, "mirror: no thread: %s", strerror(os_error));
        }
        w->has_thread = true;
    }
    int rc = mq_push(w->jobs, &job);
    w->is_out = rc == 0;
    return rc ? ERR(err, rc, "the mirror's writer has a job") : 0;
}

struct mirror_job *mirror_writer_take(struct mirror_writer *w)
{
    struct mirror_job *job = NULL;
    if (w->is_out && mq_pop(w->done, &job))
        w->is_out = false;
    return job;
}

void mirror_writer_free(struct mirror_writer *w)
{
    struct mirror_job *end = NULL;
    struct timespec until;
    if (!w)
        return;
    if (w->has_thread) {
        if (mq_push(w->jobs, &end) != 0)
            abort();                                 /* there is room for it */
        (void)clock_gettime(CLOCK_REALTIME, &until); /* cannot fail */
        until.tv_sec += MIRROR_STOP_MS / 1000;
        if (pthread_timedjoin_np(w->thread, NULL, &until) != 0)
            (void)pthread_detach(w->thread); /* it may just have ended */
    }
    holder_leave(w);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A photo decoder as a program of its own: started, fed, read, judged, ended.
 * Thread: the reader's.
 *
 *   IDLE --start--> RUNNING --end of output and exit--> IDLE, portrait or failure
 *                      | too late, too much, stop, start
 *                      v
 *                    KILLED --reaped--> IDLE
 *
 * The child gets an empty environment, no descriptors but the two pipes and /dev/null, a session of
 * its own, and limits; the photo is written only after the limits are in force. */
#define _GNU_SOURCE /* prlimit, posix_spawn_file_actions_addclosefrom_np, pipe2 */
#include "drivers/reader/photo_decoder.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/mem.h"

enum {
    ROW_BYTES = 308, /* 102 * 3, padded to a multiple of four */
    PIXEL_OFFSET = 54,
    INFO_BYTES = 40,
    MEMORY_LIMIT_BYTES = 256 << 20,
    FREE_WAIT_MS = 500,
    FREE_NAP_MS = 5,
};

/* Each reason is told once, so that a decoder that fails on every card does not fill the log. */
enum reason {
    REASON_START,  /* cannot be started */
    REASON_LATE,   /* killed at its time limit */
    REASON_CRASH,  /* ended by a signal */
    REASON_STATUS, /* ended with another status than 0 */
    REASON_SIZE,   /* too little or too much output */
    REASON_BITMAP, /* output is no such bitmap */
};

enum decoder_state { DECODER_IDLE, DECODER_RUNNING, DECODER_KILLED };

struct photo_decoder {
    char *path;
    int limit_ms;
    enum decoder_state state;
    pid_t pid;
    int out; /* read end of its output, -1 when closed */
    int64_t deadline_ms;
    int start_errno;  /* why it could not be started, until told; 0: nothing to tell */
    bool has_waiting; /* a photo waits until the program before has been reaped */
    uint8_t waiting[PHOTO_BLOCK_BYTES];
    unsigned reasons_told; /* bits of enum reason */
    size_t n;
    uint8_t bmp[PHOTO_BMP_BYTES + 1]; /* one more than allowed, to see too much */
};

/* ---- bitmap -------------------------------------------------------------------------------- */

static bool bmp_head_is_right(const uint8_t *b)
{
    uint32_t image_bytes = bytes_le32(b + 34);
    return b[0] == 'B' && b[1] == 'M' && bytes_le32(b + 2) == PHOTO_BMP_BYTES &&
           bytes_le32(b + 10) == PIXEL_OFFSET && bytes_le32(b + 14) == INFO_BYTES &&
           bytes_le32(b + 18) == PORTRAIT_WIDTH_PX && bytes_le32(b + 22) == PORTRAIT_HEIGHT_PX &&
           bytes_le16(b + 26) == 1 && bytes_le16(b + 28) == 24 && bytes_le32(b + 30) == 0 &&
           (image_bytes == 0 || image_bytes == PHOTO_BMP_BYTES - PIXEL_OFFSET);
}

int photo_bmp_read(const uint8_t *bmp, size_t n, struct portrait *ret, struct err *err)
{
    if (n != PHOTO_BMP_BYTES)
        return ERR(err, ERR_READER_DECODER, "the decoder gave %zu bytes instead of %d", n,
                   PHOTO_BMP_BYTES);
    if (!bmp_head_is_right(bmp))
        return ERR(err, ERR_READER_DECODER, "the decoder's output is no 24-bit bitmap of %d x %d",
                   PORTRAIT_WIDTH_PX, PORTRAIT_HEIGHT_PX);
    uint8_t *out = ret->rgb;
    for (size_t y = 0; y < PORTRAIT_HEIGHT_PX; y++) {
        const uint8_t *row = bmp + PIXEL_OFFSET + (PORTRAIT_HEIGHT_PX - 1 - y) * ROW_BYTES;
        for (size_t x = 0; x < PORTRAIT_WIDTH_PX; x++, row += 3, out += 3) {
            out[0] = row[2];
            out[1] = row[1];
            out[2] = row[0];
        }
    }
    return 0;
}

/* ---- the program --------------------------------------------------------------------------- */

static void fd_close(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd); /* a pipe: nothing can be lost */
    *fd = -1;
}

/* Limits in force before the photo is written; a child that has died already needs none. */
static void child_limit(pid_t pid, int limit_ms)
{
    const struct rlimit core = {0, 0};
    const struct rlimit memory = {MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES};
    rlim_t cpu_s = (rlim_t)limit_ms / 1000 + 1;
    const struct rlimit cpu = {cpu_s, cpu_s};
    (void)prlimit(pid, RLIMIT_CORE, &core, NULL);
    (void)prlimit(pid, RLIMIT_AS, &memory, NULL);
    (void)prlimit(pid, RLIMIT_CPU, &cpu, NULL);
}

static int child_attributes(posix_spawnattr_t *attr)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int e = posix_spawnattr_setsigmask(attr, &none);
    if (e == 0)
        e = posix_spawnattr_setsigdefault(attr, &all);
    if (e == 0)
        e = posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
                                               POSIX_SPAWN_SETSIGDEF);
    return e;
}

static int child_files(posix_spawn_file_actions_t *files, int in, int out)
{
    int e = posix_spawn_file_actions_adddup2(files, in, STDIN_FILENO);
    if (e == 0)
        e = posix_spawn_file_actions_adddup2(files, out, STDOUT_FILENO);
    if (e == 0)
        e = posix_spawn_file_actions_addopen(files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (e == 0)
        e = posix_spawn_file_actions_addclosefrom_np(files, STDERR_FILENO + 1);
    return e;
}

static int child_spawn(struct photo_decoder *p, int in, int out)
{
    posix_spawnattr_t attr;
    posix_spawn_file_actions_t files;
    char *argv[] = {p->path, NULL}, *envp[] = {NULL};
    int e = posix_spawnattr_init(&attr);
    if (e != 0)
        return e;
    e = posix_spawn_file_actions_init(&files);
    if (e == 0) {
        e = child_attributes(&attr);
        if (e == 0)
            e = child_files(&files, in, out);
        if (e == 0)
            e = posix_spawn(&p->pid, p->path, &files, &attr, argv, envp);
        (void)posix_spawn_file_actions_destroy(&files);
    }
    (void)posix_spawnattr_destroy(&attr);
    return e;
}

/* Both pipes; ends that would be 0..2 are moved up, or the child's own setting up would lose them.
 */
static int pipe_open(int ends[2])
{
    ends[0] = ends[1] = -1;
    int raw[2];
    if (pipe2(raw, O_CLOEXEC) != 0)
        return errno;
    int e = 0;
    for (int i = 0; i < 2; i++) {
        ends[i] = raw[i] > STDERR_FILENO ? raw[i] : fcntl(raw[i], F_DUPFD_CLOEXEC, 3);
        if (ends[i] < 0)
            e = errno;
        if (ends[i] != raw[i])
            (void)close(raw[i]);
    }
    if (e != 0) {
        fd_close(&ends[0]);
        fd_close(&ends[1]);
    }
    return e;
}

/* While both ends of a fresh pipe are ours, 1024 bytes fit into it at once and nobody can close it
 * under us (no SIGPIPE). */
static int photo_write(int fd, const uint8_t *block)
{
    ssize_t n = write(fd, block, PHOTO_BLOCK_BYTES);
    return n == PHOTO_BLOCK_BYTES ? 0 : n < 0 ? errno : EIO;
}

static int program_start(struct photo_decoder *p, const uint8_t *block)
{
    int in[2] = {-1, -1}, out[2] = {-1, -1};
    int e = pipe_open(in);
    if (e == 0)
        e = pipe_open(out);
    if (e == 0 && fcntl(out[0], F_SETFL, O_NONBLOCK) != 0)
        e = errno;
    if (e == 0)
        e = child_spawn(p, in[0], out[1]);
    if (e == 0) {
        p->state = DECODER_RUNNING;
        child_limit(p->pid, p->limit_ms);
        e = photo_write(in[1], block);
        p->out = out[0];
        out[0] = -1;
    }
    fd_close(&in[0]);
    fd_close(&in[1]);
    fd_close(&out[0]);
    fd_close(&out[1]);
    return e;
}

/* ---- life ---------------------------------------------------------------------------------- */

struct photo_decoder *photo_decoder_new(const char *path, int limit_ms)
{
    struct photo_decoder *p = mem_zalloc(1, sizeof *p);
    p->path = mem_strdup(path);
    p->limit_ms = limit_ms;
    p->out = -1;
    return p;
}

/* @return whether the child has been reaped */
static bool child_reap(struct photo_decoder *p, int *ret_status)
{
    pid_t got = waitpid(p->pid, ret_status, WNOHANG);
    if (got == 0 || (got < 0 && errno == EINTR))
        return false;
    if (got < 0)
        *ret_status = 0; /* somebody else reaped it: how it ended is not known any more */
    p->state = DECODER_IDLE;
    return true;
}

static void output_forget(struct photo_decoder *p)
{
    fd_close(&p->out);
    bytes_wipe(p->bmp, sizeof p->bmp);
    p->n = 0;
}

/* The whole session: a wrapper may have started children. */
static void child_kill(struct photo_decoder *p)
{
    (void)kill(-p->pid, SIGKILL);
    (void)kill(p->pid, SIGKILL); /* in case it has not become a leader; gone already is fine */
    p->state = DECODER_KILLED;
}

void photo_decoder_stop(struct photo_decoder *p)
{
    p->start_errno = 0;
    p->has_waiting = false;
    bytes_wipe(p->waiting, sizeof p->waiting);
    output_forget(p);
    if (p->state == DECODER_RUNNING)
        child_kill(p);
}

void photo_decoder_free(struct photo_decoder *p)
{
    if (!p)
        return;
    photo_decoder_stop(p);
    int status = 0;
    for (int left = FREE_WAIT_MS; p->state == DECODER_KILLED && left > 0; left -= FREE_NAP_MS)
        if (!child_reap(p, &status)) /* never: init reaps it when we end */
            (void)poll(NULL, 0, FREE_NAP_MS);
    free(p->path);
    free(p);
}

/* Start on the waiting photo as soon as nothing runs any more. */
static void waiting_start(struct photo_decoder *p)
{
    if (!p->has_waiting || p->state != DECODER_IDLE)
        return;
    p->has_waiting = false;
    p->start_errno = program_start(p, p->waiting);
    bytes_wipe(p->waiting, sizeof p->waiting);
    if (p->start_errno != 0 && p->state == DECODER_RUNNING) {
        output_forget(p);
        child_kill(p);
    }
}

void photo_decoder_start(struct photo_decoder *p, const uint8_t block[PHOTO_BLOCK_BYTES],
                         int64_t now_ms)
{
    photo_decoder_stop(p);
    memcpy(p->waiting, block, sizeof p->waiting);
    p->has_waiting = true;
    p->deadline_ms = now_ms + p->limit_ms;
    waiting_start(p);
}

bool photo_decoder_is_busy(const struct photo_decoder *p)
{
    return p->state != DECODER_IDLE || p->has_waiting || p->start_errno != 0;
}

/* ---- results ------------------------------------------------------------------------------- */

static int failed(struct photo_decoder *p, enum reason reason, bool *is_new_reason)
{
    *is_new_reason = !(p->reasons_told & 1u << reason);
    p->reasons_told |= 1u << reason;
    output_forget(p);
    if (p->state == DECODER_RUNNING)
        child_kill(p);
    return ERR_READER_DECODER;
}

/* Read what is there. @return whether the output has ended or is too long */
static bool output_read(struct photo_decoder *p)
{
    while (p->out >= 0 && p->n < sizeof p->bmp) {
        ssize_t n = read(p->out, p->bmp + p->n, sizeof p->bmp - p->n);
        if (n > 0) {
            p->n += (size_t)n;
        } else if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
            return false;
        } else {
            fd_close(&p->out);
        }
    }
    return true;
}

/* The program has ended and so has its output. */
static int output_judge(struct photo_decoder *p, int status, struct portrait **ret,
                        bool *is_new_reason, struct err *err)
{
    if (WIFSIGNALED(status)) {
        (void)ERR(err, ERR_READER_DECODER, "the decoder was ended by signal %d", WTERMSIG(status));
        return failed(p, REASON_CRASH, is_new_reason);
    }
    if (WEXITSTATUS(status) != 0) {
        (void)ERR(err, ERR_READER_DECODER, "the decoder ended with status %d", WEXITSTATUS(status));
        return failed(p, REASON_STATUS, is_new_reason);
    }
    struct portrait *portrait = mem_zalloc(1, sizeof *portrait);
    if (photo_bmp_read(p->bmp, p->n, portrait, err) != 0) {
        enum reason reason = p->n == PHOTO_BMP_BYTES ? REASON_BITMAP : REASON_SIZE;
        free(portrait);
        return failed(p, reason, is_new_reason);
    }
    output_forget(p);
    *ret = portrait;
    return 1;
}

int photo_decoder_step(struct photo_decoder *p, int64_t now_ms, struct portrait **ret,
                       bool *is_new_reason, struct err *err)
{
    int status = 0;
    *ret = NULL;
    *is_new_reason = false;
    if (p->state == DECODER_KILLED)
        (void)child_reap(p, &status); /* else the next step will */
    waiting_start(p);
    if (p->start_errno != 0) {
        (void)ERR(err, ERR_READER_DECODER, "the decoder cannot be started: %s",
                  strerrorname_np(p->start_errno));
        p->start_errno = 0;
        return failed(p, REASON_START, is_new_reason);
    }
    if (p->state != DECODER_RUNNING)
        return 0;
    bool has_ended = output_read(p);
    if (p->n > PHOTO_BMP_BYTES) {
        (void)ERR(err, ERR_READER_DECODER, "the decoder gave more than %d bytes", PHOTO_BMP_BYTES);
        return failed(p, REASON_SIZE, is_new_reason);
    }
    if (has_ended && child_reap(p, &status))
        return output_judge(p, status, ret, is_new_reason, err);
    if (now_ms < p->deadline_ms)
        return 0;
    (void)ERR(err, ERR_READER_DECODER, "the decoder took longer than %d ms", p->limit_ms);
    return failed(p, REASON_LATE, is_new_reason);
}

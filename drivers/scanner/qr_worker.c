/* SPDX-License-Identifier: Apache-2.0 */
/* The driver's end of the decoder program.
 *
 *            start                hello                submit
 *   STOPPED -------> STARTING ------------> READY ----------------> ASKED
 *      ^                | deadline, death     ^        answer          | deadline, death,
 *      | stop           v                     '------------------------| nonsense
 *   (any state)       DEAD <-------------------------------------------'
 *                       | pause over: STARTING
 *
 * True in READY and ASKED: the program runs in its sandbox and has said hello. The pause is short
 * for the first deaths and doubles; a good answer ends the count. After a deadline the second
 * engine is left out for a while: a picture that hangs it is usually still before the camera. */
#define _GNU_SOURCE
#include "drivers/scanner/qr_worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/mem.h"

enum {
    HELLO_MS = 5000, /* a slow board that loads libraries from a slow card */
    PAUSE_MS = 50,
    PAUSE_MAX_MS = 30000,
    DEATHS_MANY = 3,                  /* in a row: tell it */
    FILE_MIN = QR_WIRE_MEMORY_FD + 1, /* below are the numbers that the program's files get */
    ZBAR_ONLY_MS = 10000,             /* after a deadline */
};

enum worker_state { WORKER_STOPPED, WORKER_DEAD, WORKER_STARTING, WORKER_READY, WORKER_ASKED };

struct qr_worker {
    char *program;
    unsigned deadline_ms;
    enum worker_state state;
    int memory_fd, fd;
    uint8_t *memory;
    size_t n_memory; /* bytes of the last picture */
    pid_t pid;
    uint32_t id;
    int64_t due_ms, zbar_only_ms;
    unsigned n_row; /* deaths without a good answer between */
    unsigned n_deaths;
};

/* The same file under a number from FILE_MIN on; the old one is closed. @return -1: none is left */
static int file_raise(int fd)
{
    int raised = fd >= 0 && fd < FILE_MIN ? fcntl(fd, F_DUPFD_CLOEXEC, FILE_MIN) : fd;
    if (fd >= 0 && raised != fd)
        close(fd);
    return raised;
}

/* Memory that cannot change its size under us, and that the program cannot write to. */
static int memory_make(struct qr_worker *w, struct err *err)
{
    w->memory_fd = file_raise(memfd_create("kiosk-decode", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (w->memory_fd < 0 || ftruncate(w->memory_fd, QR_WIRE_MEMORY_BYTES) != 0)
        return ERR(err, ERR_SYSTEM, "memfd: %s", strerror(errno));
    void *p = mmap(NULL, QR_WIRE_MEMORY_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, w->memory_fd, 0);
    if (p == MAP_FAILED)
        return ERR(err, ERR_SYSTEM, "mmap: %s", strerror(errno));
    w->memory = p;
    if (fcntl(w->memory_fd, F_ADD_SEALS,
              F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL) != 0)
        return ERR(err, ERR_SYSTEM, "sealing: %s", strerror(errno));
    return 0;
}

int qr_worker_new(const struct qr_worker_cfg *cfg, struct qr_worker **ret, struct err *err)
{
    struct qr_worker *w = mem_zalloc(1, sizeof *w);
    w->program = mem_strdup(cfg->program);
    w->deadline_ms = cfg->deadline_ms;
    w->memory_fd = w->fd = -1;
    int rc = memory_make(w, err);
    if (rc < 0) {
        qr_worker_free(w);
        return rc;
    }
    *ret = w;
    return 0;
}

/* ---- the program ---- */

static int program_spawn(const struct qr_worker *w, int socket, pid_t *ret)
{
    char *argv[] = {w->program, NULL}, *envp[] = {NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    if (posix_spawn_file_actions_init(&files) != 0)
        return ENOMEM;
    if (posix_spawnattr_init(&attr) != 0) {
        (void)posix_spawn_file_actions_destroy(&files);
        return ENOMEM;
    }
    int rc = posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDWR, 0);
    rc = rc ? rc : posix_spawn_file_actions_adddup2(&files, 0, 1);
    rc = rc ? rc : posix_spawn_file_actions_adddup2(&files, 0, 2);
    rc = rc ? rc : posix_spawn_file_actions_adddup2(&files, socket, QR_WIRE_SOCKET_FD);
    rc = rc ? rc : posix_spawn_file_actions_adddup2(&files, w->memory_fd, QR_WIRE_MEMORY_FD);
    rc = rc ? rc : posix_spawn_file_actions_addclosefrom_np(&files, QR_WIRE_MEMORY_FD + 1);
    rc = rc ? rc : posix_spawnattr_setsigmask(&attr, &none);
    rc = rc ? rc : posix_spawnattr_setsigdefault(&attr, &all);
    rc = rc ? rc : posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    rc = rc ? rc : posix_spawn(ret, w->program, &files, &attr, argv, envp);
    (void)posix_spawnattr_destroy(&attr);
    (void)posix_spawn_file_actions_destroy(&files);
    return rc;
}

static void picture_wipe(struct qr_worker *w)
{
    if (w->memory && w->n_memory > 0)
        bytes_wipe(w->memory, w->n_memory);
    w->n_memory = 0;
}

static void program_end(struct qr_worker *w)
{
    if (w->fd >= 0)
        close(w->fd);
    w->fd = -1;
    if (w->pid > 0) {
        (void)kill(w->pid, SIGKILL);
        while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    w->pid = 0;
    picture_wipe(w);
}

static void program_failed(struct qr_worker *w, int64_t now_ms)
{
    program_end(w);
    w->n_row++;
    w->n_deaths++;
    int64_t pause_ms = PAUSE_MS;
    for (unsigned i = 1; i < w->n_row && pause_ms < PAUSE_MAX_MS; i++)
        pause_ms *= 2;
    w->state = WORKER_DEAD;
    w->due_ms = now_ms + (pause_ms < PAUSE_MAX_MS ? pause_ms : PAUSE_MAX_MS);
}

static void program_start(struct qr_worker *w, int64_t now_ms)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        program_failed(w, now_ms);
        return;
    }
    w->fd = pair[0];
    int theirs = file_raise(pair[1]);
    int rc = theirs < 0 ? EMFILE : program_spawn(w, theirs, &w->pid);
    if (theirs >= 0)
        close(theirs);
    if (rc != 0) {
        w->pid = 0;
        program_failed(w, now_ms);
        return;
    }
    w->state = WORKER_STARTING;
    w->due_ms = now_ms + HELLO_MS;
}

void qr_worker_free(struct qr_worker *w)
{
    if (!w)
        return;
    qr_worker_stop(w);
    if (w->memory)
        (void)munmap(w->memory, QR_WIRE_MEMORY_BYTES);
    if (w->memory_fd >= 0)
        close(w->memory_fd);
    free(w->program);
    free(w);
}

void qr_worker_start(struct qr_worker *w, int64_t now_ms)
{
    if (w->state == WORKER_STOPPED)
        program_start(w, now_ms);
}

void qr_worker_stop(struct qr_worker *w)
{
    program_end(w);
    w->state = WORKER_STOPPED;
    w->due_ms = 0;
}

/* ---- questions and answers ---- */

int qr_worker_fd(const struct qr_worker *w)
{
    return w->fd;
}

bool qr_worker_is_ready(const struct qr_worker *w)
{
    return w->state == WORKER_READY;
}

int qr_worker_submit(struct qr_worker *w, const struct qr_worker_picture *picture, int64_t now_ms,
                     struct err *err)
{
    struct qr_wire_request r;
    if (w->state != WORKER_READY)
        return ERR(err, ERR_BUSY, "the decoder is not ready");
    if (picture->n < 1 || picture->n > QR_WIRE_MEMORY_BYTES)
        return ERR(err, ERR_TOO_BIG, "a picture of %zu bytes", picture->n);
    w->id = w->id == UINT32_MAX ? 1 : w->id + 1;
    qr_wire_request_init(&r, w->id);
    r.format = (uint16_t)picture->format;
    r.width = (uint16_t)picture->width;
    r.height = (uint16_t)picture->height;
    r.stride = picture->stride;
    r.n_bytes = (uint32_t)picture->n;
    /* attempts that begin late must still end before the deadline */
    r.budget_ms = (uint16_t)(w->deadline_ms / 3 < UINT16_MAX ? w->deadline_ms / 3 : UINT16_MAX);
    r.is_zbar_only = now_ms < w->zbar_only_ms;
    memcpy(w->memory, picture->data, picture->n);
    w->n_memory = picture->n;
    w->state = WORKER_ASKED;
    w->due_ms = now_ms + w->deadline_ms;
    ssize_t n;
    do
        n = send(w->fd, &r, sizeof r, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (n < 0 && errno == EINTR);
    if (n != (ssize_t)sizeof r)
        program_failed(w, now_ms);
    return 0;
}

/* @return 1 an answer, 0 nothing yet, -1 the program has failed */
static int answer_take(struct qr_worker *w, struct qr_wire_answer *ret)
{
    struct qr_wire_answer raw;
    ssize_t n;
    do
        n = recv(w->fd, &raw, sizeof raw, MSG_DONTWAIT | MSG_TRUNC);
    while (n < 0 && errno == EINTR);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return 0;
    uint32_t id = w->state == WORKER_STARTING ? 0 : w->id;
    int rc = -1;
    /* in READY nothing has been asked; longer than our memory is told by its full length */
    if (n > 0 && w->state != WORKER_READY)
        rc = qr_wire_answer_parse(&raw, (size_t)n, id, ret, NULL) < 0 ? -1 : 1;
    if (n > 0)
        bytes_wipe(&raw, (size_t)n < sizeof raw ? (size_t)n : sizeof raw);
    return rc;
}

int qr_worker_step(struct qr_worker *w, int64_t now_ms, struct qr_wire_answer *ret)
{
    if (w->state == WORKER_DEAD && now_ms >= w->due_ms)
        program_start(w, now_ms);
    if (w->state < WORKER_STARTING)
        return 0;
    int rc = answer_take(w, ret);
    if (rc < 0) {
        program_failed(w, now_ms);
        return 0;
    }
    if (rc > 0) {
        bool is_hello = w->state == WORKER_STARTING;
        w->state = WORKER_READY;
        picture_wipe(w);
        if (!is_hello)
            w->n_row = 0;
        return !is_hello;
    }
    if (w->state != WORKER_READY && now_ms >= w->due_ms) {
        if (w->state == WORKER_ASKED)
            w->zbar_only_ms = now_ms + ZBAR_ONLY_MS;
        program_failed(w, now_ms);
    }
    return 0;
}

int qr_worker_trouble(const struct qr_worker *w)
{
    return w->n_row >= DEATHS_MANY ? ERR_CAMERA_DECODER : 0;
}

int64_t qr_worker_due_ms(const struct qr_worker *w)
{
    return w->state == WORKER_STOPPED || w->state == WORKER_READY ? INT64_MAX : w->due_ms;
}

unsigned qr_worker_n_deaths(const struct qr_worker *w)
{
    return w->n_deaths;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The file behind /dev/bus/usb/BBB/DDD: a pseudo terminal, because poll() on it can be made to say
 * what usbfs says. Output stopped = nothing to reap; master closed = device gone (POLLHUP).
 * Runs under the lock, any thread. */
#define _GNU_SOURCE
#include "usbemu_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* A session of our own takes the terminal as its controlling one. Otherwise a client that leads a
 * session without a terminal would be given it on open, and SIGHUP at unplug. The child makes
 * plain system calls only: it was forked from a process with threads. */
static pid_t session_start(int pts)
{
    int sync[2];
    char byte;
    sigset_t hup;

    if (pipe2(sync, O_CLOEXEC) < 0)
        usbemu_die("pipe: %s", strerror(errno));
    pid_t pid = fork();
    if (pid < 0)
        usbemu_die("fork: %s", strerror(errno));
    if (pid == 0) {
        sigemptyset(&hup);
        sigaddset(&hup, SIGHUP);
        signal(SIGHUP, SIG_DFL);
        sigprocmask(SIG_UNBLOCK, &hup, NULL);
        syscall(SYS_setsid);
        syscall(SYS_ioctl, pts, TIOCSCTTY, 0);
        syscall(SYS_close_range, 0U, ~0U, 0U);
        for (;;)
            syscall(SYS_pause);
    }
    close(sync[1]);
    while (read(sync[0], &byte, 1) < 0 && errno == EINTR)
        ;
    close(sync[0]);
    return pid;
}

static void session_stop(pid_t pid)
{
    if (pid <= 0)
        return;
    kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

static void make_parents(const char *path)
{
    char *dir = g_path_get_dirname(path);

    if (g_mkdir_with_parents(dir, 0755) < 0)
        usbemu_die("%s: %s", dir, strerror(errno));
    g_free(dir);
}

void node_make(struct usbemu_dev *dev)
{
    char *path = g_strconcat(dev->bus->root, dev->node, NULL);
    struct termios t;

    dev->ptm = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (dev->ptm < 0 || grantpt(dev->ptm) < 0 || unlockpt(dev->ptm) < 0 ||
        ptsname_r(dev->ptm, dev->backing, sizeof dev->backing) != 0)
        usbemu_die("pseudo terminal: %s", strerror(errno));
    dev->pts = open(dev->backing, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (dev->pts < 0)
        usbemu_die("%s: %s", dev->backing, strerror(errno));
    tcgetattr(dev->pts, &t);
    cfmakeraw(&t);
    tcsetattr(dev->pts, TCSANOW, &t);
    if (dev->bus->carrier->has_session)
        dev->session = session_start(dev->pts);
    make_parents(path);
    if (symlink(dev->backing, path) < 0)
        usbemu_die("%s: %s", path, strerror(errno));
    dev->is_ready = true;
    node_update(dev);
    g_free(path);
}

void node_remove(struct usbemu_dev *dev)
{
    char *path = g_strconcat(dev->bus->root, dev->node, NULL);

    unlink(path);
    close(dev->pts);
    close(dev->ptm);
    dev->pts = dev->ptm = -1;
    session_stop(dev->session);
    dev->session = 0;
    g_free(path);
}

void node_update(struct usbemu_dev *dev)
{
    struct opener *op;
    bool is_ready = false;

    TAILQ_FOREACH(op, &dev->openers, link)
    is_ready |= op->plugging == dev->plugging && !TAILQ_EMPTY(&op->done);
    if (is_ready == dev->is_ready || dev->pts < 0)
        return;
    dev->is_ready = is_ready;
    tcflow(dev->pts, is_ready ? TCOON : TCOOFF);
}

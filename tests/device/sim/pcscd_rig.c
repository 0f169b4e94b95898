/* SPDX-License-Identifier: Apache-2.0 */
/* Starting pcscd apart from any other. Its socket is made here and handed over as systemd would
 * (LISTEN_FDS), so that its path is ours; what else it writes, /run/pcscd/pcscd.pid, falls into a
 * private tmpfs on /run. PCSCLITE_HP_DROPDIR points to an empty folder: the machine's real readers
 * stay out. One thread. */
#define _GNU_SOURCE
#include "pcscd_rig.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_BYTES = 96, FIRST_PORT = 20000, N_PORTS = 10000, PORT_TRIES = 200 };

static const char daemon_path[] = "/usr/sbin/pcscd";
static const char pid_folder[] = "/run/pcscd", pid_path[] = "/run/pcscd/pcscd.pid";
static const char vpcd_path[] = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";

struct pcscd_rig {
    pid_t pid; /* 0: not running */
    uint16_t port;
    char folder[PATH_BYTES - 32];
    char socket[PATH_BYTES], conf[PATH_BYTES], empty[PATH_BYTES], file[PATH_BYTES];
    const char *preload;
};

static bool port_is_free(uint16_t port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int rc = bind(fd, (struct sockaddr *)&at, sizeof at);

    close(fd);
    return rc == 0;
}

/* vpcd takes two ports in a row. @return the first, or 0 */
static uint16_t port_choose(void)
{
    unsigned start = (unsigned)getpid() * 7919u;

    for (unsigned i = 0; i < PORT_TRIES; i++) {
        uint16_t port = (uint16_t)(FIRST_PORT + (start + 2 * i) % N_PORTS);

        if (port_is_free(port) && port_is_free((uint16_t)(port + 1)))
            return port;
    }
    return 0;
}

struct pcscd_rig *pcscd_rig_new(const char *preload, char ret_error[160])
{
    if (access(daemon_path, X_OK) != 0 || access(vpcd_path, R_OK) != 0) {
        snprintf(ret_error, 160, "pcscd or vsmartcard's vpcd is not installed");
        return NULL;
    }
    struct pcscd_rig *r = calloc(1, sizeof *r);
    if (r == NULL)
        abort();
    snprintf(r->folder, sizeof r->folder, "/tmp/yj-pcscd-XXXXXX");
    r->port = port_choose();
    if (r->port == 0 || mkdtemp(r->folder) == NULL) {
        snprintf(ret_error, 160, "no free port or no room in /tmp");
        free(r);
        return NULL;
    }
    r->preload = preload;
    snprintf(r->socket, sizeof r->socket, "%s/comm", r->folder);
    snprintf(r->conf, sizeof r->conf, "%s/conf", r->folder);
    snprintf(r->empty, sizeof r->empty, "%s/empty", r->folder);
    snprintf(r->file, sizeof r->file, "%s/conf/slot", r->folder);
    mkdir(r->conf, 0755);
    mkdir(r->empty, 0755);
    return r;
}

void pcscd_rig_free(struct pcscd_rig *r)
{
    if (r == NULL)
        return;
    pcscd_rig_stop(r);
    unlink(r->file);
    rmdir(r->conf);
    rmdir(r->empty);
    rmdir(r->folder);
    free(r);
}

const char *pcscd_rig_socket(const struct pcscd_rig *r)
{
    return r->socket;
}

uint16_t pcscd_rig_port(const struct pcscd_rig *r)
{
    return r->port;
}

static int conf_write(const struct pcscd_rig *r, bool has_reader)
{
    FILE *f = fopen(r->file, "w");

    if (f == NULL)
        return -1;
    if (has_reader)
        fprintf(f,
                "FRIENDLYNAME \"Yijian Sim Slot (SN0001)\"\nDEVICENAME /dev/null:0x%X\n"
                "LIBPATH %s\nCHANNELID 0x%X\n",
                r->port, vpcd_path, r->port);
    return fclose(f);
}

static int socket_listen(const char *path)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
    unlink(path);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(fd, 16) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static int text_write(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));

    if (fd >= 0)
        close(fd);
    return n < 0 ? -1 : 0;
}

/* @return the process that the pid file of the system names, 0 when there is none */
static pid_t pid_file_read(void)
{
    FILE *f = fopen(pid_path, "r");
    int pid = 0;

    if (f != NULL && fscanf(f, "%d", &pid) != 1)
        pid = 0;
    if (f != NULL)
        fclose(f);
    return pid;
}

/* In the child: a /run of its own. Without the right to that, root may go on when no other pcscd
 * lives there: it would take its pid file away. @return 0 or -1 with errno */
static int run_of_its_own(void)
{
    char map[32], group_map[32];
    uid_t uid = geteuid();
    gid_t gid = getegid();

    if (unshare(CLONE_NEWNS) != 0) {
        if (uid == 0)
            return pid_file_read() == 0 || kill(pid_file_read(), 0) != 0 ? 0 : -1;
        if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
            return -1;
        snprintf(map, sizeof map, "0 %u 1", (unsigned)uid);
        snprintf(group_map, sizeof group_map, "0 %u 1", (unsigned)gid);
        if (text_write("/proc/self/setgroups", "deny") != 0 ||
            text_write("/proc/self/uid_map", map) != 0 ||
            text_write("/proc/self/gid_map", group_map) != 0)
            return -1;
    }
    if (mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) != 0)
        return -1;
    return mount("none", "/run", "tmpfs", 0, NULL);
}

/* In the child. Comes back only when something is missing. */
static void daemon_become(const struct pcscd_rig *r, int fd, pid_t parent)
{
    static char name[] = "pcscd", foreground[] = "-f", quiet[] = "-C", conf[] = "-c";
    static char n_fds[] = "LISTEN_FDS=1";
    char folder[PATH_BYTES], pid[32], empty[PATH_BYTES + 32], preload[512];
    char *argv[] = {name, foreground, quiet, conf, folder, NULL};
    char *env[] = {n_fds, pid, empty, r->preload ? preload : NULL, NULL};
    int null = open("/dev/null", O_RDWR);

    prctl(PR_SET_PDEATHSIG, SIGKILL); /* nothing stays behind when a test dies */
    if (getppid() != parent)
        _exit(1);
    if (run_of_its_own() != 0)
        return;
    snprintf(folder, sizeof folder, "%s", r->conf);
    snprintf(pid, sizeof pid, "LISTEN_PID=%d", (int)getpid());
    snprintf(empty, sizeof empty, "PCSCLITE_HP_DROPDIR=%s", r->empty);
    if (r->preload)
        snprintf(preload, sizeof preload, "LD_PRELOAD=%s", r->preload);
    dup2(null, 0);
    dup2(null, 1);
    dup2(null, 2);
    if (fd == 3 ? fcntl(fd, F_SETFD, 0) == 0 : dup2(fd, 3) == 3)
        execve(daemon_path, argv, env);
}

int pcscd_rig_start(struct pcscd_rig *r, bool has_reader, char ret_error[160])
{
    int pipe_fd[2], why = 0;
    pid_t parent = getpid();

    if (r->pid != 0)
        return 0;
    int fd = conf_write(r, has_reader) == 0 ? socket_listen(r->socket) : -1;
    if (fd < 0 || pipe2(pipe_fd, O_CLOEXEC) != 0) {
        snprintf(ret_error, 160, "no socket for pcscd: %s", strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    r->pid = fork();
    if (r->pid == 0) {
        int error = fcntl(pipe_fd[1], F_DUPFD_CLOEXEC, 10); /* 3 is wanted for the socket */

        daemon_become(r, fd, parent);
        why = errno ? errno : EPERM;
        if (write(error, &why, sizeof why) < 0)
            _exit(2);
        _exit(1);
    }
    close(fd); /* so that clients notice its death */
    close(pipe_fd[1]);
    ssize_t n = r->pid < 0 ? -1 : read(pipe_fd[0], &why, sizeof why);
    close(pipe_fd[0]);
    if (n == 0)
        return 0;
    snprintf(ret_error, 160, "pcscd cannot be started apart from others: %s",
             strerror(n > 0 ? why : errno));
    if (r->pid > 0)
        waitpid(r->pid, NULL, 0);
    r->pid = 0;
    return -1;
}

void pcscd_rig_stop(struct pcscd_rig *r)
{
    if (r->pid > 0) {
        kill(r->pid, SIGKILL);
        waitpid(r->pid, NULL, 0);
        if (pid_file_read() == r->pid) { /* it had no /run of its own */
            unlink(pid_path);
            rmdir(pid_folder);
        }
    }
    r->pid = 0;
    unlink(r->socket);
}

void pcscd_rig_hang(struct pcscd_rig *r, bool is_hanging)
{
    if (r->pid > 0)
        kill(r->pid, is_hanging ? SIGSTOP : SIGCONT);
}

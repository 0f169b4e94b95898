/* SPDX-License-Identifier: Apache-2.0 */
/* Starts print services as programs of their own. Test code. */
#define _DEFAULT_SOURCE /* putenv */
#include "ipp_rig.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

extern char **environ;

static void fail(const char *what)
{
    perror(what);
    abort();
}

static void nap(int ms)
{
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    nanosleep(&t, NULL);
}

void ipp_rig_folder(struct ipp_rig *r)
{
    snprintf(r->folder, sizeof r->folder, "/tmp/yijian-ipp-XXXXXX");
    if (!mkdtemp(r->folder))
        fail("mkdtemp");
}

void ipp_rig_start(struct ipp_rig *r)
{
    int down[2], up[2];
    char path[512];
    memset(r, 0, sizeof *r);
    ipp_rig_folder(r);
    if (pipe(down) != 0 || pipe(up) != 0)
        fail("pipe");
    snprintf(path, sizeof path, "%s/tests/unit/drivers/ipp_model.py", YJ_SOURCE_DIR);
    r->pid = fork();
    if (r->pid == 0) {
        dup2(down[0], 0);
        dup2(up[1], 1);
        close(down[1]);
        close(up[0]);
        execlp("python3", "python3", path, r->folder, (char *)NULL);
        _exit(127);
    }
    close(down[0]);
    close(up[1]);
    fcntl(down[1], F_SETFD, FD_CLOEXEC);
    fcntl(up[0], F_SETFD, FD_CLOEXEC);
    r->to = fdopen(down[1], "w");
    r->from = fdopen(up[0], "r");
    if (r->pid < 0 || !r->to || !r->from || fscanf(r->from, "port %d", &r->port) != 1 ||
        fgetc(r->from) == EOF)
        fail("ipp_model.py");
}

static json_t *order(struct ipp_rig *r, const char *fmt, va_list args)
{
    char line[65536];
    vfprintf(r->to, fmt, args);
    fputc('\n', r->to);
    fflush(r->to);
    if (!fgets(line, sizeof line, r->from))
        fail("ipp_model.py");
    json_t *answer = json_loads(line, 0, NULL);
    if (!answer || json_object_get(answer, "error"))
        fail(line);
    return answer;
}

json_t *ipp_rig_order(struct ipp_rig *r, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    json_t *answer = order(r, fmt, args);
    va_end(args);
    return answer;
}

void ipp_rig_do(struct ipp_rig *r, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    json_decref(order(r, fmt, args));
    va_end(args);
}

int ipp_rig_job(struct ipp_rig *r, size_t job, const char *what)
{
    json_t *state = ipp_rig_order(r, "state");
    const json_t *one = json_array_get(json_object_get(state, "jobs"), job - 1);
    int value = one ? (int)json_integer_value(json_object_get(one, what)) : -1;
    json_decref(state);
    return value;
}

void ipp_rig_stop(struct ipp_rig *r)
{
    char out[64];
    if (r->to)
        fclose(r->to);
    else if (r->pid > 0)
        kill(r->pid, SIGTERM);
    if (r->pid > 0)
        waitpid(r->pid, NULL, 0);
    if (r->from)
        fclose(r->from);
    command_run(out, sizeof out, "rm -rf '%s'", r->folder);
}

pid_t program_start(const char *folder, const char *const *argv, char *const *env)
{
    char log[128];
    snprintf(log, sizeof log, "%s/log", folder);
    pid_t pid = fork();
    if (pid == 0) {
        int fd = open(log, O_CREAT | O_WRONLY | O_APPEND, 0600);
        dup2(fd, 1);
        dup2(fd, 2);
        for (; env && *env; env++)
            putenv(*env);
        execvp(argv[0], (char *const *)argv); /* the old interface lacks a const */
        _exit(127);
    }
    return pid;
}

int command_run(char *out, size_t cap, const char *fmt, ...)
{
    char command[2048];
    va_list args;
    va_start(args, fmt);
    vsnprintf(command, sizeof command, fmt, args);
    va_end(args);
    FILE *f = popen(command, "r");
    if (!f)
        fail(command);
    size_t n = fread(out, 1, cap - 1, f);
    out[n] = '\0';
    char rest[4096];
    while (fread(rest, 1, sizeof rest, f) > 0) /* the program shall not die of a closed pipe */
        continue;
    int status = pclose(f);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int port_socket(struct sockaddr_in *at, int port)
{
    memset(at, 0, sizeof *at);
    at->sin_family = AF_INET;
    at->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    at->sin_port = htons((uint16_t)port);
    return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

int port_free(void)
{
    struct sockaddr_in at;
    socklen_t n = sizeof at;
    int fd = port_socket(&at, 0);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &n) != 0)
        fail("bind");
    close(fd);
    return ntohs(at.sin_port);
}

bool port_wait(int port, int ms)
{
    int64_t until_ms = clock_mono_ms() + ms;
    for (;;) {
        struct sockaddr_in at;
        int fd = port_socket(&at, port);
        int rc = connect(fd, (struct sockaddr *)&at, sizeof at);
        close(fd);
        if (rc == 0)
            return true;
        if (clock_mono_ms() >= until_ms)
            return false;
        nap(30);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Clients of the simulator: their environment, and starting one. Main thread. */
#define _GNU_SOURCE
#include "sim.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char preload_lib[] = "libumockdev-preload.so.0";

/* libyj_nosleep.so beside our own program, when it is there */
static void add_nosleep(char *list, size_t cap)
{
    char path[400];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 32);

    if (n <= 0)
        return;
    path[n] = '\0';
    char *slash = strrchr(path, '/');
    if (slash == NULL || strchr(path, ' ') != NULL) /* a blank would end it in LD_PRELOAD */
        return;
    memcpy(slash + 1, "libyj_nosleep.so", sizeof "libyj_nosleep.so");
    if (access(path, R_OK) == 0) {
        size_t len = strlen(list);
        snprintf(list + len, cap - len, " %s", path);
    }
}

json_t *spawn_env(const char *preload)
{
    char list[1024];
    const char *dir = getenv("UMOCKDEV_DIR");

    snprintf(list, sizeof list, "%.400s%s%s", preload ? preload : "", preload ? " " : "",
             preload_lib);
    add_nosleep(list, sizeof list);
    return json_pack("{s:s, s:s}", "UMOCKDEV_DIR", dir ? dir : "", "LD_PRELOAD", list);
}

/* Full path of a program, as execvp finds it. @return file descriptor, or -1 */
static int program_open(const char *program)
{
    const char *dirs = getenv("PATH");
    char path[512];
    int fd = -1;

    if (strchr(program, '/') != NULL)
        return open(program, O_RDONLY | O_CLOEXEC);
    while (fd < 0 && dirs != NULL && *dirs != '\0') {
        int n = (int)strcspn(dirs, ":");
        snprintf(path, sizeof path, "%.*s/%s", n, dirs, program);
        fd = open(path, O_RDONLY | O_CLOEXEC);
        dirs += n;
        dirs += *dirs == ':';
    }
    return fd;
}

const char *spawn_detect_sanitizer(const char *program)
{
    static const char *const runtimes[] = {"libasan.so.8", "libasan.so.6", "libtsan.so.2"};
    const char *found = NULL;
    struct stat st;
    int fd = program_open(program);

    if (fd < 0)
        return NULL;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
        void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        for (size_t i = 0; p != MAP_FAILED && i < sizeof runtimes / sizeof runtimes[0]; i++)
            if (memmem(p, (size_t)st.st_size, runtimes[i], strlen(runtimes[i]) + 1) != NULL)
                found = runtimes[i];
        if (p != MAP_FAILED)
            munmap(p, (size_t)st.st_size);
    }
    close(fd);
    return found;
}

pid_t spawn_client(char *const argv[], const char *preload)
{
    json_t *env = spawn_env(preload), *value;
    const char *key;
    pid_t pid = fork();

    if (pid == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        json_object_foreach(env, key, value) setenv(key, json_string_value(value), 1);
        execvp(argv[0], argv);
        fprintf(stderr, "kiosk-sim: %s: %s\n", argv[0], strerror(errno));
        _exit(127);
    }
    json_decref(env);
    return pid;
}

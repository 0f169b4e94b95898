/* SPDX-License-Identifier: Apache-2.0 */
/* A disk that does not come back from a flush while it is held. */
#include "slow_disk.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static char held[512]; /* "" none */
static int n_held;

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
    char link[64], path[512];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    path[n > 0 ? n : 0] = '\0';
    pthread_mutex_lock(&lock);
    n_held++;
    pthread_cond_broadcast(&changed);
    while (held[0] && strncmp(path, held, strlen(held)) == 0)
        pthread_cond_wait(&changed, &lock);
    n_held--;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    return __real_fsync(fd);
}

void slow_disk_hold(const char *folder)
{
    pthread_mutex_lock(&lock);
    snprintf(held, sizeof held, "%s", folder);
    pthread_mutex_unlock(&lock);
}

void slow_disk_release(void)
{
    slow_disk_hold("");
    pthread_mutex_lock(&lock);
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

int slow_disk_n_held(void)
{
    pthread_mutex_lock(&lock);
    int n = n_held;
    pthread_mutex_unlock(&lock);
    return n;
}

int slow_disk_wait(int n)
{
    struct timespec until;
    int rc = 0;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 60;
    pthread_mutex_lock(&lock);
    while (n_held != n && rc == 0)
        rc = pthread_cond_timedwait(&changed, &lock, &until);
    int is_there = n_held == n;
    pthread_mutex_unlock(&lock);
    return is_there;
}

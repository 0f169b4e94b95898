/* SPDX-License-Identifier: Apache-2.0 */
/* A disk that does not come back from a flush while it is held. Linked with --wrap=fsync. */
#ifndef YJ_TESTS_SLOW_DISK_H
#define YJ_TESTS_SLOW_DISK_H

/* From now on flushing anything below this folder waits for slow_disk_release. */
void slow_disk_hold(const char *folder);
void slow_disk_release(void);

/* How many flushes wait now. */
int slow_disk_n_held(void);

/* @return whether that many wait within a minute */
int slow_disk_wait(int n_held);

#endif

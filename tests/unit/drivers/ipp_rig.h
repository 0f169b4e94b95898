/* SPDX-License-Identifier: Apache-2.0 */
/* Starts print services as programs of their own, talks to them and judges files with tools.
 * Test code, single-threaded. */
#ifndef YJ_TESTS_IPP_RIG_H
#define YJ_TESTS_IPP_RIG_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

struct ipp_rig {
    pid_t pid;
    FILE *to, *from; /* of ipp_model.py */
    int port;
    char folder[64];
};

/* Make the folder. */
void ipp_rig_folder(struct ipp_rig *r);
/* Start ipp_model.py and wait until it listens. */
void ipp_rig_start(struct ipp_rig *r);
/* Give an order. @return its answer, owned by the caller */
json_t *ipp_rig_order(struct ipp_rig *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The same for its effect alone. */
void ipp_rig_do(struct ipp_rig *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A number of the job, counted from 1: "state", "impressions", "bytes"; -1 when there is none. */
int ipp_rig_job(struct ipp_rig *r, size_t job, const char *what);
/* End the service and remove the folder. */
void ipp_rig_stop(struct ipp_rig *r);

/* Start a program whose output goes to folder/log; argv ends with NULL. */
pid_t program_start(const char *folder, const char *const *argv, char *const *env);
/* Run a shell command, with what it prints in out (cut at cap). @return its exit code */
int command_run(char *out, size_t cap, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* A port nobody listens on now. */
int port_free(void);
/* Wait until somebody listens. @return false after ms */
bool port_wait(int port, int ms);

#endif

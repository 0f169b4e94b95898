/* SPDX-License-Identifier: Apache-2.0 */
/* The real smart card service, pcscd, for one test or simulator only: its own socket, its own
 * reader (vpcd on its own TCP port), in a mount namespace of its own where that can be had, so
 * that a pcscd of the system and other tests are neither seen nor disturbed. One thread. */
#ifndef YJ_SIM_PCSCD_RIG_H
#define YJ_SIM_PCSCD_RIG_H

#include <stdbool.h>
#include <stdint.h>

struct pcscd_rig;

/**
 * Make the rig; the service is not running yet. Clients meet it through
 * PCSCLITE_CSOCK_NAME=pcscd_rig_socket() in their environment.
 * @param preload    library to load into the service (yj_hurry), or NULL
 * @param ret_error  one sentence
 * @return the rig, or NULL when this machine has no pcscd or vpcd
 */
struct pcscd_rig *pcscd_rig_new(const char *preload, char ret_error[160]);
/** Stops the service, removes its files. Accepts NULL. */
void pcscd_rig_free(struct pcscd_rig *r);

/** Path of the socket, borrowed until pcscd_rig_free. */
const char *pcscd_rig_socket(const struct pcscd_rig *r);
/** TCP port of the reader, on the loopback too. */
uint16_t pcscd_rig_port(const struct pcscd_rig *r);

/**
 * Start the service; harmless when it runs.
 * @param has_reader  false: a service without any reader
 * @return 0, or -1 with a sentence: no right to start it here
 */
int pcscd_rig_start(struct pcscd_rig *r, bool has_reader, char ret_error[160]);
/** Kill it; its socket goes as well. */
void pcscd_rig_stop(struct pcscd_rig *r);
/** Hang it, and let it go on. */
void pcscd_rig_hang(struct pcscd_rig *r, bool is_hanging);

#endif

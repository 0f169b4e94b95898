/* SPDX-License-Identifier: Apache-2.0 */
/* A4 document printer as a driver, over a CUPS queue or straight over IPP: use it through
 * document_ops (drivers/driver.h).
 *
 * What the application sees:
 * - status: ONLINE; OFFLINE waits for somebody (paper, cover, toner, stopped); NO_DEVICE cannot be
 *   reached; HARDWARE_ERROR does not answer as a printer should. paper is UNKNOWN where nobody can
 *   know it.
 * - PRINT is answered by one PRINT_DONE. PRINTED comes with EVIDENCE_PROCESSED: the printer itself
 *   reported the job as completed. IN_DOUBT with EVIDENCE_SENT and code 0: a queue handed the
 *   bytes to a printer that cannot answer. NOT_STARTED: nothing is on paper. A printer that is not
 *   ONLINE refuses at once.
 * - When paper runs out in the middle the job goes on after somebody has put paper in; after
 *   job_timeout_s it is cancelled.
 * - Closing cancels the job at hand; opening cancels what an earlier program left.
 * - Blocks: step never; close at once when no job is at hand, else up to 2 s for taking it back, 5
 * s when the printer answers without coming to an end; 12 s more when a TLS printer falls silent in
 *   the handshake, which libcups does not let anybody end. */
#ifndef YJ_DOCUMENT_H
#define YJ_DOCUMENT_H

#include "drivers/driver.h"

#endif

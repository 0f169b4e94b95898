/* SPDX-License-Identifier: Apache-2.0 */
/* The main thread of `serve`: waits for SIGTERM, SIGINT and lines on the control socket.
 *
 *   fault KIND [N]   see fault.h; "slow:MS" is a KIND      → ok
 *   fault off                                              → ok
 *   stats            ledger_counts + faults + terminal_list (ledger_gaps), one line of JSON
 *   advance NUMBER TASK CODE              a department sets its task (one of the 18 codes) → ok
 *   correct NUMBER KIND ID REASON [TEXT]  a department asks for a field or material → ok
 *   cases NUMBER     tasks, corrections and correcting records, one line of JSON (desk.h)
 *   quit             end as SIGTERM does                   → ok
 * Anything else is answered with "error: …". */
#ifndef YJ_CENTRAL_CONTROL_H
#define YJ_CENTRAL_CONTROL_H

#include "fault.h"
#include "ledger.h"

/** Block SIGTERM and SIGINT for this and later threads. @return a signalfd or ERR_SYSTEM */
int control_catch_signals(struct err *err) YJ_CHECK;

/**
 * Listen on a UNIX socket (mode 0600); an old one is replaced.
 * @return the socket, owned by the caller, or ERR_INVALID, ERR_SYSTEM
 */
int control_listen(const char *path, struct err *err) YJ_CHECK;

/**
 * Serve until told to end.
 * @param signal_fd  from control_catch_signals
 * @param listen_fd  from control_listen, or -1
 * @return 0 or ERR_SYSTEM
 */
int control_run(int signal_fd, int listen_fd, struct ledger *ledger, struct fault_plan *faults,
                struct err *err) YJ_CHECK;

#endif

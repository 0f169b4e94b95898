/* SPDX-License-Identifier: Apache-2.0 */
/* The printer model behind a TCP socket, as network printers listen on port 9100: for host
 * programs that speak no USB. Loopback only. Thread: the caller's. */
#ifndef YJ_SIM_PRINTER_TCP_H
#define YJ_SIM_PRINTER_TCP_H

#include <stdbool.h>
#include <stdint.h>

#include "printer_model.h"

/**
 * Serve one client after the other until *is_stopped. The model must have been made without a bus.
 * @param port        0: any free one
 * @param is_stopped  looked at every 100 ms, borrowed; may be set by a signal handler
 * @param on_ready    called once with the port that listens, may be NULL
 * @return 0, or -1 with errno when the port cannot be had
 */
int printer_tcp_serve(struct printer_model *m, uint16_t port, const volatile bool *is_stopped,
                      void (*on_ready)(uint16_t port));

#endif

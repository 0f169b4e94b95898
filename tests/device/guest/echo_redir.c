/* SPDX-License-Identifier: Apache-2.0 */
/* The echo device of the emulation's own tests, for a QEMU guest. Main thread; ends on a signal. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "carrier_redir.h"
#include "echo_model.h"

int main(int argc, char **argv)
{
    sigset_t set;
    int n = 0;

    if (argc != 2) {
        fprintf(stderr, "usage: %s SOCKET\n", argv[0]);
        return 2;
    }
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    struct usbemu_bus *bus = usbemu_bus_new_redir();
    struct echo_model *m = echo_model_new(bus, "1-1", "GUEST");
    usbemu_plug(echo_model_dev(m));
    if (usbemu_redir_serve(echo_model_dev(m), argv[1]) < 0) {
        perror(argv[1]);
        return 2;
    }
    sigwait(&set, &n);
    usbemu_bus_free(bus);
    echo_model_free(m);
    return 0;
}

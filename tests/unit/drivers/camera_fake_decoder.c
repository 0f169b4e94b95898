/* SPDX-License-Identifier: Apache-2.0 */
/* A decoder program that misbehaves in one way, chosen when it is built: hangs, crashes, answers
 * nonsense. Test code. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "drivers/scanner/qr_wire.h"

enum { HANG = 1, CRASH, GARBAGE, WRONG_ID, WRONG_LENGTH, TOO_LONG, UNASKED, NO_HELLO };

static void say(const void *data, size_t n)
{
    if (send(QR_WIRE_SOCKET_FD, data, n, MSG_NOSIGNAL) < 0)
        _exit(1);
}

static void misbehave(struct qr_wire_answer *a, uint32_t id)
{
    static char junk[3 * sizeof *a];
    qr_wire_answer_init(a, id, QR_WIRE_CODE);
    a->n = 4;
    memcpy(a->bytes, "FAKE", 4);
    switch (FAKE) {
    case CRASH:
        abort();
    case GARBAGE:
        memset(junk, 0x5a, sizeof junk);
        say(junk, 100);
        break;
    case WRONG_ID:
        a->id++;
        say(a, qr_wire_answer_bytes(a));
        break;
    case WRONG_LENGTH:
        a->n = 4000;
        say(a, QR_WIRE_ANSWER_HEAD + 4);
        break;
    case TOO_LONG:
        say(junk, sizeof junk);
        break;
    case UNASKED:
        say(a, qr_wire_answer_bytes(a));
        say(a, qr_wire_answer_bytes(a));
        break;
    default:
        for (;;)
            pause();
    }
}

int main(void)
{
    static struct qr_wire_answer a;
    struct qr_wire_request r;
    if (FAKE == NO_HELLO)
        return 1;
    qr_wire_answer_init(&a, 0, QR_WIRE_HELLO);
    say(&a, qr_wire_answer_bytes(&a));
    while (recv(QR_WIRE_SOCKET_FD, &r, sizeof r, 0) == (ssize_t)sizeof r)
        misbehave(&a, r.id);
    return 0;
}

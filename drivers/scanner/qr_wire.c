/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of the decoder program. */
#include "drivers/scanner/qr_wire.h"

#include <string.h>

enum { REQUEST_MAGIC = 0x31514a59, ANSWER_MAGIC = 0x32514a59 }; /* "YJQ1", "YJQ2" */

void qr_wire_request_init(struct qr_wire_request *r, uint32_t id)
{
    *r = (struct qr_wire_request){.magic = REQUEST_MAGIC, .id = id};
}

void qr_wire_answer_init(struct qr_wire_answer *a, uint32_t id, enum qr_wire_kind kind)
{
    memset(a, 0, QR_WIRE_ANSWER_HEAD);
    a->magic = ANSWER_MAGIC;
    a->id = id;
    a->kind = (uint16_t)kind;
}

size_t qr_wire_answer_bytes(const struct qr_wire_answer *a)
{
    return QR_WIRE_ANSWER_HEAD + a->n;
}

int qr_wire_request_parse(const void *data, size_t n, struct qr_wire_request *ret, struct err *err)
{
    struct qr_wire_request r;
    if (n != sizeof r)
        return ERR(err, ERR_INVALID, "a request has %zu bytes", n);
    memcpy(&r, data, sizeof r);
    if (r.magic != REQUEST_MAGIC || r.format < QR_WIRE_GREY || r.format > QR_WIRE_MJPEG)
        return ERR(err, ERR_INVALID, "no request");
    if (r.width < 1 || r.height < 1 || r.width > QR_WIRE_PICTURE_SIDE_MAX ||
        r.height > QR_WIRE_PICTURE_SIDE_MAX)
        return ERR(err, ERR_INVALID, "a picture of %u by %u", r.width, r.height);
    if (r.n_bytes < 1 || r.n_bytes > QR_WIRE_MEMORY_BYTES)
        return ERR(err, ERR_INVALID, "a picture of %u bytes", (unsigned)r.n_bytes);
    uint32_t row = (uint32_t)r.width * (r.format == QR_WIRE_YUYV ? 2 : 1);
    if (r.format != QR_WIRE_MJPEG &&
        (r.stride < row || (uint64_t)r.stride * (r.height - 1u) + row > r.n_bytes))
        return ERR(err, ERR_INVALID, "a picture longer than its memory");
    *ret = r;
    return 0;
}

int qr_wire_answer_parse(const void *data, size_t n, uint32_t id, struct qr_wire_answer *ret,
                         struct err *err)
{
    struct qr_wire_answer head;
    if (n < QR_WIRE_ANSWER_HEAD || n > sizeof head)
        return ERR(err, ERR_CAMERA_DECODER, "an answer has %zu bytes", n);
    memcpy(&head, data, QR_WIRE_ANSWER_HEAD);
    if (head.magic != ANSWER_MAGIC || head.id != id)
        return ERR(err, ERR_CAMERA_DECODER, "an answer to nothing asked");
    bool is_hello = head.kind == QR_WIRE_HELLO;
    if (head.kind < QR_WIRE_HELLO || head.kind > QR_WIRE_BAD_PICTURE || is_hello != (id == 0))
        return ERR(err, ERR_CAMERA_DECODER, "an answer of kind %u", head.kind);
    if (head.n != n - QR_WIRE_ANSWER_HEAD || (head.kind == QR_WIRE_CODE) != (head.n > 0))
        return ERR(err, ERR_CAMERA_DECODER, "an answer with a wrong length");
    memcpy(ret, &head, QR_WIRE_ANSWER_HEAD);
    if (head.n > 0)
        memcpy(ret->bytes, (const uint8_t *)data + QR_WIRE_ANSWER_HEAD, head.n);
    return 0;
}

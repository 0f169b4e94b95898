/* SPDX-License-Identifier: Apache-2.0 */
/* Any picture from the camera, as the decoder program takes it: bounds of GREY, YUYV and MJPEG,
 * then a short look for a code. Input: format (1 byte), width, height, stride (2 bytes each, little
 * endian), then the picture. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "drivers/scanner/decoder/picture_grey.h"
#include "drivers/scanner/qr_finder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct qr_wire_request r, checked;
    struct qr_image m = {0}, bw = {0};
    static struct qr_finders finders;
    if (size < 8)
        return 0;
    qr_wire_request_init(&r, 1);
    r.format = data[0];
    r.width = bytes_le16(data + 1);
    r.height = bytes_le16(data + 3);
    r.stride = bytes_le16(data + 5);
    r.n_bytes = (uint32_t)(size - 7);
    if (qr_wire_request_parse(&r, sizeof r, &checked, NULL) < 0)
        return 0;
    uint8_t *copy = mem_dup(data + 7, size - 7); /* its end is the memory's end */
    struct picture_grey *g = picture_grey_new();
    if (g && picture_grey_convert(g, &checked, copy, &m, NULL) == 0 &&
        (int64_t)m.width * m.height < 1000000) {
        qr_image_threshold(&bw, &m, 4, 5, false);
        qr_finders_scan(&bw, &finders);
    }
    picture_grey_free(g);
    qr_image_fini(&m);
    qr_image_fini(&bw);
    free(copy);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Grey values: the Y of YUYV, GREY as it is, MJPEG through TurboJPEG. */
#include "drivers/scanner/decoder/picture_grey.h"

#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

#include "base/mem.h"

struct picture_grey {
    tjhandle jpeg;
};

struct picture_grey *picture_grey_new(void)
{
    tjhandle jpeg = tjInitDecompress();
    if (!jpeg)
        return NULL;
    struct picture_grey *g = mem_zalloc(1, sizeof *g);
    g->jpeg = jpeg;
    return g;
}

void picture_grey_free(struct picture_grey *g)
{
    if (!g)
        return;
    (void)tjDestroy(g->jpeg);
    free(g);
}

static int convert_jpeg(struct picture_grey *g, const uint8_t *data, size_t n, struct qr_image *ret,
                        struct err *err)
{
    int width = 0, height = 0, sampling = 0, colours = 0;
    if (tjDecompressHeader3(g->jpeg, data, (unsigned long)n, &width, &height, &sampling,
                            &colours) != 0)
        return ERR(err, ERR_INVALID, "no JPEG header");
    if (width < 1 || height < 1 || width > QR_WIRE_PICTURE_SIDE_MAX ||
        height > QR_WIRE_PICTURE_SIDE_MAX)
        return ERR(err, ERR_INVALID, "a JPEG of %d by %d", width, height);
    qr_image_resize(ret, width, height);
    /* cameras send progressive pictures never, attackers perhaps: few scans only */
    int rc = tjDecompress2(g->jpeg, data, (unsigned long)n, ret->px, width, 0, height, TJPF_GRAY,
                           TJFLAG_FASTDCT | TJFLAG_LIMITSCANS);
    if (rc != 0 && tjGetErrorCode(g->jpeg) != TJERR_WARNING)
        return ERR(err, ERR_INVALID, "a broken JPEG");
    return 0; /* a warning leaves a picture that is good in parts: cheap cameras send them daily */
}

int picture_grey_convert(struct picture_grey *g, const struct qr_wire_request *r,
                         const uint8_t *data, struct qr_image *ret, struct err *err)
{
    if (r->format == QR_WIRE_MJPEG)
        return convert_jpeg(g, data, r->n_bytes, ret, err);
    qr_image_resize(ret, r->width, r->height);
    for (int y = 0; y < r->height; y++) {
        const uint8_t *in = data + (size_t)y * r->stride;
        uint8_t *out = ret->px + (size_t)y * r->width;
        if (r->format == QR_WIRE_GREY)
            memcpy(out, in, r->width);
        else
            for (int x = 0; x < r->width; x++)
                out[x] = in[2 * x];
    }
    return 0;
}

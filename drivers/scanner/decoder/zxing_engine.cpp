/* SPDX-License-Identifier: Apache-2.0 */
/* zxing-cpp 1.4 behind the C face of qr_engine.h: QR Code only, bytes and not its guess at text.
 * The one file of C++; nothing may be thrown through to C. Thread: any. */
#include <ZXing/ReadBarcode.h>

extern "C" {
#include "drivers/scanner/qr_engine.h"
}

extern "C" bool qr_zxing_is_there(void)
{
    return true;
}

extern "C" void qr_zxing_read(const struct qr_image *m, enum qr_zxing_mode mode,
                              struct qr_reads *list)
{
    try {
        ZXing::DecodeHints hints;
        bool is_harder = mode == QR_ZXING_HARDER;
        hints.setFormats(ZXing::BarcodeFormat::QRCode)
            .setTryHarder(is_harder)
            .setTryRotate(false)
            .setTryDownscale(is_harder)
            .setMaxNumberOfSymbols(1);
        ZXing::ImageView view(m->px, m->width, m->height, ZXing::ImageFormat::Lum);
        ZXing::Result result = ZXing::ReadBarcode(view, hints);
        if (!result.isValid() || result.format() != ZXing::BarcodeFormat::QRCode)
            return;
        auto &p = result.position();
        float x = 0, y = 0;
        for (int i = 0; i < 4; i++) {
            x += static_cast<float>(p[i].x) / 4;
            y += static_cast<float>(p[i].y) / 4;
        }
        const ZXing::ByteArray &bytes = result.bytes();
        if (result.isPartOfSequence() && result.sequenceSize() != 1)
            qr_reads_add(list, nullptr, 0, x, y);
        else if (!bytes.empty())
            qr_reads_add(list, bytes.data(), bytes.size(), x, y);
    } catch (...) {
        /* a picture it cannot cope with holds no code */
    }
}

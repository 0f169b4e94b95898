/* SPDX-License-Identifier: Apache-2.0 */
/* In place of zxing_engine.cpp where zxing-cpp is not built in: the cascade is ZBar alone. */
#include "drivers/scanner/qr_engine.h"

bool qr_zxing_is_there(void)
{
    return false;
}

void qr_zxing_read(const struct qr_image *m, enum qr_zxing_mode mode, struct qr_reads *list)
{
    (void)m;
    (void)mode;
    (void)list;
}

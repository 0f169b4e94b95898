/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors of the emulated HID scanners. */
#include "scanner_reports.h"

/* Report items that all three layouts begin and end with. Source: HID 1.11, 6.2.2. */
#define ITEMS_HEAD                                                                                 \
    0x05, 0x8c, 0x09, 0x02, 0xa1, 0x01,             /* POS page, Bar Code Scanner, application */  \
        0x09, 0x12, 0xa1, 0x02,                     /* Scanned Data Report, logical */             \
        0x85, REPORT_ID, 0x15, 0x00, 0x26, 0xff, 0, /* report 2, 0..255 */                         \
        0x75, 0x08, 0x95, 0x01,                     /* 8 bits, one */                              \
        0x05, 0x01, 0x09, 0x3b, 0x81, 0x02          /* Generic Desktop, Byte Count */
#define ITEMS_AIM                                                                                  \
    0x05, 0x8c, 0x95, 0x01, 0x09, 0xfb, 0x81, 0x02, /* Symbology Identifier 1 */                   \
        0x09, 0xfc, 0x81, 0x02, 0x09, 0xfd, 0x81, 0x02
/* the same three by a range of usages */
#define ITEMS_AIM_RANGE 0x05, 0x8c, 0x19, 0xfb, 0x29, 0xfd, 0x95, 0x03, 0x81, 0x02
#define ITEMS_DATA      0x05, 0x8c, 0x09, 0xfe, 0x95, DATA_BYTES, 0x82, 0x02, 0x01 /* Decoded Data */
#define ITEMS_PAD(n)    0x95, (n), 0x81, 0x03
#define ITEMS_VENDOR                                                                               \
    0x06, 0x66, 0xff, 0x09, 0x04, 0x95, 0x01, 0x81, 0x02 /* symbology or code ID                   \
                                                          */
#define ITEMS_CONTINUED                                                                            \
    0x05, 0x8c, 0x25, 0x01, 0x75, 0x01, 0x95, 0x01, 0x09, 0xff, 0x81, 0x02, /* continued */        \
        0x95, 0x07, 0x81, 0x03, 0xc0
/* output report: length and serial command */
#define ITEMS_COMMAND(id)                                                                          \
    0x85, (id), 0x26, 0xff, 0x00, 0x75, 0x08, 0x95, 0x3f, 0x06, 0x66, 0xff, 0x09, 0x05, 0x91, 0x02
#define ITEMS_MODE 0x85, 0xfe, 0x95, 0x01, 0x09, 0x06, 0xb1, 0x02 /* feature: where data goes */
#define ITEMS_TRIGGER                                                                              \
    0x05, 0x8c, 0x09, 0x14, 0xa1, 0x02, 0x85, 0x04,                 /* Trigger Report, report 4 */ \
        0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x01,             /* bits */                     \
        0x09, 0x5f, 0x91, 0x02, 0x09, 0x60, 0x91, 0x02,             /* prevent, initiate */        \
        0x95, 0x02, 0x91, 0x03,                                     /* two reserved */             \
        0x95, 0x01, 0x09, 0x85, 0x91, 0x02, 0x09, 0x86, 0x91, 0x02, /* error beep, good beep */    \
        0x95, 0x02, 0x91, 0x03, 0xc0
#define ITEMS_END 0xc0

static const uint8_t report_c[] = {ITEMS_HEAD,      ITEMS_DATA,       ITEMS_PAD(4), ITEMS_VENDOR,
                                   ITEMS_CONTINUED, ITEMS_COMMAND(4), ITEMS_END};
static const uint8_t report_a[] = {ITEMS_HEAD,          ITEMS_AIM,    ITEMS_DATA,
                                   ITEMS_VENDOR,        ITEMS_PAD(1), ITEMS_CONTINUED,
                                   ITEMS_COMMAND(0xfd), ITEMS_MODE,   ITEMS_END};
static const uint8_t report_b[] = {ITEMS_HEAD,   ITEMS_PAD(1),    ITEMS_AIM_RANGE, ITEMS_DATA,
                                   ITEMS_PAD(1), ITEMS_CONTINUED, ITEMS_TRIGGER,   ITEMS_END};
/* vendor page only: 63 bytes in, 63 bytes out */
static const uint8_t report_opaque[] = {0x06, 0x00, 0xff, 0x09, 0x01, 0xa1, 0x01, 0x15, 0x00, 0x26,
                                        0xff, 0x00, 0x75, 0x08, 0x85, 0x02, 0x95, 0x3f, 0x09, 0x02,
                                        0x81, 0x02, 0x85, 0x04, 0x09, 0x03, 0x91, 0x02, 0xc0};
static const uint8_t report_typing[] = {0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, 0x05, 0x07, 0x19, 0xe0,
                                        0x29, 0xe7, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x08,
                                        0x81, 0x02, 0x75, 0x08, 0x95, 0x07, 0x81, 0x00, 0xc0};

#define DESCRIPTORS(vid, pid, report)                                                              \
    {                                                                                              \
        18, 1, 0x00, 0x02, 0, 0, 0, 64, (vid)&0xff, (vid) >> 8, (pid)&0xff, (pid) >> 8, 0x00,      \
            0x01, 1, 2, 3, 1,                                   /* device */                       \
            9, 2, 34, 0, 1, 1, 0, 0xa0, 100,                    /* configuration */                \
            9, 4, 0, 0, 1, 3, 0, 0, 0,                          /* interface: HID */               \
            9, 0x21, 0x11, 0x01, 0, 1, 0x22, sizeof(report), 0, /* HID descriptor */               \
            7, 5, EP_IN, 3, REPORT_BYTES, 0, 4                  /* interrupt IN */                 \
    }
static const uint8_t descriptors_c[] = DESCRIPTORS(0x1eab, 0x0d10, report_c);
static const uint8_t descriptors_a[] = DESCRIPTORS(0x0c2e, 0x0907, report_a);
static const uint8_t descriptors_b[] = DESCRIPTORS(0x05e0, 0x1300, report_b);
static const uint8_t descriptors_opaque[] = DESCRIPTORS(0x1eab, 0x1310, report_opaque);
static const uint8_t descriptors_typing[] = DESCRIPTORS(0x1eab, 0x1303, report_typing);

static const struct scanner_reports all[] = {
    [SCANNER_LAYOUT_C] = {descriptors_c, report_c, sizeof descriptors_c, sizeof report_c, 0, 2},
    [SCANNER_LAYOUT_A] = {descriptors_a, report_a, sizeof descriptors_a, sizeof report_a, 2, 5},
    [SCANNER_LAYOUT_B] = {descriptors_b, report_b, sizeof descriptors_b, sizeof report_b, 3, 6},
    [SCANNER_LAYOUT_OPAQUE] = {descriptors_opaque, report_opaque, sizeof descriptors_opaque,
                               sizeof report_opaque, 0, 2},
    [SCANNER_LAYOUT_TYPING] = {descriptors_typing, report_typing, sizeof descriptors_typing,
                               sizeof report_typing, 0, 2},
};

const struct scanner_reports *scanner_reports_of(enum scanner_layout layout)
{
    return &all[layout];
}

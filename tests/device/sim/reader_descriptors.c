/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors of the reader model. Source: the makers' paper, tables 2 and 5 to 8; USB 2.0, 9.6. */
#include "reader_model_priv.h"

#define DEVICE                              18, 1, 0x10, 0x01, 0, 0, 0, 64, 0x00, 0x04, 0x5a, 0xc3, 0x00, 0x01, 1, 2, 0, 1
#define CONFIG(bytes, n_interfaces)         9, 2, (bytes), 0, (n_interfaces), 1, 0, 0xe0, 50
#define INTERFACE(number, n_endpoints, cls) 9, 4, (number), 0, (n_endpoints), (cls), 0, 0, 0
#define BULK(address)                       7, 5, (address), 2, 64, 0, 0
#define INTERRUPT(address)                  7, 5, (address), 3, 64, 0, 1

static const uint8_t four[] = {
    DEVICE, CONFIG(46, 1), INTERFACE(0, 4, 0xff), BULK(0x02), BULK(0x06), BULK(0x81), BULK(0x85)};
static const uint8_t one[] = {DEVICE, CONFIG(32, 1), INTERFACE(0, 2, 0xff), BULK(0x02), BULK(0x81)};
static const uint8_t other[] = {DEVICE,          CONFIG(48, 2),         INTERFACE(0, 1, 0xfe),
                                INTERRUPT(0x82), INTERFACE(1, 2, 0xff), INTERRUPT(0x03),
                                INTERRUPT(0x84)};
static const uint8_t none[] = {DEVICE, CONFIG(25, 1), INTERFACE(0, 1, 0xff), BULK(0x81)};

void reader_describe(struct reader_model *m)
{
    static const struct {
        const uint8_t *bytes;
        size_t n;
        uint8_t out_head, in_head, in_body;
    } kinds[] = {
        [READER_PIPES_FOUR] = {four, sizeof four, 0x02, 0x81, 0x85},
        [READER_PIPES_ONE] = {one, sizeof one, 0x02, 0x81, 0},
        [READER_PIPES_OTHER] = {other, sizeof other, 0x03, 0x84, 0},
        [READER_PIPES_NONE] = {none, sizeof none, 0x02, 0x81, 0},
    };

    m->desc = (struct usbemu_desc){
        .descriptors = kinds[m->cfg.pipes].bytes,
        .descriptors_bytes = kinds[m->cfg.pipes].n,
        .strings = {NULL, "Yijian-Sim", "IDR"},
        .speed_mbit = 12,
        .port = m->cfg.port ? m->cfg.port : "1-1",
    };
    m->ep_out_head = kinds[m->cfg.pipes].out_head;
    m->ep_in_head = kinds[m->cfg.pipes].in_head;
    m->ep_in_body = kinds[m->cfg.pipes].in_body;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The whole card-reader driver against a reader that says what the input says. With option bit 0
 * the module answers every command well, so that an input need only say what is odd.
 * Say k: well-formed answers, see SAY below. Special k: 0 lifts the card, 1..4 lay one of the four
 * kinds, 5 lays one with the next 256 bytes as its text, others spoil the next answers. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "wire_run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXT = 256, PHOTO = 1024, FINGER = 512, FRAME_MAX = 2400, COMMAND_MAX = 80 };

enum say {
    SAY_OK,
    SAY_ID,
    SAY_FOUND,
    SAY_NONE,
    SAY_SELECTED,
    SAY_CITIZEN,
    SAY_J,
    SAY_I,
    SAY_Y,
    SAY_TEXT,    /* 256 bytes of the input */
    SAY_ADDRESS, /* 70 bytes of the input */
    SAY_SW,      /* SW3 byte */
    SAY_DATA,    /* SW3 byte, n byte, data */
    SAY_FINGERS,
    SAY_BAD_XOR,
    SAY_BAD_LENGTH,
};

static struct {
    bool is_auto, is_split;
    unsigned card; /* 0 none, else SAY_CITIZEN - 1 + card; 5: text */
    bool is_selected, is_read;
    uint8_t text[TEXT];
    uint8_t in_head, in_body;
    size_t piece; /* size of the pieces an answer is cut into */
    uint8_t command[COMMAND_MAX];
    size_t n_command;
    unsigned n_odd; /* answers to be spoilt */
    enum say odd;
    uint8_t odd_sw;
    unsigned last_id;
} sim;

/* ---- answers, written from the standard ---------------------------------------------------- */

/* ASCII and some Chinese into UTF-16LE at a field. */
static void field(size_t at, const char *text)
{
    while (*text) {
        uint32_t cp = 0;
        text += bytes_utf8_next(text, strlen(text), &cp);
        sim.text[at++] = (uint8_t)cp;
        sim.text[at++] = (uint8_t)(cp >> 8);
    }
}

static void text_make(enum say kind)
{
    for (size_t i = 0; i < TEXT; i += 2)
        sim.text[i] = 0x20, sim.text[i + 1] = 0;
    if (kind == SAY_I) {
        field(0, "DOE JOHN");
        field(120, "1");
        field(122, "KAZ110090123105");
        field(152, "KAZ");
        field(188, "2017061620270615");
        field(220, "19900123");
        field(236, "01");
        field(240, "1500");
        field(248, "I");
        return;
    }
    field(0, kind == SAY_J ? "陳大文" : kind == SAY_Y ? "杜约翰" : "张三");
    field(30, "2");
    field(36, kind == SAY_CITIZEN ? "19491231" : "19900307");
    field(52, kind == SAY_Y ? "DOE JOHN" : "北京市朝阳区示例路1号");
    field(122, kind == SAY_Y   ? "911398199012310021"
               : kind == SAY_J ? "810000199003070023"
                               : "11010519491231002X");
    field(158, kind == SAY_Y ? "" : "示例市公安局");
    field(188, "20200101长期");
    if (kind == SAY_CITIZEN) {
        field(32, "01");
    } else if (kind == SAY_J) {
        field(204, "20250101");
        field(220, "H12345678");
        field(238, "01");
        field(248, "J");
    } else {
        field(32, "00");
        field(36, "19901231");
        field(204, "20330101");
        field(242, "KAZ");
        field(248, "Y000");
    }
}

static void frame_push(uint8_t sw3, const uint8_t *data, size_t n, enum say kind)
{
    uint8_t f[FRAME_MAX] = {0xAA, 0xAA, 0xAA, 0x96, 0x69}, xor = 0;
    size_t len = n + 4;
    f[5] = (uint8_t)(len >> 8);
    f[6] = (uint8_t)len;
    f[9] = sw3;
    if (n > 0)
        memcpy(f + 10, data, n);
    for (size_t i = 5; i < 10 + n; i++)
        xor ^= f[i];
    f[10 + n] = kind == SAY_BAD_XOR ? (uint8_t) ~xor : xor;
    if (kind == SAY_BAD_LENGTH)
        f[6] = (uint8_t)(f[6] + sim.odd_sw);
    wire_push(sim.in_head, f, sim.is_split ? 7 : 11 + n, sim.piece);
    if (sim.is_split)
        wire_push(sim.in_body, f + 7, 4 + n, sim.piece);
}

static void read_push(enum say kind, bool has_fingers)
{
    uint8_t data[6 + TEXT + PHOTO + FINGER] = {1, 0, 4, 0};
    size_t at = has_fingers ? 6 : 4;
    if (has_fingers)
        data[4] = FINGER >> 8;
    memcpy(data + at, sim.text, TEXT);
    memcpy(data + at + TEXT, "WL\x66\0\x7e\0\x32", 7);
    frame_push(0x90, data, at + TEXT + PHOTO + (has_fingers ? FINGER : 0), kind);
}

static void say_kind(enum say kind, struct wire_input *in)
{
    static const uint8_t zeros[70] = {0}, id[] = {5, 0, 1, 0, 0xF1, 0xD0, 0x34, 1, 1, 0, 0, 0, 1};
    uint8_t data[70] = {0}, sw;
    const uint8_t *raw;
    size_t n = 0;
    switch (kind) {
    case SAY_OK:
        frame_push(0x90, NULL, 0, kind);
        break;
    case SAY_ID:
        memcpy(data, id, sizeof id);
        data[15] = (uint8_t)sim.last_id;
        frame_push(0x90, data, 16, kind);
        break;
    case SAY_FOUND:
        frame_push(0x9F, zeros, 4, kind);
        break;
    case SAY_NONE:
        frame_push(0x80, NULL, 0, kind);
        break;
    case SAY_SELECTED:
        frame_push(0x90, zeros, 8, kind);
        break;
    case SAY_CITIZEN:
    case SAY_J:
    case SAY_I:
    case SAY_Y:
        text_make(kind);
        read_push(kind, false);
        break;
    case SAY_TEXT:
        raw = wire_bytes(in, TEXT, &n);
        memset(sim.text, 0, TEXT);
        memcpy(sim.text, raw, n);
        read_push(kind, false);
        break;
    case SAY_ADDRESS:
        raw = wire_bytes(in, sizeof data, &n);
        memcpy(data, raw, n);
        frame_push(0x90, data, sizeof data, kind);
        break;
    case SAY_SW:
        frame_push(wire_u8(in), NULL, 0, kind);
        break;
    case SAY_DATA:
        sw = wire_u8(in);
        raw = wire_bytes(in, wire_u8(in), &n);
        frame_push(sw, raw, n, kind);
        break;
    case SAY_FINGERS:
        text_make(SAY_CITIZEN);
        read_push(kind, true);
        break;
    case SAY_BAD_XOR:
    case SAY_BAD_LENGTH:
        text_make(SAY_CITIZEN);
        read_push(kind, false);
        break;
    }
}

/* ---- the module that answers by itself ----------------------------------------------------- */

static void card_answer(unsigned command)
{
    static const uint8_t zeros[70] = {0};
    bool is_there = sim.card != 0;
    if (command == 0x2001 && is_there && !sim.is_read)
        frame_push(0x9F, zeros, 4, SAY_FOUND);
    else if (command == 0x2001)
        frame_push(0x80, NULL, 0, SAY_NONE);
    else if (command == 0x2002)
        frame_push(is_there ? 0x90 : 0x81, zeros, is_there ? 8 : 0, SAY_SELECTED);
    else if (!is_there || !(sim.is_selected || sim.is_read))
        frame_push(0x41, NULL, 0, SAY_SW);
    else if (command == 0x3001 || command == 0x3010)
        read_push(SAY_CITIZEN, command == 0x3010);
    else if (command == 0x3003)
        frame_push(0x91, NULL, 0, SAY_SW);
    else if (command == 0x3005)
        frame_push(0x90, zeros, 24, SAY_SW);
    else
        frame_push(0x21, NULL, 0, SAY_SW);
    sim.is_selected |= is_there && command == 0x2002;
    sim.is_read |= sim.is_selected && (command == 0x3001 || command == 0x3010);
}

static void command_answer(unsigned command)
{
    if (sim.n_odd > 0) {
        struct wire_input none = {&sim.odd_sw, 1};
        sim.n_odd--;
        if (sim.odd == SAY_TEXT) /* silence */
            return;
        say_kind(sim.odd, &none);
    } else if (command == 0x12FF) {
        say_kind(SAY_ID, NULL);
    } else if (command >> 8 < 0x20 || command >> 8 > 0x3F) {
        frame_push(0x90, NULL, 0, SAY_OK);
    } else {
        card_answer(command);
    }
}

static void on_out(void *arg, uint8_t endpoint, const uint8_t *data, size_t n)
{
    (void)arg;
    (void)endpoint;
    for (size_t i = 0; i < n; i++) {
        if (sim.n_command == sizeof sim.command)
            sim.n_command = 0;
        sim.command[sim.n_command++] = data[i];
        size_t len = sim.n_command < 7 ? 0 : (size_t)(sim.command[5] << 8 | sim.command[6]);
        if (sim.n_command < 7 || sim.n_command < 7 + len)
            continue;
        if (memcmp(sim.command, "\xAA\xAA\xAA\x96\x69", 5) != 0 || len < 3)
            fake_bus_fail("the reader was sent something that is no command");
        if (sim.is_auto)
            command_answer((unsigned)(sim.command[7] << 8 | sim.command[8]));
        sim.n_command = 0;
    }
}

static void on_in(void *arg, uint8_t endpoint, const uint8_t *data, size_t n)
{
    (void)arg;
    (void)endpoint;
    (void)data;
    (void)n;
}

static int on_control(void *arg, const struct fake_setup *setup, uint8_t *data)
{
    (void)arg;
    (void)setup;
    (void)data;
    return -1;
}

/* ---- slots --------------------------------------------------------------------------------- */

static void start(uint8_t options)
{
    memset(&sim, 0, sizeof sim);
    sim.is_auto = options & 1;
    sim.piece = options >> 1;
    sim.in_head = 0x81;
    sim.in_body = 0x85;
}

static void plug(unsigned k, struct usb_candidate *ret)
{
    static const struct usb_endpoint split[] = {
        {0x02, 2, 64}, {0x06, 2, 64}, {0x81, 2, 64}, {0x85, 2, 64}};
    static const struct usb_endpoint one[] = {{0x02, 2, 64}, {0x81, 2, 64}};
    static const struct usb_endpoint interrupt[] = {{0x83, 3, 8}, {0x04, 3, 8}};
    static const uint16_t ids[][2] = {{0x0400, 0xC35A}, {0x0316, 0x5020}, {0x0483, 0x5652}};
    const uint16_t *id = ids[k / 4 % YJ_COUNT(ids)];
    bool is_odd = k % 4 == 2;
    sim.is_split = k % 4 == 0;
    sim.n_command = 0;
    wire_candidate_one(ret, id[0], id[1], 0xFF, 0, 0,
                       sim.is_split ? split
                       : is_odd     ? interrupt
                                    : one,
                       sim.is_split ? 4 : 2);
    sim.in_head = is_odd ? 0x83 : 0x81;
    sim.in_body = sim.is_split ? 0x85 : sim.in_head;
    if (k % 4 == 3)
        ret->idProduct ^= 1; /* somebody else's */
}

static void say(unsigned k, struct wire_input *in)
{
    sim.piece = wire_u8(in);
    say_kind((enum say)k, in);
}

static void special(unsigned k, struct wire_input *in)
{
    size_t n = 0;
    if (k <= 5) {
        sim.card = k;
        sim.is_selected = sim.is_read = false;
        if (k >= 1 && k <= 4)
            text_make((enum say)(SAY_CITIZEN + k - 1));
        if (k == 5) {
            const uint8_t *raw = wire_bytes(in, TEXT, &n);
            memset(sim.text, 0, TEXT);
            memcpy(sim.text, raw, n);
        }
    } else if (k <= 13) {
        static const enum say odd[] = {SAY_SW,      SAY_BAD_XOR, SAY_BAD_LENGTH, SAY_TEXT,
                                       SAY_CITIZEN, SAY_NONE,    SAY_FOUND,      SAY_FINGERS};
        sim.odd = odd[k - 6];
        sim.n_odd = (wire_u8(in) & 7) + 1U;
        sim.odd_sw = wire_u8(in);
    } else {
        sim.last_id = k == 15 ? wire_u8(in) : 0;
        sim.is_read = false;
    }
}

static void event(const struct device_event *e, bool is_enabled)
{
    (void)e;
    (void)is_enabled;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const settings[] = {
        NULL,
        "{\"added_address\": true, \"management_number\": true}",
        "{\"read\": \"text_photo_fingers\", \"rf_max_bytes\": 255}",
        "{\"direct_reread\": true, \"added_address\": true}",
    };
    static const struct wire_target target = {
        .ops = &reader_ops,
        .kind = DEVICE_READER,
        .table = "reader.json",
        .allowed = 1U << DEVICE_EVENT_STATUS | 1U << DEVICE_EVENT_CARD |
                   1U << DEVICE_EVENT_PORTRAIT | 1U << DEVICE_EVENT_CARD_FAILED |
                   1U << DEVICE_EVENT_CARD_REMOVED,
        .settings = settings,
        .n_settings = YJ_COUNT(settings),
        .bus = {on_control, on_out, on_in, NULL},
        .start = start,
        .plug = plug,
        .say = say,
        .special = special,
        .event = event,
    };
    return wire_run(&target, data, size);
}

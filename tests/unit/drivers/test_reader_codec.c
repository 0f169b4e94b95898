/* SPDX-License-Identifier: Apache-2.0 */
/* The reader's codec against published vectors, split, broken and cut bytes. */
#include "drivers/reader/reader_codec.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "card_blocks.h"
#include "cunit_main.h"

static const char *const frame_sha[N_PERSONS] = {
    "cc98b62d7c00d379458443906a31457f027302022d5853b425beba7491b17593",
    "4b478c562c902c6fcabc525f78474201c773215902df7a115d4b85be3994d3d7",
    "b7c115b0e9c74d85a0389044681c297173fb193eef0ab12433ca2ea37c74425a",
    "5942cf6aaccf02dbda66728a1a037ab8f4dcbd6f7131ddec8c4c44b29fc92c9c",
};
static const char *const fingers_sha[3] = {
    "f1f7919ef0bb91b9294644fe83e43138d294d9659365c6b0964cf2612114c331",
    "842eab949afa2523588c1d764f9e199622141250711306e9cf7e649317aba035",
    "002e372e6445b8f3a94c4f5ec57d68f86f65415d798915334083df51dde97ccc",
};

static void builds_commands(void)
{
    static const struct {
        enum sam_command command;
        const char *hex;
    } cases[] = {
        {SAM_RESET, "aaaaaa9669000310ffec"},        {SAM_STATUS, "aaaaaa9669000311ffed"},
        {SAM_ID, "aaaaaa9669000312ffee"},           {SAM_FIND, "aaaaaa96690003200122"},
        {SAM_SELECT, "aaaaaa96690003200221"},       {SAM_READ, "aaaaaa96690003300132"},
        {SAM_READ_FINGERS, "aaaaaa96690003301023"}, {SAM_ADDED_ADDRESS, "aaaaaa96690003300330"},
        {SAM_MANAGEMENT, "aaaaaa96690003300536"},
    };
    for (size_t i = 0; i < YJ_COUNT(cases); i++) {
        uint8_t frame[SAM_COMMAND_MAX];
        char hex[40];
        size_t n = sam_command_build(cases[i].command, frame);
        bytes_hex(frame, n, hex);
        CU_ASSERT_STRING_EQUAL(hex, cases[i].hex);
    }
    uint8_t frame[SAM_COMMAND_MAX];
    char hex[40];
    bytes_hex(frame, sam_rf_size_build(0x50, frame), hex);
    CU_ASSERT_STRING_EQUAL(hex, "aaaaaa9669000461ff50ca");
}

static void vectors_are_the_published_ones(void)
{
    uint8_t frame[BLOCK_FRAME_MAX];
    for (int p = 0; p < N_PERSONS; p++) {
        size_t n = block_frame((enum block_person)p, -1, frame);
        CU_ASSERT_EQUAL(n, 1295);
        CU_ASSERT_TRUE(block_has_sha256(frame, n, frame_sha[p]));
    }
    for (int k = 0; k <= 2; k++) {
        size_t n = block_frame(PERSON_CITIZEN, k, frame);
        CU_ASSERT_TRUE(block_has_sha256(frame, n, fingers_sha[k]));
    }
}

/* Push a frame through a stream in pieces; expect exactly one answer. */
static int collect(struct sam_stream *s, const uint8_t *p, size_t n, size_t piece,
                   struct sam_answer *ret)
{
    int n_answers = 0;
    for (size_t at = 0; at < n;) {
        size_t len = n - at < piece ? n - at : piece;
        at += sam_stream_push(s, SAM_PIPE_BODY, p + at, len);
        int r;
        while (n_answers == 0 && (r = sam_stream_next(s, ret)) != 0)
            n_answers += r == 1;
    }
    return n_answers;
}

static void card_of_frame(enum block_person person, int n_fingers, struct card *ret)
{
    static struct sam_stream s;
    uint8_t frame[BLOCK_FRAME_MAX];
    struct sam_answer a = {0};
    const uint8_t *text = NULL, *photo = NULL;
    enum sam_command command = n_fingers < 0 ? SAM_READ : SAM_READ_FINGERS;
    size_t n = block_frame(person, n_fingers, frame);
    sam_stream_reset(&s, false);
    CU_ASSERT_EQUAL_FATAL(collect(&s, frame, n, 64, &a), 1);
    CU_ASSERT_EQUAL_FATAL(sam_answer_check(command, &a, NULL), 0);
    sam_answer_blocks(command, &a, &text, &photo);
    CU_ASSERT_EQUAL_FATAL(card_parse(text, photo, ret, NULL), 0);
}

/* The same person whichever way the card is read; fingerprints are looked over and left. */
static void reads_a_card_with_and_without_fingerprints(void)
{
    for (int fingers = -1; fingers <= 2; fingers++) {
        struct card c;
        uint8_t photo[BLOCK_PHOTO];
        card_of_frame(PERSON_CITIZEN, fingers, &c);
        block_photo(photo);
        CU_ASSERT_STRING_EQUAL(c.name, "张三");
        CU_ASSERT_STRING_EQUAL(c.number, "11010519491231002X");
        CU_ASSERT_TRUE(c.has_photo);
        CU_ASSERT_EQUAL(memcmp(c.photo, photo, sizeof photo), 0);
    }
}

static void frame_answer(const uint8_t *frame, size_t n, enum sam_command command,
                         struct sam_stream *s, struct sam_answer *ret)
{
    sam_stream_reset(s, false);
    CU_ASSERT_EQUAL_FATAL(collect(s, frame, n, 64, ret), 1);
    CU_ASSERT_EQUAL_FATAL(sam_answer_check(command, ret, NULL), 0);
}

static void reads_an_added_address(void)
{
    static struct sam_stream s;
    uint8_t data[70], frame[128];
    char address[108], hex[24];
    struct sam_answer a = {0};
    block_field("北京市海淀区示例街3号", data, sizeof data);
    size_t n = block_answer(0x90, data, sizeof data, frame);
    CU_ASSERT_EQUAL(n, 81);
    CU_ASSERT_EQUAL(frame[80], 0x31);
    bytes_hex(frame, 10, hex);
    CU_ASSERT_STRING_EQUAL(hex, "aaaaaa9669004a000090");
    frame_answer(frame, n, SAM_ADDED_ADDRESS, &s, &a);
    CU_ASSERT_EQUAL(card_parse_address(a.data, address, sizeof address, NULL), 0);
    CU_ASSERT_STRING_EQUAL(address, "北京市海淀区示例街3号");
    block_field("", data, sizeof data);
    CU_ASSERT_EQUAL(card_parse_address(data, address, sizeof address, NULL), 0);
    CU_ASSERT_STRING_EQUAL(address, "");
    for (size_t i = 0; i < sizeof data; i++) /* the widest there is must fit: U+F8FF, private use */
        data[i] = i % 2 ? 0xF8 : 0xFF;
    CU_ASSERT_EQUAL(card_parse_address(data, address, sizeof address, NULL), 0);
    CU_ASSERT_EQUAL(strlen(address), 105);
    memcpy(data, "\x00\xD8", 2);
    CU_ASSERT_EQUAL(card_parse_address(data, address, sizeof address, NULL), ERR_READER_CARD_TEXT);
    CU_ASSERT_STRING_EQUAL(address, "");
}

static void reads_a_management_number(void)
{
    static struct sam_stream s;
    uint8_t frame[64];
    char hex[2 * SAM_MANAGEMENT_BYTES + 1];
    struct sam_answer a = {0};
    int n = bytes_unhex("aaaaaa9669001c0000901011121314151617202122232425262728292a2b2c2d2e2f8c",
                        frame, sizeof frame);
    CU_ASSERT_EQUAL_FATAL(n, 35);
    frame_answer(frame, (size_t)n, SAM_MANAGEMENT, &s, &a);
    bytes_hex(a.data, a.n, hex);
    CU_ASSERT_STRING_EQUAL(hex, "1011121314151617202122232425262728292a2b2c2d2e2f");
}

static void takes_any_split_and_noise(void)
{
    static struct sam_stream s;
    uint8_t wire[BLOCK_FRAME_MAX + 16];
    static const uint8_t noise[] = {0x00, 0xAA, 0x13, 0xAA, 0xAA, 0xAA, 0xAA};
    memcpy(wire, noise, sizeof noise);
    size_t n = sizeof noise + block_frame(PERSON_CITIZEN, 2, wire + sizeof noise);
    for (size_t piece = 1; piece <= 64; piece++) {
        struct sam_answer a = {0};
        sam_stream_reset(&s, false);
        CU_ASSERT_EQUAL(collect(&s, wire, n, piece, &a), 1);
        CU_ASSERT_EQUAL(a.n, 2310);
    }
}

static void finds_the_next_frame_after_a_broken_one(void)
{
    static struct sam_stream s;
    uint8_t good[64], wire[128];
    size_t n_good = block_answer(0x80, NULL, 0, good);
    for (size_t spoiled = 0; spoiled < n_good; spoiled++) {
        struct sam_answer a = {0};
        int n_answers = 0, r;
        memcpy(wire, good, n_good);
        wire[spoiled] ^= 0x40;
        memcpy(wire + n_good, good, n_good);
        sam_stream_reset(&s, false);
        (void)sam_stream_push(&s, SAM_PIPE_BODY, wire, 2 * n_good);
        while ((r = sam_stream_next(&s, &a)) != 0)
            n_answers += r == 1 && a.sw[2] == 0x80;
        /* a spoiled length may swallow what follows, and only that: the driver's gap limit acts */
        if (spoiled == 5 || spoiled == 6)
            CU_ASSERT_TRUE(n_answers <= 1)
        else
            CU_ASSERT_EQUAL(n_answers, 1);
    }
}

/* Cut after every byte: no answer, no crash; the rest completes it. */
static void waits_at_every_cut(void)
{
    static struct sam_stream s;
    uint8_t frame[BLOCK_FRAME_MAX];
    size_t n = block_frame(PERSON_J, -1, frame);
    for (size_t cut = 0; cut < n; cut++) {
        struct sam_answer a = {0};
        sam_stream_reset(&s, false);
        (void)sam_stream_push(&s, SAM_PIPE_BODY, frame, cut);
        CU_ASSERT_EQUAL_FATAL(sam_stream_next(&s, &a), 0);
        CU_ASSERT_EQUAL_FATAL(sam_stream_push(&s, SAM_PIPE_BODY, frame + cut, n - cut), n - cut);
        CU_ASSERT_EQUAL_FATAL(sam_stream_next(&s, &a), 1);
    }
}

static void joins_the_four_pipe_layout(void)
{
    static struct sam_stream s;
    uint8_t frame[BLOCK_FRAME_MAX];
    struct sam_answer a = {0};
    size_t n = block_frame(PERSON_CITIZEN, -1, frame);
    sam_stream_reset(&s, true);
    /* the body may be seen before its head */
    (void)sam_stream_push(&s, SAM_PIPE_BODY, frame + 7, n - 7);
    CU_ASSERT_EQUAL(sam_stream_next(&s, &a), 0);
    (void)sam_stream_push(&s, SAM_PIPE_HEAD, (const uint8_t *)"\x00\xAA\x13", 3);
    (void)sam_stream_push(&s, SAM_PIPE_HEAD, frame, 7);
    CU_ASSERT_EQUAL(sam_stream_next(&s, &a), 1);
    CU_ASSERT_EQUAL(sam_answer_check(SAM_READ, &a, NULL), 0);
    CU_ASSERT_EQUAL(sam_stream_next(&s, &a), 0);

    frame[n - 1] ^= 1;
    (void)sam_stream_push(&s, SAM_PIPE_HEAD, frame, 7);
    (void)sam_stream_push(&s, SAM_PIPE_BODY, frame + 7, n - 7);
    CU_ASSERT_EQUAL(sam_stream_next(&s, &a), ERR_READER_FRAME);
    CU_ASSERT_EQUAL(sam_stream_next(&s, &a), 0);
}

static void sorts_the_answers(void)
{
    static const struct {
        enum sam_command command;
        uint8_t sw3;
        size_t n;
        int code;
    } cases[] = {
        {SAM_STATUS, 0x90, 0, 0},
        {SAM_STATUS, 0x60, 0, ERR_READER_SAM},
        {SAM_STATUS, 0x66, 0, ERR_READER_SAM},
        {SAM_FIND, 0x9F, 4, 0},
        {SAM_FIND, 0x90, 4, ERR_READER_FRAME},
        {SAM_FIND, 0x80, 0, ERR_READER_NO_CARD},
        {SAM_SELECT, 0x90, 8, 0},
        {SAM_SELECT, 0x90, 4, ERR_READER_FRAME},
        {SAM_SELECT, 0x81, 0, ERR_READER_CARD_MOVED},
        {SAM_READ, 0x41, 0, ERR_READER_CARD_MOVED},
        {SAM_READ, 0x33, 0, ERR_READER_CARD_MOVED},
        {SAM_READ, 0x47, 0, ERR_READER_CARD_MOVED},
        {SAM_READ, 0x31, 0, ERR_READER_CARD_REFUSED},
        {SAM_READ, 0x32, 0, ERR_READER_CARD_REFUSED},
        {SAM_READ, 0x40, 0, ERR_READER_CARD_REFUSED},
        {SAM_READ, 0x21, 0, ERR_READER_COMMAND},
        {SAM_READ, 0x10, 0, ERR_READER_FRAME},
        {SAM_READ, 0x90, 70, ERR_READER_FRAME},
        {SAM_READ, 0xEE, 0, ERR_READER_FRAME},
        {SAM_ADDED_ADDRESS, 0x91, 0, ERR_READER_CARD_DATA},
        {SAM_ADDED_ADDRESS, 0x91, 70, ERR_READER_CARD_DATA}, /* some send blanks along */
        {SAM_ADDED_ADDRESS, 0x90, 70, 0},
        {SAM_ADDED_ADDRESS, 0x90, 69, ERR_READER_FRAME},
        {SAM_MANAGEMENT, 0x90, 24, 0},
        {SAM_MANAGEMENT, 0x90, 0, ERR_READER_FRAME},
        {SAM_MANAGEMENT, 0x91, 0, ERR_READER_CARD_DATA},
        {SAM_RF_SIZE, 0x90, 0, 0},
        {SAM_RF_SIZE, 0x21, 0, ERR_READER_COMMAND},
        {SAM_READ_FINGERS, 0x66, 0, ERR_READER_SAM},
        {SAM_STATUS, 0x23, 0, ERR_READER_COMMAND},
        {SAM_STATUS, 0x11, 0, ERR_READER_COMMAND},
        {SAM_SELECT, 0x24, 0, ERR_READER_CARD_MOVED},
    };
    static const uint8_t zeros[128];
    for (size_t i = 0; i < YJ_COUNT(cases); i++) {
        struct sam_answer a = {.sw = {0, 0, cases[i].sw3}, .data = zeros, .n = cases[i].n};
        CU_ASSERT_EQUAL(sam_answer_check(cases[i].command, &a, NULL), cases[i].code);
    }
    /* refusals are judged by SW3 alone, success is not */
    struct sam_answer refused = {.sw = {1, 2, 0x41}};
    struct sam_answer odd = {.sw = {1, 0, 0x90}};
    CU_ASSERT_EQUAL(sam_answer_check(SAM_READ, &refused, NULL), ERR_READER_CARD_MOVED);
    CU_ASSERT_EQUAL(sam_answer_check(SAM_STATUS, &odd, NULL), ERR_READER_FRAME);
    struct sam_answer odd_none = {.sw = {0, 1, 0x91}};
    CU_ASSERT_EQUAL(sam_answer_check(SAM_MANAGEMENT, &odd_none, NULL), ERR_READER_FRAME);
}

static void refuses_lengths_that_disagree(void)
{
    uint8_t data[1300] = {0};
    for (size_t n = 0; n < sizeof data; n++) {
        struct sam_answer a = {.sw = {0, 0, 0x90}, .data = data, .n = n};
        memcpy(data, "\x01\x00\x04\x00", 4);
        CU_ASSERT_EQUAL(sam_answer_check(SAM_READ, &a, NULL), n == 1284 ? 0 : ERR_READER_FRAME);
    }
    struct sam_answer a = {.sw = {0, 0, 0x90}, .data = data, .n = 1284};
    memcpy(data, "\x02\x00\x03\x00", 4);
    CU_ASSERT_EQUAL(sam_answer_check(SAM_READ, &a, NULL), ERR_READER_FRAME);
}

static void prints_the_module_number(void)
{
    uint8_t id[16];
    char text[48];
    CU_ASSERT_EQUAL(bytes_unhex("0500010009b8320105be1200adc5b111", id, sizeof id), 16);
    sam_id_print(id, text);
    CU_ASSERT_STRING_EQUAL(text, "05.01-20101129-0001228293-0296863149");
}

static CU_TestInfo cases[] = {
    {"builds every command as published", builds_commands},
    {"test vectors are the published ones", vectors_are_the_published_ones},
    {"reads a card with and without fingerprints", reads_a_card_with_and_without_fingerprints},
    {"reads an added address", reads_an_added_address},
    {"reads a management number", reads_a_management_number},
    {"takes any split and noise in front", takes_any_split_and_noise},
    {"finds the next frame after a broken one", finds_the_next_frame_after_a_broken_one},
    {"waits at every cut", waits_at_every_cut},
    {"joins the four-pipe layout", joins_the_four_pipe_layout},
    {"sorts the answers by SW3", sorts_the_answers},
    {"refuses lengths that disagree", refuses_lengths_that_disagree},
    {"prints the module number", prints_the_module_number},
    CU_TEST_INFO_NULL,
};

CUNIT_MAIN("drivers.reader_codec", cases)

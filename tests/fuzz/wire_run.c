/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a driver by a fuzz input. Thread: one. */
#include "wire_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/log.h"
#include "base/mem.h"

/* WIRE_STEPS: the low four bits; p is the parameter in the high four. */
enum wire_step {
    STEP_TURNS,    /* p + 1 turns of the driver's loop, time going as it asks */
    STEP_PASS,     /* time byte: byte * (p + 1) * 4 ms go by, then a turn */
    STEP_ENABLE,   /* p even: ENABLE, odd: DISABLE */
    STEP_PRINT,    /* width, rows, pattern bytes */
    STEP_UNPLUG,   /* and p turns */
    STEP_PLUG,     /* variant byte (p = 15: descriptors from the input), and a turn */
    STEP_RAW,      /* n byte, n bytes on IN endpoint p */
    STEP_SAY,      /* the class's own: kind p */
    STEP_TROUBLE,  /* a standing transfer ends with error p */
    STEP_OUT_MODE, /* p & 3 mode; code p >> 2; bytes byte */
    STEP_CONTROL,  /* p & 3 requests; p >> 2: 0 raw (n byte, bytes), else an error */
    STEP_OPEN,     /* p & 3 refused openings; p >> 2 the error */
    STEP_WAIT,     /* data is handed over, no turn */
    STEP_WAKE,     /* p & 1: wake, else data inside transfers on (p & 2) or off */
    STEP_STOP,     /* a STOP command, which drivers leave to the host */
    STEP_SPECIAL,  /* the class's own */
};

enum { GONE_MS = 180000 }; /* for a printer that may come back to its ticket */
enum { TURNS_MAX = 3000, SPINS_MAX = 300, JOBS_MAX = 64, STEP_MAX_MS = 500, CODE_MAX_BYTES = 1024 };

static struct {
    const struct wire_target *target;
    struct driver *driver;
    int64_t now_ms;
    bool is_enabled;
    int64_t n_jobs; /* given out, numbered from 1 */
    int64_t oldest; /* not answered when the event at hand came */
    unsigned char answered[JOBS_MAX + 1];
    unsigned n_turns, n_spins;
    uint64_t n_events;
} run;

static void expect(bool is_so, const char *sentence)
{
    if (!is_so)
        fake_bus_fail(sentence);
}

void wire_check_text(const char *text, size_t cap, const char *sentence)
{
    size_t n = strnlen(text, cap);
    expect(n < cap && bytes_utf8_valid(text, n), sentence);
}

/* ---- events -------------------------------------------------------------------------------- */

static void check_status(const struct device_event *e)
{
    const struct device_status *s = &e->status;
    expect(s->kind == run.target->kind, "a status of another class");
    expect((int)s->state >= 0 && s->state <= DEVICE_HARDWARE_ERROR, "no such state");
    expect((int)s->media >= 0 && s->media <= MEDIA_JAMMED, "no such media");
    expect((int)s->paper >= 0 && s->paper <= PAPER_OUT, "no such paper");
    /* a sticker before the scanner is an alarm, and the scanner works all the same */
    expect(s->state != DEVICE_ONLINE || s->cause == 0 || s->cause == ERR_SCANNER_STICKER,
           "online with a cause");
    expect(s->state == DEVICE_ONLINE || s->state == DEVICE_STARTING || s->cause != 0,
           "not working, without a cause");
    expect(s->cause == 0 || err_class_of(s->cause) != ERR_CLASS_BUG, "a cause that is no code");
    wire_check_text(s->model, sizeof s->model, "the model's name is no text");
}

static void check_card(const struct card *c)
{
    expect((int)c->kind >= 0 && c->kind <= CARD_SOCIAL_SECURITY, "no such kind of card");
    wire_check_text(c->name, sizeof c->name, "card: name");
    wire_check_text(c->english_name, sizeof c->english_name, "card: English name");
    wire_check_text(c->sex, sizeof c->sex, "card: sex");
    wire_check_text(c->nation, sizeof c->nation, "card: nation");
    wire_check_text(c->nationality, sizeof c->nationality, "card: nationality");
    wire_check_text(c->birth, sizeof c->birth, "card: birth");
    wire_check_text(c->address, sizeof c->address, "card: address");
    wire_check_text(c->number, sizeof c->number, "card: number");
    wire_check_text(c->authority, sizeof c->authority, "card: authority");
    wire_check_text(c->valid_from, sizeof c->valid_from, "card: valid from");
    wire_check_text(c->valid_to, sizeof c->valid_to, "card: valid to");
    wire_check_text(c->permit_number, sizeof c->permit_number, "card: permit number");
    wire_check_text(c->n_issued, sizeof c->n_issued, "card: times issued");
    wire_check_text(c->card_version, sizeof c->card_version, "card: version");
    wire_check_text(c->authority_code, sizeof c->authority_code, "card: authority code");
    wire_check_text(c->old_number, sizeof c->old_number, "card: old number");
    wire_check_text(c->added_address, sizeof c->added_address, "card: added address");
    wire_check_text(c->management_number, sizeof c->management_number, "card: management number");
    wire_check_text(c->social_number, sizeof c->social_number, "card: social number");
    wire_check_text(c->birthplace, sizeof c->birthplace, "card: birthplace");
    expect(c->number[0] && c->birth[0], "a card without a number or a date of birth");
}

static void check_code(const char *text)
{
    size_t n = strnlen(text, CODE_MAX_BYTES + 1);
    expect(n >= 1 && n <= CODE_MAX_BYTES && bytes_utf8_valid(text, n), "the code is no text");
    for (size_t at = 0; at < n;) {
        uint32_t cp = 0;
        at += bytes_utf8_next(text + at, n - at, &cp);
        expect(cp >= 0x20 && (cp < 0x7F || cp > 0x9F), "the code holds a control character");
    }
}

static int64_t job_oldest(void)
{
    for (int64_t i = 1; i <= run.n_jobs; i++)
        if (run.answered[i] == 0)
            return i;
    return 0;
}

int64_t wire_oldest_job(void)
{
    return run.oldest;
}

static void check_print(const struct device_event *e)
{
    int64_t job = e->print.job;
    expect(job >= 1 && job <= run.n_jobs, "an answer to a job that was not given");
    expect(run.answered[job] == 0, "a job was answered twice");
    run.answered[job] = 1;
    expect((int)e->print.result >= 0 && e->print.result <= PRINT_NOT_STARTED, "no such result");
    expect((int)e->print.evidence >= 0 && e->print.evidence <= EVIDENCE_PRESENTED,
           "no such evidence");
    expect(e->print.result == PRINT_PRINTED || e->code != 0, "not printed, without a cause");
}

static void payload_free(const struct device_event *e)
{
    if (e->kind == DEVICE_EVENT_CARD)
        free(e->card);
    else if (e->kind == DEVICE_EVENT_CODE)
        free(e->code_text);
    else if (e->kind == DEVICE_EVENT_PORTRAIT)
        free(e->portrait);
}

static void on_event(void *arg, const struct device_event *e)
{
    (void)arg;
    run.n_events++;
    run.oldest = job_oldest();
    expect(e->from == run.target->kind, "an event in another class's name");
    expect((unsigned)e->kind < 32 && run.target->allowed >> e->kind & 1, "an event not allowed");
    if (e->kind == DEVICE_EVENT_STATUS) {
        check_status(e);
    } else if (e->kind == DEVICE_EVENT_CARD) {
        expect(run.is_enabled, "a card nobody asked for");
        check_card(e->card);
    } else if (e->kind == DEVICE_EVENT_CODE) {
        expect(run.is_enabled, "a code nobody asked for");
        check_code(e->code_text);
    } else if (e->kind == DEVICE_EVENT_CARD_FAILED || e->kind == DEVICE_EVENT_CODE_FAILED) {
        expect(run.is_enabled, "a failure of what nobody asked for");
        expect(e->code != 0, "a failure without a code");
    } else if (e->kind == DEVICE_EVENT_PRINT_DONE) {
        check_print(e);
    }
    run.target->event(e, run.is_enabled);
    payload_free(e);
}

/* ---- the driver's loop --------------------------------------------------------------------- */

static void turn(void)
{
    uint64_t before = fake_bus_activity() + run.n_events;
    if (run.n_turns++ >= TURNS_MAX)
        return;
    int left = run.target->ops->step(run.driver, run.now_ms);
    expect(left >= 0 && left <= STEP_MAX_MS, "step returns something beyond 0..500");
    uint64_t heard = fake_bus_activity();
    run.target->ops->wait(run.driver, left);
    run.now_ms += heard == fake_bus_activity() || left == 0 ? left : 1; /* data ends the sleep */
    bool is_idle = left == 0 && before == fake_bus_activity() + run.n_events;
    run.n_spins = is_idle ? run.n_spins + 1 : 0;
    expect(run.n_spins < SPINS_MAX, "step asks to be called at once, again and again");
}

static void turns(unsigned n)
{
    while (n-- > 0)
        turn();
}

static void command(enum device_command_kind kind)
{
    struct device_command c = {.kind = kind};
    if (kind == DEVICE_COMMAND_ENABLE)
        run.is_enabled = true;
    run.target->ops->command(run.driver, &c, run.now_ms);
    if (kind == DEVICE_COMMAND_DISABLE) /* what came before it may still be told within it */
        run.is_enabled = false;
}

static void command_print(struct wire_input *in)
{
    uint32_t width = wire_u8(in) * 4U, rows = wire_u8(in);
    uint8_t pattern = wire_u8(in);
    uint32_t stride = (width + 7) / 8;
    if (run.n_jobs == JOBS_MAX || run.target->kind != DEVICE_PRINTER)
        return;
    struct bitmap *b = mem_zalloc(1, sizeof *b + (size_t)stride * rows);
    *b = (struct bitmap){.width_dots = width, .rows = rows, .stride = stride};
    for (size_t i = 0; i < (size_t)stride * rows; i++)
        b->bits[i] = (uint8_t)(pattern ^ (i % 3 ? 0 : i));
    if (width % 8 != 0)
        for (uint32_t y = 0; y < rows; y++)
            b->bits[(size_t)y * stride + stride - 1] &= (uint8_t)(0xFF << (8 - width % 8));
    struct device_command c = {.kind = DEVICE_COMMAND_PRINT, .job = ++run.n_jobs, .bitmap = b};
    run.target->ops->command(run.driver, &c, run.now_ms);
}

static int error_of(unsigned k)
{
    static const int codes[] = {ERR_USB_IO, ERR_USB_STALL, ERR_USB_OVERFLOW, ERR_TIMEOUT};
    return codes[k % YJ_COUNT(codes)];
}

static int open_error_of(unsigned k)
{
    static const int codes[] = {ERR_USB_ACCESS, ERR_USB_CLAIMED, ERR_USB_IO, ERR_USB_NO_DEVICE};
    return codes[k % YJ_COUNT(codes)];
}

static void step_plug(unsigned p, struct wire_input *in)
{
    struct usb_candidate c;
    memset(&c, 0, sizeof c);
    if (p == 15)
        wire_candidate_random(in, &c);
    else
        run.target->plug(wire_u8(in), &c);
    fake_bus_plug(&c);
    turn();
}

static void step_control(unsigned p, struct wire_input *in)
{
    const uint8_t *raw = NULL;
    size_t n = 0;
    if (p >> 2 == 0)
        raw = wire_bytes(in, wire_u8(in), &n);
    fake_bus_control_next((p & 3) + 1, p >> 2 ? error_of(p >> 2) : 0, raw, n);
}

static void step_out(unsigned p, struct wire_input *in)
{
    enum fake_out mode = (p & 3) == 0   ? FAKE_OUT_TAKE
                         : (p & 3) == 1 ? FAKE_OUT_HOLD
                                        : FAKE_OUT_FAIL;
    fake_bus_out_mode(mode, wire_u8(in) * 4U, error_of(p >> 2));
}

static void step_run(struct wire_input *in)
{
    uint8_t byte = wire_u8(in);
    unsigned p = byte >> 4;
    size_t n = 0;
    const uint8_t *raw;

    switch ((enum wire_step)(byte & 15)) {
    case STEP_TURNS:
        turns(p + 1);
        break;
    case STEP_PASS:
        run.now_ms += (int64_t)wire_u8(in) * (p + 1) * 4;
        turn();
        break;
    case STEP_ENABLE:
        command(p % 2 ? DEVICE_COMMAND_DISABLE : DEVICE_COMMAND_ENABLE);
        break;
    case STEP_PRINT:
        command_print(in);
        break;
    case STEP_UNPLUG:
        fake_bus_unplug();
        turns(p);
        break;
    case STEP_PLUG:
        step_plug(p, in);
        break;
    case STEP_RAW:
        raw = wire_bytes(in, wire_u8(in), &n);
        fake_bus_push(fake_bus_in_endpoint(p), raw, n);
        break;
    case STEP_SAY:
        run.target->say(p, in);
        break;
    case STEP_TROUBLE:
        fake_bus_trouble(p >> 2 ? fake_bus_in_endpoint(p >> 2) : 0, error_of(p));
        break;
    case STEP_OUT_MODE:
        step_out(p, in);
        break;
    case STEP_CONTROL:
        step_control(p, in);
        break;
    case STEP_OPEN:
        fake_bus_open_next((p & 3) + 1, open_error_of(p >> 2));
        break;
    case STEP_WAIT:
        run.target->ops->wait(run.driver, 0);
        break;
    case STEP_WAKE:
        if (p & 1)
            run.target->ops->wake(run.driver);
        else
            fake_bus_deliver_inside(p & 2);
        break;
    case STEP_STOP:
        command(DEVICE_COMMAND_STOP);
        break;
    case STEP_SPECIAL:
        run.target->special(p, in);
        break;
    }
}

static size_t jobs_open(void)
{
    size_t n = 0;
    for (int64_t i = 1; i <= run.n_jobs; i++)
        n += run.answered[i] == 0;
    return n;
}

/* The project's own table of the class, read once. */
static const char *table_of(const struct wire_target *t)
{
    static char *text;
    char path[512];
    size_t n = 0;
    struct err err = {0};
    if (text)
        return text;
    snprintf(path, sizeof path, "%s/assets/devices/%s", YJ_SOURCE_DIR, t->table);
    if (mem_read_file(path, 65536, &text, &n, &err) != 0) {
        fprintf(stderr, "%s: %s\n", path, err.msg);
        abort();
    }
    return text;
}

int wire_run(const struct wire_target *target, const uint8_t *data, size_t size)
{
    struct wire_input in = {data, size};
    struct driver_sink sink = {on_event, NULL};
    struct err err = {0};

    log_set_level(LOG_ERROR);
    memset(&run, 0, sizeof run);
    run.target = target;
    run.now_ms = 1000;
    struct driver_cfg cfg = {.table = table_of(target),
                             .settings = target->settings[wire_u8(&in) % target->n_settings]};
    fake_bus_start(&target->bus);
    target->start(wire_u8(&in));
    int r = target->ops->open(&cfg, &sink, &run.driver, &err);
    if (r != 0)
        fprintf(stderr, "open: %s\n", err.msg);
    expect(r == 0, "the driver does not open");
    while (in.n > 0 && run.n_turns < TURNS_MAX)
        step_run(&in);
    if (size % 2 == 0) { /* half of the runs end with the cable pulled, the others in the middle */
        int64_t until_ms = run.now_ms + GONE_MS;
        fake_bus_unplug();
        turns(2);
        for (run.n_turns = 0; jobs_open() > 0 && run.now_ms < until_ms;)
            turn();
        expect(jobs_open() == 0, "a job is not answered though the printer is gone");
    }
    target->ops->close(run.driver);
    expect(jobs_open() == 0, "a job was never answered");
    fake_bus_stop();
    return 0;
}

/* ---- helpers of the programs --------------------------------------------------------------- */

void wire_candidate_random(struct wire_input *in, struct usb_candidate *ret)
{
    ret->idVendor = wire_u16(in);
    ret->idProduct = wire_u16(in);
    ret->n_interfaces = wire_u8(in) % (YJ_COUNT(ret->interface) + 1);
    for (size_t i = 0; i < ret->n_interfaces; i++) {
        struct usb_interface *f = &ret->interface[i];
        f->number = wire_u8(in);
        f->alt = wire_u8(in) & 3;
        f->cls = wire_u8(in);
        f->subclass = wire_u8(in);
        f->protocol = wire_u8(in);
        f->n_endpoints = wire_u8(in) % (USB_MAX_ENDPOINTS + 1);
        for (size_t e = 0; e < f->n_endpoints; e++) {
            f->endpoint[e].address = wire_u8(in);
            f->endpoint[e].type = wire_u8(in) & 3;
            f->endpoint[e].max_bytes = wire_u16(in);
        }
    }
}

void wire_candidate_one(struct usb_candidate *ret, uint16_t vid, uint16_t pid, uint8_t cls,
                        uint8_t subclass, uint8_t protocol, const struct usb_endpoint *endpoint,
                        size_t n)
{
    struct usb_interface *f = &ret->interface[0];
    ret->idVendor = vid;
    ret->idProduct = pid;
    ret->bus = 1;
    ret->address = 2;
    snprintf(ret->path, sizeof ret->path, "1-1");
    ret->n_interfaces = 1;
    f->cls = cls;
    f->subclass = subclass;
    f->protocol = protocol;
    f->n_endpoints = n;
    memcpy(f->endpoint, endpoint, n * sizeof *endpoint);
}

void wire_push(uint8_t endpoint, const uint8_t *data, size_t n, size_t size)
{
    if (size == 0)
        size = n;
    for (size_t at = 0; at < n; at += size)
        fake_bus_push(endpoint, data + at, n - at < size ? n - at : size);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What the application and its devices say to each other. Words follow XFS4IoT. */
#ifndef YJ_TYPES_DEVICE_H
#define YJ_TYPES_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "types/bitmap.h"
#include "types/card.h"
#include "types/document.h"
#include "types/nav.h"

enum device_kind {
    DEVICE_READER,           /* identity cards */
    DEVICE_SCANNER,          /* codes: USB scanner or camera */
    DEVICE_PRINTER,          /* receipts */
    DEVICE_CARD_SLOT,        /* contact cards through PC/SC; optional */
    DEVICE_DOCUMENT_PRINTER, /* A4 pages through CUPS or IPP; optional */
    DEVICE_KEYPAD,           /* tactile keypad with a headphone socket; optional */
    DEVICE_N_KINDS,
};

enum device_state {
    DEVICE_STARTING,       /* opened, not yet usable (SAM warming up) */
    DEVICE_ONLINE,         /* works */
    DEVICE_OFFLINE,        /* there, but cannot work until somebody acts (paper, cover) */
    DEVICE_NO_DEVICE,      /* not plugged in */
    DEVICE_HARDWARE_ERROR, /* there, broken or silent */
};

enum device_media { MEDIA_UNKNOWN, MEDIA_NOT_PRESENT, MEDIA_PRESENT, MEDIA_JAMMED };
enum device_paper { PAPER_UNKNOWN, PAPER_FULL, PAPER_LOW, PAPER_OUT };

/* One snapshot; the latest replaces the earlier. */
struct device_status {
    enum device_kind kind;
    enum device_state state;
    enum device_media media;  /* reader: a card lies there; printer: a ticket at the outlet */
    enum device_paper paper;  /* printers only */
    int cause;                /* enum err_code; ONLINE: 0, or a warning (ERR_SCANNER_STICKER) */
    char model[64];           /* as the device names itself, no serial number */
    uint32_t head_dots;       /* printer: width of the head, 0 unknown */
    uint16_t dots_per_mm_x10; /* printer: 80 is 8 dots/mm, 203 dpi */
};

/* How far a print is proven; printer.md 6.5. */
enum print_evidence {
    EVIDENCE_SENT,      /* bytes accepted by USB: proves nothing */
    EVIDENCE_IDLE,      /* printer healthy and idle afterwards: likely */
    EVIDENCE_IN_ORDER,  /* in-order reply that stood behind the cut */
    EVIDENCE_PROCESSED, /* process id answered: physically printed */
    EVIDENCE_CUT,       /* and the cutter's counter went up by one */
    EVIDENCE_PRESENTED, /* and the ticket was seen at the outlet */
};

enum print_result {
    PRINT_PRINTED,     /* proven by evidence */
    PRINT_IN_DOUBT,    /* bytes left us, no proof came: may be printed, may be not */
    PRINT_NOT_STARTED, /* no byte left us: nothing is on paper */
};

enum device_event_kind {
    DEVICE_EVENT_STATUS,       /* status */
    DEVICE_EVENT_CARD,         /* card: owned pointer, receiver wipes and frees */
    DEVICE_EVENT_PORTRAIT,     /* portrait: owned likewise; some time after CARD, or never */
    DEVICE_EVENT_CARD_FAILED,  /* code: card seen, could not be read; visitor should act */
    DEVICE_EVENT_CARD_REMOVED, /* the card that was read has left the reader */
    DEVICE_EVENT_CODE,         /* code_text: owned pointer, receiver wipes and frees */
    DEVICE_EVENT_CODE_FAILED,  /* code */
    DEVICE_EVENT_PRINT_DONE,   /* from either printer: job, result, evidence, code */
    DEVICE_EVENT_KEY,          /* key: one press, never a repetition of it */
    DEVICE_EVENT_HEADSET,      /* is_headset_in: headphones were plugged in or pulled out */
};

struct device_event {
    enum device_event_kind kind;
    enum device_kind from;
    int code;
    union {
        struct device_status status;
        struct card *card;
        struct portrait *portrait;
        char *code_text; /* valid UTF-8, at most 1024 bytes, no control characters */
        enum nav_key key;
        bool is_headset_in;
        struct {
            int64_t job;
            enum print_result result;
            enum print_evidence evidence;
        } print;
    };
};

enum device_command_kind {
    DEVICE_COMMAND_ENABLE,  /* reader, scanner, card slot: look for a card or code */
    DEVICE_COMMAND_DISABLE, /* reader, scanner, card slot: stop looking (card removal is still
                               watched) */
    DEVICE_COMMAND_PRINT,   /* printer: job and bitmap; document printer: job and document;
                             * answered by exactly one PRINT_DONE */
    DEVICE_COMMAND_STOP,    /* leave the loop */
};

struct device_command {
    enum device_command_kind kind;
    int64_t job;
    /* PRINT: ownership goes to the driver when the push succeeds; the other one is NULL */
    struct bitmap *bitmap;
    struct document *document;
};

#endif

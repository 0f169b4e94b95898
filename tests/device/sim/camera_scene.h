/* SPDX-License-Identifier: Apache-2.0 */
/* What a camera in a kiosk may see: a QR code on a phone or on paper, drawn as a grey picture with
 * the troubles of real ones. Same scene and seed, same picture. For tests, the camera model and the
 * bench; shares no code with the decoder. Thread: any. */
#ifndef YJ_SIM_CAMERA_SCENE_H
#define YJ_SIM_CAMERA_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CAMERA_SCENE_BYTES = 2953 };

/* Start from camera_scene_init. Figures outside of their range are cut to it. */
struct camera_scene {
    uint8_t bytes[CAMERA_SCENE_BYTES];
    size_t n;         /* 0: no code */
    int ecc;          /* 0 L, 1 M, 2 Q, 3 H */
    int parts;        /* 2: says it is the first symbol of two (structured append) */
    int eci;          /* number of an ECI header before the text, 0 none */
    double module;    /* pixels a module, 1..40 */
    double x, y;      /* middle, parts of width and height, 0..1 */
    double rotate;    /* degrees */
    double tilt;      /* perspective: 0 none .. 1 strong */
    double curve;     /* on a cylinder: 0 none .. 1 strong */
    double blur;      /* radius, pixels */
    double motion;    /* way of the hand, pixels */
    double dark;      /* 0 as it is .. 0.95 almost nothing */
    double contrast;  /* 1 full .. 0.05 */
    double noise;     /* grey values, standard deviation */
    double glare;     /* 0 none .. 1 a lamp right on it */
    double shadow;    /* 0 none .. 1 black across half of it */
    double moire;     /* 0 none .. 1 strong */
    double damage;    /* part of the code that is scratched off, 0..0.5 */
    double quiet;     /* modules of white around the code, 0..8 */
    double clutter;   /* 0 plain ground .. 1 full of edges */
    bool is_inverted; /* light on dark, as apps draw it at night */
    uint64_t seed;
};

/** The named text, everything else easy: upright, sharp, in the middle. */
void camera_scene_init(struct camera_scene *s, const void *bytes, size_t n);

/**
 * One "key=value" as the control language writes it; text is percent-encoded ("%20").
 * @return 0, or -1 with a sentence
 */
int camera_scene_set(struct camera_scene *s, const char *word, char ret_error[160]);

/**
 * Draw.
 * @param px  width * height grey values
 * @return 0, or -1 when the bytes fit in no QR code
 */
int camera_scene_draw(const struct camera_scene *s, uint8_t *px, int width, int height);

/* A picture full of finder patterns at the given distance: keeps some decoders busy for minutes. */
void camera_scene_trap(uint8_t *px, int width, int height, int module, int distance);

#endif

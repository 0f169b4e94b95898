/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of the camera. A misspelt key would leave its default in force unseen: refused. */
#include "drivers/scanner/camera_settings.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { PATH_BYTES_MAX = 255 };

static const struct {
    const char *name;
    size_t at;
    int low, high, fallback;
} numbers[] = {
    {"width", offsetof(struct camera_settings, width), 320, 1920, 1280},
    {"height", offsetof(struct camera_settings, height), 240, 1200, 720},
    {"fps", offsetof(struct camera_settings, fps), 5, 60, 30},
    {"deadline_ms", offsetof(struct camera_settings, deadline_ms), 50, 10000, 300},
    {"exposure_us", offsetof(struct camera_settings, exposure_us), 0, 100000, 0},
    {"focus", offsetof(struct camera_settings, focus), -1, 65535, -1},
};

static int number_read(const char *key, const json_t *v, struct camera_settings *s, struct err *err)
{
    for (size_t i = 0; i < YJ_COUNT(numbers); i++) {
        if (strcmp(numbers[i].name, key) != 0)
            continue;
        if (!json_is_integer(v) || json_integer_value(v) < numbers[i].low ||
            json_integer_value(v) > numbers[i].high)
            return ERR(err, ERR_INVALID, "devices.scanner.%s must be a whole number from %d to %d",
                       key, numbers[i].low, numbers[i].high);
        int value = (int)json_integer_value(v);
        memcpy((char *)s + numbers[i].at, &value, sizeof value);
        return 0;
    }
    return ERR(err, ERR_INVALID, "unknown key devices.scanner.%s (source is camera)", key);
}

static int text_read(const char *key, const json_t *v, char **ret, struct err *err)
{
    const char *text = json_string_value(v);
    if (!text || !text[0] || strlen(text) > PATH_BYTES_MAX || strlen(text) != json_string_length(v))
        return ERR(err, ERR_INVALID, "devices.scanner.%s must be a text of 1 to %d bytes", key,
                   PATH_BYTES_MAX);
    free(*ret);
    *ret = mem_strdup(text);
    return 0;
}

static int key_read(const char *key, const json_t *v, struct camera_settings *s, struct err *err)
{
    if (strcmp(key, "source") == 0)
        return json_is_string(v) && strcmp(json_string_value(v), "camera") == 0
                   ? 0
                   : ERR(err, ERR_INVALID, "devices.scanner.source must be camera here");
    if (strcmp(key, "device") == 0) {
        int rc = text_read(key, v, &s->device, err);
        /* a path below /dev, or a bare name of /dev/v4l/by-id */
        if (rc == 0 && (strstr(s->device, "..") ||
                        (strchr(s->device, '/') && strncmp(s->device, "/dev/", 5) != 0)))
            rc = ERR(err, ERR_INVALID,
                     "devices.scanner.device must begin with /dev/ or be a name of /dev/v4l/by-id");
        return rc;
    }
    if (strcmp(key, "decoder") == 0) {
        int rc = text_read(key, v, &s->decoder, err);
        if (rc == 0 && s->decoder[0] != '/')
            rc = ERR(err, ERR_INVALID, "devices.scanner.decoder must be a full path");
        return rc;
    }
    return number_read(key, v, s, err);
}

int camera_settings_parse(const char *text, struct camera_settings *ret, struct err *err)
{
    struct camera_settings s = {.decoder = mem_strdup(YIJIAN_DECODER_PATH)};
    for (size_t i = 0; i < YJ_COUNT(numbers); i++)
        memcpy((char *)&s + numbers[i].at, &numbers[i].fallback, sizeof numbers[i].fallback);
    json_t *root = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : json_object(), *v;
    const char *key;
    int rc = json_is_object(root) ? 0 : ERR(err, ERR_INVALID, "devices.scanner must be an object");
    if (rc == 0)
        json_object_foreach(root, key, v)
        {
            rc = key_read(key, v, &s, err);
            if (rc < 0)
                break;
        }
    json_decref(root);
    if (rc < 0)
        camera_settings_fini(&s);
    else
        *ret = s;
    return rc;
}

void camera_settings_fini(struct camera_settings *s)
{
    free(s->device);
    free(s->decoder);
    *s = (struct camera_settings){0};
}

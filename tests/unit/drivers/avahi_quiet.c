/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for libavahi-client where there is no system bus: ippeveprinter insists on announcing
 * itself before it listens. Loaded into that program with LD_PRELOAD; nothing is announced.
 * Test code. */

static int something; /* what handles point to */

void *avahi_client_new(const void *poll, int flags, const void *callback, void *arg, int *error);
void avahi_client_free(void *client);
int avahi_client_errno(void *client);
const char *avahi_client_get_host_name_fqdn(void *client);
void *avahi_entry_group_new(void *client, const void *callback, void *arg);
int avahi_entry_group_free(void *group);
int avahi_entry_group_commit(void *group);
int avahi_entry_group_add_service_strlst(void *group, ...);
int avahi_entry_group_add_service_subtype(void *group, ...);

void *avahi_client_new(const void *poll, int flags, const void *callback, void *arg, int *error)
{
    (void)poll, (void)flags, (void)callback, (void)arg, (void)error;
    return &something;
}

void avahi_client_free(void *client)
{
    (void)client;
}

int avahi_client_errno(void *client)
{
    (void)client;
    return 0;
}

const char *avahi_client_get_host_name_fqdn(void *client)
{
    (void)client;
    return "localhost";
}

void *avahi_entry_group_new(void *client, const void *callback, void *arg)
{
    (void)client, (void)callback, (void)arg;
    return &something;
}

int avahi_entry_group_free(void *group)
{
    (void)group;
    return 0;
}

int avahi_entry_group_commit(void *group)
{
    (void)group;
    return 0;
}

int avahi_entry_group_add_service_strlst(void *group, ...)
{
    (void)group;
    return 0;
}

int avahi_entry_group_add_service_subtype(void *group, ...)
{
    (void)group;
    return 0;
}

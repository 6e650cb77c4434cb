/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The configuration: sysfs on one side, the daemon on the other.
 */
#ifndef _ISCSI_SCST_CONFIG_H
#define _ISCSI_SCST_CONFIG_H

#include "iscsi.h"

/*
 * Masking compares with patterns and puts an address behind '#', so a name has none of that: what
 * RFC 3722 leaves of ASCII, and '_', which is in use.
 */
#define ISCSI_NAME_SIGNS	"-.:_"

/* daemon.c */
extern wait_queue_head_t iscsi_daemon_wait;	/* the configuration changed */
/* Return: false, somebody is the daemon already. */
bool iscsi_daemon_open(void);
void iscsi_daemon_close(void);
bool iscsi_daemon_is_there(void);
u64 iscsi_config_generation(void);
/* The daemon has to look at the configuration again. */
void iscsi_config_changed(void);

/* driver.c: settings of the driver. */
extern const struct scst_attr iscsi_driver_attrs[];
extern struct iscsi_extras iscsi_driver_extras;
bool iscsi_driver_enabled(void);
void iscsi_driver_get(struct scst_iscsi_driver *out);

/* keys.c: what is negotiated, and the target's settings, as text. */
void iscsi_keys_init(struct iscsi_target *target);
bool iscsi_keys_valid(const u32 *key);
ssize_t iscsi_key_emit(enum scst_iscsi_key key, u32 value, char *buf);
ssize_t iscsi_key_show(const struct iscsi_target *target, enum scst_iscsi_key key, char *buf);
int iscsi_key_store(struct iscsi_target *target, enum scst_iscsi_key key, char *text);
ssize_t iscsi_setting_show(const struct iscsi_target *target, enum scst_iscsi_setting setting,
			   char *buf);
int iscsi_setting_store(struct iscsi_target *target, enum scst_iscsi_setting setting, char *text);

/* extra.c: the attributes which mgmt adds. */
void iscsi_extras_init(struct iscsi_extras *extras);
/* Their files are gone, with the directory. */
void iscsi_extras_free(struct iscsi_extras *extras);
/* NAME VALUE, cut out of @args; the file is in @dir: 0 or -errno. */
int iscsi_extra_add(struct iscsi_extras *extras, struct scst_dir *dir, char *args);
int iscsi_extra_del(struct iscsi_extras *extras, struct scst_dir *dir, char *args);
/* Copies the @index-th of a kind: 0 or -ENOENT. */
int iscsi_extra_get(struct iscsi_extras *extras, enum scst_iscsi_attr_kind kind,
		    unsigned int index, char *text);

/* attrs.c: the files of a target, a session, a connection. */
extern const struct scst_attr iscsi_target_attrs[];
extern const struct scst_attr iscsi_session_attrs[];
extern const struct scst_attr iscsi_conn_attrs[];

#endif

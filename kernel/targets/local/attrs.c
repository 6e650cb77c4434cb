// SPDX-License-Identifier: GPL-2.0
/*
 * The files of scst_local. A session's transport_id is the TransportID by which reservations know
 * its initiator port, as hexadecimal digits. Sessions that have the same one at a target are one
 * initiator port to them.
 */
#include <linux/hex.h>
#include <linux/kstrtox.h>
#include <linux/string.h>

#include "local.h"

static ssize_t transport_id_show(void *obj, char *buf)
{
	struct local_session *ls = scst_session_priv(obj);
	struct scst_tid tid;

	scst_session_get_tid(obj, &tid);
	return scst_attr_key(buf, sysfs_emit(buf, "%*phN\n", tid.len, tid.bytes), ls->tid_set);
}

/* All of @text has to be one TransportID. */
static bool parse(const char *text, struct scst_tid *tid)
{
	size_t len = strlen(text) / 2;
	u8 bytes[SCST_TID_MAX];

	return len <= sizeof(bytes) && !(strlen(text) & 1) && !hex2bin(bytes, text, len) &&
	       scst_tid_parse(bytes, len, tid) == len && len;
}

static ssize_t transport_id_store(void *obj, char *text)
{
	struct local_session *ls = scst_session_priv(obj);
	struct scst_tid tid;
	int err;

	if (!parse(text, &tid)) {
		pr_warn_ratelimited("scst_local: session %s: \"%s\": no TransportID in hex\n",
				    scst_session_initiator(obj), scst_printable(text).text);
		return -EINVAL;
	}
	err = scst_session_set_tid(obj, &tid);
	if (!err)
		ls->tid_set = true;
	return err;
}

static ssize_t version_show(void *obj, char *buf)
{
	return sysfs_emit(buf, SCST_FACE_VERSION "\n");
}

static ssize_t stats_show(void *obj, char *buf)
{
	return sysfs_emit(buf, "Aborts: %d, Device Resets: %d, Target Resets: %d\n",
			  atomic_read(&local_nr_aborts), atomic_read(&local_nr_lun_resets),
			  atomic_read(&local_nr_target_resets));
}

static ssize_t show_version(char *buf, u16 version, u16 by_default)
{
	return scst_attr_key(buf, sysfs_emit(buf, "0x%x\n", version), version != by_default);
}

static int parse_version(const char *text, u16 *version)
{
	return kstrtou16(text, 0, version) ? -EINVAL : 0;
}

static ssize_t phys_transport_version_show(void *obj, char *buf)
{
	return show_version(buf, scst_target_phys_version(obj), local_ops.phys_version);
}

static ssize_t phys_transport_version_store(void *obj, char *text)
{
	u16 version;
	int err = parse_version(text, &version);

	if (!err)
		scst_target_set_phys_version(obj, version);
	return err;
}

static ssize_t scsi_transport_version_show(void *obj, char *buf)
{
	return show_version(buf, scst_target_transport_version(obj), local_ops.transport_version);
}

static ssize_t scsi_transport_version_store(void *obj, char *text)
{
	u16 version;
	int err = parse_version(text, &version);

	if (!err)
		scst_target_set_transport_version(obj, version);
	return err;
}

/* clang-format off */
const struct scst_attr local_driver_attrs[] = {
	SCST_ATTR_RO(stats,   stats_show),
	SCST_ATTR_RO(version, version_show),
	SCST_ATTR_END
};

const struct scst_attr local_target_attrs[] = {
	SCST_ATTR_RW(phys_transport_version, phys_transport_version_show,
		     phys_transport_version_store),
	SCST_ATTR_RW(scsi_transport_version, scsi_transport_version_show,
		     scsi_transport_version_store),
	SCST_ATTR_END
};

const struct scst_attr local_session_attrs[] = {
	SCST_ATTR_RW(transport_id, transport_id_show, transport_id_store),
	SCST_ATTR_END
};
/* clang-format on */

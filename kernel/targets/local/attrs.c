// SPDX-License-Identifier: GPL-2.0
/*
 * sessions/<name>/transport_id: by which TransportID reservations know the session's initiator
 * port, as hexadecimal digits. Sessions that have the same one at a target are one initiator port
 * to them.
 */
#include <linux/hex.h>
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
				    scst_session_initiator(obj), text);
		return -EINVAL;
	}
	err = scst_session_set_tid(obj, &tid);
	if (!err)
		ls->tid_set = true;
	return err;
}

/* clang-format off */
const struct scst_attr local_session_attrs[] = {
	SCST_ATTR_RW(transport_id, transport_id_show, transport_id_store),
	SCST_ATTR_END
};
/* clang-format on */

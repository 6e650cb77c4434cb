// SPDX-License-Identifier: GPL-2.0
/*
 * The files of a target and of a session that are ours, besides those which mgmt adds (extra.c).
 */
#include <linux/cleanup.h>
#include <linux/string.h>
#include <scst/iscsi_transport.h>

#include "config.h"

static struct iscsi_target *to_target(void *obj)
{
	return scst_target_priv(obj);
}

static ssize_t tid_show(void *obj, char *buf)
{
	return sysfs_emit(buf, "%u\n", to_target(obj)->tid);
}

static ssize_t per_portal_acl_show(void *obj, char *buf)
{
	bool is = READ_ONCE(to_target(obj)->per_portal_acl);

	return scst_attr_key(buf, sysfs_emit(buf, "%d\n", is), is);
}

static ssize_t per_portal_acl_store(void *obj, char *text)
{
	bool is;
	int err = scst_parse_bool(text, &is);

	if (err)
		return err;
	WRITE_ONCE(to_target(obj)->per_portal_acl, is);
	iscsi_config_changed();
	return 0;
}

static ssize_t text_show(struct iscsi_target *target, const char *text, char *buf)
{
	guard(mutex)(&target->extras.lock);
	return scst_attr_key(buf, sysfs_emit(buf, "%s\n", text), *text);
}

static ssize_t text_store(struct iscsi_target *target, char *member, size_t size, const char *text)
{
	if (strlen(text) >= size)
		return -E2BIG;
	if (strchr(text, '\n'))
		return -EINVAL;
	scoped_guard(mutex, &target->extras.lock)
		strscpy(member, text, size);
	iscsi_config_changed();
	return 0;
}

static ssize_t alias_show(void *obj, char *buf)
{
	struct iscsi_target *target = to_target(obj);

	return text_show(target, target->alias, buf);
}

static ssize_t alias_store(void *obj, char *text)
{
	struct iscsi_target *target = to_target(obj);

	return text_store(target, target->alias, sizeof(target->alias), text);
}

static ssize_t redirect_show(void *obj, char *buf)
{
	struct iscsi_target *target = to_target(obj);

	return text_show(target, target->redirect, buf);
}

/* ADDRESS[:PORT] temp|perm; nothing: none. What an address is, the initiator has to know. */
static bool is_redirect(const char *text)
{
	const char *blank = strpbrk(text, " \t");
	const char *kind = blank ? skip_spaces(blank) : "";

	return !*text || !strcmp(kind, "temp") || !strcmp(kind, "perm");
}

static ssize_t redirect_store(void *obj, char *text)
{
	struct iscsi_target *target = to_target(obj);

	if (!is_redirect(text)) {
		pr_warn_ratelimited("iscsi-scst: redirect is ADDRESS[:PORT] temp|perm\n");
		return -EINVAL;
	}
	return text_store(target, target->redirect, sizeof(target->redirect), text);
}

/* clang-format off */
/* The keys that are seen, by the table's last column: for each a show and a store, and a row. */
#define KEY_FUNCTIONS_0(_name)
#define KEY_FUNCTIONS_1(_name)							\
static ssize_t _name##_show(void *obj, char *buf)				\
{										\
	return iscsi_key_show(to_target(obj), SCST_ISCSI_##_name, buf);		\
}										\
										\
static ssize_t _name##_store(void *obj, char *text)				\
{										\
	return iscsi_key_store(to_target(obj), SCST_ISCSI_##_name, text);	\
}
#define KEY(_name, _type, _rfc, _def, _min, _max, _seen) KEY_FUNCTIONS_##_seen(_name)
SCST_ISCSI_KEYS(KEY)
#undef KEY

#define SETTING(_name, ...)							\
static ssize_t _name##_show(void *obj, char *buf)				\
{										\
	return iscsi_setting_show(to_target(obj), SCST_ISCSI_##_name, buf);	\
}										\
										\
static ssize_t _name##_store(void *obj, char *text)				\
{										\
	return iscsi_setting_store(to_target(obj), SCST_ISCSI_##_name, text);	\
}
SCST_ISCSI_SETTINGS(SETTING)
#undef SETTING

#define KEY_ROW_0(_name)
#define KEY_ROW_1(_name) SCST_ATTR_RW(_name, _name##_show, _name##_store),
const struct scst_attr iscsi_target_attrs[] = {
	SCST_ATTR_RW(alias,		alias_show, alias_store),
	SCST_ATTR_RW(per_portal_acl,	per_portal_acl_show, per_portal_acl_store),
	SCST_ATTR_RW(redirect,		redirect_show, redirect_store),
	SCST_ATTR_RO(tid,		tid_show),
#define KEY(_name, _type, _rfc, _def, _min, _max, _seen) KEY_ROW_##_seen(_name)
	SCST_ISCSI_KEYS(KEY)
#undef KEY
#define SETTING(_name, ...) SCST_ATTR_RW(_name, _name##_show, _name##_store),
	SCST_ISCSI_SETTINGS(SETTING)
#undef SETTING
	SCST_ATTR_END
};
/* clang-format on */

/*
 * Sessions: what was negotiated.
 */

static struct iscsi_session *to_session(void *obj)
{
	return scst_session_priv(obj);
}

/* clang-format off */
#define KEY_SHOW_0(_name)
#define KEY_SHOW_1(_name)							\
static ssize_t negotiated_##_name##_show(void *obj, char *buf)			\
{										\
	return iscsi_key_emit(SCST_ISCSI_##_name,				\
			      to_session(obj)->key[SCST_ISCSI_##_name], buf);	\
}
#define KEY(_name, _type, _rfc, _def, _min, _max, _seen) KEY_SHOW_##_seen(_name)
SCST_ISCSI_KEYS(KEY)
#undef KEY
/* clang-format on */

/* As SCST prints it on a little-endian machine: TSIH before the ISID. */
static ssize_t sid_show(void *obj, char *buf)
{
	const struct iscsi_session *session = to_session(obj);
	u64 sid = 0;
	int i;

	for (i = 5; i >= 0; i--)
		sid = sid << 8 | session->isid[i];
	return sysfs_emit(buf, "%llx\n", sid | (u64)swab16(session->tsih) << 48);
}

static ssize_t user_show(void *obj, char *buf)
{
	return sysfs_emit(buf, "%s\n", to_session(obj)->user);
}

static ssize_t reinstating_show(void *obj, char *buf)
{
	return sysfs_emit(buf, "%d\n", test_bit(ISCSI_CONN_REINSTATING,
						&to_session(obj)->conn->flags));
}

static ssize_t thread_pid_show(void *obj, char *buf)
{
	return sysfs_emit(buf, "%d\n", task_pid_nr(to_session(obj)->conn->thread->task));
}

/* clang-format off */
#define KEY_NEGOTIATED_0(_name)
#define KEY_NEGOTIATED_1(_name) SCST_ATTR_RO(_name, negotiated_##_name##_show),
const struct scst_attr iscsi_session_attrs[] = {
#define KEY(_name, _type, _rfc, _def, _min, _max, _seen) KEY_NEGOTIATED_##_seen(_name)
	SCST_ISCSI_KEYS(KEY)
#undef KEY
	SCST_ATTR_RO(reinstating, reinstating_show),
	SCST_ATTR_RO(sid, sid_show),
	SCST_ATTR_RO(thread_pid, thread_pid_show),
	SCST_ATTR_RO(user, user_show),
	SCST_ATTR_END
};
/* clang-format on */

static ssize_t state_show(void *obj, char *buf)
{
	const struct iscsi_conn *conn = obj;

	if (test_bit(ISCSI_CONN_REINSTATING, &conn->flags))
		return sysfs_emit(buf, "reinstating\n");
	return sysfs_emit(buf, "%s\n", iscsi_conn_closing(conn) ? "closing" : "established");
}

static ssize_t transport_show(void *obj, char *buf)
{
	const struct iscsi_conn *conn = obj;

	return sysfs_emit(buf, "%s\n", conn->transport->name);
}

/* clang-format off */
const struct scst_attr iscsi_conn_attrs[] = {
	SCST_ATTR_MEMBER(cid, SCST_ATTR_U16, struct iscsi_conn, cid),
	SCST_ATTR_MEMBER(ip, SCST_ATTR_STR, struct iscsi_conn, ip),
	SCST_ATTR_MEMBER(target_ip, SCST_ATTR_STR, struct iscsi_conn, target_ip),
	SCST_ATTR_RO(state, state_show),
	SCST_ATTR_RO(transport, transport_show),
	SCST_ATTR_END
};
/* clang-format on */

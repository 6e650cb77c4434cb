// SPDX-License-Identifier: GPL-2.0
/*
 * targets/iscsi: what concerns all targets, and the users of discovery sessions. The daemon acts on
 * most of it; extras.lock covers the texts.
 */
#include <linux/cleanup.h>
#include <linux/string.h>

#include "config.h"

struct iscsi_extras iscsi_driver_extras = {
	.lock	= __MUTEX_INITIALIZER(iscsi_driver_extras.lock),
	.list	= LIST_HEAD_INIT(iscsi_driver_extras.list),
};

static bool enabled, link_local;
static bool isns_access_control;		/* and the texts: extras.lock */
static char isns_server[SCST_ISCSI_TEXT_LEN];
static char isns_entity_name[SCST_ISCSI_TEXT_LEN];
static char internal_portal[SCST_ISCSI_TEXT_LEN];

bool iscsi_driver_enabled(void)
{
	return READ_ONCE(enabled);
}

void iscsi_driver_get(struct scst_iscsi_driver *out)
{
	guard(mutex)(&iscsi_driver_extras.lock);
	out->enabled = enabled;
	out->link_local = link_local;
	out->isns_access_control = isns_access_control;
	strscpy_pad(out->isns_server, isns_server);
	strscpy_pad(out->isns_entity_name, isns_entity_name);
	strscpy_pad(out->internal_portal, internal_portal);
}

static ssize_t version_show(void *obj, char *buf)
{
	return sysfs_emit(buf, SCST_FACE_VERSION "\n");
}

static ssize_t open_state_show(void *obj, char *buf)
{
	return sysfs_emit(buf, "%s\n", iscsi_daemon_is_there() ? "open" : "closed");
}

static ssize_t bool_show(const bool *value, char *buf)
{
	bool is = READ_ONCE(*value);

	return scst_attr_key(buf, sysfs_emit(buf, "%d\n", is), is);
}

static ssize_t bool_store(bool *value, const char *text)
{
	bool is;
	int err = scst_parse_bool(text, &is);

	if (err)
		return err;
	WRITE_ONCE(*value, is);
	iscsi_config_changed();
	return 0;
}

static ssize_t enabled_show(void *obj, char *buf)	/* never [key], as of targets */
{
	return sysfs_emit(buf, "%d\n", READ_ONCE(enabled));
}

static ssize_t enabled_store(void *obj, char *text)
{
	return bool_store(&enabled, text);
}

static ssize_t link_local_show(void *obj, char *buf)
{
	return bool_show(&link_local, buf);
}

static ssize_t link_local_store(void *obj, char *text)
{
	return bool_store(&link_local, text);
}

static ssize_t text_show(const char *text, char *buf)
{
	guard(mutex)(&iscsi_driver_extras.lock);
	return scst_attr_key(buf, sysfs_emit(buf, "%s\n", text), *text);
}

static ssize_t text_store(char *member, const char *text)
{
	if (strlen(text) >= SCST_ISCSI_TEXT_LEN)
		return -E2BIG;
	if (strchr(text, '\n'))
		return -EINVAL;
	scoped_guard(mutex, &iscsi_driver_extras.lock)
		strscpy(member, text, SCST_ISCSI_TEXT_LEN);
	iscsi_config_changed();
	return 0;
}

static ssize_t isns_entity_name_show(void *obj, char *buf)
{
	return text_show(isns_entity_name, buf);
}

static ssize_t isns_entity_name_store(void *obj, char *text)
{
	return text_store(isns_entity_name, text);
}

static ssize_t internal_portal_show(void *obj, char *buf)
{
	return text_show(internal_portal, buf);
}

static ssize_t internal_portal_store(void *obj, char *text)
{
	return text_store(internal_portal, text);
}

static ssize_t isns_server_show(void *obj, char *buf)
{
	guard(mutex)(&iscsi_driver_extras.lock);
	return scst_attr_key(buf, sysfs_emit(buf, "%s%s\n", isns_server,
					     isns_access_control ? " AccessControl" : ""),
			     *isns_server);
}

/* HOST [AccessControl [Yes|No]]; nothing: none. */
static int parse_isns_server(char *text, const char **host, bool *access_control)
{
	const char *word, *value;

	*host = scst_mgmt_word(&text) ?: "";
	word = scst_mgmt_word(&text);
	value = scst_mgmt_word(&text) ?: "Yes";
	if (scst_mgmt_word(&text) || (word && strcasecmp(word, "AccessControl")) ||
	    (strcasecmp(value, "Yes") && strcasecmp(value, "No"))) {
		pr_warn_ratelimited("iscsi-scst: iSNSServer is HOST [AccessControl [Yes|No]]\n");
		return -EINVAL;
	}
	*access_control = word && !strcasecmp(value, "Yes");
	return strlen(*host) < sizeof(isns_server) ? 0 : -E2BIG;
}

static ssize_t isns_server_store(void *obj, char *text)
{
	const char *host;
	bool access_control;
	int err = parse_isns_server(text, &host, &access_control);

	if (err)
		return err;
	scoped_guard(mutex, &iscsi_driver_extras.lock) {
		strscpy(isns_server, host);
		isns_access_control = access_control;
	}
	iscsi_config_changed();
	return 0;
}

/* clang-format off */
const struct scst_attr iscsi_driver_attrs[] = {
	SCST_ATTR_RW(enabled,		enabled_show, enabled_store),
	SCST_ATTR_RW(iSNSServer,	isns_server_show, isns_server_store),
	SCST_ATTR_RW(internal_portal,	internal_portal_show, internal_portal_store),
	SCST_ATTR_RW(isns_entity_name,	isns_entity_name_show, isns_entity_name_store),
	SCST_ATTR_RW(link_local,	link_local_show, link_local_store),
	SCST_ATTR_RO(open_state,	open_state_show),
	SCST_ATTR_RO(version,		version_show),
	SCST_ATTR_END
};
/* clang-format on */

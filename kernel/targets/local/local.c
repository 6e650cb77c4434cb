// SPDX-License-Identifier: GPL-2.0
/*
 * scst_local: the target driver that exports to this very host. Targets and sessions are made
 * through mgmt; each session is a SCSI host (host.c).
 */
#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <scsi/scsi_host.h>

#include "local.h"

#define DEFAULT_TARGET	"scst_local_tgt"
#define DEFAULT_SESSION	"scst_local_host"

static bool add_default_tgt = true;
module_param(add_default_tgt, bool, 0444);
MODULE_PARM_DESC(add_default_tgt, "add target " DEFAULT_TARGET " with session " DEFAULT_SESSION);

struct device *local_parent;

static DEFINE_MUTEX(local_lock);	/* sessions of the targets */

static struct local_session *find_session(const struct local_target *lt, const char *name)
{
	struct local_session *ls;

	list_for_each_entry(ls, &lt->sessions, entry)
		if (!strcmp(scst_session_initiator(ls->sess), name))
			return ls;
	return NULL;
}

static int add_session(struct local_target *lt, const char *name)
{
	struct local_session *ls;

	guard(mutex)(&local_lock);
	if (lt->dying)
		return -ENODEV;
	if (find_session(lt, name))
		return -EEXIST;
	ls = local_session_create(lt->tgt, name);
	if (IS_ERR(ls))
		return PTR_ERR(ls);
	list_add_tail(&ls->entry, &lt->sessions);
	return 0;
}

/* Takes the session off the list; NULL @name: the first one. */
static struct local_session *take_session(struct local_target *lt, const char *name)
{
	struct local_session *ls;

	guard(mutex)(&local_lock);
	ls = name ? find_session(lt, name) :
		    list_first_entry_or_null(&lt->sessions, struct local_session, entry);
	if (ls)
		list_del(&ls->entry);
	return ls;
}

static int del_session(struct local_target *lt, const char *name)
{
	struct local_session *ls = take_session(lt, name);

	if (!ls)
		return -EINVAL;
	local_session_destroy(ls);
	return 0;
}

static int local_del_target(struct scst_target *tgt)
{
	struct local_target *lt = scst_target_priv(tgt);
	struct local_session *ls;

	scoped_guard(mutex, &local_lock) {
		if (lt->dying)
			return -ENODEV;
		lt->dying = true;
	}
	while ((ls = take_session(lt, NULL)))
		local_session_destroy(ls);
	scst_target_unregister(tgt);
	kfree(lt);
	return 0;
}

/* All parameters, which are sessions' names; without @lt they are only looked at. */
static int add_sessions(struct local_target *lt, const char *target, char *text)
{
	struct scst_params params = { .rest = text };
	char *key, *value;
	int more, err;

	while ((more = scst_params_next(&params, &key, &value)) > 0) {
		if (strcasecmp(key, "session_name")) {
			pr_err("scst_local: target %s: unknown parameter %s\n",
			       scst_printable(target).text, scst_printable(key).text);
			return -EINVAL;
		}
		err = lt ? add_session(lt, value) : 0;
		if (err)
			return err;
	}
	return more;
}

/* @sessions: parameters, cut up here. */
static int new_target(const char *name, char *sessions)
{
	static const struct scst_target_limits limits = {
		.max_bytes = LOCAL_MAX_SECTORS * 512,
	};
	struct local_target *lt = kzalloc(sizeof(*lt), GFP_KERNEL);
	int err;

	if (!lt)
		return -ENOMEM;
	INIT_LIST_HEAD(&lt->sessions);
	lt->tgt = scst_target_register(&local_ops, name, &limits, lt);
	if (IS_ERR(lt->tgt)) {
		err = PTR_ERR(lt->tgt);
		kfree(lt);
		return err;
	}
	err = add_sessions(lt, name, sessions);
	if (err)
		local_del_target(lt->tgt);
	return err;
}

static int local_add_target(const char *name, struct scst_params *params)
{
	char *copy = kstrdup(params->rest, GFP_KERNEL);
	int err;

	if (!copy)
		return -ENOMEM;
	err = add_sessions(NULL, name, copy);
	kfree(copy);
	return err ?: new_target(name, params->rest);
}

static int local_mgmt(const char *verb, char *args)
{
	bool add = !strcasecmp(verb, "add_session");
	struct scst_target *tgt;
	char *name, *session;

	if (!add && strcasecmp(verb, "del_session"))
		return -EINVAL;
	name = scst_mgmt_word(&args);
	session = scst_mgmt_word(&args);
	if (!session || scst_mgmt_word(&args)) {
		pr_err("scst_local: %s takes a target and a session\n", verb);
		return -EINVAL;
	}
	tgt = scst_target_find(&local_ops, name);
	if (!tgt) {
		pr_err("scst_local: %s: there is no target %s\n", verb,
		       scst_printable(name).text);
		return -EINVAL;
	}
	return add ? add_session(scst_target_priv(tgt), session) :
		     del_session(scst_target_priv(tgt), session);
}

static void local_session_address(void *priv, char *buf, size_t size)
{
	strscpy(buf, "local", size);
}

const struct scst_target_ops local_ops = {
	.name			= "scst_local",
	.owner			= THIS_MODULE,
	.cmd_priv_size		= sizeof(void *),
	.lun_depth		= LOCAL_LUN_DEPTH,
	.protocol		= 0x6,		/* SAS: a host adapter in the box */
	.transport_version	= 0x0be0,	/* SAS-1.1, no version claimed */
	.no_enabled_attr	= true,
	.send_response		= local_send_response,
	.tmf_done		= local_tmf_done,
	.report_aen		= local_report_aen,
	.transport_id		= local_transport_id,
	.session_address	= local_session_address,
	.add_target		= local_add_target,
	.del_target		= local_del_target,
	.mgmt			= local_mgmt,
	.driver_attrs		= local_driver_attrs,
	.target_attrs		= local_target_attrs,
	.session_attrs		= local_session_attrs,
	.add_target_params	= "session_name",
	.mgmt_help		= "       echo \"add_session target_name session_name\" >mgmt\n"
				  "       echo \"del_session target_name session_name\" >mgmt\n",
};

static int __init local_init(void)
{
	char session[] = "session_name=" DEFAULT_SESSION;
	int err;

	local_parent = root_device_register("scst_local");
	if (IS_ERR(local_parent))
		return PTR_ERR(local_parent);
	err = scst_target_driver_register(&local_ops);
	if (err)
		goto out_parent;
	if (add_default_tgt)
		err = new_target(DEFAULT_TARGET, session);
	if (err)
		goto out_driver;
	return 0;

out_driver:
	scst_target_driver_unregister(&local_ops);
out_parent:
	root_device_unregister(local_parent);
	return err;
}

static void __exit local_exit(void)
{
	scst_target_driver_unregister(&local_ops);
	root_device_unregister(local_parent);
}

module_init(local_init);
module_exit(local_exit);
MODULE_DESCRIPTION("SCSI target driver for the local host");
MODULE_LICENSE("GPL");

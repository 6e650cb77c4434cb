// SPDX-License-Identifier: GPL-2.0
/*
 * iscsi-scst: the iSCSI target driver (RFC 7143). User space logs initiators in; this module has
 * the configuration and the sessions in full feature phase.
 */
#include <linux/module.h>
#include <linux/string.h>

#include "config.h"
#include "conn.h"
#include "ctl.h"
#include "pdu.h"
#include "session.h"

static const struct scst_target_ops iscsi_ops;	/* below: it has what needs it */

static struct iscsi_target *named_target(const char *name)
{
	struct scst_target *tgt = name ? scst_target_find(&iscsi_ops, name) : NULL;

	if (!tgt)
		pr_warn_ratelimited("iscsi-scst: there is no target \"%s\"\n",
				    scst_printable(name ?: "").text);
	return tgt ? scst_target_priv(tgt) : NULL;
}

/* While a verb of mgmt runs, the driver is registered. */
static int add_attribute(char *args)
{
	return iscsi_extra_add(&iscsi_driver_extras, scst_driver_dir(&iscsi_ops), args);
}

static int del_attribute(char *args)
{
	return iscsi_extra_del(&iscsi_driver_extras, scst_driver_dir(&iscsi_ops), args);
}

static int add_target_attribute(char *args)
{
	struct iscsi_target *target = named_target(scst_mgmt_word(&args));

	if (!target)
		return -EINVAL;
	return iscsi_extra_add(&target->extras, scst_target_dir(target->tgt), args);
}

static int del_target_attribute(char *args)
{
	struct iscsi_target *target = named_target(scst_mgmt_word(&args));

	if (!target)
		return -EINVAL;
	return iscsi_extra_del(&target->extras, scst_target_dir(target->tgt), args);
}

/* clang-format off */
static const struct {
	const char *name;
	int (*run)(char *args);
} verbs[] = {
	{ "add_attribute",		add_attribute		},
	{ "add_target_attribute",	add_target_attribute	},
	{ "del_attribute",		del_attribute		},
	{ "del_target_attribute",	del_target_attribute	},
};
/* clang-format on */

static int iscsi_mgmt(const char *verb, char *args)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(verbs); i++)
		if (!strcasecmp(verb, verbs[i].name))
			return verbs[i].run(args);
	return -EINVAL;
}

static int add_target(const char *name, struct scst_params *params)
{
	return iscsi_target_add(&iscsi_ops, name, params);
}

static const struct scst_target_ops iscsi_ops = {
	.name			= "iscsi",
	.owner			= THIS_MODULE,
	.protocol		= 0x5,
	.port_name_suffix	= ",t,0x0001",	/* the one portal group */
	.transport_version	= 0x0960,	/* iSCSI, no version claimed */
	.keeps_session_threads	= true,
	.cmd_priv_size		= sizeof(struct iscsi_cmd),
	.send_response		= iscsi_send_response,
	.receive_data		= iscsi_receive_data,
	.cmds_aborted		= iscsi_cmds_aborted,
	.is_behind		= iscsi_is_behind,
	.taken			= iscsi_data_taken,
	.tmf_done		= iscsi_tmf_done,
	.report_aen		= iscsi_report_aen,
	.transport_id		= iscsi_transport_id,
	.add_target		= add_target,
	.del_target		= iscsi_target_del,
	.mgmt			= iscsi_mgmt,
	.enable			= iscsi_target_enable,
	.close_session		= iscsi_close_session,
	.session_address	= iscsi_session_address,
	.place_session		= iscsi_place_session,
	.mgmt_help		=
		"       echo \"add_attribute <attribute> <value>\" >mgmt\n"
		"       echo \"del_attribute <attribute> <value>\" >mgmt\n"
		"       echo \"add_target_attribute target_name <attribute> <value>\" >mgmt\n"
		"       echo \"del_target_attribute target_name <attribute> <value>\" >mgmt\n"
		"\n"
		"The following target driver attributes available: IncomingUser, OutgoingUser\n"
		"The following target attributes available: IncomingUser, OutgoingUser, "
		"allowed_portal\n",
	.driver_attrs		= iscsi_driver_attrs,
	.target_attrs		= iscsi_target_attrs,
	.session_attrs		= iscsi_session_attrs,
};

static void destroy_workqueues(void)
{
	if (iscsi_login_wq)
		destroy_workqueue(iscsi_login_wq);
	if (iscsi_end_wq)
		destroy_workqueue(iscsi_end_wq);
}

/* An initiator may be this host, writing back to free memory. */
static int make_workqueues(void)
{
	iscsi_end_wq = alloc_workqueue("iscsi_scst_end", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	iscsi_login_wq = alloc_workqueue("iscsi_scst_login", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	if (iscsi_end_wq && iscsi_login_wq)
		return 0;
	destroy_workqueues();
	return -ENOMEM;
}

static int __init iscsi_init(void)
{
	int err = make_workqueues();

	if (err)
		return err;
	err = scst_target_driver_register(&iscsi_ops);
	if (err)
		goto out_workqueues;
	err = iscsi_ctl_init();
	if (err)
		goto out_driver;
	return 0;

out_driver:
	scst_target_driver_unregister(&iscsi_ops);
out_workqueues:
	destroy_workqueues();
	return err;
}

static void __exit iscsi_exit(void)
{
	iscsi_ctl_exit();
	scst_target_driver_unregister(&iscsi_ops);
	iscsi_extras_free(&iscsi_driver_extras);
	destroy_workqueues();
}

module_init(iscsi_init);
module_exit(iscsi_exit);
MODULE_DESCRIPTION("iSCSI target driver");
MODULE_LICENSE("GPL");

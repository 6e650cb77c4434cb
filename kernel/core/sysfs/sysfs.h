/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The face of the core: /sys/kernel/scst_tgt. docs/sysfs.md lists every file there is.
 */
#ifndef _SCST_CORE_SYSFS_H
#define _SCST_CORE_SYSFS_H

#include "core.h"

struct scst_pattern;
struct scst_policy_face;
struct dentry;

/*
 * The directories, each made and removed by the owner of the object. Adding is done with
 * the locks of the caller's choice; removing with none, since it waits for stores that take them. A
 * failed add leaves nothing behind, but for target and device: there the caller calls del as well,
 * and a target is dying by then. Del of what was never added is no-op.
 */
int scst_sysfs_init(void);
void scst_sysfs_exit(void);
/* inject.c: a file in @dir of debugfs, with which it goes. */
void scst_sysfs_inject_add(struct dentry *dir);

int scst_sysfs_driver_add(struct scst_driver *drv);
/* No verb of mgmt runs after close; then, with the targets gone, the rest. */
void scst_sysfs_driver_close(struct scst_driver *drv);
void scst_sysfs_driver_del(struct scst_driver *drv);
int scst_sysfs_target_add(struct scst_target *tgt);
void scst_sysfs_target_del(struct scst_target *tgt);
/* tgt->lock held. Unique name: initiator, initiator_1, ... */
int scst_sysfs_session_add(struct scst_session *sess);
void scst_sysfs_session_del(struct scst_session *sess);
/* tgt->lock held: `luns` leads to the session's group. */
void scst_sysfs_session_relink(struct scst_session *sess);
int scst_sysfs_handler_add(struct scst_handler *handler);
void scst_sysfs_handler_close(struct scst_handler *handler);
void scst_sysfs_handler_del(struct scst_handler *handler);
int scst_sysfs_device_add(struct scst_device *dev);
void scst_sysfs_device_del(struct scst_device *dev);
void scst_sysfs_device_forget(struct scst_device *dev);	/* nobody announces anything any more */
int scst_sysfs_mapping_add(struct scst_mapping *map);	/* registry lock held; with its links */
void scst_sysfs_mapping_del(struct scst_mapping *map);
/* Makes the links of @map those of @new, which has no directory of its own. All or nothing. */
int scst_sysfs_mapping_relink(struct scst_mapping *map, const struct scst_mapping *new);
/* ini_groups.c */
int scst_sysfs_ini_groups_add(struct scst_target *tgt);
/* mgmt goes: no group comes or goes by hand any more. Then the directory. */
void scst_sysfs_ini_groups_close(struct scst_target *tgt);
void scst_sysfs_ini_groups_del(struct scst_target *tgt);
int scst_sysfs_group_add(struct scst_group *group);
void scst_sysfs_group_del(struct scst_group *group);
int scst_sysfs_pattern_add(struct scst_group *group, struct scst_pattern *pattern);
void scst_sysfs_pattern_del(struct scst_group *group, struct scst_pattern *pattern);

/* pr.c: what a device and a handler have for persistent reservations. */
/* A failed add is followed by a del, which comes when the directory has gone. */
int scst_sysfs_pr_add(struct scst_device *dev);
void scst_sysfs_pr_del(struct scst_device *dev);
extern const struct scst_attr scst_pr_handler_attrs[];

/* policy.c */
int scst_sysfs_policies_add(struct scst_dir *root);
void scst_sysfs_policies_del(void);
extern const struct scst_policy_face scst_sysfs_policy_face;
/* The root's attribute policy_available: "1", or "0" and why not. */
ssize_t scst_policy_available_show(void *obj, char *buf);

/* attr.c: what the last write to any of our files returned. */
extern int scst_last_store_result;

/* root.c */
extern struct scst_dir scst_targets_dir;
extern struct scst_dir scst_devices_dir;
extern struct scst_dir scst_handlers_dir;

/* device_io.c: what every device has to say about its commands */
extern const struct scst_attr scst_device_io_attrs[];
ssize_t scst_suspend_show(void *obj, char *buf);
ssize_t scst_suspend_store(void *obj, char *text);

/* group.c: obj is a group */
extern const struct scst_attr scst_group_attrs[];
extern const struct scst_attr scst_group_threads_attrs[];	/* ops->keeps_session_threads */
ssize_t scst_group_addr_method_show(void *obj, char *buf);
ssize_t scst_group_addr_method_store(void *obj, char *text);
ssize_t scst_group_black_hole_show(void *obj, char *buf);
ssize_t scst_group_black_hole_store(void *obj, char *text);
ssize_t scst_group_cpu_mask_show(void *obj, char *buf);
ssize_t scst_group_cpu_mask_store(void *obj, char *text);
ssize_t scst_group_io_grouping_type_show(void *obj, char *buf);
ssize_t scst_group_io_grouping_type_store(void *obj, char *text);

/* cmds.c */
ssize_t scst_trace_cmds_show(void *obj, char *buf);
ssize_t scst_trace_mcmds_show(void *obj, char *buf);

/* latency.c */
/* For a new session, tgt->lock held: it gets a table if latency is measured. 0 or -errno. */
int scst_sysfs_latency_add(struct scst_session *sess);
void scst_sysfs_latency_del(struct scst_session *sess);
ssize_t scst_measure_latency_show(void *obj, char *buf);
ssize_t scst_measure_latency_store(void *obj, char *text);
void scst_sysfs_latency_exit(void);

/* sgv.c: sgv/, and force_global_sgv_pool */
int scst_sysfs_sgv_add(struct scst_dir *parent);
void scst_sysfs_sgv_del(void);
ssize_t scst_sgv_global_show(void *obj, char *buf);
ssize_t scst_sgv_global_store(void *obj, char *text);

/* trace.c: trace_level, of the root and, in scst_trace_attrs, of drivers and handlers */
extern const struct scst_attr scst_trace_attrs[];
ssize_t scst_trace_level_show(void *obj, char *buf);
ssize_t scst_trace_level_store(void *obj, char *text);

/*
 * verbs.c: a claim on what @owner calls @name, and on the module that brought it. While it is
 * held nobody else adds, deletes or switches that. Return: 0, -ENODEV (module on its way out);
 * wait: -EINTR (killed); try: -EBUSY. Only a store of a mgmt file may wait. @name stays as long.
 */
struct scst_claim {
	struct list_head entry;
	struct module *module;
	const void *owner;
	const char *name;
};

int scst_claim_wait(struct scst_claim *claim, struct module *module, const void *owner,
		    const char *name);
int scst_claim_try(struct scst_claim *claim, struct module *module, const void *owner,
		   const char *name);
void scst_claim_drop(struct scst_claim *claim);

/* Takes the name off @args and calls @fn with a claim on it. */
typedef int (*scst_named_fn)(void *owner, const char *name, struct scst_params *params);
int scst_mgmt_run_named(struct module *module, void *owner, char *args, scst_named_fn fn);
/* How the usage text of a mgmt file explains parameters. Return: bytes added at @at. */
ssize_t scst_mgmt_emit_params(char *buf, ssize_t at, const char *params);

/* luns.c: luns/ of a group, which belongs to the directory @parent. */
int scst_sysfs_luns_add(struct scst_group *group, struct scst_dir *parent);
void scst_sysfs_luns_del(struct scst_group *group);

/* What verbs of luns/mgmt say: "DEVICE LUN [parameters]", "LUN". Return: 0 or -EINVAL. */
struct scst_lun_args {
	const char *device;
	u16 lun;
	bool read_only;
};

int scst_lun_args_parse(char *args, struct scst_lun_args *out);
int scst_lun_parse(char *args, u16 *lun);

/* copy_manager.c: registry lock held. Return: 0 or -errno, and it has no LUN there. */
int scst_copy_manager_add(struct scst_device *dev);
void scst_copy_manager_del(const struct scst_device *dev);
int scst_copy_manager_init(void);
void scst_copy_manager_exit(void);

/* What it shows as other targets do: rows whose obj is a target, usage texts of mgmt. */
extern const struct scst_attr scst_target_attrs[];
ssize_t scst_luns_mgmt_show(void *obj, char *buf);
ssize_t scst_groups_mgmt_show(void *obj, char *buf);

static inline u64 scst_stats_cmds(const struct scst_stats *stats, enum scst_data_dir dir)
{
	return stats->cmds[dir] + stats->cmds[dir | SCST_STAT_MEDIUM];
}

static inline u64 scst_stats_kb(const struct scst_stats *stats, enum scst_data_dir dir)
{
	return (stats->bytes[dir] + stats->bytes[dir | SCST_STAT_MEDIUM]) >> 10;
}

static inline u64 scst_stats_unaligned(const struct scst_stats *stats, enum scst_data_dir dir)
{
	return stats->unaligned[dir];
}

static inline u64 scst_stats_unknown(const struct scst_stats *stats)
{
	return stats->unknown;
}

/* clang-format off */
/*
 * Shows of the counters, for an object whose @_sum(obj, stats) adds them up: the same names in a
 * session and, summed over its sessions, in a target.
 */
#define SCST_STAT_SHOW(_name, _sum, _value, ...)			\
static ssize_t _name##_show(void *obj, char *buf)			\
{									\
	struct scst_stats stats = {};					\
									\
	_sum(obj, &stats);						\
	return sysfs_emit(buf, "%llu\n", _value(&stats, ##__VA_ARGS__));	\
}

#define SCST_STAT_SHOWS(_sum)						\
SCST_STAT_SHOW(none_cmd_count,	  _sum, scst_stats_cmds, SCST_DIR_NONE)		\
SCST_STAT_SHOW(read_cmd_count,	  _sum, scst_stats_cmds, SCST_DIR_IN)		\
SCST_STAT_SHOW(write_cmd_count,	  _sum, scst_stats_cmds, SCST_DIR_OUT)		\
SCST_STAT_SHOW(bidi_cmd_count,	  _sum, scst_stats_cmds, SCST_DIR_BIDI)		\
SCST_STAT_SHOW(read_io_count_kb,  _sum, scst_stats_kb, SCST_DIR_IN)		\
SCST_STAT_SHOW(write_io_count_kb, _sum, scst_stats_kb, SCST_DIR_OUT)		\
SCST_STAT_SHOW(bidi_io_count_kb,  _sum, scst_stats_kb, SCST_DIR_BIDI)		\
SCST_STAT_SHOW(read_unaligned_cmd_count,  _sum, scst_stats_unaligned, SCST_DIR_IN)	\
SCST_STAT_SHOW(write_unaligned_cmd_count, _sum, scst_stats_unaligned, SCST_DIR_OUT)	\
SCST_STAT_SHOW(bidi_unaligned_cmd_count,  _sum, scst_stats_unaligned, SCST_DIR_BIDI)	\
SCST_STAT_SHOW(unknown_cmd_count, _sum, scst_stats_unknown)
/* clang-format on */

#endif

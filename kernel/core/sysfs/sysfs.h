/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the sysfs_*.c files share. docs/sysfs.md lists every file there is.
 */
#ifndef _SCST_CORE_SYSFS_H
#define _SCST_CORE_SYSFS_H

#include "core.h"

/* sysfs_attr.c: what the last write to any of our files returned. */
extern int scst_last_store_result;

/* sysfs_root.c */
extern struct scst_dir scst_targets_dir;
extern struct scst_dir scst_devices_dir;
extern struct scst_dir scst_handlers_dir;

/* sysfs_device_io.c: what every device has to say about its commands */
extern const struct scst_attr scst_device_io_attrs[];
/* Blocking in the background is over: @text was written with it. */
void scst_sysfs_device_blocked(struct scst_device *dev, const char *text);
ssize_t scst_suspend_show(void *obj, char *buf);
ssize_t scst_suspend_store(void *obj, char *text);

/* sysfs_group.c: obj is a group */
extern const struct scst_attr scst_group_attrs[];
ssize_t scst_group_addr_method_show(void *obj, char *buf);
ssize_t scst_group_addr_method_store(void *obj, char *text);
ssize_t scst_group_black_hole_show(void *obj, char *buf);
ssize_t scst_group_black_hole_store(void *obj, char *text);
ssize_t scst_group_cpu_mask_show(void *obj, char *buf);
ssize_t scst_group_cpu_mask_store(void *obj, char *text);
ssize_t scst_group_io_grouping_type_show(void *obj, char *buf);
ssize_t scst_group_io_grouping_type_store(void *obj, char *text);

/* sysfs_cmds.c */
ssize_t scst_trace_cmds_show(void *obj, char *buf);

/* sysfs_latency.c */
struct scst_latency;
int scst_sysfs_latency_add(struct scst_session *sess, struct scst_latency *latency);
void scst_sysfs_latency_del(struct scst_session *sess);
ssize_t scst_measure_latency_show(void *obj, char *buf);
ssize_t scst_measure_latency_store(void *obj, char *text);

/* sysfs_sgv.c: sgv/, and force_global_sgv_pool */
int scst_sysfs_sgv_add(struct scst_dir *parent);
void scst_sysfs_sgv_del(void);
ssize_t scst_sgv_global_show(void *obj, char *buf);
ssize_t scst_sgv_global_store(void *obj, char *text);

/* sysfs_trace.c: trace_level, of the root and, in scst_trace_attrs, of drivers and handlers */
extern const struct scst_attr scst_trace_attrs[];
ssize_t scst_trace_level_show(void *obj, char *buf);
ssize_t scst_trace_level_store(void *obj, char *text);

/*
 * sysfs_mgmt.c: a claim on what @owner calls @name, and on the module that brought it. While it is
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

/* sysfs_luns.c: luns/ of a group, which belongs to the directory @parent. */
int scst_sysfs_luns_add(struct scst_group *group, struct scst_dir *parent);
void scst_sysfs_luns_del(struct scst_group *group);

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

// SPDX-License-Identifier: GPL-2.0
/*
 * The properties of a disk, one row each: a file in its directory, a parameter of add_device, or
 * both. Each kind gets the rows that it has.
 */
#include <linux/log2.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "vdisk.h"

/* What functions of rows see is the scst_device: offsets count from the same place. */
static_assert(offsetof(struct vdisk, dev) == 0);

static const struct scst_lu *obj_lu(void *obj)
{
	const struct scst_device *dev = obj;

	return &dev->lu;
}

static int set_filename(struct vdisk *vd, const char *value)
{
	return vd->filename ? -EINVAL : vdisk_set_filename(vd, value);
}

static ssize_t filename_show(void *obj, char *buf)
{
	struct vdisk *vd = to_vdisk(obj);

	guard(mutex)(&vd->lock);
	return scst_attr_key(buf, sysfs_emit(buf, "%s\n", vd->filename ?: ""), vd->filename);
}

static ssize_t filename_store(void *obj, char *text)
{
	return vdisk_set_filename(to_vdisk(obj), text);
}

static ssize_t medium_store(void *obj, char *text)
{
	return vdisk_change_medium(to_vdisk(obj), text);
}

static int set_active(struct vdisk *vd, const char *value)
{
	bool active;
	int err = scst_parse_bool(value, &active);

	if (!err)
		vd->args.inactive = !active;
	return err;
}

static ssize_t active_show(void *obj, char *buf)
{
	bool active = READ_ONCE(to_vdisk(obj)->active);

	return scst_attr_key(buf, sysfs_emit(buf, "%d\n", active), !active);
}

static ssize_t active_store(void *obj, char *text)
{
	struct vdisk *vd = to_vdisk(obj);
	bool active;
	int err = scst_parse_bool(text, &active);

	if (err)
		return err;
	if (active)
		return vdisk_activate(vd);
	vdisk_deactivate(vd);
	return 0;
}

static ssize_t async_store(void *obj, char *text)
{
	bool async;
	int err = scst_parse_bool(text, &async);

	if (!err)
		WRITE_ONCE(to_vdisk(obj)->async, async);
	return err;
}

static int set_blocksize(struct vdisk *vd, const char *value)
{
	u64 size;

	if (scst_parse_u64(value, 512, 4096, &size) || !is_power_of_2(size))
		return -EINVAL;
	vd->args.blocksize = size;
	return 0;
}

static ssize_t blocksize_show(void *obj, char *buf)
{
	u32 size = 1u << obj_lu(obj)->block_shift;

	return scst_attr_key(buf, sysfs_emit(buf, "%u\n", size),
			     to_vdisk(obj)->args.blocksize && size != 512);
}

static u64 lu_bytes(const struct scst_lu *lu)
{
	return READ_ONCE(lu->nblocks) << lu->block_shift;
}

static int set_size(struct vdisk *vd, const char *value)
{
	return scst_parse_u64(value, 512, S64_MAX, &vd->args.size);
}

/* Saved if it was said, not if the back end decides. */
static ssize_t size_show(void *obj, char *buf)
{
	const struct vdisk *vd = to_vdisk(obj);

	return scst_attr_key(buf, sysfs_emit(buf, "%llu\n", lu_bytes(obj_lu(obj))),
			     vd->size_limit || vd->args.size);
}

static int set_size_mb(struct vdisk *vd, const char *value)
{
	u64 mb;

	if (scst_parse_u64(value, 1, S64_MAX >> 20, &mb))
		return -EINVAL;
	vd->args.size = mb << 20;
	return 0;
}

static ssize_t size_mb_show(void *obj, char *buf)
{
	return sysfs_emit(buf, "%llu\n", lu_bytes(obj_lu(obj)) >> 20);
}

static int change_size(struct vdisk *vd, u64 bytes)
{
	u64 nblocks = bytes >> vd->dev.lu.block_shift;

	if (!nblocks)
		return -EINVAL;
	if (vd->kind->capacity)
		return vdisk_limit_size(vd, bytes);
	vd->args.size = bytes;
	scst_device_set_capacity(&vd->dev, nblocks);
	return 0;
}

static ssize_t size_store(void *obj, char *text)
{
	u64 bytes;

	return scst_parse_u64(text, 512, S64_MAX, &bytes) ?: change_size(to_vdisk(obj), bytes);
}

static ssize_t size_mb_store(void *obj, char *text)
{
	u64 mb;

	return scst_parse_u64(text, 1, S64_MAX >> 20, &mb) ?:
	       change_size(to_vdisk(obj), mb << 20);
}

/* Of a file that is what it is: SCST takes and forgets it, and old configurations have it. */
static int ignore(struct vdisk *vd, const char *value)
{
	return 0;
}

/* A file that makes something happen when 1 is written. */
static int check_trigger(const char *text)
{
	bool now;

	return scst_parse_bool(text, &now) || !now ? -EINVAL : 0;
}

static ssize_t resync_size_store(void *obj, char *text)
{
	return check_trigger(text) ?: vdisk_resync_size(to_vdisk(obj));
}

static ssize_t sync_store(void *obj, char *text)
{
	return check_trigger(text) ?: vdisk_sync(to_vdisk(obj));
}

static ssize_t gen_tp_soft_threshold_reached_UA_store(void *obj, char *text)
{
	struct vdisk *vd = to_vdisk(obj);

	if (!vd->dev.lu.thin)
		return -EOPNOTSUPP;
	if (check_trigger(text))
		return -EINVAL;
	scst_device_tell(&vd->dev, SCST_SENSE_THIN_THRESHOLD);
	return 0;
}

static int set_maybe(s8 *out, const char *value)
{
	bool flag;

	if (scst_parse_bool(value, &flag))
		return -EINVAL;
	*out = flag;
	return 0;
}

static int set_rotational(struct vdisk *vd, const char *value)
{
	return set_maybe(&vd->args.rotational, value);
}

/* What only the back end decides is not saved: it may be another one the next time. */
static ssize_t rotational_show(void *obj, char *buf)
{
	const struct vdisk *vd = to_vdisk(obj);
	bool rotational = vd->dev.lu.rotational;

	return scst_attr_key(buf, sysfs_emit(buf, "%d\n", rotational), vd->args.rotational >= 0 &&
			     (!rotational || vd->kind->bit == VDISK_BLOCKIO));
}

static ssize_t thin_provisioned_show(void *obj, char *buf)
{
	const struct vdisk *vd = to_vdisk(obj);

	return scst_attr_key(buf, sysfs_emit(buf, "%d\n", vd->dev.lu.thin), vd->args.thin >= 0 &&
			     (vd->args.thin || vd->kind->bit == VDISK_BLOCKIO));
}

static int set_read_only(struct vdisk *vd, const char *value)
{
	int err = scst_parse_bool(value, &vd->args.read_only);

	vd->dev.lu.read_only = vd->args.read_only;
	return err;
}

static ssize_t read_only_show(void *obj, char *buf)
{
	const struct vdisk *vd = to_vdisk(obj);

	return scst_attr_key(buf, sysfs_emit(buf, "%d\n", vd->dev.lu.read_only),
			     vd->args.read_only);
}

static int set_thin_provisioned(struct vdisk *vd, const char *value)
{
	return set_maybe(&vd->args.thin, value);
}

static int set_tst(struct vdisk *vd, const char *value)
{
	bool tst;

	if (scst_parse_bool(value, &tst))
		return -EINVAL;
	vd->dev.lu.tst = tst;
	return 0;
}

/* Less is too little for who does not ask, as firmware; lists of pages are allotted for more. */
#define TRANS_LEN_LEAST	SZ_64K
#define TRANS_LEN_MOST	SZ_64M

static ssize_t max_trans_len_show(void *obj, char *buf)
{
	u32 len = READ_ONCE(obj_lu(obj)->max_trans_len);

	return scst_attr_key(buf, sysfs_emit(buf, "%u\n", len), len != SCST_MAX_TRANS_LEN);
}

static ssize_t max_trans_len_store(void *obj, char *text)
{
	struct vdisk *vd = to_vdisk(obj);
	u64 len;

	if (scst_parse_u64(text, TRANS_LEN_LEAST, TRANS_LEN_MOST, &len) ||
	    len & (BIT(vd->dev.lu.block_shift) - 1))
		return -EINVAL;
	guard(mutex)(&vd->lock);
	scst_device_change_begin(&vd->dev);
	vd->dev.lu.max_trans_len = len;
	scst_device_change_end(&vd->dev, SCST_SENSE_INQUIRY_CHANGED);
	return 0;
}

static ssize_t opt_trans_len_show(void *obj, char *buf)
{
	u32 len = READ_ONCE(obj_lu(obj)->opt_trans_len);

	return scst_attr_key(buf, sysfs_emit(buf, "%u\n", len), len != VDISK_OPT_TRANS_LEN);
}

static ssize_t opt_trans_len_store(void *obj, char *text)
{
	struct vdisk *vd = to_vdisk(obj);
	u64 len;

	if (scst_parse_u64(text, 0, U32_MAX, &len) || len & (BIT(vd->dev.lu.block_shift) - 1))
		return -EINVAL;
	guard(mutex)(&vd->lock);
	vd->opt_trans_len_set = true;
	scst_device_change_begin(&vd->dev);
	vd->dev.lu.opt_trans_len = len;
	scst_device_change_end(&vd->dev, SCST_SENSE_INQUIRY_CHANGED);
	return 0;
}

static int set_lb_per_pb_exp(struct vdisk *vd, const char *value)
{
	bool tell;
	int err = scst_parse_bool(value, &tell);

	if (!err)
		vd->hide_physical = !tell;
	return err;
}

static ssize_t lb_per_pb_exp_show(void *obj, char *buf)
{
	bool hide = READ_ONCE(to_vdisk(obj)->hide_physical);

	return scst_attr_key(buf, sysfs_emit(buf, "%d\n", !hide), hide);
}

/* READ CAPACITY has it, and page B0h. */
static ssize_t lb_per_pb_exp_store(void *obj, char *text)
{
	struct vdisk *vd = to_vdisk(obj);
	int err;

	guard(mutex)(&vd->lock);
	err = set_lb_per_pb_exp(vd, text);
	if (err)
		return err;
	scst_device_change_begin(&vd->dev);
	vd->dev.lu.lb_per_pb_exp = vd->hide_physical ? 0 : vd->physical_exp;
	scst_device_change_end(&vd->dev, SCST_SENSE_INQUIRY_CHANGED);
	scst_device_set_capacity(&vd->dev, vd->dev.lu.nblocks);
	return 0;
}

/*
 * Whether the back end is open only while a path is active: without ALUA states, of which there are
 * none, they all are. Files that SCST saved have it, blockio's as 1.
 */
static ssize_t bind_alua_state_store(void *obj, char *text)
{
	bool bind;
	int err = scst_parse_bool(text, &bind);

	if (!err)
		WRITE_ONCE(to_vdisk(obj)->bind_alua_state, bind);
	return err;
}

/* What SCST has and this disk has not can be said to be off. */
static int set_absent(struct vdisk *vd, const char *value)
{
	bool on;

	if (scst_parse_bool(value, &on))
		return -EINVAL;
	return on ? -EOPNOTSUPP : 0;
}

static ssize_t absent_show(void *obj, char *buf)
{
	return sysfs_emit(buf, "0\n");
}

static ssize_t absent_store(void *obj, char *text)
{
	return set_absent(to_vdisk(obj), text);
}

static int set_dif_mode(struct vdisk *vd, const char *value)
{
	return *value ? -EOPNOTSUPP : 0;
}

static int set_numa_node_id(struct vdisk *vd, const char *value)
{
	return scst_device_set_node(&vd->dev, value);
}

static ssize_t read_zero_store(void *obj, char *text)
{
	bool read_zero;
	int err = scst_parse_bool(text, &read_zero);

	if (!err)
		WRITE_ONCE(to_vdisk(obj)->read_zero, read_zero);
	return err;
}

#define FILES	(VDISK_BLOCKIO | VDISK_FILEIO)
#define ALL	(FILES | VDISK_NULLIO)
#define EACH	(ALL | VDISK_CDROM)
#define READ_SIZE	(VDISK_FILEIO | VDISK_CDROM)
#define WRITE_SIZE	(VDISK_BLOCKIO | VDISK_NULLIO)

/* A row without @set whose member is a bool is parsed as one. */
struct prop {
	struct scst_attr attr;
	u8 file;		/* kinds that have the file			*/
	u8 param;		/* kinds whose add_device takes the parameter	*/
	int (*set)(struct vdisk *vd, const char *value);
	bool unlisted;		/* taken, but the usage text has it not: as SCST */
};

#define MEMBER(_name, _type, _member, _def)					\
	{ .attr = { .name = #_name, .mode = 0444 }, .type = SCST_ATTR_##_type,	\
	  .offset = offsetof(struct vdisk, _member), .key = true, .def = _def }
#define MEMBER_RW(_name, _type, _member, _def)					\
	{ .attr = { .name = #_name, .mode = 0644 }, .type = SCST_ATTR_##_type,	\
	  .offset = offsetof(struct vdisk, _member), .key = true, .def = _def,	\
	  .store = _name##_store }
/* Its functions stand elsewhere. */
#define MEMBER_OF(_name, _type, _member, _def)					\
	{ .attr = { .name = #_name, .mode = 0644 }, .type = SCST_ATTR_##_type,	\
	  .offset = offsetof(struct vdisk, _member), .key = true, .def = _def,	\
	  .store = vdisk_##_name##_store }
/* For tests: not saved. */
#define MEMBER_TEST(_name, _type, _member)					\
	{ .attr = { .name = #_name, .mode = 0644 }, .type = SCST_ATTR_##_type,	\
	  .offset = offsetof(struct vdisk, _member), .store = vdisk_##_name##_store }
#define RO(_name)	SCST_ATTR_RO(_name, _name##_show)
#define RW(_name)	SCST_ATTR_RW(_name, _name##_show, _name##_store)
#define WO(_name)	SCST_ATTR_WO(_name, _name##_store)
#define ID(_name)	SCST_ATTR_RW(_name, vdisk_##_name##_show, vdisk_##_name##_store)
#define NO_FILE(_name)	{ .attr = { .name = #_name } }
#define ABSENT(_name)	SCST_ATTR_RW(_name, absent_show, absent_store)

/* clang-format off */
static const struct prop props[] = {
	{ RW(active),						FILES,		FILES,
	  set_active },
	{ MEMBER_RW(async, BOOL, async, 0),			VDISK_FILEIO,	VDISK_FILEIO },
	{ RO(blocksize),					ALL,		ALL,
	  set_blocksize },
	{ MEMBER_TEST(delay_ms, U32, delay_ms),			VDISK_NULLIO,	0 },
	{ MEMBER(dummy, BOOL, dev.lu.dummy, 0),			VDISK_NULLIO,	VDISK_NULLIO },
	{ NO_FILE(dummy),					0,		VDISK_FILEIO,
	  ignore, true },
	{ MEMBER_RW(bind_alua_state, BOOL, bind_alua_state, 1),	VDISK_BLOCKIO,	VDISK_BLOCKIO },
	{ MEMBER_RW(bind_alua_state, BOOL, bind_alua_state, 0),	VDISK_FILEIO,	VDISK_FILEIO },
	{ ABSENT(cluster_mode),					ALL,		ALL,
	  set_absent },
	{ NO_FILE(dif_filename),				0,		FILES,
	  set_dif_mode },
	{ NO_FILE(dif_mode),					0,		ALL,
	  set_dif_mode },
	{ NO_FILE(dif_static_app_tag),				0,		ALL,
	  set_dif_mode },
	{ NO_FILE(dif_type),					0,		ALL,
	  set_absent },
	{ ID(eui64_id),						EACH,		0 },
	{ ABSENT(expl_alua),					FILES,		0 },
	{ RW(filename),						FILES,		FILES,
	  set_filename },
	{ SCST_ATTR_RW(filename, filename_show, medium_store),	VDISK_CDROM,	0 },
	{ WO(gen_tp_soft_threshold_reached_UA),			FILES,		0 },
	{ ID(inq_vend_specific),				EACH,		0 },
	{ RW(lb_per_pb_exp),					FILES,		FILES,
	  set_lb_per_pb_exp, true },
	{ RW(max_trans_len),					EACH,		0 },
	{ ID(naa_id),						EACH,		0 },
	{ NO_FILE(numa_node_id),				0,		ALL,
	  set_numa_node_id },
	{ MEMBER(nv_cache, BOOL, nv_cache, 0),			FILES,		FILES },
	{ MEMBER(o_direct, BOOL, o_direct, 0),			VDISK_FILEIO,	VDISK_FILEIO },
	{ RW(opt_trans_len),					ALL,		0 },
	{ ID(prod_id),						EACH,		0 },
	{ ID(prod_rev_lvl),					EACH,		0 },
	{ RO(read_only),					ALL,		ALL,
	  set_read_only },
	{ MEMBER_RW(read_zero, BOOL, read_zero, 0),		VDISK_NULLIO,	VDISK_NULLIO },
	{ MEMBER(removable, BOOL, dev.lu.removable, 0),		ALL,		ALL },
	{ WO(resync_size),					FILES,		0 },
	{ RO(rotational),					ALL,		ALL,
	  set_rotational },
	{ ID(scsi_device_name),					EACH,		0 },
	{ MEMBER(shared, BOOL, shared, 0),			VDISK_BLOCKIO,	VDISK_BLOCKIO },
	{ RO(size),						READ_SIZE,	0 },
	{ RO(size_mb),						READ_SIZE,	0 },
	{ RW(size),						WRITE_SIZE,	VDISK_NULLIO,
	  set_size },
	{ RW(size_mb),						WRITE_SIZE,	VDISK_NULLIO,
	  set_size_mb },
	{ NO_FILE(size),					0,		VDISK_FILEIO,
	  ignore, true },
	{ NO_FILE(size_mb),					0,		VDISK_FILEIO,
	  ignore, true },
	{ WO(sync),						FILES,		0 },
	{ ID(t10_dev_id),					EACH,		ALL,
	  vdisk_set_t10_dev_id },
	{ ID(t10_vend_id),					EACH,		0 },
	{ MEMBER_TEST(test_every, U32, test_every),		VDISK_NULLIO,	0 },
	{ ID(test_sense),					VDISK_NULLIO,	0 },
	{ MEMBER_TEST(test_short, U32, test_short),		VDISK_NULLIO,	0 },
	{ ID(thin_pool),						FILES,		0 },
	{ RO(thin_provisioned),					FILES,		FILES,
	  set_thin_provisioned },
	{ MEMBER_OF(tp_soft_threshold, U8, threshold, VDISK_THRESHOLD),	FILES,	0 },
	{ MEMBER(tst, U8, dev.lu.tst, 1),			EACH,		EACH,
	  set_tst },
	{ ID(usn),						EACH,		0 },
	{ ID(vend_specific_id),					EACH,		0 },
	{ MEMBER(write_through, BOOL, write_through, 0),	FILES,		FILES },
};
/* clang-format on */

static_assert(ARRAY_SIZE(props) < VDISK_MAX_PROPS);

void vdisk_kind_init(struct vdisk_kind *kind)
{
	size_t i, len = 0, nr = 0;

	for (i = 0; i < ARRAY_SIZE(props); i++) {
		if (props[i].file & kind->bit)
			kind->attrs[nr++] = props[i].attr;
		if (props[i].param & kind->bit && !props[i].unlisted)
			len += scnprintf(kind->params + len, sizeof(kind->params) - len, "%s%s",
					 len ? ", " : "", props[i].attr.attr.name);
	}
	kind->ops.add_device_params = kind->params;
	kind->ops.device_attrs = kind->attrs;
	kind->ops.aborted = vdisk_end_aborted;
}

static const struct prop *find_param(const struct vdisk_kind *kind, const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(props); i++)
		if (props[i].param & kind->bit && !strcasecmp(props[i].attr.attr.name, name))
			return &props[i];
	return NULL;
}

static int set_param(struct vdisk *vd, const char *name, const char *value)
{
	const struct prop *prop = find_param(vd->kind, name);
	int err;

	if (!prop) {
		pr_err("scst_vdisk: %s: unknown parameter %s\n", vd->dev.name,
		       scst_printable(name).text);
		return -EINVAL;
	}
	if (prop->set)
		err = prop->set(vd, value);
	else
		err = scst_parse_bool(value, (void *)vd + prop->attr.offset);
	if (err == -EINVAL)
		pr_err("scst_vdisk: %s: bad value for %s: %s\n", vd->dev.name, name,
		       scst_printable(value).text);
	if (err == -EOPNOTSUPP)
		pr_err("scst_vdisk: %s: there is no %s here yet\n", vd->dev.name, name);
	return err;
}

int vdisk_parse_params(struct vdisk *vd, struct scst_params *params)
{
	char *name, *value;
	int more;

	while ((more = scst_params_next(params, &name, &value)) > 0) {
		int err = set_param(vd, name, value);

		if (err)
			return err;
	}
	return more;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Who the disk says it is: the names and identifiers of INQUIRY data and VPD pages. What nobody
 * chose is as scst_device_identify() makes it.
 */
#include <linux/ctype.h>
#include <linux/hex.h>
#include <linux/string.h>

#include "vdisk.h"

/* Bits of vdisk.ids_set: chosen by the administrator, so to be saved. */
enum {
	ID_T10_DEV_ID,
	ID_T10_VEND_ID,
	ID_VEND_SPECIFIC_ID,
	ID_PROD_ID,
	ID_PROD_REV_LVL,
	ID_SCSI_DEVICE_NAME,
	ID_USN,
};

/* Graphic ASCII codes and blanks (SPC-5 4.3.1), and as many as there is room for. */
static bool is_text(const char *text, size_t max)
{
	size_t i, len = strlen(text);

	if (!len || len > max)
		return false;
	for (i = 0; i < len; i++)
		if (!isascii(text[i]) || !isprint(text[i]))
			return false;
	return true;
}

static int set_text(struct vdisk *vd, char *member, size_t size, int id, const char *text)
{
	if (!is_text(text, size - 1))
		return -EINVAL;
	scst_device_change_begin(&vd->dev);
	memset(member, 0, size);
	strscpy(member, text, size);
	vd->ids_set |= BIT(id);
	scst_device_change_end(&vd->dev, SCST_SENSE_INQUIRY_CHANGED);
	return 0;
}

#define TEXT_ID(_name, _member, _id)							\
ssize_t vdisk_##_name##_show(void *obj, char *buf)					\
{											\
	struct vdisk *vd = to_vdisk(obj);						\
											\
	return scst_attr_key(buf, sysfs_emit(buf, "%s\n", vd->dev.lu._member),		\
			     vd->ids_set & BIT(_id));					\
}											\
ssize_t vdisk_##_name##_store(void *obj, char *text)					\
{											\
	struct vdisk *vd = to_vdisk(obj);						\
	struct scst_lu *lu = &vd->dev.lu;						\
											\
	return set_text(vd, lu->_member, sizeof(lu->_member), _id, text);		\
}

TEXT_ID(t10_dev_id, t10_dev_id, ID_T10_DEV_ID)
TEXT_ID(t10_vend_id, vendor, ID_T10_VEND_ID)
TEXT_ID(prod_id, product, ID_PROD_ID)
TEXT_ID(prod_rev_lvl, revision, ID_PROD_REV_LVL)
TEXT_ID(scsi_device_name, scsi_device_name, ID_SCSI_DEVICE_NAME)

/* Of itself it is the t10_dev_id. */
ssize_t vdisk_vend_specific_id_show(void *obj, char *buf)
{
	const struct vdisk *vd = to_vdisk(obj);
	const struct scst_lu *lu = &vd->dev.lu;
	bool set = vd->ids_set & BIT(ID_VEND_SPECIFIC_ID);

	return scst_attr_key(buf, sysfs_emit(buf, "%s\n", set ? lu->vend_specific_id :
								 lu->t10_dev_id), set);
}

ssize_t vdisk_vend_specific_id_store(void *obj, char *text)
{
	struct vdisk *vd = to_vdisk(obj);
	struct scst_lu *lu = &vd->dev.lu;

	return set_text(vd, lu->vend_specific_id, sizeof(lu->vend_specific_id),
			ID_VEND_SPECIFIC_ID, text);
}

ssize_t vdisk_usn_show(void *obj, char *buf)
{
	const struct vdisk *vd = to_vdisk(obj);

	return scst_attr_key(buf, sysfs_emit(buf, "%s\n", vd->dev.lu.usn),
			     vd->ids_set & BIT(ID_USN));
}

ssize_t vdisk_usn_store(void *obj, char *text)
{
	struct vdisk *vd = to_vdisk(obj);
	int err;

	if (!is_text(text, sizeof(vd->dev.lu.usn) - 1))
		return -EINVAL;
	err = scst_device_set_usn(&vd->dev, text);
	if (!err)
		vd->ids_set |= BIT(ID_USN);
	return err;
}

/* The one that add_device takes: nobody sees the device yet. */
int vdisk_set_t10_dev_id(struct vdisk *vd, const char *text)
{
	struct scst_lu *lu = &vd->dev.lu;

	if (!is_text(text, sizeof(lu->t10_dev_id) - 1))
		return -EINVAL;
	strscpy(lu->t10_dev_id, text);
	vd->ids_set |= BIT(ID_T10_DEV_ID);
	return 0;
}

/* 0x and two digits for each byte; the 0x may be missing. Return: bytes, or -EINVAL. */
static int parse_hex(const char *text, u8 *bytes, size_t max)
{
	size_t len;

	if (text[0] == '0' && tolower(text[1]) == 'x')
		text += 2;
	len = strlen(text);
	if (len % 2 || len / 2 > max || hex2bin(bytes, text, len / 2))
		return -EINVAL;
	return len / 2;
}

static ssize_t show_hex(char *buf, const u8 *bytes, u8 len)
{
	ssize_t at = len ? sysfs_emit(buf, "0x") : 0;
	u8 i;

	for (i = 0; i < len; i++)
		at += sysfs_emit_at(buf, at, "%02x", bytes[i]);
	at += sysfs_emit_at(buf, at, "\n");
	return scst_attr_key(buf, at, len);
}

static int set_hex(struct vdisk *vd, u8 *member, u8 *member_len, const u8 *bytes, int len)
{
	scst_device_change_begin(&vd->dev);
	memcpy(member, bytes, len);
	*member_len = len;
	scst_device_change_end(&vd->dev, SCST_SENSE_INQUIRY_CHANGED);
	return 0;
}

/* SPC-5 table 491: NAA 2h, 3h and 5h have 8 bytes, 6h has 16. */
static bool is_naa(const u8 *bytes, int len)
{
	u8 naa = bytes[0] >> 4;

	if (len == 16)
		return naa == 6;
	return !len || (len == 8 && (naa == 2 || naa == 3 || naa == 5));
}

ssize_t vdisk_naa_id_show(void *obj, char *buf)
{
	const struct scst_lu *lu = &to_vdisk(obj)->dev.lu;

	return show_hex(buf, lu->naa_id, lu->naa_id_len);
}

ssize_t vdisk_naa_id_store(void *obj, char *text)
{
	struct scst_lu *lu = &to_vdisk(obj)->dev.lu;
	u8 bytes[sizeof(lu->naa_id)];
	int len = parse_hex(text, bytes, sizeof(bytes));

	if (len < 0 || !is_naa(bytes, len))
		return -EINVAL;
	return set_hex(obj, lu->naa_id, &lu->naa_id_len, bytes, len);
}

ssize_t vdisk_eui64_id_show(void *obj, char *buf)
{
	const struct scst_lu *lu = &to_vdisk(obj)->dev.lu;

	return show_hex(buf, lu->eui64_id, lu->eui64_id_len);
}

ssize_t vdisk_eui64_id_store(void *obj, char *text)
{
	struct scst_lu *lu = &to_vdisk(obj)->dev.lu;
	u8 bytes[sizeof(lu->eui64_id)];
	int len = parse_hex(text, bytes, sizeof(bytes));

	if (len && len != 8 && len != 12 && len != 16)
		return -EINVAL;
	return set_hex(obj, lu->eui64_id, &lu->eui64_id_len, bytes, len);
}

ssize_t vdisk_inq_vend_specific_show(void *obj, char *buf)
{
	const struct scst_lu *lu = &to_vdisk(obj)->dev.lu;

	return show_hex(buf, lu->inq_vendor, lu->inq_vendor_len);
}

ssize_t vdisk_inq_vend_specific_store(void *obj, char *text)
{
	struct scst_lu *lu = &to_vdisk(obj)->dev.lu;
	u8 bytes[sizeof(lu->inq_vendor)];
	int len = parse_hex(text, bytes, sizeof(bytes));

	return len < 0 ? len : set_hex(obj, lu->inq_vendor, &lu->inq_vendor_len, bytes, len);
}

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SCST_VDISK_H
#define _SCST_VDISK_H

#include <scst/handler.h>

struct workqueue_struct;

/* A virtual device: what all kinds have, then what one kind has. */
struct vdisk {
	struct scst_device dev;
	/* nullio */
	bool read_zero;
	u32 delay_ms;			/* test: how long a read or write takes */
};

static inline struct vdisk *to_vdisk(struct scst_device *dev)
{
	return container_of(dev, struct vdisk, dev);
}

extern struct workqueue_struct *vdisk_wq;

/* params.c: name=value pairs of add_device into @vd. -EINVAL names the culprit in the log. */
int vdisk_parse_params(struct vdisk *vd, struct scst_params *params);
extern const char vdisk_nullio_params[];

/* vdisk.c */
int vdisk_add(const struct scst_handler_ops *ops, const char *name, struct scst_params *params);
int vdisk_del(struct scst_device *dev);

/* nullio.c */
extern const struct scst_handler_ops nullio_ops;

#endif

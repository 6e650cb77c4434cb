/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where things are:
 *
 *	/sys/kernel/scst_tgt			the target's own tree
 *	/sys/kernel/scst_tgt/policies/NAME/	one attached policy
 *	/sys/fs/bpf/scst/policies/NAME/link	keeps it attached; MAP beside it, one file per map
 *	/sys/fs/bpf/scst/tracers/NAME/		the same for a tracer: a link per program
 *	/sys/kernel/debug/scst/inject		what administrators inject (scstctl inject)
 *	PREFIX/lib/scst/bpf/OBJECT.bpf.o	what can be loaded; $SCST_BPF_DIR instead, if set
 *
 * Tests put the roots elsewhere.
 */
#ifndef SCST_LIB_PATHS_H
#define SCST_LIB_PATHS_H

#include <limits.h>

#include "error.h"

struct scst_paths {
	const char *sysfs;
	const char *pins;
	const char *objects;
	const char *inject;
};

/* The kinds of object that are pinned, and their directories. */
enum scst_pin_kind {
	SCST_PIN_POLICY,
	SCST_PIN_TRACER,
	SCST_PIN_KINDS,
};

struct scst_paths scst_paths_default(void);

const char *scst_pin_kind_noun(enum scst_pin_kind kind);	/* "policy"	*/
const char *scst_pin_kind_dir(enum scst_pin_kind kind);		/* "policies"	*/

/*
 * A name is also a directory in sysfs and in bpffs, where a dot is reserved: letters, digits, '_'
 * and '-', not longer than the kernel keeps. Return: 0 or -EINVAL.
 */
int scst_check_name(const char *name, struct scst_error *err);

/*
 * Of a policy that is attached, by whomever, there may be a dot in it as well. Return: 0 or
 * -EINVAL: it is no name of a directory in policies/.
 */
int scst_check_attached_name(const char *name, struct scst_error *err);

/* Return: 0 or -ENAMETOOLONG. @file may be NULL: the directory. */
int scst_pin_path(const struct scst_paths *paths, enum scst_pin_kind kind, const char *name,
		  const char *file, char out[PATH_MAX]);

/*
 * The file that pins a map: its name; of one which the compiler made ("lun_mask.rodata") what comes
 * after the first dot, and any other dot as '_'.
 */
int scst_map_pin_name(const char *map_name, char *out, size_t size);

int scst_object_path(const struct scst_paths *paths, const char *object, char out[PATH_MAX]);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values inside a BPF map, found by the name which the BPF source gave them: an option
 * (`const volatile u32 max_rate`), a data member of the policy (`.priority`), a member of a map's
 * key. What is written is checked against the type: a number must fit, an enumerator must exist.
 */
#ifndef SCST_LIB_FIELD_H
#define SCST_LIB_FIELD_H

#include <bpf/btf.h>

#include "error.h"

enum scst_field_type {
	SCST_FIELD_UNSIGNED,
	SCST_FIELD_SIGNED,
	SCST_FIELD_BOOL,
	SCST_FIELD_ENUM,
	SCST_FIELD_STRING,		/* char[size]	*/
	SCST_FIELD_OTHER,		/* cannot be set or shown by name	*/
};

struct scst_field {
	enum scst_field_type type;
	const char *name;
	uint32_t offset;
	uint32_t size;
	const struct btf *btf;		/* with type_id: where the enumerators are	*/
	uint32_t type_id;
};

/*
 * Field number @index, from 0, of @type_id: a variable of a DATASEC or a member of a struct.
 * Return: true, or false when there are no more.
 */
bool scst_field_at(const struct btf *btf, uint32_t type_id, uint32_t index,
		   struct scst_field *field);
bool scst_field_find(const struct btf *btf, uint32_t type_id, const char *name,
		     struct scst_field *field);

/* Is @text the enumerator @name, or the end of it behind a '_': "deny" is SESSION_ACL_DENY. */
bool scst_field_names(const char *name, const char *text);

/* Of the variable @name of the source the btf_decl_tag that begins so: what follows, or NULL. */
const char *scst_field_tag(const struct btf *btf, const char *name, const char *begin);

/* A value of @type_id itself, at offset 0. */
void scst_field_of(const struct btf *btf, uint32_t type_id, struct scst_field *field);

/* Text to value and back, in the image at @base. 0 or -errno; the image untouched on failure. */
int scst_field_store(const struct scst_field *field, void *base, const char *text,
		     struct scst_error *err);
/* Return: 0, or -EOPNOTSUPP for SCST_FIELD_OTHER. */
int scst_field_format(const struct scst_field *field, const void *base, char *out, size_t size);

/* Numbers and enumerators as such. Return: 0 or -EINVAL. */
int scst_field_set_number(const struct scst_field *field, void *base, uint64_t value);
int scst_field_number(const struct scst_field *field, const void *base, uint64_t *value);

#endif

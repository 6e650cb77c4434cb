// SPDX-License-Identifier: GPL-2.0-only
/* Named values in BTF-described memory: found, stored with their range checked, and printed. */
#include "field.h"

#include <inttypes.h>

static const struct btf_type *strip_mods(const struct btf *btf, uint32_t *id)
{
	const struct btf_type *type = btf__type_by_id(btf, *id);

	while (type && (btf_is_mod(type) || btf_is_typedef(type))) {
		*id = type->type;
		type = btf__type_by_id(btf, *id);
	}
	return type;
}

static bool is_char(const struct btf *btf, uint32_t id)
{
	const struct btf_type *type = strip_mods(btf, &id);

	return type && btf_is_int(type) && type->size == 1 &&
	       streq(btf__name_by_offset(btf, type->name_off), "char");
}

static enum scst_field_type int_type(const struct btf_type *type)
{
	if (btf_int_encoding(type) & BTF_INT_BOOL)
		return SCST_FIELD_BOOL;
	return btf_int_encoding(type) & BTF_INT_SIGNED ? SCST_FIELD_SIGNED : SCST_FIELD_UNSIGNED;
}

static enum scst_field_type field_type(const struct btf *btf, const struct btf_type *type)
{
	if (btf_is_int(type) && type->size <= 8)
		return int_type(type);
	if (btf_is_enum(type) && type->size == 4)
		return SCST_FIELD_ENUM;
	if (btf_is_array(type) && is_char(btf, btf_array(type)->type))
		return SCST_FIELD_STRING;
	return SCST_FIELD_OTHER;
}

static void describe(const struct btf *btf, const char *name, uint32_t id, uint32_t offset,
		     struct scst_field *field)
{
	const struct btf_type *type = strip_mods(btf, &id);
	int64_t size = btf__resolve_size(btf, id);

	*field = (struct scst_field){
		.type = type && size > 0 ? field_type(btf, type) : SCST_FIELD_OTHER,
		.name = name,
		.offset = offset,
		.size = size > 0 ? size : 0,
		.btf = btf,
		.type_id = id,
	};
}

static void datasec_at(const struct btf *btf, const struct btf_type *sec, uint32_t index,
		       struct scst_field *field)
{
	const struct btf_var_secinfo *info = btf_var_secinfos(sec) + index;
	const struct btf_type *var = btf__type_by_id(btf, info->type);

	describe(btf, btf__name_by_offset(btf, var->name_off), var->type, info->offset, field);
}

static void struct_at(const struct btf *btf, const struct btf_type *type, uint32_t index,
		      struct scst_field *field)
{
	const struct btf_member *member = btf_members(type) + index;

	describe(btf, btf__name_by_offset(btf, member->name_off), member->type,
		 btf_member_bit_offset(type, index) / 8, field);
	if (btf_member_bitfield_size(type, index))
		field->type = SCST_FIELD_OTHER;
}

bool scst_field_at(const struct btf *btf, uint32_t type_id, uint32_t index,
		   struct scst_field *field)
{
	const struct btf_type *type = strip_mods(btf, &type_id);

	if (!type || index >= btf_vlen(type))
		return false;
	if (btf_is_datasec(type))
		datasec_at(btf, type, index, field);
	else if (btf_is_struct(type))
		struct_at(btf, type, index, field);
	else
		return false;
	return true;
}

bool scst_field_find(const struct btf *btf, uint32_t type_id, const char *name,
		     struct scst_field *field)
{
	struct scst_field found;

	for (uint32_t i = 0; scst_field_at(btf, type_id, i, &found); i++) {
		if (streq(found.name, name)) {
			*field = found;
			return true;
		}
	}
	return false;
}

const char *scst_field_tag(const struct btf *btf, const char *name, const char *begin)
{
	int32_t var = btf__find_by_name_kind(btf, name, BTF_KIND_VAR);

	for (uint32_t id = 1; var > 0 && id < btf__type_cnt(btf); id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);
		const char *rest = NULL;

		if (btf_is_decl_tag(type) && (int32_t)type->type == var)
			rest = startswith(btf__name_by_offset(btf, type->name_off), begin);
		if (rest)
			return rest;
	}
	return NULL;
}

void scst_field_of(const struct btf *btf, uint32_t type_id, struct scst_field *field)
{
	describe(btf, "", type_id, 0, field);
}

/* Where the @size low bytes of a uint64_t are. */
#define LOW_BYTES(value, size) \
	((uint8_t *)&(value) + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 8 - (size) : 0))

static void put_bytes(void *at, uint64_t value, uint32_t size)
{
	memcpy(at, LOW_BYTES(value, size), size);
}

static uint64_t get_bytes(const void *at, uint32_t size)
{
	uint64_t value = 0;

	memcpy(LOW_BYTES(value, size), at, size);
	return value;
}

static int64_t sign_extend(uint64_t value, uint32_t size)
{
	unsigned int shift = 64 - 8 * size;

	return (int64_t)(value << shift) >> shift;
}

static int refuse_number(const struct scst_field *field, int code, const char *text,
			 struct scst_error *err)
{
	uint64_t max = field->type == SCST_FIELD_SIGNED ?
			       (uint64_t)INT64_MAX >> (64 - 8 * field->size) :
			       UINT64_MAX >> (64 - 8 * field->size);
	int64_t min = field->type == SCST_FIELD_SIGNED ? -(int64_t)max - 1 : 0;

	if (code == -EINVAL)
		return scst_fail(err, code, "%s: \"%s\" is not a number", field->name, text);
	return scst_fail(err, code, "%s: %s is out of range (%" PRId64 " to %" PRIu64 ")",
			 field->name, text, min, max);
}

static int store_unsigned(const struct scst_field *field, void *at, const char *text,
			  struct scst_error *err)
{
	uint64_t value;
	int ret = scst_parse_u64(text, 0, UINT64_MAX >> (64 - 8 * field->size), &value);

	if (ret)
		return refuse_number(field, ret, text, err);
	put_bytes(at, value, field->size);
	return 0;
}

static int store_signed(const struct scst_field *field, void *at, const char *text,
			struct scst_error *err)
{
	int64_t max = INT64_MAX >> (64 - 8 * field->size), value;
	int ret = scst_parse_s64(text, -max - 1, max, &value);

	if (ret)
		return refuse_number(field, ret, text, err);
	put_bytes(at, value, field->size);
	return 0;
}

static int store_bool(const struct scst_field *field, void *at, const char *text,
		      struct scst_error *err)
{
	static const char *const words[] = { "0", "1", "no", "yes", "false", "true", "off", "on" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (streq(text, words[i])) {
			*(uint8_t *)at = i & 1;
			return 0;
		}
	}
	return scst_fail(err, -EINVAL, "%s: \"%s\" is neither 0 nor 1", field->name, text);
}

bool scst_field_names(const char *name, const char *text)
{
	size_t len = strlen(name), text_len = strlen(text);

	if (streq(name, text))
		return true;
	return text_len && len > text_len && name[len - text_len - 1] == '_' &&
	       !strcasecmp(name + len - text_len, text);
}

/* By name, or by a number that has one. */
static bool find_enumerator(const struct scst_field *field, const char *text, int32_t *value)
{
	const struct btf_type *type = btf__type_by_id(field->btf, field->type_id);
	const struct btf_enum *rows = btf_enum(type);
	int64_t number;
	bool is_number = !scst_parse_s64(text, INT32_MIN, INT32_MAX, &number);

	for (uint32_t i = 0; i < btf_vlen(type); i++) {
		if (is_number ? number == rows[i].val
			      : scst_field_names(btf__name_by_offset(field->btf,
								     rows[i].name_off), text)) {
			*value = rows[i].val;
			return true;
		}
	}
	return false;
}

static int store_enum(const struct scst_field *field, void *at, const char *text,
		      struct scst_error *err)
{
	int32_t value;

	if (!find_enumerator(field, text, &value))
		return scst_fail(err, -EINVAL, "%s: there is no value \"%s\"", field->name, text);
	put_bytes(at, value, field->size);
	return 0;
}

static int store_string(const struct scst_field *field, void *at, const char *text,
			struct scst_error *err)
{
	if (strlen(text) >= field->size)
		return scst_fail(err, -ENAMETOOLONG, "%s: longer than %u characters", field->name,
				 field->size - 1);
	memset(at, 0, field->size);
	memcpy(at, text, strlen(text));
	return 0;
}

static int store_other(const struct scst_field *field, void *at _unused_, const char *text _unused_,
		       struct scst_error *err)
{
	return scst_fail(err, -EINVAL, "%s: is not a number, a truth value or a string",
			 field->name);
}

static int format_unsigned(const struct scst_field *field, const void *at, char *out, size_t size)
{
	return scst_format(out, size, "%" PRIu64, get_bytes(at, field->size));
}

static int format_signed(const struct scst_field *field, const void *at, char *out, size_t size)
{
	return scst_format(out, size, "%" PRId64,
			   sign_extend(get_bytes(at, field->size), field->size));
}

static int format_enum(const struct scst_field *field, const void *at, char *out, size_t size)
{
	const struct btf_type *type = btf__type_by_id(field->btf, field->type_id);
	int32_t value = get_bytes(at, field->size);

	for (uint32_t i = 0; i < btf_vlen(type); i++)
		if (btf_enum(type)[i].val == value)
			return scst_format(out, size, "%s",
					   btf__name_by_offset(field->btf,
							       btf_enum(type)[i].name_off));
	return scst_format(out, size, "%d", value);
}

static int format_string(const struct scst_field *field, const void *at, char *out, size_t size)
{
	return scst_format(out, size, "%.*s", (int)field->size, (const char *)at);
}

static int format_other(const struct scst_field *field _unused_, const void *at _unused_,
			char *out _unused_, size_t size _unused_)
{
	return -EOPNOTSUPP;
}

static const struct {
	int (*store)(const struct scst_field *field, void *at, const char *text,
		     struct scst_error *err);
	int (*format)(const struct scst_field *field, const void *at, char *out, size_t size);
} types[] = {
	[SCST_FIELD_UNSIGNED]	= { store_unsigned,	format_unsigned	},
	[SCST_FIELD_SIGNED]	= { store_signed,	format_signed	},
	[SCST_FIELD_BOOL]	= { store_bool,		format_unsigned	},
	[SCST_FIELD_ENUM]	= { store_enum,		format_enum	},
	[SCST_FIELD_STRING]	= { store_string,	format_string	},
	[SCST_FIELD_OTHER]	= { store_other,	format_other	},
};

int scst_field_store(const struct scst_field *field, void *base, const char *text,
		     struct scst_error *err)
{
	return types[field->type].store(field, (char *)base + field->offset, text, err);
}

int scst_field_format(const struct scst_field *field, const void *base, char *out, size_t size)
{
	return types[field->type].format(field, (const char *)base + field->offset, out, size);
}

int scst_field_set_number(const struct scst_field *field, void *base, uint64_t value)
{
	if (field->type >= SCST_FIELD_STRING || value > UINT64_MAX >> (64 - 8 * field->size))
		return -EINVAL;
	put_bytes((char *)base + field->offset, value, field->size);
	return 0;
}

int scst_field_number(const struct scst_field *field, const void *base, uint64_t *value)
{
	if (field->type >= SCST_FIELD_STRING)
		return -EINVAL;
	*value = get_bytes((const char *)base + field->offset, field->size);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/* Values by BTF name: stored with their range checked, formatted back. */
#include "unit.h"

#include "field.h"

/* What a compiler makes of: const volatile TYPE name[; char text[8]; enum e { off, on = 5 }; */
struct image {
	uint8_t u8;
	bool flag;
	int16_t s16;
	uint32_t u32;
	int64_t s64;
	char text[8];
	int32_t mode;
	uint32_t list[2];
};

static struct btf *btf;
static uint32_t sec_id;
static struct image image;

static uint32_t const_volatile(uint32_t id)
{
	return btf__add_const(btf, btf__add_volatile(btf, id));
}

#define VAR(member) offsetof(struct image, member), sizeof(image.member)

static const struct {
	const char *name;
	size_t offset, size;
} vars[] = {
	{ "u8", VAR(u8) }, { "flag", VAR(flag) }, { "s16", VAR(s16) }, { "u32", VAR(u32) },
	{ "s64", VAR(s64) }, { "text", VAR(text) }, { "mode", VAR(mode) }, { "list", VAR(list) },
};

static uint32_t add_enum(void)
{
	uint32_t id = btf__add_enum(btf, "e", 4);

	btf__add_enum_value(btf, "off", 0);
	btf__add_enum_value(btf, "on", 5);
	return id;
}

static int make_btf(void **state)
{
	uint32_t types[ARRAY_SIZE(vars)], index, character;

	btf = btf__new_empty();
	index = btf__add_int(btf, "unsigned int", 4, 0);
	character = btf__add_int(btf, "char", 1, BTF_INT_SIGNED);
	types[0] = btf__add_typedef(btf, "u8", btf__add_int(btf, "unsigned char", 1, 0));
	types[1] = btf__add_int(btf, "_Bool", 1, BTF_INT_BOOL);
	types[2] = btf__add_int(btf, "short", 2, BTF_INT_SIGNED);
	types[3] = index;
	types[4] = btf__add_int(btf, "long long", 8, BTF_INT_SIGNED);
	types[5] = btf__add_array(btf, index, character, 8);
	types[6] = add_enum();
	types[7] = btf__add_array(btf, index, index, 2);
	for (size_t i = 0; i < ARRAY_SIZE(vars); i++)
		btf__add_var(btf, vars[i].name, BTF_VAR_GLOBAL_ALLOCATED, const_volatile(types[i]));
	sec_id = btf__add_datasec(btf, ".rodata", sizeof(image));
	for (size_t i = 0; i < ARRAY_SIZE(vars); i++)
		btf__add_datasec_var_info(btf,
					  btf__find_by_name_kind(btf, vars[i].name, BTF_KIND_VAR),
					  vars[i].offset, vars[i].size);
	return 0;
}

static int free_btf(void **state)
{
	btf__free(btf);
	return 0;
}

static int store(const char *name, const char *text, struct scst_error *err)
{
	struct scst_field field;

	assert_true(scst_field_find(btf, sec_id, name, &field));
	return scst_field_store(&field, &image, text, err);
}

static void assert_stores(const char *name, const char *text)
{
	struct scst_field field;
	struct scst_error err = {};
	char back[64];

	if (store(name, text, &err))
		fail_msg("%s", err.text);
	scst_field_find(btf, sec_id, name, &field);
	assert_int_equal(scst_field_format(&field, &image, back, sizeof(back)), 0);
	assert_string_equal(back, text);
}

static void assert_refuses(const char *name, const char *text, const char *why)
{
	struct image before = image;
	struct scst_error err = {};

	assert_int_not_equal(store(name, text, &err), 0);
	assert_says(err, name);
	assert_says(err, why);
	assert_memory_equal(&before, &image, sizeof(image));
}

static void numbers_of_every_width_are_stored(void **state)
{
	assert_stores("u8", "255");
	assert_int_equal(image.u8, 255);
	assert_stores("s16", "-32768");
	assert_int_equal(image.s16, -32768);
	assert_stores("u32", "4294967295");
	assert_true(image.u32 == UINT32_MAX);
	assert_stores("s64", "-9223372036854775808");
	assert_true(image.s64 == INT64_MIN);
}

static void number_that_does_not_fit_names_option_and_range(void **state)
{
	assert_refuses("u8", "256", "out of range (0 to 255)");
	assert_refuses("u8", "-1", "not a number");
	assert_refuses("s16", "32768", "(-32768 to 32767)");
	assert_refuses("s16", "-32769", "out of range");
	assert_refuses("u32", "0x100000000", "out of range");
	assert_refuses("u32", "many", "not a number");
}

static void truth_has_words(void **state)
{
	struct scst_error err = {};

	assert_stores("flag", "1");
	assert_true(image.flag);
	assert_int_equal(store("flag", "false", &err), 0);
	assert_false(image.flag);
	assert_refuses("flag", "2", "neither 0 nor 1");
}

static void string_must_leave_room_for_its_end(void **state)
{
	assert_stores("text", "1234567");
	assert_stores("text", "x");
	assert_memory_equal(image.text, "x\0\0\0\0\0\0\0", 8);
	assert_refuses("text", "12345678", "longer than 7");
}

static void enumerators_go_by_name_or_number(void **state)
{
	struct scst_error err = {};

	assert_stores("mode", "on");
	assert_int_equal(image.mode, 5);
	assert_int_equal(store("mode", "0", &err), 0);
	assert_int_equal(image.mode, 0);
	assert_refuses("mode", "1", "no value \"1\"");
	assert_refuses("mode", "maybe", "no value");
}

static void what_is_no_scalar_is_refused(void **state)
{
	assert_refuses("list", "1", "is not a number");
}

static void unknown_name_is_not_found(void **state)
{
	struct scst_field field;

	assert_false(scst_field_find(btf, sec_id, "u9", &field));
	assert_false(scst_field_find(btf, 0, "u8", &field));
	assert_false(scst_field_at(btf, sec_id, ARRAY_SIZE(vars), &field));
}

static void a_tag_belongs_to_its_variable(void **state)
{
	int32_t var = btf__find_by_name_kind(btf, "u32", BTF_KIND_VAR);

	assert_true(btf__add_decl_tag(btf, "delay", var, -1) > 0);
	assert_true(btf__add_decl_tag(btf, "entries:a_map", var, -1) > 0);
	assert_string_equal(scst_field_tag(btf, "u32", "delay"), "");
	assert_string_equal(scst_field_tag(btf, "u32", "entries:"), "a_map");
	assert_null(scst_field_tag(btf, "u32", "other"));
	assert_null(scst_field_tag(btf, "s64", "delay"));
	assert_null(scst_field_tag(btf, "nothing", "delay"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_of_every_width_are_stored),
		cmocka_unit_test(number_that_does_not_fit_names_option_and_range),
		cmocka_unit_test(truth_has_words),
		cmocka_unit_test(string_must_leave_room_for_its_end),
		cmocka_unit_test(enumerators_go_by_name_or_number),
		cmocka_unit_test(what_is_no_scalar_is_refused),
		cmocka_unit_test(unknown_name_is_not_found),
		cmocka_unit_test(a_tag_belongs_to_its_variable),
	};

	return cmocka_run_group_tests(tests, make_btf, free_btf);
}

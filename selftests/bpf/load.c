// SPDX-License-Identifier: GPL-2.0-only
/*
 * load [-p DIR] [-m MAP] [-u PIN] [-w] [-v] OBJECT [WHAT=VALUE]...: load a BPF object for a test.
 *
 *	-p DIR	pin the links in DIR, under the names of their maps or programs, and exit;
 *		without it only load, which is enough for what must be refused
 *	-m MAP	of several policies in the object, attach this one only
 *	-u PIN	do not attach: update the pinned link with the policy (-m)
 *	-w	attach policies, pin nothing, say "attached", and wait to be killed
 *	-v	print for each program how many instructions the verifier looked at
 *
 *	policy.member=value	a data member of a policy; member "name" etc. are strings
 *	option=value		a const volatile variable
 *
 * Maps are pinned beside the links. Values are written by their BTF type: a number, or a string.
 * Exit status: 0; 1 if the kernel refuses, with its reason on stderr; 2 for a wrong call.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct bpf_object *obj;

static void usage(const char *what)
{
	fprintf(stderr, "%s\n"
		"usage: load [-p DIR] [-m MAP] [-u PIN] [-w] [-v] OBJECT [WHAT=VALUE]...\n", what);
	exit(2);
}

static void die(const char *what, const char *name)
{
	fprintf(stderr, "%s %s: %s\n", what, name, strerror(errno));
	exit(1);
}

/* Put @value into @data, which has the type @id. */
static void put_value(char *data, int id, const char *value)
{
	const struct btf *btf = bpf_object__btf(obj);
	long long number;
	int size;

	id = btf__resolve_type(btf, id);
	size = btf__resolve_size(btf, id);
	if (btf_is_array(btf__type_by_id(btf, id))) {
		if ((int)strlen(value) > size)
			usage("string too long");
		memset(data, 0, size);
		memcpy(data, value, strlen(value));
		return;
	}
	number = strtoll(value, NULL, 0);
	memcpy(data, &number, size);	/* little endian, as all machines that we run on */
}

static void set_member(const char *policy, const char *member, const char *value)
{
	struct bpf_map *map = bpf_object__find_map_by_name(obj, policy);
	const struct btf *btf = bpf_object__btf(obj);
	const struct btf_type *t;
	size_t size;
	char *data;
	int i;

	if (!map || bpf_map__type(map) != BPF_MAP_TYPE_STRUCT_OPS)
		usage("no such policy");
	data = bpf_map__initial_value(map, &size);
	t = btf__type_by_id(btf, bpf_map__btf_value_type_id(map));
	for (i = 0; i < btf_vlen(t); i++) {
		const struct btf_member *m = &btf_members(t)[i];

		if (strcmp(btf__name_by_offset(btf, m->name_off), member))
			continue;
		put_value(data + m->offset / 8, m->type, value);
		return;
	}
	usage("no such member");
}

static void set_option(const char *option, const char *value)
{
	const struct btf *btf = bpf_object__btf(obj);
	const struct btf_type *sec = btf__type_by_id(btf, btf__find_by_name_kind(btf, ".rodata",
										 BTF_KIND_DATASEC));
	char *data = NULL;
	struct bpf_map *map;
	size_t size;
	int i;

	bpf_object__for_each_map(map, obj)
		if (strstr(bpf_map__name(map), ".rodata") && !strstr(bpf_map__name(map), ".str"))
			data = bpf_map__initial_value(map, &size);
	if (!data || !sec)
		usage("the object has no options");
	for (i = 0; i < btf_vlen(sec); i++) {
		const struct btf_var_secinfo *v = &btf_var_secinfos(sec)[i];
		const struct btf_type *var = btf__type_by_id(btf, v->type);

		if (strcmp(btf__name_by_offset(btf, var->name_off), option))
			continue;
		put_value(data + v->offset, v->type, value);
		return;
	}
	usage("no such option");
}

static void set(char *assignment)
{
	char *value = strchr(assignment, '=');
	char *dot;

	if (!value)
		usage("not WHAT=VALUE");
	*value++ = 0;
	dot = strchr(assignment, '.');
	if (!dot) {
		set_option(assignment, value);
		return;
	}
	*dot = 0;
	set_member(assignment, dot + 1, value);
}

static void pin_link(struct bpf_link *link, const char *dir, const char *name)
{
	char path[256];

	if (!link)
		die("attach", name);
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (bpf_link__pin(link, path))
		die("pin", path);
}

static bool wanted(const struct bpf_map *map, const char *only)
{
	return bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS &&
	       (!only || !strcmp(bpf_map__name(map), only));
}

static void attach_all(const char *dir, const char *only)
{
	struct bpf_program *prog;
	struct bpf_map *map;
	char path[256];

	bpf_object__for_each_map(map, obj) {
		if (wanted(map, only))
			pin_link(bpf_map__attach_struct_ops(map), dir, bpf_map__name(map));
		if (bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS)
			continue;
		snprintf(path, sizeof(path), "%s/map_%s", dir, bpf_map__name(map));
		for (char *dot = path; (dot = strchr(dot, '.')); )
			*dot = '_';	/* bpffs takes no dots */
		unlink(path);
		if (bpf_map__pin(map, path))
			die("pin", path);
	}
	bpf_object__for_each_program(prog, obj) {
		snprintf(path, sizeof(path), "%s/%s", dir, bpf_program__name(prog));
		if (bpf_program__type(prog) == BPF_PROG_TYPE_TRACING)
			pin_link(bpf_program__attach(prog), dir, bpf_program__name(prog));
		else if (bpf_program__type(prog) == BPF_PROG_TYPE_SYSCALL &&
			 bpf_program__pin(prog, path))
			die("pin", path);
	}
}

/*
 * The kernel takes a map for an update when its data is in, which is the first half of what libbpf
 * does to attach it. The second half fails, since there is a policy of that name.
 */
static void update(const char *pin, const char *only)
{
	struct bpf_link *link = bpf_link__open(pin);
	struct bpf_map *map;

	if (!link)
		die("open", pin);
	bpf_object__for_each_map(map, obj) {
		if (!wanted(map, only))
			continue;
		if (bpf_map__attach_struct_ops(map) || errno != EEXIST)
			die("prepare", bpf_map__name(map));
		if (bpf_link_update(bpf_link__fd(link), bpf_map__fd(map), NULL))
			die("update", pin);
	}
}

static void attach_and_wait(const char *only)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, obj)
		if (wanted(map, only) && !bpf_map__attach_struct_ops(map))
			die("attach", bpf_map__name(map));
	puts("attached");
	fflush(stdout);
	pause();
}

static void print_costs(void)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, obj) {
		struct bpf_prog_info info = {};
		__u32 len = sizeof(info);

		if (bpf_prog_get_info_by_fd(bpf_program__fd(prog), &info, &len))
			die("info", bpf_program__name(prog));
		printf("%s %u\n", bpf_program__name(prog), info.verified_insns);
	}
}

int main(int argc, char **argv)
{
	const char *dir = NULL, *only = NULL, *pin = NULL;
	bool waits = false, prints_costs = false;
	struct bpf_map *map;
	int opt;

	while ((opt = getopt(argc, argv, "p:m:u:wv")) != -1) {
		switch (opt) {
		case 'p': dir = optarg; break;
		case 'm': only = optarg; break;
		case 'u': pin = optarg; break;
		case 'w': waits = true; break;
		case 'v': prints_costs = true; break;
		default: usage("unknown option");
		}
	}
	if (optind == argc)
		usage("which object?");
	obj = bpf_object__open_file(argv[optind], NULL);
	if (!obj)
		die("open", argv[optind]);
	while (++optind < argc)
		set(argv[optind]);
	bpf_object__for_each_map(map, obj)
		if (only && bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS && !wanted(map, only))
			bpf_map__set_autocreate(map, false);
	if (bpf_object__load(obj))
		die("load", bpf_object__name(obj));
	if (prints_costs)
		print_costs();
	if (waits)
		attach_and_wait(only);
	else if (pin)
		update(pin, only);
	else if (dir)
		attach_all(dir, only);
	bpf_object__close(obj);
	return 0;
}

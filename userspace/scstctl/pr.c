// SPDX-License-Identifier: GPL-2.0-only
/*
 * scstctl pr: persistent reservations of a device, shown, saved to a file, loaded from one. What is
 * saved is the text of pr_state as it is: SCST's tools understand it, the kernel judges it.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "cli.h"

struct registrant {
	unsigned int port, tid_len;
	unsigned long long key;
	bool holder;
	char tid[512];
};

static const char *const types[] = {
	[1] = "write exclusive",
	[3] = "exclusive access",
	[5] = "write exclusive, registrants only",
	[6] = "exclusive access, registrants only",
	[7] = "write exclusive, all registrants",
	[8] = "exclusive access, all registrants",
};

static const char *const protocols[16] = {
	"FC", "SPI", NULL, "SBP", "SRP", "iSCSI", "SAS", NULL, NULL, NULL, "SOP",
};

/* The line @text begins with; false: it is another kind of line. */
static bool scan_registrant(const char *text, struct registrant *reg)
{
	unsigned int holder;

	if (sscanf(text, "registrant %u %llx %u %u %511[0-9a-f]", &reg->port, &reg->key, &holder,
		   &reg->tid_len, reg->tid) != 5)
		return false;
	reg->holder = holder;
	return true;
}

static unsigned int hex_byte(const char *digits)
{
	unsigned int v = 0;

	sscanf(digits, "%2x", &v);
	return v;
}

/* iSCSI's TransportID is a name, the others' are numbers. */
static void format_initiator(const struct registrant *reg, char *out, size_t size)
{
	unsigned int protocol = hex_byte(reg->tid) & 0xf;
	size_t i, n = 0;

	if (protocol != 5) {
		scst_format(out, size, "%s %s", protocols[protocol] ?: "?", reg->tid);
		return;
	}
	for (i = 8; i + 1 < strlen(reg->tid) && n < size - 1; i += 2) {
		unsigned int c = hex_byte(reg->tid + i);

		if (!c)
			break;
		out[n++] = c >= ' ' && c < 0x7f ? c : '?';
	}
	out[n] = '\0';
}

static const char *next_line(const char *text)
{
	const char *end = strchr(text, '\n');

	return end ? end + 1 : text + strlen(text);
}

static const char *type_name(unsigned int type)
{
	return type < ARRAY_SIZE(types) && types[type] ? types[type] : "?";
}

static void print_table(const char *text)
{
	unsigned int generation, type, scope;
	struct registrant reg;
	char initiator[512];

	for (; *text; text = next_line(text)) {
		if (sscanf(text, "generation %u", &generation) == 1)
			printf("generation %u\n", generation);
		else if (sscanf(text, "reservation %x %x", &type, &scope) == 2)
			printf("reservation: %s\n", type_name(type));
		if (!scan_registrant(text, &reg))
			continue;
		format_initiator(&reg, initiator, sizeof(initiator));
		printf("%c port %-5u key 0x%016llx  %s\n", reg.holder ? '*' : ' ', reg.port,
		       reg.key, initiator);
	}
}

static struct json_object *registrant_json(const struct registrant *reg)
{
	struct json_object *row = json_object_new_object();
	char initiator[512], key[19];

	format_initiator(reg, initiator, sizeof(initiator));
	scst_format(key, sizeof(key), "0x%016llx", reg->key);
	json_object_object_add(row, "port", json_object_new_int(reg->port));
	json_object_object_add(row, "key", json_object_new_string(key));
	json_object_object_add(row, "holder", json_object_new_boolean(reg->holder));
	json_object_object_add(row, "initiator", json_object_new_string(initiator));
	json_object_object_add(row, "transport_id", json_object_new_string(reg->tid));
	return row;
}

static struct json_object *state_json(const char *device, const char *text)
{
	struct json_object *state = json_object_new_object();
	struct json_object *rows = json_object_new_array();
	unsigned int generation, type, scope;
	struct registrant reg;

	json_object_object_add(state, "device", json_object_new_string(device));
	for (; *text; text = next_line(text)) {
		if (sscanf(text, "generation %u", &generation) == 1)
			json_object_object_add(state, "generation",
					       json_object_new_int64(generation));
		else if (sscanf(text, "reservation %x %x", &type, &scope) == 2)
			json_object_object_add(state, "reservation",
					       json_object_new_string(type_name(type)));
		else if (scan_registrant(text, &reg))
			json_object_array_add(rows, registrant_json(&reg));
	}
	json_object_object_add(state, "registrants", rows);
	return state;
}

static int state_path(struct cli *cli, const char *device, char *path, size_t size)
{
	if (strchr(device, '/') ||
	    scst_format(path, size, "%s/devices/%s/pr_state", cli->paths.sysfs, device))
		return scst_fail(&cli->err, -EINVAL, "%s: not the name of a device", device);
	return 0;
}

static int read_state(struct cli *cli, const char *device, char **text)
{
	char path[PATH_MAX];
	int ret = state_path(cli, device, path, sizeof(path));

	if (ret)
		return ret;
	ret = scst_read_file(path, text);
	if (ret)
		return scst_fail(&cli->err, ret, "device %s: cannot read its reservations: %s",
				 device, strerror(-ret));
	return 0;
}

static int show(struct cli *cli, int argc _unused_, char **argv)
{
	_cleanup_free_ char *text = NULL;
	int ret = read_state(cli, argv[0], &text);

	if (ret)
		return ret;
	if (cli->json)
		cli_print_json(state_json(argv[0], text));
	else
		print_table(text);
	return 0;
}

const struct cli_command cli_pr_show = {
	.noun = "pr",
	.verb = "show",
	.args = "DEVICE",
	.min_args = 1,
	.max_args = 1,
	.summary = "persistent reservations of a device",
	.help = "Shows who is registered, by relative target port and initiator, with which key;\n"
		"an asterisk marks who holds the reservation.",
	.run = show,
};

static int save(struct cli *cli, int argc _unused_, char **argv)
{
	_cleanup_free_ char *text = NULL;
	int ret = read_state(cli, argv[0], &text);

	if (ret)
		return ret;
	ret = scst_replace_file(argv[1], text, strlen(text));
	if (ret)
		return scst_fail(&cli->err, ret, "%s: cannot write: %s", argv[1], strerror(-ret));
	return 0;
}

const struct cli_command cli_pr_save = {
	.noun = "pr",
	.verb = "save",
	.args = "DEVICE FILE",
	.min_args = 2,
	.max_args = 2,
	.summary = "keep the reservations of a device in a file",
	.help = "Writes the text of pr_state to FILE, which is whole or what it was before.",
	.run = save,
};

/* The kernel judges the text when it has the last piece of it: what that says is the result. */
static int write_state(const char *path, const char *text)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd < 0 ? -errno : scst_write_all(fd, text, strlen(text));
}

static int load(struct cli *cli, int argc _unused_, char **argv)
{
	_cleanup_free_ char *text = NULL;
	char path[PATH_MAX];
	int ret = state_path(cli, argv[0], path, sizeof(path));

	if (ret)
		return ret;
	ret = scst_read_text(argv[1], &text);
	if (ret)
		return scst_fail(&cli->err, ret, "%s: %s", argv[1], scst_text_error(ret));
	ret = write_state(path, text);
	if (ret == -EBUSY)
		return scst_fail(&cli->err, ret, "device %s: a LUN maps it; unmap it first",
				 argv[0]);
	if (ret == -EINVAL)
		return scst_fail(&cli->err, ret, "%s: not a state; the kernel log names the line",
				 argv[1]);
	if (ret)
		return scst_fail(&cli->err, ret, "device %s: %s", argv[0], strerror(-ret));
	return 0;
}

const struct cli_command cli_pr_load = {
	.noun = "pr",
	.verb = "load",
	.args = "DEVICE FILE",
	.min_args = 2,
	.max_args = 2,
	.summary = "give a device the reservations of a file",
	.help = "Replaces the reservations of a device which no LUN maps, all or nothing.",
	.run = load,
};

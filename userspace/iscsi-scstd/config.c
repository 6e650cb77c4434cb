// SPDX-License-Identifier: GPL-2.0-only
#include "config.h"

#include <assert.h>
#include <inttypes.h>
#include <strings.h>

#include "admission.h"

#define MAX_LOGINS		896
#define MAX_DISCOVERY_SESSIONS	128

/* Before anybody has authenticated, all of them together take 64 MiB. */
static_assert((MAX_LOGINS + MAX_DISCOVERY_SESSIONS) * STRANGER_MEMORY_MAX <= 64 << 20, "strangers");

const struct config config_default = {
	.login_timeout = 15,
	.max_logins = MAX_LOGINS,
	.max_logins_per_address = 256,
	.max_discovery_sessions = MAX_DISCOVERY_SESSIONS,
	.algorithms = CHAP_ALGORITHMS_DEFAULT,
};

static const struct {
	const char *name;
	size_t offset;
	uint64_t least;
	uint64_t most;
} number_rows[] = {
	{ "LoginTimeout", offsetof(struct config, login_timeout), 1, 3600 },
	{ "MaxLogins", offsetof(struct config, max_logins), 1, 65535 },
	{ "MaxLoginsPerAddress", offsetof(struct config, max_logins_per_address), 1, 65535 },
	{ "MaxDiscoverySessions", offsetof(struct config, max_discovery_sessions), 1, 65535 },
};

/* What older files say here, and what belongs into sysfs. */
static const char *const moved[] = {
	"Target", "IncomingUser", "OutgoingUser", "Alias", "iSNSServer", "iSNSAccessControl",
	"HeaderDigest", "DataDigest", "MaxConnections", "InitialR2T", "ImmediateData",
	"MaxRecvDataSegmentLength", "MaxXmitDataSegmentLength", "MaxBurstLength",
	"FirstBurstLength", "DefaultTime2Wait", "DefaultTime2Retain", "MaxOutstandingR2T",
	"DataPDUInOrder", "DataSequenceInOrder", "ErrorRecoveryLevel", "QueuedCommands",
	"NopInInterval", "NopInTimeout", "RspTimeout", "MaxSessions",
};

static int refuse_unknown(const char *name, struct scst_error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(moved); i++)
		if (!strcasecmp(moved[i], name))
			return scst_fail(err, -EINVAL, "%s is set in sysfs or by scstadmin",
					 moved[i]);
	return scst_fail(err, -EINVAL, "%s: no such setting", name);
}

static int set(struct config *config, const char *name, const char *value, struct scst_error *err)
{
	if (!strcasecmp(name, "CHAPAlgorithms")) {
		if (chap_algorithms_parse(value, &config->algorithms))
			return scst_fail(err, -EINVAL, "%s: \"%s\" is no list of SHA3-256, "
					 "SHA256, SHA1, MD5", name, value);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(number_rows); i++) {
		uint64_t *number = (void *)((char *)config + number_rows[i].offset);

		if (strcasecmp(number_rows[i].name, name))
			continue;
		if (scst_parse_u64(value, number_rows[i].least, number_rows[i].most, number))
			return scst_fail(err, -EINVAL, "%s: \"%s\" is no number from %" PRIu64
					 " to %" PRIu64, name, value, number_rows[i].least,
					 number_rows[i].most);
		return 0;
	}
	return refuse_unknown(name, err);
}

/* "Name value", or nothing. Takes @item apart. */
static int parse_item(struct config *config, char *item, struct scst_error *err)
{
	char *name, *value, *save = NULL;

	name = strtok_r(item, " \t\r", &save);
	if (!name)
		return 0;
	value = strtok_r(NULL, " \t\r", &save);
	if (!value || strtok_r(NULL, " \t\r", &save))
		return scst_fail(err, -EINVAL, "%s: one value is expected", name);
	return set(config, name, value, err);
}

static int parse_line(struct config *config, char *line, struct scst_error *err)
{
	int ret = 0;

	line[strcspn(line, "#")] = '\0';
	for (char *item; !ret && (item = strsep(&line, ";"));)
		ret = parse_item(config, item, err);
	return ret;
}

int config_parse(const char *text, const char *path, struct config *config, struct scst_error *err)
{
	_cleanup_free_ char *copy = strdup(text);
	struct config new = config_default;
	char *rest = copy;
	int number = 0;

	if (!copy)
		return scst_fail(err, -ENOMEM, "out of memory");
	for (char *line; (line = strsep(&rest, "\n"));) {
		int ret = parse_line(&new, line, err);

		number++;
		if (ret)
			return scst_fail_in(err, ret, "%s:%d", path, number);
	}
	*config = new;
	return 0;
}

int config_read(const char *path, bool must_exist, struct config *config, struct scst_error *err)
{
	_cleanup_free_ char *text = NULL;
	int ret = scst_read_text(path, &text);

	if (ret == -ENOENT && !must_exist) {
		*config = config_default;
		return 0;
	}
	if (ret)
		return scst_fail(err, ret, "%s: %s", path, scst_text_error(ret));
	return config_parse(text, path, config, err);
}

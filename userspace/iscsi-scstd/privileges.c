// SPDX-License-Identifier: GPL-2.0-only
#include "privileges.h"

#include <grp.h>
#include <pwd.h>
#include <sys/capability.h>
#include <sys/prctl.h>

#include "log.h"

#define OWN_USER	"iscsi-scst"
#define LAST_USER	"nobody"

static int find_user(const char *name, struct identity *out)
{
	struct passwd *pw = getpwnam(name);
	uint64_t number;

	if (!pw && !scst_parse_u64(name, 0, UINT32_MAX - 1, &number)) {
		pw = getpwuid(number);
		*out = (struct identity){ number, pw ? pw->pw_gid : (gid_t)number };
		return 0;
	}
	if (!pw)
		return -ENOENT;
	*out = (struct identity){ pw->pw_uid, pw->pw_gid };
	return 0;
}

static int find_group(const char *name, gid_t *out)
{
	struct group *gr = getgrnam(name);
	uint64_t number;

	if (gr)
		*out = gr->gr_gid;
	else if (!scst_parse_u64(name, 0, UINT32_MAX - 1, &number))
		*out = number;
	else
		return -ENOENT;
	return 0;
}

static int find_default_user(struct identity *out)
{
	if (!find_user(OWN_USER, out))
		return 0;
	log_warn("there is no user " OWN_USER ": running as " LAST_USER);
	return find_user(LAST_USER, out);
}

int privileges_find(const char *user, const char *group, struct identity *out,
		    struct scst_error *err)
{
	if (user ? find_user(user, out) : find_default_user(out))
		return scst_fail(err, -EINVAL, "there is no user %s", user ?: LAST_USER);
	if (group && find_group(group, &out->gid))
		return scst_fail(err, -EINVAL, "there is no group %s", group);
	return 0;
}

static void free_caps(cap_t *caps)
{
	if (*caps)
		cap_free(*caps);
}

/* The bounding set may only be left by who has CAP_SETPCAP: before the rest. */
static int drop_bounds(void)
{
	for (cap_value_t cap = 0; cap < cap_max_bits(); cap++)
		if (cap_get_bound(cap) == 1 && cap_drop_bound(cap))
			return -errno;
	return 0;
}

static int drop_caps(void)
{
	_cleanup_(free_caps) cap_t none = cap_init();

	if (!none)
		return -ENOMEM;
	if (cap_reset_ambient() || cap_set_proc(none))
		return -errno;
	return 0;
}

static int change_user(const struct identity *identity)
{
	if (setgroups(0, NULL) || setresgid(identity->gid, identity->gid, identity->gid) ||
	    setresuid(identity->uid, identity->uid, identity->uid))
		return -errno;
	return 0;
}

static int forbid_more(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		return -errno;
	return 0;
}

int privileges_drop(const struct identity *identity, struct scst_error *err)
{
	int ret = drop_bounds() ?: change_user(identity) ?: drop_caps() ?: forbid_more();

	if (ret)
		return scst_fail(err, ret, "cannot drop privileges: %s: start it as root",
				 strerror(-ret));
	return 0;
}

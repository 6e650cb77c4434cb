// SPDX-License-Identifier: GPL-2.0-only
/* Dropping privileges with libcap. */
#include "caps.h"

#include <bpf/bpf.h>
#include <sys/capability.h>
#include <sys/prctl.h>

static const cap_value_t kept[] = { CAP_BPF, CAP_PERFMON, CAP_SYS_ADMIN };	/* this last */

static void free_caps(cap_t *caps)
{
	if (*caps)
		cap_free(*caps);
}

static bool is_kept(cap_value_t cap)
{
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		if (kept[i] == cap)
			return true;
	return false;
}

static bool is_permitted(cap_t caps, cap_value_t cap)
{
	cap_flag_value_t have = CAP_CLEAR;

	return !cap_get_flag(caps, cap, CAP_PERMITTED, &have) && have == CAP_SET;
}

/*
 * Permitted: the first @nr of kept[] that we have. Effective: the first @in_force of them. And
 * CAP_CHOWN in both, or gone for good.
 */
static int set_caps(size_t nr, size_t in_force, bool chown)
{
	_cleanup_(free_caps) cap_t now = cap_get_proc(), new = cap_init();
	const cap_value_t cap_chown = CAP_CHOWN;

	if (!now || !new)
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++) {
		if (!is_permitted(now, kept[i]))
			continue;
		cap_set_flag(new, CAP_PERMITTED, 1, &kept[i], CAP_SET);
		if (i < in_force)
			cap_set_flag(new, CAP_EFFECTIVE, 1, &kept[i], CAP_SET);
	}
	if (chown && is_permitted(now, cap_chown)) {
		cap_set_flag(new, CAP_PERMITTED, 1, &cap_chown, CAP_SET);
		cap_set_flag(new, CAP_EFFECTIVE, 1, &cap_chown, CAP_SET);
	}
	return cap_set_proc(new) ? -errno : 0;
}

static int limit_bounds(void)
{
	for (cap_value_t cap = 0; cap < cap_max_bits(); cap++)
		if (!is_kept(cap) && cap_get_bound(cap) == 1 && cap_drop_bound(cap))
			return -errno;
	if (cap_reset_ambient())
		return -errno;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? -errno : 0;
}

/*
 * 6.12 finds BTF by id for CAP_SYS_ADMIN only, later kernels may be content with CAP_BPF: try it
 * without, and keep it only where that fails.
 */
static int drop_sys_admin_if_possible(void)
{
	const size_t without = ARRAY_SIZE(kept) - 1;
	__u32 id;
	int ret;

	ret = set_caps(ARRAY_SIZE(kept), without, true);
	if (ret)
		return ret;
	if (bpf_btf_get_next_id(0, &id) == -EPERM)
		return set_caps(ARRAY_SIZE(kept), ARRAY_SIZE(kept), true);
	return set_caps(without, without, true);
}

int bpfd_caps_limit(struct scst_error *err)
{
	int ret = limit_bounds() ?: drop_sys_admin_if_possible();

	if (ret)
		return scst_fail(err, ret, "cannot drop privileges: %s: start it as root",
				 strerror(-ret));
	return 0;
}

int bpfd_caps_raise(struct scst_error *err)
{
	int ret = set_caps(ARRAY_SIZE(kept), ARRAY_SIZE(kept), false);

	return ret ? scst_fail(err, ret, "cannot raise capabilities: %s", strerror(-ret)) : 0;
}

int bpfd_caps_lower(struct scst_error *err)
{
	int ret = set_caps(ARRAY_SIZE(kept), 0, false);

	return ret ? scst_fail(err, ret, "cannot lower capabilities: %s", strerror(-ret)) : 0;
}

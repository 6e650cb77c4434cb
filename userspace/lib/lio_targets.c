// SPDX-License-Identifier: GPL-2.0-only
/*
 * Targets of iSCSI. In LIO a user belongs to an ACL, here to a target: so an initiator could log in
 * by the name of another one, with its own secret. Where that, or anything else, would let in more
 * than before, it is told; where it would let in anybody, the target is not enabled.
 */
#include <ctype.h>

#include "conf_keys.h"
#include "lio_inside.h"

struct porting {
	struct lio *lio;
	struct scst_conf *target;
	struct json_object *tpg;
	const char *name;
	bool chap, free;		/* demanded of some; and of some not */
	bool closed;			/* why has been told */
	bool any_address;
	unsigned int users, portals;
	unsigned int who;		/* ACLs, and whoever has none as one more */
};

static int set(struct scst_conf *conf, const char *name, const char *value)
{
	return scst_conf_set(conf, name, value, 0);
}

/* ---- users ---------------------------------------------------------------------------------- */

/* "NAME SECRET" of two members. NULL: there are none, or no memory. */
static char *user_of(struct json_object *obj, const char *name, const char *secret)
{
	char *text = NULL;

	if (!*lio_text(obj, name) || !*lio_text(obj, secret) ||
	    asprintf(&text, "%s %s", lio_text(obj, name), lio_text(obj, secret)) < 0)
		return NULL;
	return text;
}

static bool has_user(const struct scst_conf_attr *attr, const char *user)
{
	size_t len = strcspn(user, " ");

	for (size_t i = 0; attr && i < attr->values.nr; i++)
		if (!strncmp(attr->values.list[i], user, len + 1))
			return true;
	return false;
}

/* Return: 1: it is one of the target's now; 0: why not has been told; -ENOMEM. */
static int add_user(struct lio *lio, struct scst_conf *conf, const char *where, const char *key,
		    const char *user)
{
	const struct scst_key *row = scst_key_find(conf->kind, "iscsi", key);
	const struct scst_conf_attr *attr = scst_conf_attr(conf, key);
	const char *why = scst_key_refuses(row, user);

	if (attr && scst_names_has(&attr->values, user))
		return 1;
	if (why)
		return lio_tell(lio, "%s: %s %.*s: %s", where, key, (int)strcspn(user, " "), user,
				why);
	if (has_user(attr, user) || (attr && streq(key, "OutgoingUser")))
		return lio_tell(lio, "%s: %s %.*s: there is another one already", where, key,
				(int)strcspn(user, " "), user);
	return set(conf, key, user) ?: 1;
}

/* What an ACL says counts before what its group says; by -1 it says nothing. LIO's default is 1. */
static bool demands_chap(struct json_object *tpg, struct json_object *acl)
{
	struct json_object *of_tpg = lio_get(tpg, "attributes", json_type_object);
	struct json_object *of_acl = lio_get(acl, "attributes", json_type_object);
	int64_t own = lio_number(of_acl, "authentication", -1);

	return (own < 0 ? lio_number(of_tpg, "authentication", 1) : own) == 1;
}

/* Of an ACL; or, of the group itself, of all initiators without one. */
static int add_users_of(struct porting *p, struct json_object *obj)
{
	bool chap = demands_chap(p->tpg, obj == p->tpg ? NULL : obj);
	_cleanup_free_ char *in = user_of(obj, "chap_userid", "chap_password");
	_cleanup_free_ char *out = user_of(obj, "chap_mutual_userid", "chap_mutual_password");
	int ret = in && chap ? add_user(p->lio, p->target, p->name, "IncomingUser", in) : 0;

	p->who++;
	p->chap |= chap;
	p->free |= !chap;
	if (ret > 0)
		p->users++;
	if (ret >= 0 && out && chap)
		ret = add_user(p->lio, p->target, p->name, "OutgoingUser", out);
	return ret < 0 ? ret : 0;
}

int lio_discovery(struct lio *lio, struct json_object *fabric, void *arg _unused_)
{
	_cleanup_free_ char *in = user_of(fabric, "discovery_userid", "discovery_password");
	_cleanup_free_ char *out = user_of(fabric, "discovery_mutual_userid",
					   "discovery_mutual_password");
	struct scst_conf *driver;
	int ret;

	if (!streq(lio_text(fabric, "name"), "iscsi") ||
	    !lio_number(fabric, "discovery_enable_auth", 0))
		return 0;
	driver = scst_conf_reach(lio->root, SCST_CONF_DRIVER, "iscsi");
	if (!driver)
		return -ENOMEM;
	ret = in ? add_user(lio, driver, "discovery", "IncomingUser", in) : 0;
	if (!ret)
		ret = lio_tell(lio, "discovery demands CHAP, of nobody who could be here: it will "
			       "answer anybody");
	if (ret >= 0 && out)
		ret = add_user(lio, driver, "discovery", "OutgoingUser", out);
	return ret < 0 ? ret : 0;
}

/* ---- LUNs ----------------------------------------------------------------------------------- */

static int add_lun(struct porting *p, struct scst_conf *owner, int64_t index, const char *path,
		   bool read_only)
{
	const char *device = lio_device(p->lio, path);
	struct scst_conf *lun;
	char name[24];

	if (!device)
		return lio_tell(p->lio, "target %s: LUN %" PRId64 ": %s is not there", p->name,
				index, *path ? path : "its storage object");
	snprintf(name, sizeof(name), "%" PRId64, index);
	if (scst_conf_find(owner, SCST_CONF_LUN, name))
		return lio_tell(p->lio, "target %s: LUN %s stands there twice", p->name, name);
	lun = scst_conf_add(owner, SCST_CONF_LUN, name);
	if (!lun || scst_names_add(&lun->devices, device))
		return -ENOMEM;
	return read_only ? set(lun, "read_only", "1") : 0;
}

/* Of initiators without an ACL. */
static int add_demo_lun(struct lio *lio _unused_, struct json_object *lun, void *arg)
{
	struct porting *p = arg;
	struct json_object *attrs = lio_get(p->tpg, "attributes", json_type_object);

	return add_lun(p, p->target, lio_number(lun, "index", -1), lio_text(lun, "storage_object"),
		       lio_number(attrs, "demo_mode_write_protect", 1));
}

static const char *path_of(struct json_object *tpg, int64_t index)
{
	struct json_object *luns = lio_get(tpg, "luns", json_type_array);

	for (size_t i = 0; luns && i < json_object_array_length(luns); i++) {
		struct json_object *lun = json_object_array_get_idx(luns, i);

		if (lio_number(lun, "index", -1) == index)
			return lio_text(lun, "storage_object");
	}
	return "";
}

/* ---- ACLs ----------------------------------------------------------------------------------- */

struct acl {
	struct porting *p;
	struct scst_conf *group;
};

static int add_mapped_lun(struct lio *lio _unused_, struct json_object *lun, void *arg)
{
	const struct acl *acl = arg;

	return add_lun(acl->p, acl->group, lio_number(lun, "index", -1),
		       path_of(acl->p->tpg, lio_number(lun, "tpg_lun", -1)),
		       lio_number(lun, "write_protect", 0));
}

/* Or it might be a pattern, by which others come in. */
static bool is_name(const char *initiator)
{
	for (; *initiator; initiator++)
		if (!isascii(*initiator) || (!isalnum((unsigned char)*initiator) &&
					     !strchr("-.:_", *initiator)))
			return false;
	return true;
}

/* A group is called like its initiator, as far as that is a name for one. */
static int add_acl(struct lio *lio, struct json_object *json, void *arg)
{
	struct porting *p = arg;
	const char *initiator = lio_text(json, "node_wwn");
	struct acl acl = { .p = p };
	char name[64];
	int err;

	if (!*initiator)
		return lio_tell(lio, "target %s: an ACL without node_wwn is left out", p->name);
	if (!is_name(initiator))
		return lio_tell(lio, "target %s: an ACL is left out: %s is no name of an "
				"initiator", p->name, initiator);
	snprintf(name, sizeof(name), "%.63s", initiator);
	for (int i = 1; scst_conf_find(p->target, SCST_CONF_GROUP, name); i++)
		snprintf(name, sizeof(name), "%.50s_%d", initiator, i);
	acl.group = scst_conf_add(p->target, SCST_CONF_GROUP, name);
	if (!acl.group || !scst_conf_add(acl.group, SCST_CONF_INITIATOR, initiator))
		return -ENOMEM;
	err = lio_each(lio, json, "mapped_luns", add_mapped_lun, &acl);
	return err ?: add_users_of(p, json);
}

/* ---- what would be open ---------------------------------------------------------------------- */

static int close_it(struct porting *p, const char *why)
{
	if (p->closed)
		return 0;
	p->closed = true;
	return lio_tell(p->lio, "target %s is not enabled: %s", p->name, why);
}

/* ---- portals -------------------------------------------------------------------------------- */

/* One that cannot be said here would leave the others, or all. */
static int allow_portal(struct porting *p, const char *address)
{
	if (scst_key_refuses(scst_key_find(SCST_CONF_TARGET, "iscsi", "allowed_portal"), address))
		return close_it(p, "a portal of it is none that could be here");
	return set(p->target, "allowed_portal", address);
}

static int add_portal(struct lio *lio, struct json_object *portal, void *arg)
{
	struct porting *p = arg;
	const char *address = lio_text(portal, "ip_address");
	int64_t port = lio_number(portal, "port", 3260);
	size_t len = strlen(address);
	char bare[64];
	int err = 0;

	p->portals++;
	if (port != 3260)
		err = lio_tell(lio, "target %s: port %" PRId64 " is one of iscsi-scstd, for all "
			       "targets (its option -p)", p->name, port);
	if (!err && lio_number(portal, "iser", 0))
		err = lio_tell(lio, "target %s: iSER is not there", p->name);
	snprintf(bare, sizeof(bare), "%.*s", (int)(*address == '[' && len > 2 ? len - 2 : len),
		 address + (*address == '['));
	if (!*bare || streq(bare, "0.0.0.0") || streq(bare, "::") || streq(bare, "::0"))
		p->any_address = true;
	else
		err = err ?: allow_portal(p, bare);
	return err;
}

/* An address of ours, or one that is any: the list of the others would shut that out. */
static void forget_portals(struct porting *p)
{
	struct scst_conf_attr *attr = scst_conf_attr(p->target, "allowed_portal");

	if (attr && p->any_address)
		scst_names_clear(&attr->values);
}

/* ---- targets -------------------------------------------------------------------------------- */

static int add_parameters(struct porting *p)
{
	static const char *const digests[] = { "HeaderDigest", "DataDigest" };
	struct json_object *parameters = lio_get(p->tpg, "parameters", json_type_object);
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(digests) && !err; i++) {
		const char *value = lio_text(parameters, digests[i]);

		if (streq(value, "CRC32C") || streq(value, "None"))
			err = set(p->target, digests[i], value);
	}
	return err;
}

static int settle_access(struct porting *p)
{
	int err = 0;

	if (!p->who)
		p->chap = demands_chap(p->tpg, NULL);
	if (p->chap && !p->users)
		err = close_it(p, "it demands CHAP, and has no user");
	else if (p->users && p->who > 1)
		err = lio_tell(p->lio, "target %s: each of its users can log in as each of its "
			       "initiators", p->name);
	if (!err && p->users && p->free)
		err = lio_tell(p->lio, "target %s: CHAP is demanded of all, also of those who "
			       "logged in without", p->name);
	if (!err && !p->portals)
		err = close_it(p, "it has no portal, and would be at every address here");
	if (err || p->closed || !lio_number(p->tpg, "enable", 1))
		return err;
	p->lio->open = true;
	return set(p->target, "enabled", "1");
}

static int add_tpg(struct porting *p)
{
	struct json_object *attrs = lio_get(p->tpg, "attributes", json_type_object);
	int err = 0;

	if (lio_number(attrs, "generate_node_acls", 0)) {
		err = lio_each(p->lio, p->tpg, "luns", add_demo_lun, p);
		err = err ?: add_users_of(p, p->tpg);
	}
	err = err ?: lio_each(p->lio, p->tpg, "node_acls", add_acl, p);
	err = err ?: lio_each(p->lio, p->tpg, "portals", add_portal, p);
	forget_portals(p);
	err = err ?: add_parameters(p);
	return err ?: settle_access(p);
}

int lio_target(struct lio *lio, struct json_object *json, void *arg _unused_)
{
	struct json_object *tpgs = lio_get(json, "tpgs", json_type_array);
	size_t nr = tpgs ? json_object_array_length(tpgs) : 0;
	struct porting p = { .lio = lio, .name = lio_text(json, "wwn") };
	struct scst_conf *driver;
	int err = 0;

	if (!streq(lio_text(json, "fabric"), "iscsi") || !*p.name)
		return lio_tell(lio, "target %s of %s is left out: only those of iscsi move",
				*p.name ? p.name : "without a name", lio_text(json, "fabric"));
	driver = scst_conf_reach(lio->root, SCST_CONF_DRIVER, "iscsi");
	if (driver && scst_conf_find(driver, SCST_CONF_TARGET, p.name))
		return lio_tell(lio, "target %s stands there twice", p.name);
	p.target = driver ? scst_conf_add(driver, SCST_CONF_TARGET, p.name) : NULL;
	if (!p.target)
		return -ENOMEM;
	if (nr > 1)
		err = lio_tell(lio, "target %s: only its first portal group moves", p.name);
	p.tpg = nr ? json_object_array_get_idx(tpgs, 0) : NULL;
	return err ?: add_tpg(&p);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Reading what is there, with the words that SCST.pm has for what is not. */
#include "admin.h"

int admin_read(struct admin *admin, unsigned int parts, struct scst_conf **conf)
{
	struct scst_error err = {};

	if (!scst_live_read(&admin->live, parts, conf, &err))
		return 0;
	return admin_fatal(admin, "%s", err.text);
}

/* clang-format off */
static const struct {
	const char *function;
	/* which object is missing, from the outside in */
	struct {
		enum scst_conf_kind kind;
		const char *text;
	} missing[4];
} abouts[SCST_CONF_KINDS] = {
	[SCST_CONF_ROOT]	= { "scstAttributes" },
	[SCST_CONF_HANDLER]	= { "handlerAttributes", {
		{ SCST_CONF_HANDLER,	  "Handler '%h' is not available" } } },
	[SCST_CONF_DEVICE]	= { "deviceAttributes", {
		{ SCST_CONF_DEVICE,	  "Device '%d' is not open" } } },
	[SCST_CONF_DRIVER]	= { "driverAttributes", {
		{ SCST_CONF_DRIVER,	  "Driver '%D' is not available" } } },
	[SCST_CONF_TARGET]	= { "targetAttributes", {
		{ SCST_CONF_DRIVER,	  "Driver '%D' is not available" },
		{ SCST_CONF_TARGET,	  "Target '%t' is not available" } } },
	[SCST_CONF_GROUP]	= { "groupAttributes", {
		{ SCST_CONF_DRIVER,	  "Driver '%D' is not available" },
		{ SCST_CONF_TARGET,	  "Target '%t' is not available" },
		{ SCST_CONF_GROUP,	  "Group '%g' does not exist" } } },
	[SCST_CONF_LUN]		= { "lunAttributes", {
		{ SCST_CONF_DRIVER,	  "Driver '%D' is not available" },
		{ SCST_CONF_TARGET,	  "Target '%t' is not available" },
		{ SCST_CONF_GROUP,	  "Group '%g' does not exist" },
		{ SCST_CONF_LUN,	  "LUN '%l' does not exist" } } },
	[SCST_CONF_INITIATOR]	= { "initiatorAttributes", {
		{ SCST_CONF_DRIVER,	  "Driver '%D' is not available" },
		{ SCST_CONF_TARGET,	  "Target '%t' is not available" },
		{ SCST_CONF_GROUP,	  "Group '%g' does not exist" },
		{ SCST_CONF_INITIATOR,	  "Initiator '%i' does not exist" } } },
	[SCST_CONF_DEVICE_GROUP] = { "deviceGroupAttributes", {
		{ SCST_CONF_DEVICE_GROUP, "Device group '%G' does not exist" } } },
	[SCST_CONF_TARGET_GROUP] = { "targetGroupAttributes", {
		{ SCST_CONF_DEVICE_GROUP, "Device group '%G' does not exist" },
		{ SCST_CONF_TARGET_GROUP, "Target Group '%T' does not exist" } } },
	[SCST_CONF_GROUP_TARGET] = { "targetGroupTargetAttributes", {
		{ SCST_CONF_DEVICE_GROUP, "Device group '%G' does not exist" },
		{ SCST_CONF_TARGET_GROUP, "Target Group '%T' does not exist" },
		{ SCST_CONF_GROUP_TARGET, "Target '%t' does not exist" } } },
};
/* clang-format on */

/* A LUN need not be in a group. */
static bool is_missing(const struct admin *admin, enum scst_conf_kind kind,
		       const struct scst_where *at)
{
	if (kind == SCST_CONF_GROUP && !at->group)
		return false;
	return !scst_live_has(&admin->live, kind, at);
}

static const char *missing(const struct admin *admin, enum scst_conf_kind kind,
			   const struct scst_where *at)
{
	for (size_t i = 0; i < ARRAY_SIZE(abouts[kind].missing); i++)
		if (abouts[kind].missing[i].text &&
		    is_missing(admin, abouts[kind].missing[i].kind, at))
			return abouts[kind].missing[i].text;
	return NULL;
}

int admin_read_attrs(struct admin *admin, enum scst_conf_kind kind, const struct scst_where *at,
		     struct scst_live_attrs *attrs, struct scst_error *why)
{
	struct scst_error err = {};
	int ret = scst_live_attrs(&admin->live, kind, at, attrs, &err);
	const char *text = ret ? missing(admin, kind, at) : NULL;
	FILE *out;

	if (!text)
		return !ret ? 0 : scst_fail(why, ret, "%s(): %s", abouts[kind].function, err.text);
	out = fmemopen(why->text, sizeof(why->text), "w");
	if (!out)
		return ret;
	fprintf(out, "%s(): ", abouts[kind].function);
	scst_step_say(&(struct scst_step){ .at = *at }, text, out);
	fclose(out);
	return ret;
}

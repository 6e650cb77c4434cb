// SPDX-License-Identifier: GPL-2.0-only
/* What each step says before it is done; "done." follows, even if it failed. Letters: step.c. */
#include "steps.h"

#define IN_GROUP	"driver/target/group '%D/%t/%g': "
#define IN_TARGET	"driver/target '%D/%t': "
#define SET(what)	{ "\t-> Setting " what " attribute '%n' to value '%v' for "
#define ADD(what)	{ "\t-> Adding " what " attribute '%n' with value '%v' for "

/* clang-format off */
const struct step_text step_texts[SCST_STEP_KINDS] = {
	[SCST_STEP_OPEN_DEVICE] = { "\t-> Opening device '%d' using handler '%h': " },
	[SCST_STEP_CLOSE_DEVICE] = { "\t-> Closing device '%d' using handler '%h': " },
	[SCST_STEP_ADD_TARGET] = { "\t-> Creating target '%t' for driver '%D': " },
	[SCST_STEP_REMOVE_TARGET] = { "\t-> Removing virtual target '%t' from driver '%D': " },
	[SCST_STEP_ADD_GROUP] = { "\t-> Adding new group '%g' to " IN_TARGET },
	[SCST_STEP_REMOVE_GROUP] = { "\t-> Removing group '%g' from " IN_TARGET },
	[SCST_STEP_ADD_INITIATOR] = { "\t-> Adding new initiator '%i' to " IN_GROUP },
	[SCST_STEP_REMOVE_INITIATOR] = { "\t-> Removing initiator '%i' from " IN_GROUP },
	[SCST_STEP_MOVE_INITIATOR] = {
		"\t-> Moving initiator '%i' from group '%g' to group '%o': " },
	[SCST_STEP_CLEAR_INITIATORS] = { "\t-> Removing all initiators " IN_GROUP },
	[SCST_STEP_ADD_LUN] = { "\t-> Adding device '%d' at LUN %l to " IN_TARGET,
				"\t-> Adding device '%d' at LUN %l to " IN_GROUP },
	[SCST_STEP_REMOVE_LUN] = { "\t-> Removing LUN %l from " IN_TARGET,
				   "\t-> Removing LUN %l from " IN_GROUP },
	[SCST_STEP_REPLACE_LUN] = {
		"\t-> Replacing device at LUN %l with device '%d' in " IN_GROUP },
	[SCST_STEP_CLEAR_LUNS] = { "\t-> Removing all LUNs from " IN_TARGET,
				   "\t-> Removing all LUNs from " IN_GROUP },
	[SCST_STEP_ADD_DEVICE_GROUP] = { "\t-> Adding new device group '%G': " },
	[SCST_STEP_REMOVE_DEVICE_GROUP] = { "\t-> Removing device group '%G': " },
	[SCST_STEP_ADD_GROUP_DEVICE] = { "\t-> Adding new device group/device '%G/%d': " },
	[SCST_STEP_REMOVE_GROUP_DEVICE] = {
		"\t-> Removing device '%d' from target group '%G': " },
	[SCST_STEP_ADD_TARGET_GROUP] = {
		"\t-> Adding new target group '%T' to device group '%G': " },
	[SCST_STEP_REMOVE_TARGET_GROUP] = {
		"\t-> Removing target group '%T' from device group '%G': " },
	[SCST_STEP_ADD_GROUP_TARGET] = {
		"\t-> Adding new target group/target '%T/%t' to device group '%G': " },
	[SCST_STEP_REMOVE_GROUP_TARGET] = {
		"\t-> Removing target group/target '%T/%t' from device group '%G': " },
	[SCST_STEP_ADD_DRIVER_ATTR] = ADD("driver") "driver '%D': " },
	[SCST_STEP_REMOVE_DRIVER_ATTR] = {
		"\t-> Removing dynamic attribute '%n' with value '%v' for driver '%D': " },
	[SCST_STEP_ADD_TARGET_ATTR] = ADD("target") IN_TARGET },
	[SCST_STEP_REMOVE_TARGET_ATTR] = {
		"\t-> Removing dynamic attribute '%n' with value '%v' for " IN_TARGET },
	[SCST_STEP_SET_ROOT] = { "\t-> Setting SCST attribute '%n' to value '%v': " },
	[SCST_STEP_SET_HANDLER] = SET("handler") "handler '%h': " },
	[SCST_STEP_SET_DEVICE] = SET("device") "device '%d': " },
	[SCST_STEP_SET_DRIVER] = SET("driver") "driver '%D': " },
	[SCST_STEP_SET_TARGET] = SET("target") IN_TARGET },
	[SCST_STEP_SET_GROUP] = SET("group") "group '%g': " },
	[SCST_STEP_SET_LUN] = SET("LUN") "driver/target/LUN '%D/%t/%l': ",
			      "\t-> Setting LUN attribute '%n' to value '%v' for "
			      "driver/target/group/LUN '%D/%t/%g/%l': " },
	[SCST_STEP_SET_INITIATOR] = SET("initiator")
		"driver/target/group/initiator '%D/%t/%g/%i': " },
	[SCST_STEP_SET_ALUA] = { "\t-> Setting ALUA attribute '%n' to value '%v': " },
	[SCST_STEP_SET_DEVICE_GROUP] = SET("Device Group") "device group '%G': " },
	[SCST_STEP_SET_TARGET_GROUP] = SET("Target Group") "target group '%G/%T': " },
	[SCST_STEP_SET_GROUP_TARGET] = SET("target") "target '%G/%T/%t': " },
};
/* clang-format on */

// SPDX-License-Identifier: GPL-2.0-only
/* The texts of the numbers, a slip of the pen in one of them included. */
#include "codes.h"

#include <stddef.h>

#define DMESG	" See \"dmesg\" for more information."

/* clang-format off */
static const char *const texts[] = {
	[ADMIN_FATAL]			= "A fatal error occurred." DMESG,
	[ADMIN_ROOT_BAD_ATTR]		= "Bad attributes given for SCST.",
	[ADMIN_ROOT_STATIC]		= "SCST attribute specified is static",
	[ADMIN_NO_HANDLER]		= "No such handler exists.",
	[ADMIN_HANDLER_BAD_ATTR]	= "Bad attributes given for handler.",
	[ADMIN_HANDLER_STATIC]		= "Handler attribute given is static.",
	[ADMIN_NO_DEVICE]		= "No such device exists.",
	[ADMIN_DEVICE_EXISTS]		= "Device already exists.",
	[ADMIN_OPEN_FAILED]		= "Failed to open device." DMESG,
	[ADMIN_DEVICE_BAD_ATTR]		= "Bad attributes given for device.",
	[ADMIN_DEVICE_STATIC]		= "Device attribute specified is static.",
	[ADMIN_NO_DRIVER]		= "No such driver exists.",
	[ADMIN_NOT_VIRTUAL]		=
		"Driver is incapable of dynamically adding/removing targets or attributes.",
	[ADMIN_DRIVER_ADD_FAILED]	= "Failed to add driver dynamic attribute." DMESG,
	[ADMIN_DRIVER_REMOVE_FAILED]	= "Failed to remove driver dy" "manic attribute." DMESG,
	[ADMIN_DRIVER_BAD_ATTR]		= "Bad attributes given for driver.",
	[ADMIN_DRIVER_STATIC]		= "Driver attribute specified is static.",
	[ADMIN_NO_TARGET]		= "No such target exists.",
	[ADMIN_TARGET_EXISTS]		= "Target already exists.",
	[ADMIN_TARGET_ADD_FAILED]	= "Failed to add target." DMESG,
	[ADMIN_TARGET_REMOVE_FAILED]	= "Failed to remove target." DMESG,
	[ADMIN_TARGET_ADDATTR_FAILED]	= "Failed to add target dynamic attribute." DMESG,
	[ADMIN_TARGET_REMATTR_FAILED]	= "Failed to remove target dynamic attribute." DMESG,
	[ADMIN_TARGET_NO_LUN]		= "No such LUN exists.",
	[ADMIN_TARGET_LUN_FAILED]	= "Failed to add LUN to target." DMESG,
	[ADMIN_TARGET_LUN_EXISTS]	= "LUN already exists.",
	[ADMIN_TARGET_BAD_ATTR]		= "Bad attributes given for target.",
	[ADMIN_TARGET_STATIC]		= "Target attribute specified is static.",
	[ADMIN_TARGET_CLEAR_FAILED]	= "Failed to clear LUNs from target." DMESG,
	[ADMIN_TARGET_BUSY]		=
		"Failed to remove target - target has active sessions." DMESG,
	[ADMIN_NO_GROUP]		= "No such group exists.",
	[ADMIN_GROUP_EXISTS]		= "Group already exists.",
	[ADMIN_GROUP_ADD_FAILED]	= "Failed to add group." DMESG,
	[ADMIN_GROUP_REMOVE_FAILED]	= "Failed to remove group." DMESG,
	[ADMIN_GROUP_NO_LUN]		= "No such LUN exists.",
	[ADMIN_GROUP_LUN_EXISTS]	= "LUN already exists.",
	[ADMIN_GROUP_LUN_ADD_FAILED]	= "Failed to add LUN to group." DMESG,
	[ADMIN_GROUP_LUN_REMOVE_FAILED]	= "Failed to remove LUN." DMESG,
	[ADMIN_GROUP_CLEAR_FAILED]	= "Failed to clear LUNs from group." DMESG,
	[ADMIN_GROUP_BAD_ATTR]		= "Bad attributes given for group.",
	[ADMIN_GROUP_STATIC]		= "Group attribute specified is static.",
	[ADMIN_NO_INITIATOR]		= "No such initiator exists.",
	[ADMIN_INITIATOR_EXISTS]	= "Initiator already exists.",
	[ADMIN_INITIATOR_ADD_FAILED]	= "Failed to add initiator." DMESG,
	[ADMIN_INITIATOR_REMOVE_FAILED]	= "Failed to remove initiator." DMESG,
	[ADMIN_INITIATOR_MOVE_FAILED]	= "Failed to move initiator." DMESG,
	[ADMIN_INITIATOR_CLEAR_FAILED]	= "Failed to clear initiators." DMESG,
	[ADMIN_LUN_SAME_DEVICE]		= "Device already exists for LUN.",
	[ADMIN_LUN_REPLACE_FAILED]	= "Failed to replace device for LUN." DMESG,
	[ADMIN_LUN_BAD_ATTR]		= "Bad attributes for LUN.",
	[ADMIN_LUN_STATIC]		= "LUN attribute specified is static.",
	[ADMIN_LUN_SET_FAILED]		= "Failed to set LUN attribute." DMESG,
	[ADMIN_INITIATOR_SET_FAILED]	= "Failed to set initiator attribute." DMESG,
	[ADMIN_NO_DGROUP]		= "No such device group exists.",
	[ADMIN_DGROUP_EXISTS]		= "Device group already exists.",
	[ADMIN_DGROUP_ADD_FAILED]	= "Failed to add device group." DMESG,
	[ADMIN_DGROUP_REMOVE_FAILED]	= "Failed to remove device group." DMESG,
	[ADMIN_ALUA_BAD_ATTR]		= "Bad attributes given for ALUA.",
	[ADMIN_ALUA_STATIC]		= "ALUA attribute specified is static.",
	[ADMIN_DGROUP_DEVICE_ADD_FAILED] = "Failed to add device to device group." DMESG,
	[ADMIN_DGROUP_DEVICE_REMOVE_FAILED] = "Failed to remove device from device group." DMESG,
	[ADMIN_DGROUP_NO_DEVICE]	= "No such device in device group.",
	[ADMIN_DGROUP_DEVICE_EXISTS]	= "Device already exists within device group.",
	[ADMIN_TGROUP_ADD_FAILED]	= "Failed to add target group to device group." DMESG,
	[ADMIN_TGROUP_REMOVE_FAILED]	= "Failed to remove target group from device group." DMESG,
	[ADMIN_NO_TGROUP]		= "No such target group exists within device group.",
	[ADMIN_TGROUP_EXISTS]		= "Target group already exists within device group.",
	[ADMIN_DGROUP_DEVICE_ELSEWHERE]	= "Device is already assigned to another device group.",
	[ADMIN_DGROUP_BAD_ATTR]		= "Bad attributes for device group.",
	[ADMIN_DGROUP_STATIC]		= "Device group attribute specified is static.",
	[ADMIN_TGROUP_BAD_ATTR]		= "Bad attributes for target group.",
	[ADMIN_TGROUP_STATIC]		= "Target group attribute specified is static.",
	[ADMIN_GTARGET_ADD_FAILED]	= "Failed to add target to target group.",
	[ADMIN_GTARGET_REMOVE_FAILED]	= "Failed to remove target from target group.",
	[ADMIN_NO_GTARGET]		= "No such target exists within target group.",
	[ADMIN_GTARGET_EXISTS]		= "Target already exists within target group.",
	[ADMIN_GTARGET_BAD_ATTR]	= "Bad attributes for target group target.",
	[ADMIN_GTARGET_STATIC]		= "Target group target attribute specified is static.",
};
/* clang-format on */

const char *admin_code_text(enum admin_code code)
{
	return (size_t)code < sizeof(texts) / sizeof(texts[0]) ? texts[code] : NULL;
}

// SPDX-License-Identifier: GPL-2.0-only
/* Addresses, identities and nodes of SCSI devices. */
#include "scsi.h"

#define PAGE_MAX	65536
#define PAGE_HEADER	4
#define ID_BYTES_MAX	96		/* as the kernel's */
#define VENDOR_AT	8		/* of INQUIRY data: vendor, then product */
#define VENDOR_PRODUCT	24
#define TYPE_DISK	"0"

/* ---- addresses ------------------------------------------------------------------------------ */

bool scst_scsi_is_address(const char *text)
{
	for (int part = 0; part < 4; part++) {
		size_t len = strspn(text, "0123456789");

		if (!len || len > 20 || (*text == '0' && len > 1) ||
		    text[len] != (part < 3 ? ':' : '\0'))
			return false;
		text += len + 1;
	}
	return true;
}

bool scst_scsi_address_in(const char *path, char address[SCST_SCSI_ADDRESS_LEN])
{
	for (const char *at = path; *at; at += strcspn(at, "/")) {
		at += strspn(at, "/");
		if (!scst_format(address, SCST_SCSI_ADDRESS_LEN, "%.*s", (int)strcspn(at, "/"),
				 at) &&
		    scst_scsi_is_address(address))
			return true;
	}
	return false;
}

/* ---- identities ----------------------------------------------------------------------------- */

/* The most reliable first. */
static const struct {
	uint8_t type;
	const char *prefix;
} id_types[] = {
	{ 3, "naa."  },
	{ 2, "eui."  },
	{ 8, "name." },
	{ 1, "t10."  },
};

static size_t page_len(const struct scst_scsi_page *page)
{
	size_t said;

	if (page->len < PAGE_HEADER)
		return 0;
	said = PAGE_HEADER + (page->data[2] << 8 | page->data[3]);
	return said < page->len ? said : page->len;
}

static void put_hex(char *id, const uint8_t *bytes, size_t len)
{
	id += strlen(id);
	for (size_t i = 0; i < len; i++)
		sprintf(id + 2 * i, "%02x", bytes[i]);
}

/* The first designator of @type that names the logical unit (association 0), or NULL. */
static const uint8_t *find_id(const struct scst_scsi_page *page, uint8_t type)
{
	size_t len = page_len(page), n;

	for (size_t at = PAGE_HEADER; at + 4 <= len; at += n) {
		const uint8_t *id = page->data + at;

		n = 4 + id[3];
		if (at + n > len)
			return NULL;
		if (!(id[1] & 0x30) && (id[1] & 0x0f) == type && n > 4 && id[3] <= ID_BYTES_MAX)
			return id;
	}
	return NULL;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || !c;
}

static void identify_by_serial(const struct scst_scsi_page *inquiry,
			       const struct scst_scsi_page *page_80, char *id)
{
	size_t end = page_len(page_80), at = PAGE_HEADER;

	while (at < end && is_blank(page_80->data[at]))
		at++;
	while (at < end && is_blank(page_80->data[end - 1]))
		end--;
	if (at >= end || inquiry->len < VENDOR_AT + VENDOR_PRODUCT ||
	    VENDOR_PRODUCT + end - at > ID_BYTES_MAX)
		return;
	strcpy(id, "serial.");
	put_hex(id, inquiry->data + VENDOR_AT, VENDOR_PRODUCT);
	put_hex(id, page_80->data + at, end - at);
}

void scst_scsi_identify(const struct scst_scsi_page *inquiry, const struct scst_scsi_page *page_83,
			const struct scst_scsi_page *page_80, char id[SCST_SCSI_ID_LEN])
{
	*id = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(id_types); i++) {
		const uint8_t *found = find_id(page_83, id_types[i].type);

		if (!found)
			continue;
		strcpy(id, id_types[i].prefix);
		put_hex(id, found + 4, found[3]);
		return;
	}
	identify_by_serial(inquiry, page_80, id);
}

/* ---- files ---------------------------------------------------------------------------------- */

/* What is not there is empty. */
static void read_page(const char *root, const char *address, const char *name, void **data,
		      struct scst_scsi_page *page)
{
	char path[PATH_MAX];
	size_t len = 0;

	if (!scst_format(path, sizeof(path), "%s/%s/%s", root, address, name) &&
	    scst_read_bytes(path, PAGE_MAX, data, &len))
		len = 0;
	*page = (struct scst_scsi_page){ .data = *data, .len = len };
}

int scst_scsi_identity(const char *root, const char *address, char id[SCST_SCSI_ID_LEN])
{
	_cleanup_free_ void *inquiry = NULL, *page_83 = NULL, *page_80 = NULL;
	struct scst_scsi_page pages[3];
	char path[PATH_MAX];

	if (scst_format(path, sizeof(path), "%s/%s", root, address))
		return -ENAMETOOLONG;
	if (access(path, F_OK))
		return -errno;
	read_page(root, address, "inquiry", &inquiry, &pages[0]);
	read_page(root, address, "vpd_pg83", &page_83, &pages[1]);
	read_page(root, address, "vpd_pg80", &page_80, &pages[2]);
	scst_scsi_identify(&pages[0], &pages[1], &pages[2], id);
	return 0;
}

int scst_scsi_attr(const char *root, const char *address, const char *name, char *out, size_t size)
{
	_cleanup_free_ char *text = NULL;
	char path[PATH_MAX];
	int ret = scst_format(path, sizeof(path), "%s/%s/%s", root, address, name);

	ret = ret ?: scst_read_file(path, &text);
	return ret ?: scst_format(out, size, "%.*s", (int)strcspn(text, "\n"), text);
}

bool scst_scsi_is_ours(const char *root, const char *address)
{
	char host[32], file[64], name[64];
	int len = strcspn(address, ":");

	return !scst_format(host, sizeof(host), "host%.*s", len, address) &&
	       !scst_format(file, sizeof(file), "scsi_host/%s/proc_name", host) &&
	       !scst_scsi_attr(root, host, file, name, sizeof(name)) && streq(name, "scst_local");
}

/* There is one entry, or none. */
static bool only_entry(const char *path, char name[NAME_MAX + 1])
{
	_cleanup_closedir_ DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			return !scst_format(name, NAME_MAX + 1, "%s", entry->d_name);
	return false;
}

bool scst_scsi_node(const char *root, const char *address, const char *class,
		    char name[NAME_MAX + 1])
{
	char path[PATH_MAX];

	return !scst_format(path, sizeof(path), "%s/%s/%s", root, address, class) &&
	       only_entry(path, name);
}

static bool is_it(const char *root, const char *address, const char *id)
{
	char type[8], its[SCST_SCSI_ID_LEN];

	return scst_scsi_is_address(address) &&
	       !scst_scsi_attr(root, address, "type", type, sizeof(type)) &&
	       streq(type, TYPE_DISK) && !scst_scsi_is_ours(root, address) &&
	       !scst_scsi_identity(root, address, its) && streq(its, id);
}

int scst_scsi_find(const char *root, const char *id, struct scst_names *addresses)
{
	_cleanup_closedir_ DIR *dir = opendir(root);
	struct dirent *entry;
	int ret = 0;

	while (dir && !ret && (entry = readdir(dir)))
		if (is_it(root, entry->d_name, id))
			ret = scst_names_add(addresses, entry->d_name);
	return ret;
}

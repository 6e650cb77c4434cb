// SPDX-License-Identifier: GPL-2.0-only
/* Which grammar it is, its reader, and the check that both share. */
#include "conf_read.h"

#include "conf_check.h"
#include "conf_json.h"
#include "conf_parse.h"

void scst_conf_file_clear(struct scst_conf_file *file)
{
	if (file->conf)
		scst_conf_free(file->conf);
	scst_names_clear(&file->losses);
	scst_names_clear(&file->faults);
	*file = (struct scst_conf_file){};
}

int scst_conf_read_text(const char *text, const char *path, struct scst_conf_file *file,
			struct scst_error *err)
{
	int ret;

	file->json = text[strspn(text, " \t\r\n")] == '{';
	if (file->json)
		ret = scst_conf_from_json(text, path, &file->conf, &file->faults, err);
	else
		ret = scst_conf_parse(text, path, &file->conf, &file->losses, err);
	if (!ret && scst_conf_check(file->conf, path, &file->faults))
		ret = scst_fail(err, -ENOMEM, "out of memory");
	return ret;
}

int scst_conf_read(const char *path, struct scst_conf_file *file, struct scst_error *err)
{
	_cleanup_free_ char *text = NULL;
	int ret = scst_read_text(path, &text);

	if (ret)
		return scst_fail(err, ret, "%s: %s", path, scst_text_error(ret));
	return scst_conf_read_text(text, path, file, err);
}

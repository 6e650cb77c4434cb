// SPDX-License-Identifier: GPL-2.0-only
/* struct scst_node to json-c objects. */
#include "tree_json.h"

static struct json_object *string_or_null(const char *text)
{
	return text ? json_object_new_string(text) : NULL;
}

static void add_attrs(struct json_object *obj, const struct scst_node *node)
{
	struct json_object *attrs = json_object_new_object();

	for (size_t i = 0; i < node->nr_attrs; i++)
		json_object_object_add(attrs, node->attrs[i].name,
				       string_or_null(node->attrs[i].value));
	json_object_object_add(obj, "attributes", attrs);
}

static void add_links(struct json_object *obj, const struct scst_node *node)
{
	struct json_object *links = json_object_new_object();

	for (size_t i = 0; i < node->nr_links; i++)
		json_object_object_add(links, node->links[i].name,
				       string_or_null(node->links[i].target));
	json_object_object_add(obj, "links", links);
}

/* Also an empty list where the layout has one: a reader finds the key whatever is configured. */
static void add_children(struct json_object *obj, const struct scst_node *node)
{
	for (unsigned int kind = 0; kind < SCST_NODE_KINDS; kind++) {
		const struct scst_node *child;
		struct json_object *list;

		if (!scst_node_may_have(node->kind, kind))
			continue;
		list = json_object_new_array();
		scst_node_for_each(child, node, kind)
			json_object_array_add(list, scst_tree_json(child));
		json_object_object_add(obj, scst_node_kind_plural(kind), list);
	}
}

struct json_object *scst_tree_json(const struct scst_node *node)
{
	struct json_object *obj = json_object_new_object();

	if (!obj)
		return NULL;
	if (node->name)
		json_object_object_add(obj, "name", json_object_new_string(node->name));
	if (node->link)
		json_object_object_add(obj, "link", json_object_new_string(node->link));
	if (node->nr_attrs)
		add_attrs(obj, node);
	if (node->nr_links)
		add_links(obj, node);
	add_children(obj, node);
	return obj;
}

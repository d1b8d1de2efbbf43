/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists of exits in YAML as Clash has them: the sequence "proxies" of the topmost mapping; everything else in it is
 * passed over. Read event by event, for a file of two MiB may name itself a thousand times over in aliases. With
 * libyaml: quotes, escapes, flow and block style are where readers made at home go wrong. Main thread.
 */
#include "settings/exit-import-private.h"

#include <string.h>
#include <yaml.h>

typedef struct
{
  yaml_parser_t parser;
  yaml_event_t  event;
  gboolean      has_event;
  GPtrArray    *entries; /* borrowed */
} Reader;

static guint
line_of (const Reader *self)
{
  return (guint) self->event.start_mark.line + 1;
}

static gboolean
refuse (GError **error, gsize line, const char *problem)
{
  g_set_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE, "line %" G_GSIZE_FORMAT ": %s", line, problem);
  return FALSE;
}

static gboolean
next (Reader *self, GError **error)
{
  if (self->has_event)
    yaml_event_delete (&self->event);
  self->has_event = yaml_parser_parse (&self->parser, &self->event) != 0;
  if (self->has_event)
    return TRUE;

  return refuse (error, self->parser.problem_mark.line + 1, self->parser.problem != NULL ? self->parser.problem : "not YAML");
}

static gboolean
is_start (yaml_event_type_t type)
{
  return type == YAML_MAPPING_START_EVENT || type == YAML_SEQUENCE_START_EVENT;
}

static gboolean
is_end (yaml_event_type_t type)
{
  return type == YAML_MAPPING_END_EVENT || type == YAML_SEQUENCE_END_EVENT;
}

/* What the event at hand begins, to its end. */
static gboolean
skip (Reader *self, GError **error)
{
  guint depth = 0;

  do
    {
      if (is_start (self->event.type))
        depth++;
      else if (is_end (self->event.type))
        depth--;
    }
  while (depth > 0 && next (self, error));

  return depth == 0;
}

static const char *
scalar (const Reader *self)
{
  return (const char *) self->event.data.scalar.value;
}

/* A mapping that has begun; deeper ones join their names. */
static gboolean
read_fields (Reader *self, const char *prefix, guint depth, NjExitImportEntry *entry, GError **error)
{
  if (depth > NJ_EXIT_IMPORT_DEPTH)
    return refuse (error, line_of (self), "nested too deep");

  while (next (self, error))
    {
      g_autofree char *name = NULL;
      gboolean         is_good;

      if (self->event.type == YAML_MAPPING_END_EVENT)
        return TRUE;
      if (self->event.type != YAML_SCALAR_EVENT)
        return refuse (error, line_of (self), "a field’s name is no text");
      name = g_strconcat (prefix, scalar (self), NULL);
      if (!next (self, error))
        return FALSE;

      if (self->event.type == YAML_SCALAR_EVENT && strlen (scalar (self)) != self->event.data.scalar.length)
        is_good = refuse (error, line_of (self), "a zero byte");
      else if (self->event.type == YAML_ALIAS_EVENT)
        is_good = refuse (error, line_of (self), "an alias in an exit is not supported");
      else if (self->event.type == YAML_SCALAR_EVENT)
        is_good = nj_exit_import_entry_put (entry, name, scalar (self), error);
      else if (self->event.type == YAML_MAPPING_START_EVENT)
        {
          g_autofree char *below = g_strconcat (name, ".", NULL);

          is_good = read_fields (self, below, depth + 1, entry, error);
        }
      else
        is_good = skip (self, error);
      if (!is_good)
        return FALSE;
    }
  return FALSE;
}

/* The value of "proxies". */
static gboolean
read_proxies (Reader *self, GError **error)
{
  if (self->event.type != YAML_SEQUENCE_START_EVENT)
    return refuse (error, line_of (self), "“proxies” is no list");

  while (next (self, error))
    {
      NjExitImportEntry *entry;

      if (self->event.type == YAML_SEQUENCE_END_EVENT)
        return TRUE;
      entry = nj_exit_import_entry_new (self->entries, line_of (self));
      if (self->event.type == YAML_MAPPING_START_EVENT)
        {
          if (!read_fields (self, "", 1, entry, error))
            return FALSE;
        }
      else if (self->event.type != YAML_SCALAR_EVENT)
        return refuse (error, line_of (self), "an entry of “proxies” is neither a URI nor a mapping");
      else if (!nj_exit_import_entry_put (entry, "uri", scalar (self), error))
        return FALSE;
    }
  return FALSE;
}

static gboolean
read_document (Reader *self, GError **error)
{
  gboolean is_found = FALSE;

  do
    if (!next (self, error))
      return FALSE;
  while (self->event.type == YAML_STREAM_START_EVENT || self->event.type == YAML_DOCUMENT_START_EVENT);

  if (self->event.type != YAML_MAPPING_START_EVENT)
    return refuse (error, line_of (self), "no mapping with “proxies”");

  while (next (self, error) && self->event.type != YAML_MAPPING_END_EVENT)
    {
      gboolean is_wanted = self->event.type == YAML_SCALAR_EVENT && g_str_equal (scalar (self), "proxies");

      if (!is_wanted && !skip (self, error))
        return FALSE;
      if (!next (self, error) || !(is_wanted ? read_proxies (self, error) : skip (self, error)))
        return FALSE;
      is_found |= is_wanted;
    }

  /* A document that breaks off has said why. */
  if (!self->has_event)
    return FALSE;
  return is_found || refuse (error, line_of (self), "there is no “proxies”");
}

/**
 * nj_exit_import_yaml:
 * @text: YAML
 * @entries: (element-type NjExitImportEntry): gets its entries
 *
 * Returns: whether it holds such a list
 */
gboolean
nj_exit_import_yaml (const char *text, GPtrArray *entries, GError **error)
{
  Reader   self = { .entries = entries };
  gboolean is_read;

  if (!yaml_parser_initialize (&self.parser))
    return refuse (error, 0, "no memory");
  yaml_parser_set_encoding (&self.parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string (&self.parser, (const unsigned char *) text, strlen (text));
  is_read = read_document (&self, error);
  if (self.has_event)
    yaml_event_delete (&self.event);
  yaml_parser_delete (&self.parser);
  return is_read;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What would happen to a request, and what happened to those that came. Main thread.
 */
#include "bus/bus-parts.h"

#include "exits/route.h"
#include "filter/engine.h"

/* Most entries of the log in one answer. */
#define LOG_MAX 10000

static const char *const action_names[] = { "allow", "block", "except", "redirect", "rewrite" };

static const struct
{
  guint       bit;
  const char *name;
} changes[] = {
  { NJ_CHANGE_REFERER, "referer" },       { NJ_CHANGE_IDENTITY, "identity" }, { NJ_CHANGE_SIGNALS, "signals" },
  { NJ_CHANGE_PARAMETERS, "parameters" }, { NJ_CHANGE_COOKIES, "cookies" },   { NJ_CHANGE_ETAG, "etag" },
  { NJ_CHANGE_OTHER, "other" },           { NJ_CHANGE_BODY, "page" },
};

/* The kill switch is asked as it would be for the request itself. */
static char *
name_route (NjBus *bus, NjBytes host)
{
  NjRoute route;

  nj_route_choose (nj_protection_choice (bus->protection), host, &route);
  if (route.kind == NJ_ROUTE_EXIT)
    return g_strdup (nj_exit_id (route.exit));

  return g_strdup (route.kind == NJ_ROUTE_DIRECT ? "direct" : "refused");
}

/* One absolute URL in the form the engine wants: host in its normal form, no user, no fragment. */
static char *
normalize_url (const char *text, char ret_host[NJ_HOST_MAX + 1])
{
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_ENCODED | G_URI_FLAGS_PARSE_RELAXED, NULL);
  g_autofree char *scheme = NULL;
  g_autofree char *port = NULL;
  g_autofree char *query = NULL;

  if (uri == NULL || g_uri_get_host (uri) == NULL)
    return NULL;
  if (nj_host_normalize (nj_bytes_from_string (g_uri_get_host (uri)), ret_host) == 0)
    return NULL;

  scheme = g_ascii_strdown (g_uri_get_scheme (uri), -1);
  port = g_uri_get_port (uri) >= 0 ? g_strdup_printf (":%d", g_uri_get_port (uri)) : g_strdup ("");
  query = g_uri_get_query (uri) != NULL ? g_strconcat ("?", g_uri_get_query (uri), NULL) : g_strdup ("");
  return g_strconcat (scheme, "://", ret_host, port, g_uri_get_path (uri)[0] != '\0' ? g_uri_get_path (uri) : "/", query, NULL);
}

/* A page is given as a URL or as its host alone. */
static gboolean
normalize_source (const char *text, char ret_host[NJ_HOST_MAX + 1])
{
  g_autofree char *url = NULL;

  ret_host[0] = '\0';
  if (text[0] == '\0')
    return TRUE;
  if (strstr (text, "://") == NULL)
    return nj_host_normalize (nj_bytes_from_string (text), ret_host) > 0;

  url = normalize_url (text, ret_host);
  return url != NULL;
}

static void
insert_bytes (GVariantDict *dictionary, const char *key, NjBytes value)
{
  g_autofree char *text = nj_bytes_dup (value);
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  g_variant_dict_insert (dictionary, key, "s", valid);
}

static GVariant *
describe_verdict (NjBus *bus, const NjFilterVerdict *verdict, NjBytes host)
{
  NjEngine        *engine = nj_filter_lists_engine (nj_protection_parts (bus->protection)->lists);
  g_auto (NjRuleOrigin) origin = { 0 };
  g_autofree char *route = name_route (bus, host);
  guint32          rule = verdict->rule != NJ_RULE_NONE ? verdict->rule : verdict->modifier;
  gboolean         is_known = rule != NJ_RULE_NONE && nj_engine_describe (engine, rule, &origin);
  GVariantDict     dictionary;

  g_variant_dict_init (&dictionary, NULL);
  g_variant_dict_insert (&dictionary, "action", "s", action_names[verdict->action]);
  insert_bytes (&dictionary, "rule", nj_bytes_from_string (is_known ? origin.text : ""));
  insert_bytes (&dictionary, "list", nj_bytes_from_string (is_known ? origin.list : ""));
  g_variant_dict_insert (&dictionary, "line", "u", is_known ? origin.line : 0);
  insert_bytes (&dictionary, "value", verdict->action == NJ_FILTER_REWRITE ? verdict->rewrite : verdict->redirect);
  g_variant_dict_insert (&dictionary, "route", "s", route);
  return g_variant_dict_end (&dictionary);
}

static gboolean
on_check_url (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, const char *text, const char *source, const char *type,
              NjBus *bus)
{
  char             host[NJ_HOST_MAX + 1];
  char             source_host[NJ_HOST_MAX + 1];
  g_autofree char *url = normalize_url (text, host);
  g_auto (NjArena) arena = { 0 };
  NjFilterRequest  request = { .host_only = FALSE };
  NjFilterVerdict  verdict;
  gboolean         is_known = TRUE;
  const char      *at;

  if (url == NULL || !normalize_source (source, source_host))
    {
      nj_bus_refuse (invocation, "BadUrl", "“%s” is not a web address", url == NULL ? text : source);
      return TRUE;
    }

  request.type = type[0] != '\0' ? nj_request_type_from_name (nj_bytes_from_string (type), &is_known) : NJ_TYPE_OTHER;
  if (!is_known)
    {
      nj_bus_refuse (invocation, "BadValue", "“%s” is no type of request", type);
      return TRUE;
    }

  at = strstr (url, "://") + strlen ("://");
  request.url = nj_bytes_from_string (url);
  request.host = nj_bytes (at, strlen (host));
  request.source_host = nj_bytes_from_string (source_host);
  request.method = NJ_BYTES ("GET");

  nj_arena_init (&arena, NULL, 0);
  nj_engine_match (nj_filter_lists_engine (nj_protection_parts (bus->protection)->lists), &request, &arena, &verdict);
  nj_dbus_nightjar1_complete_check_url (service, invocation, describe_verdict (bus, &verdict, request.host));
  return TRUE;
}

static void
insert_text (GVariantDict *dictionary, const char *key, const char *text)
{
  insert_bytes (dictionary, key, nj_bytes_from_string (text));
}

static const char *
http_name (guint8 version)
{
  return version == 20 ? "2" : version == 11 ? "1.1" : version == 10 ? "1.0" : "";
}

static GVariant *
describe_entry (const NjLogEntry *entry, const char *client)
{
  g_autoptr (GStrvBuilder) changed = g_strv_builder_new ();
  g_auto (GStrv) names = NULL;
  GVariantDict dictionary;

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    if (entry->changes & changes[i].bit)
      g_strv_builder_add (changed, changes[i].name);
  names = g_strv_builder_end (changed);

  g_variant_dict_init (&dictionary, NULL);
  insert_text (&dictionary, "method", entry->method);
  insert_text (&dictionary, "url", entry->url);
  insert_text (&dictionary, "host", entry->host);
  insert_text (&dictionary, "action", nj_log_action_name (entry->action));
  insert_text (&dictionary, "reason", entry->reason);
  insert_text (&dictionary, "rule", entry->rule);
  insert_text (&dictionary, "list", entry->list);
  insert_text (&dictionary, "exit", entry->exit);
  insert_text (&dictionary, "client", client);
  insert_text (&dictionary, "http-client", http_name (entry->http_client));
  insert_text (&dictionary, "http-origin", http_name (entry->http_origin));
  g_variant_dict_insert (&dictionary, "status", "u", entry->status);
  g_variant_dict_insert (&dictionary, "bytes-up", "t", entry->bytes_up);
  g_variant_dict_insert (&dictionary, "bytes-down", "t", entry->bytes_down);
  g_variant_dict_insert (&dictionary, "duration", "t", (guint64) MAX (entry->duration, 0));
  g_variant_dict_insert_value (&dictionary, "changes", g_variant_new_strv ((const char *const *) names, -1));
  return g_variant_new ("(tx@a{sv})", entry->serial, entry->time, g_variant_dict_end (&dictionary));
}

static gboolean
on_read_log (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, guint64 serial, guint max, const char *filter, NjBus *bus)
{
  NjPlane *plane = nj_protection_parts (bus->protection)->plane;
  g_autoptr (GPtrArray) entries = NULL;
  GVariantBuilder builder;

  if (max < 1 || max > LOG_MAX)
    {
      nj_bus_refuse (invocation, "BadValue", "max is a number from 1 to %d", LOG_MAX);
      return TRUE;
    }

  entries = nj_request_log_read (nj_plane_log (plane), serial, max, filter);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(txa{sv})"));
  for (guint i = 0; i < entries->len; i++)
    {
      const NjLogEntry *entry = g_ptr_array_index (entries, i);

      g_variant_builder_add_value (&builder, describe_entry (entry, nj_plane_client_name (plane, entry->client_port)));
    }
  nj_dbus_nightjar1_complete_read_log (service, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

static gboolean
on_read_changes (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, guint64 serial, NjBus *bus)
{
  gboolean is_cut;
  g_autoptr (GPtrArray) list = nj_request_log_changes (nj_plane_log (nj_protection_parts (bus->protection)->plane), serial, &is_cut);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sssss)"));
  for (guint i = 0; i < list->len; i++)
    {
      const NjChange *change = g_ptr_array_index (list, i);

      g_variant_builder_add (&builder, "(sssss)", nj_changed_part_name (change->part), change->name, change->before,
                             change->after, change->why);
    }
  nj_dbus_nightjar1_complete_read_changes (service, invocation, g_variant_builder_end (&builder), is_cut);
  return TRUE;
}

/**
 * nj_bus_requests_attach:
 * @bus: the service on the bus
 *
 * Connects the methods about requests.
 */
void
nj_bus_requests_attach (NjBus *bus)
{
  g_signal_connect (bus->service, "handle-check-url", G_CALLBACK (on_check_url), bus);
  g_signal_connect (bus->service, "handle-read-log", G_CALLBACK (on_read_log), bus);
  g_signal_connect (bus->service, "handle-read-changes", G_CALLBACK (on_read_changes), bus);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Speaks a menu of tray-menu to panels by com.canonical.dbusmenu. A line keeps its number for as long as the
 * program lives, so that a new menu is told as the few properties that differ; the layout is told anew only where
 * lines came or went: an open menu does not flicker. It knows nothing of what the lines mean. Main thread.
 *
 * Signals: "about-to-show" (the user opens the menu), "activated" (action, target).
 * Source: libdbusmenu's dbus-menu.xml, as the panels of XFCE, KDE, LXQt, MATE and the extension of GNOME use it.
 */
#include "app/tray-dbusmenu.h"

#include <string.h>

#define INTERFACE "com.canonical.dbusmenu"

static const char introspection[] =
  "<node><interface name='" INTERFACE "'>"
  "<property name='Version' type='u' access='read'/>"
  "<property name='TextDirection' type='s' access='read'/>"
  "<property name='Status' type='s' access='read'/>"
  "<property name='IconThemePath' type='as' access='read'/>"
  "<method name='GetLayout'><arg type='i' direction='in'/><arg type='i' direction='in'/><arg type='as' direction='in'/>"
  "<arg type='u' direction='out'/><arg type='(ia{sv}av)' direction='out'/></method>"
  "<method name='GetGroupProperties'><arg type='ai' direction='in'/><arg type='as' direction='in'/>"
  "<arg type='a(ia{sv})' direction='out'/></method>"
  "<method name='GetProperty'><arg type='i' direction='in'/><arg type='s' direction='in'/>"
  "<arg type='v' direction='out'/></method>"
  "<method name='Event'><arg type='i' direction='in'/><arg type='s' direction='in'/><arg type='v' direction='in'/>"
  "<arg type='u' direction='in'/></method>"
  "<method name='EventGroup'><arg type='a(isvu)' direction='in'/><arg type='ai' direction='out'/></method>"
  "<method name='AboutToShow'><arg type='i' direction='in'/><arg type='b' direction='out'/></method>"
  "<method name='AboutToShowGroup'><arg type='ai' direction='in'/><arg type='ai' direction='out'/>"
  "<arg type='ai' direction='out'/></method>"
  "<signal name='ItemsPropertiesUpdated'><arg type='a(ia{sv})'/><arg type='a(ias)'/></signal>"
  "<signal name='LayoutUpdated'><arg type='u'/><arg type='i'/></signal>"
  "<signal name='ItemActivationRequested'><arg type='i'/><arg type='u'/></signal>"
  "</interface></node>";

struct _NjTrayDbusmenu
{
  GObject parent_instance;

  GDBusConnection *connection; /* owned */
  guint            registration;
  NjTrayLine      *root;     /* (nullable) owned */
  GHashTable      *numbers;  /* key → number, owned */
  GHashTable      *lines;    /* number → NjTrayLine, borrowed from root */
  int              next;
  guint            revision;
};

G_DEFINE_FINAL_TYPE (NjTrayDbusmenu, nj_tray_dbusmenu, G_TYPE_OBJECT)

enum
{
  ABOUT_TO_SHOW,
  ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static int
number_of (NjTrayDbusmenu *self, const NjTrayLine *line)
{
  int number = GPOINTER_TO_INT (g_hash_table_lookup (self->numbers, line->key));

  if (line == self->root)
    return 0;

  if (number == 0)
    {
      number = self->next++;
      g_hash_table_insert (self->numbers, g_strdup (line->key), GINT_TO_POINTER (number));
    }

  return number;
}

static void
index_lines (NjTrayDbusmenu *self, NjTrayLine *line)
{
  g_hash_table_insert (self->lines, GINT_TO_POINTER (number_of (self, line)), line);
  for (guint i = 0; line->children != NULL && i < line->children->len; i++)
    index_lines (self, g_ptr_array_index (line->children, i));
}

/* An underscore marks a mnemonic in dbusmenu; hosts and names of lists hold real ones. */
static char *
escape_label (const char *label)
{
  GString *text = g_string_new (label);

  g_string_replace (text, "_", "__", 0);
  return g_string_free (text, FALSE);
}

static GVariant *
properties_of (const NjTrayLine *line)
{
  GVariantBuilder  builder;
  g_autofree char *label = line->label != NULL ? escape_label (line->label) : NULL;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  if (line->kind == NJ_TRAY_LINE_SEPARATOR)
    g_variant_builder_add (&builder, "{sv}", "type", g_variant_new_string ("separator"));
  if (label != NULL)
    g_variant_builder_add (&builder, "{sv}", "label", g_variant_new_string (label));
  g_variant_builder_add (&builder, "{sv}", "enabled", g_variant_new_boolean (line->is_enabled));
  g_variant_builder_add (&builder, "{sv}", "visible", g_variant_new_boolean (line->is_visible));
  if (line->children != NULL)
    g_variant_builder_add (&builder, "{sv}", "children-display", g_variant_new_string ("submenu"));
  if (line->kind == NJ_TRAY_LINE_CHECK || line->kind == NJ_TRAY_LINE_RADIO)
    {
      g_variant_builder_add (&builder, "{sv}", "toggle-type",
                             g_variant_new_string (line->kind == NJ_TRAY_LINE_CHECK ? "checkmark" : "radio"));
      g_variant_builder_add (&builder, "{sv}", "toggle-state", g_variant_new_int32 (line->is_active));
    }

  return g_variant_builder_end (&builder);
}

static GVariant *
layout_of (NjTrayDbusmenu *self, const NjTrayLine *line, int depth)
{
  GVariantBuilder children;

  g_variant_builder_init (&children, G_VARIANT_TYPE ("av"));
  for (guint i = 0; depth != 0 && line->children != NULL && i < line->children->len; i++)
    g_variant_builder_add (&children, "v", layout_of (self, g_ptr_array_index (line->children, i), depth - 1));

  return g_variant_new ("(i@a{sv}av)", number_of (self, line), properties_of (line), &children);
}

static NjTrayLine *
line_by_number (NjTrayDbusmenu *self, int number)
{
  return g_hash_table_lookup (self->lines, GINT_TO_POINTER (number));
}

static gboolean
has_same_children (const NjTrayLine *a, const NjTrayLine *b)
{
  guint length = a->children != NULL ? a->children->len : 0;

  if (length != (b->children != NULL ? b->children->len : 0))
    return FALSE;

  for (guint i = 0; i < length; i++)
    {
      const NjTrayLine *one = g_ptr_array_index (a->children, i);
      const NjTrayLine *two = g_ptr_array_index (b->children, i);

      if (strcmp (one->key, two->key) != 0)
        return FALSE;
    }

  return TRUE;
}

/* Gathers in @updated the lines that look otherwise, in @parents those whose children came or went. */
static void
compare (NjTrayDbusmenu *self, const NjTrayLine *before, const NjTrayLine *now, GVariantBuilder *updated, guint *ret_count,
         GArray *parents)
{
  g_autoptr (GVariant) old_look = g_variant_ref_sink (properties_of (before));
  g_autoptr (GVariant) new_look = g_variant_ref_sink (properties_of (now));
  int                  number = GPOINTER_TO_INT (g_hash_table_lookup (self->numbers, now->key));

  if (!g_variant_equal (old_look, new_look))
    {
      g_variant_builder_add (updated, "(i@a{sv})", number, new_look);
      (*ret_count)++;
    }

  if (!has_same_children (before, now))
    {
      g_array_append_val (parents, number);
      return;
    }

  for (guint i = 0; now->children != NULL && i < now->children->len; i++)
    compare (self, g_ptr_array_index (before->children, i), g_ptr_array_index (now->children, i), updated, ret_count,
             parents);
}

static void
emit (NjTrayDbusmenu *self, const char *signal, GVariant *arguments)
{
  g_dbus_connection_emit_signal (self->connection, NULL, NJ_TRAY_DBUSMENU_PATH, INTERFACE, signal, arguments, NULL);
}

/**
 * nj_tray_dbusmenu_set:
 * @self: the exporter
 * @root: (transfer full): the menu from now on
 *
 * Tells the panel what differs from the menu before, and nothing else. Main thread.
 */
void
nj_tray_dbusmenu_set (NjTrayDbusmenu *self, NjTrayLine *root)
{
  g_autoptr (NjTrayLine) before = g_steal_pointer (&self->root);
  g_autoptr (GArray)     parents = g_array_new (FALSE, FALSE, sizeof (int));
  GVariantBuilder        updated;
  guint                  count = 0;

  self->root = root;
  g_hash_table_remove_all (self->lines);
  index_lines (self, root);
  if (before == NULL)
    {
      emit (self, "LayoutUpdated", g_variant_new ("(ui)", ++self->revision, 0));
      return;
    }

  g_variant_builder_init (&updated, G_VARIANT_TYPE ("a(ia{sv})"));
  compare (self, before, root, &updated, &count, parents);
  if (count > 0)
    emit (self, "ItemsPropertiesUpdated", g_variant_new ("(a(ia{sv})@a(ias))", &updated, g_variant_new ("a(ias)", NULL)));
  else
    g_variant_builder_clear (&updated);

  if (parents->len > 0)
    self->revision++;
  for (guint i = 0; i < parents->len; i++)
    emit (self, "LayoutUpdated", g_variant_new ("(ui)", self->revision, g_array_index (parents, int, i)));
}

static gboolean
handle_event (NjTrayDbusmenu *self, int number, const char *event)
{
  NjTrayLine          *line = line_by_number (self, number);
  g_autoptr (GVariant) target = NULL;

  if (line == NULL)
    return FALSE;

  if (strcmp (event, "opened") == 0 && number == 0)
    g_signal_emit (self, signals[ABOUT_TO_SHOW], 0);
  if (strcmp (event, "clicked") == 0 && line->is_enabled && line->action != NULL)
    {
      /* The menu may be replaced while the action runs. */
      const char *action = line->action;

      target = line->target != NULL ? g_variant_ref (line->target) : NULL;
      g_signal_emit (self, signals[ACTIVATED], 0, action, target);
    }

  return TRUE;
}

static void
answer_layout (NjTrayDbusmenu *self, GVariant *arguments, GDBusMethodInvocation *invocation)
{
  int         parent;
  int         depth;
  NjTrayLine *line;

  g_variant_get (arguments, "(ii@as)", &parent, &depth, NULL);
  line = line_by_number (self, parent);
  if (line == NULL)
    {
      g_dbus_method_invocation_return_error (invocation, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS, "no such line");
      return;
    }

  g_dbus_method_invocation_return_value (invocation,
                                         g_variant_new ("(u@(ia{sv}av))", self->revision, layout_of (self, line, depth)));
}

static void
answer_group_properties (NjTrayDbusmenu *self, GVariant *arguments, GDBusMethodInvocation *invocation)
{
  g_autoptr (GVariantIter) numbers = NULL;
  GVariantBuilder          answer;
  GHashTableIter           all;
  gpointer                 key;
  gpointer                 line;
  int                      number;

  g_variant_get (arguments, "(ai@as)", &numbers, NULL);
  g_variant_builder_init (&answer, G_VARIANT_TYPE ("a(ia{sv})"));
  if (g_variant_iter_n_children (numbers) == 0)
    {
      g_hash_table_iter_init (&all, self->lines);
      while (g_hash_table_iter_next (&all, &key, &line))
        g_variant_builder_add (&answer, "(i@a{sv})", GPOINTER_TO_INT (key), properties_of (line));
    }

  while (g_variant_iter_loop (numbers, "i", &number))
    if (line_by_number (self, number) != NULL)
      g_variant_builder_add (&answer, "(i@a{sv})", number, properties_of (line_by_number (self, number)));

  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(a(ia{sv}))", &answer));
}

static void
answer_property (NjTrayDbusmenu *self, GVariant *arguments, GDBusMethodInvocation *invocation)
{
  int                  number;
  const char          *name;
  NjTrayLine          *line;
  g_autoptr (GVariant) look = NULL;
  g_autoptr (GVariant) value = NULL;

  g_variant_get (arguments, "(i&s)", &number, &name);
  line = line_by_number (self, number);
  look = line != NULL ? g_variant_ref_sink (properties_of (line)) : NULL;
  value = look != NULL ? g_variant_lookup_value (look, name, NULL) : NULL;
  if (value == NULL)
    {
      g_dbus_method_invocation_return_error (invocation, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS, "no such property");
      return;
    }

  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(v)", value));
}

static void
answer_event_group (NjTrayDbusmenu *self, GVariant *arguments, GDBusMethodInvocation *invocation)
{
  g_autoptr (GVariantIter) events = NULL;
  GVariantBuilder          unknown;
  const char              *event;
  int                      number;

  g_variant_builder_init (&unknown, G_VARIANT_TYPE ("ai"));
  g_variant_get (arguments, "(a(isvu))", &events);
  while (g_variant_iter_next (events, "(i&svu)", &number, &event, NULL, NULL))
    if (!handle_event (self, number, event))
      g_variant_builder_add (&unknown, "i", number);

  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(ai)", &unknown));
}

static void
answer_about_to_show_group (NjTrayDbusmenu *self, GVariant *arguments)
{
  g_autoptr (GVariantIter) numbers = NULL;
  int                      number;

  g_variant_get (arguments, "(ai)", &numbers);
  while (g_variant_iter_loop (numbers, "i", &number))
    if (number == 0)
      g_signal_emit (self, signals[ABOUT_TO_SHOW], 0);
}

static void
on_method (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *method,
           GVariant *arguments, GDBusMethodInvocation *invocation, gpointer user_data)
{
  NjTrayDbusmenu *self = user_data;
  const char     *event;
  int             number;

  if (strcmp (method, "GetLayout") == 0)
    answer_layout (self, arguments, invocation);
  else if (strcmp (method, "GetGroupProperties") == 0)
    answer_group_properties (self, arguments, invocation);
  else if (strcmp (method, "GetProperty") == 0)
    answer_property (self, arguments, invocation);
  else if (strcmp (method, "EventGroup") == 0)
    answer_event_group (self, arguments, invocation);
  else if (strcmp (method, "Event") == 0)
    {
      g_variant_get (arguments, "(i&svu)", &number, &event, NULL, NULL);
      handle_event (self, number, event);
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
  else if (strcmp (method, "AboutToShow") == 0)
    {
      /* Fresh counts come as changed properties a moment later; the panel need not wait for them. */
      g_variant_get (arguments, "(i)", &number);
      if (number == 0)
        g_signal_emit (self, signals[ABOUT_TO_SHOW], 0);
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(b)", FALSE));
    }
  else
    {
      answer_about_to_show_group (self, arguments);
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(aiai)", NULL, NULL));
    }
}

static GVariant *
on_get (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *property,
        GError **error, gpointer user_data)
{
  if (strcmp (property, "Version") == 0)
    return g_variant_new_uint32 (3);
  if (strcmp (property, "TextDirection") == 0)
    return g_variant_new_string ("ltr");
  if (strcmp (property, "Status") == 0)
    return g_variant_new_string ("normal");

  return g_variant_new_strv (NULL, 0);
}

/**
 * nj_tray_dbusmenu_new:
 * @connection: the session bus
 * @error: why it cannot be exported
 *
 * Main thread.
 *
 * Returns: (transfer full) (nullable): the exporter, with an empty menu
 */
NjTrayDbusmenu *
nj_tray_dbusmenu_new (GDBusConnection *connection, GError **error)
{
  static const GDBusInterfaceVTable vtable = { on_method, on_get, NULL, { 0 } };
  g_autoptr (GDBusNodeInfo)         node = g_dbus_node_info_new_for_xml (introspection, NULL);
  g_autoptr (NjTrayDbusmenu)        self = g_object_new (NJ_TYPE_TRAY_DBUSMENU, NULL);

  self->connection = g_object_ref (connection);
  self->registration = g_dbus_connection_register_object (connection, NJ_TRAY_DBUSMENU_PATH, node->interfaces[0], &vtable,
                                                          self, NULL, error);
  return self->registration != 0 ? g_steal_pointer (&self) : NULL;
}

static void
nj_tray_dbusmenu_finalize (GObject *object)
{
  NjTrayDbusmenu *self = NJ_TRAY_DBUSMENU (object);

  if (self->registration != 0)
    g_dbus_connection_unregister_object (self->connection, self->registration);
  g_clear_object (&self->connection);
  g_hash_table_unref (self->lines);
  g_hash_table_unref (self->numbers);
  nj_tray_menu_free (self->root);

  G_OBJECT_CLASS (nj_tray_dbusmenu_parent_class)->finalize (object);
}

static void
nj_tray_dbusmenu_class_init (NjTrayDbusmenuClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = nj_tray_dbusmenu_finalize;

  signals[ABOUT_TO_SHOW] = g_signal_new ("about-to-show", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ACTIVATED] = g_signal_new ("activated", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                     G_TYPE_STRING, G_TYPE_VARIANT);
}

static void
nj_tray_dbusmenu_init (NjTrayDbusmenu *self)
{
  self->numbers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->lines = g_hash_table_new (g_direct_hash, g_direct_equal);
  self->next = 1;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists of exits that somebody else keeps, as the catalogue knows them: which there are, and which exits are here because
 * of which. What the list no longer holds goes, what the user added himself or uses stays. Fetching them is for
 * settings/exit-subscriptions.c. Main thread only.
 *
 *     [subscription 1f0c93ad22b1]
 *     address=https://exits.example/list
 *     name=Example
 *     exits=3f2a90c1d77e;77e3f2a90c1d;
 */
#include "exits/subscription.h"

#include "exits/catalogue-private.h"

#include <string.h>

#define PREFIX "subscription "

/* Bytes of a name. */
#define NAME_MAX_BYTES 100

/* Bytes of what a server said about its list. */
#define TEXT_MAX 1000

static void
subscription_free (gpointer user_data)
{
  NjSubscription *self = user_data;

  g_free (self->id);
  g_free (self->address);
  g_free (self->name);
  g_free (self->etag);
  g_free (self->last_modified);
  g_free (self->problem);
  g_hash_table_unref (self->exits);
  g_free (self);
}

/**
 * nj_subscription_clear_all:
 * @catalogue: a catalogue
 *
 * It has no subscriptions then. Main thread.
 */
void
nj_subscription_clear_all (NjCatalogue *catalogue)
{
  g_clear_pointer (&catalogue->subscriptions, g_ptr_array_unref);
  catalogue->subscriptions = g_ptr_array_new_with_free_func (subscription_free);
}

/**
 * nj_subscription_id:
 * @address: an address
 *
 * Any thread.
 *
 * Returns: (transfer full): twelve hexadecimal digits
 */
char *
nj_subscription_id (const char *address)
{
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, address, -1);

  return g_strndup (sum, 12);
}

/**
 * nj_subscription_all:
 * @catalogue: a catalogue
 *
 * Main thread.
 *
 * Returns: (transfer none) (element-type NjSubscription): its subscriptions
 */
const GPtrArray *
nj_subscription_all (const NjCatalogue *catalogue)
{
  return catalogue->subscriptions;
}

/**
 * nj_subscription_find:
 * @catalogue: a catalogue
 * @id: a subscription
 *
 * Main thread.
 *
 * Returns: (transfer none) (nullable): the subscription
 */
NjSubscription *
nj_subscription_find (const NjCatalogue *catalogue, const char *id)
{
  for (guint i = 0; i < catalogue->subscriptions->len; i++)
    {
      NjSubscription *self = g_ptr_array_index (catalogue->subscriptions, i);

      if (g_str_equal (self->id, id))
        return self;
    }
  return NULL;
}

/**
 * nj_subscription_of:
 * @catalogue: a catalogue
 * @exit_id: an exit
 *
 * Main thread.
 *
 * Returns: (transfer none): the id of the subscription because of which it is here, "" when it is the user's own
 */
const char *
nj_subscription_of (const NjCatalogue *catalogue, const char *exit_id)
{
  for (guint i = 0; i < catalogue->subscriptions->len; i++)
    {
      const NjSubscription *self = g_ptr_array_index (catalogue->subscriptions, i);

      if (g_hash_table_contains (self->exits, exit_id))
        return self->id;
    }
  return "";
}

/**
 * nj_subscription_let_go:
 * @catalogue: a catalogue
 * @exit_id: an exit that the user added, or took away
 *
 * No subscription has a say in it from now on. Main thread.
 */
void
nj_subscription_let_go (NjCatalogue *catalogue, const char *exit_id)
{
  for (guint i = 0; i < catalogue->subscriptions->len; i++)
    g_hash_table_remove (((NjSubscription *) g_ptr_array_index (catalogue->subscriptions, i))->exits, exit_id);
}

/* As the message of a fault is shown beside it, its host will do for a name. */
static char *
name_from (const char *address)
{
  g_autoptr (GUri) uri = g_uri_parse (address, G_URI_FLAGS_ENCODED | G_URI_FLAGS_PARSE_RELAXED, NULL);

  char *name = g_strdup (uri != NULL && g_uri_get_host (uri) != NULL ? g_uri_get_host (uri) : address);

  if (strlen (name) > NAME_MAX_BYTES)
    *g_utf8_find_prev_char (name, name + NAME_MAX_BYTES + 1) = '\0';
  return name;
}

static gboolean
is_text (const char *text, gsize most)
{
  gsize len = strlen (text);

  for (gsize i = 0; i < len; i++)
    if ((guchar) text[i] < ' ' || text[i] == 0x7f)
      return FALSE;
  return len <= most && g_utf8_validate (text, (gssize) len, NULL);
}

/**
 * nj_subscription_add:
 * @catalogue: a catalogue
 * @address: where it is; whether that is a good place is for the caller to say
 * @name: (nullable): what to call it
 * @error: %NJ_EXIT_ERROR_BAD_URI, or %NJ_EXIT_ERROR_BAD_FILE when there are too many
 *
 * Main thread.
 *
 * Returns: (transfer none) (nullable): a new subscription, or the one that is there already
 */
NjSubscription *
nj_subscription_add (NjCatalogue *catalogue, const char *address, const char *name, GError **error)
{
  g_autofree char *id = nj_subscription_id (address);
  NjSubscription  *self = nj_subscription_find (catalogue, id);

  if (self != NULL)
    return self;
  if (address[0] == '\0' || !is_text (address, NJ_SUBSCRIPTION_ADDRESS_MAX) || (name != NULL && !is_text (name, NAME_MAX_BYTES)))
    {
      g_set_error_literal (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_URI, "address or name is too long or has a control character");
      return NULL;
    }
  if (catalogue->subscriptions->len >= NJ_SUBSCRIPTIONS_MAX)
    {
      g_set_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE, "there are more than %d subscriptions", NJ_SUBSCRIPTIONS_MAX);
      return NULL;
    }

  self = g_new0 (NjSubscription, 1);
  self->id = g_steal_pointer (&id);
  self->address = g_strdup (address);
  self->name = name != NULL && name[0] != '\0' ? g_strdup (name) : name_from (address);
  self->problem = g_strdup ("");
  self->exits = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_ptr_array_add (catalogue->subscriptions, self);
  return self;
}

/* Then it keeps its health, and what leads through it goes on. */
static gboolean
is_same (const NjExit *a, const NjExit *b)
{
  g_autofree char *one = nj_exit_to_uri (a);
  g_autofree char *two = nj_exit_to_uri (b);

  return g_str_equal (one, two) && g_str_equal (nj_exit_name (a), nj_exit_name (b))
         && g_str_equal (nj_exit_country (a), nj_exit_country (b));
}

/* What the list holds is put in, except over what is the user's own or another list's. */
static gboolean
merge (NjCatalogue *catalogue, const NjSubscription *self, GPtrArray *fresh, GPtrArray *exits, GHashTable *ids, GError **error)
{
  g_autoptr (GHashTable) places = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < exits->len; i++)
    g_hash_table_insert (places, (char *) nj_exit_id (exits->pdata[i]), GINT_TO_POINTER (i + 1));
  for (guint i = 0; i < fresh->len; i++)
    {
      NjExit     *exit = g_ptr_array_index (fresh, i);
      const char *id = nj_exit_id (exit);
      guint       at = GPOINTER_TO_UINT (g_hash_table_lookup (places, id));

      if (at > 0 && !g_hash_table_contains (self->exits, id) && !g_hash_table_contains (ids, id))
        continue;
      if ((at == 0 || !is_same (exits->pdata[at - 1], exit)) && !nj_catalogue_put (exits, places, exit, error))
        return FALSE;
      g_hash_table_add (ids, g_strdup (id));
    }
  return TRUE;
}

/* What is here because of the list and stands in it no more. */
static void
drop (NjCatalogue *catalogue, const NjSubscription *self, GHashTable *ids, GHashTable *kept, GPtrArray *exits)
{
  for (guint i = exits->len; i-- > 0;)
    {
      const char *id = nj_exit_id (exits->pdata[i]);

      if (!g_hash_table_contains (self->exits, id) || g_hash_table_contains (ids, id))
        continue;
      if (g_hash_table_contains (kept, id))
        {
          /* It goes with the first update after somebody else is chosen. */
          g_hash_table_add (ids, g_strdup (id));
          continue;
        }
      nj_catalogue_places_forget (catalogue, id);
      g_ptr_array_remove_index (exits, i);
    }
}

/**
 * nj_subscription_apply:
 * @catalogue: a catalogue
 * @subscription: one of its subscriptions
 * @fresh: (element-type NjExit): what its list holds now
 * @kept: (element-type utf8): ids of exits that stay although the list has dropped them
 * @error: %NJ_EXIT_ERROR_BAD_FILE when there would be too many; then nothing has changed
 *
 * Exits that are the same keep their health. Main thread.
 *
 * Returns: whether the catalogue is as the list wants it
 */
gboolean
nj_subscription_apply (NjCatalogue *catalogue, NjSubscription *subscription, GPtrArray *fresh, GHashTable *kept, GError **error)
{
  g_autoptr (GPtrArray) exits = nj_catalogue_list (catalogue);
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (!merge (catalogue, subscription, fresh, exits, ids, error))
    return FALSE;

  drop (catalogue, subscription, ids, kept, exits);
  g_hash_table_unref (subscription->exits);
  subscription->exits = g_steal_pointer (&ids);
  g_ptr_array_unref (catalogue->exits);
  catalogue->exits = g_steal_pointer (&exits);
  return TRUE;
}

/**
 * nj_subscription_remove:
 * @catalogue: a catalogue
 * @id: a subscription
 * @keeps_exits: whether its exits become the user's own
 * @kept: (element-type utf8): ids of exits that stay in any case
 *
 * Main thread.
 *
 * Returns: whether there was one
 */
gboolean
nj_subscription_remove (NjCatalogue *catalogue, const char *id, gboolean keeps_exits, GHashTable *kept)
{
  NjSubscription *self = nj_subscription_find (catalogue, id);
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  if (self == NULL)
    return FALSE;
  if (!keeps_exits)
    nj_subscription_apply (catalogue, self, none, kept, NULL);

  g_ptr_array_remove (catalogue->subscriptions, self);
  return TRUE;
}

static void
print_text (GKeyFile *file, const char *group, const char *key, const char *text)
{
  if (text != NULL && text[0] != '\0')
    g_key_file_set_string (file, group, key, text);
}

static int
by_text (const void *a, const void *b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * nj_subscription_print_all:
 * @catalogue: a catalogue
 * @file: gets its subscriptions
 *
 * Main thread.
 */
void
nj_subscription_print_all (const NjCatalogue *catalogue, GKeyFile *file)
{
  for (guint i = 0; i < catalogue->subscriptions->len; i++)
    {
      const NjSubscription *self = g_ptr_array_index (catalogue->subscriptions, i);
      g_autofree char      *group = g_strconcat (PREFIX, self->id, NULL);
      guint                 n;
      g_autofree gpointer  *ids = g_hash_table_get_keys_as_array (self->exits, &n);

      qsort (ids, n, sizeof ids[0], by_text);
      print_text (file, group, "address", self->address);
      print_text (file, group, "name", self->name);
      print_text (file, group, "etag", self->etag);
      print_text (file, group, "last-modified", self->last_modified);
      print_text (file, group, "problem", self->problem);
      g_key_file_set_int64 (file, group, "last-success", self->last_success);
      g_key_file_set_int64 (file, group, "last-attempt", self->last_attempt);
      g_key_file_set_int64 (file, group, "next-update", self->next_update);
      g_key_file_set_string_list (file, group, "exits", (const char *const *) ids, n);
    }
}

/* What goes into a request, or before people, without line ends; %NULL for anything else. */
static char *
get_text (GKeyFile *file, const char *group, const char *key)
{
  char *text = g_key_file_get_string (file, group, key, NULL);

  if (text != NULL && !is_text (text, TEXT_MAX))
    g_clear_pointer (&text, g_free);
  return text;
}

static void
parse_exits (NjSubscription *self, GKeyFile *file, const char *group)
{
  g_auto (GStrv) ids = g_key_file_get_string_list (file, group, "exits", NULL, NULL);

  for (guint i = 0; ids != NULL && ids[i] != NULL && i < NJ_CATALOGUE_MAX; i++)
    if (nj_catalogue_place_kind (ids[i]) == NJ_PLACE_EXIT)
      g_hash_table_add (self->exits, g_strdup (ids[i]));
}

/**
 * nj_subscription_parse:
 * @catalogue: a catalogue being loaded
 * @file: its file
 * @group: a group of it
 *
 * Main thread.
 *
 * Returns: whether @group is a subscription
 */
gboolean
nj_subscription_parse (NjCatalogue *catalogue, GKeyFile *file, const char *group)
{
  g_autofree char *address = NULL;
  g_autofree char *name = NULL;
  NjSubscription  *self;

  if (!g_str_has_prefix (group, PREFIX))
    return FALSE;

  address = g_key_file_get_string (file, group, "address", NULL);
  name = g_key_file_get_string (file, group, "name", NULL);
  self = address != NULL ? nj_subscription_add (catalogue, address, name, NULL) : NULL;
  if (self == NULL)
    return TRUE;

  g_free (self->etag);
  g_free (self->last_modified);
  self->etag = get_text (file, group, "etag");
  self->last_modified = get_text (file, group, "last-modified");
  self->last_success = g_key_file_get_int64 (file, group, "last-success", NULL);
  self->last_attempt = g_key_file_get_int64 (file, group, "last-attempt", NULL);
  self->next_update = g_key_file_get_int64 (file, group, "next-update", NULL);
  g_free (self->problem);
  self->problem = get_text (file, group, "problem");
  if (self->problem == NULL)
    self->problem = g_strdup ("");
  parse_exits (self, file, group);
  return TRUE;
}

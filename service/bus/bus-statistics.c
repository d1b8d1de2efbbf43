/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The root object's interface with the one property that is not kept but counted when somebody reads it:
 * Statistics, since the day began, in whichever run of the service. Nothing wakes up for it but midnight: what was
 * counted is written when somebody looks, seldom, and at the end. Main thread.
 */
#include "bus/bus-parts.h"

#include "journal/day-counts.h"

/* Whoever looks has what was counted written, but not more often than this; µs. */
#define KEEP_EVERY (5 * 60 * G_USEC_PER_SEC)

#define NJ_TYPE_BUS_STATISTICS (nj_bus_statistics_get_type ())
G_DECLARE_FINAL_TYPE (NjBusStatistics, nj_bus_statistics, NJ, BUS_STATISTICS, NjDBusNightjar1Skeleton)

static const struct
{
  NjCount     count;
  const char *name;
  gboolean    is_level; /* how many there are now, not how many there were */
} counts[] = {
  { NJ_COUNT_REQUESTS, "requests", FALSE },          { NJ_COUNT_BLOCKED, "blocked", FALSE },
  { NJ_COUNT_BYTES_UP, "bytes-up", FALSE },          { NJ_COUNT_BYTES_DOWN, "bytes-down", FALSE },
  { NJ_COUNT_REFUSED_PEERS, "refused-peers", FALSE }, { NJ_COUNT_MALFORMED, "malformed", FALSE },
  { NJ_COUNT_CONNECTIONS, "connections", TRUE },
};

struct _NjBusStatistics
{
  NjDBusNightjar1Skeleton parent_instance;
  NjPlane    *plane;                    /* borrowed, outlives us */
  char       *path;                     /* (nullable) owned: where today's counts are kept */
  NjDayCounts earlier;                  /* what was counted today by others before us */
  guint64     day_began[NJ_COUNT_LAST]; /* what we had counted when the day began */
  guint64     kept;                     /* requests in the file */
  gint64      kept_at;                  /* monotonic */
  guint       midnight;                 /* source */
};

enum
{
  PROP_0,
  PROP_STATISTICS
};

G_DEFINE_FINAL_TYPE (NjBusStatistics, nj_bus_statistics, NJ_DBUS_TYPE_NIGHTJAR1_SKELETON)

static void wait_for_midnight (NjBusStatistics *self);

static guint64
count_of_today (NjBusStatistics *self, NjCount count)
{
  return self->earlier.counts[count] + nj_statistics_sum (nj_plane_statistics (self->plane), count) - self->day_began[count];
}

/* A machine that slept over midnight comes late to it. */
static void
turn_day (NjBusStatistics *self)
{
  g_autofree char *today = nj_day_counts_today ();

  if (g_strcmp0 (today, self->earlier.day) == 0)
    return;
  nj_day_counts_turn (&self->earlier, today);
  for (NjCount i = 0; i < NJ_COUNT_LAST; i++)
    self->day_began[i] = nj_statistics_sum (nj_plane_statistics (self->plane), i);
  self->kept = 0;
}

static void
keep (NjBusStatistics *self)
{
  g_auto (NjDayCounts) all = { 0 };
  g_autoptr (GError) error = NULL;

  if (self->path == NULL || count_of_today (self, NJ_COUNT_REQUESTS) == self->kept)
    return;

  all.day = g_strdup (self->earlier.day);
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    if (!counts[i].is_level)
      all.counts[counts[i].count] = count_of_today (self, counts[i].count);
  self->kept = all.counts[NJ_COUNT_REQUESTS];
  self->kept_at = g_get_monotonic_time ();
  if (!nj_day_counts_save (&all, self->path, &error))
    g_warning ("today's counts are not kept: %s", error->message);
}

static gboolean
on_midnight (gpointer user_data)
{
  NjBusStatistics *self = user_data;

  turn_day (self);
  wait_for_midnight (self);
  return G_SOURCE_REMOVE;
}

static void
wait_for_midnight (NjBusStatistics *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  gint seconds = (24 - g_date_time_get_hour (now)) * 3600 - g_date_time_get_minute (now) * 60 - g_date_time_get_second (now);

  self->midnight = g_timeout_add_seconds ((guint) MAX (seconds, 1), on_midnight, self);
}

static GVariant *
count_now (NjBusStatistics *self)
{
  GVariantBuilder builder;

  turn_day (self);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{st}"));
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      guint64 sum = counts[i].is_level ? nj_statistics_sum (nj_plane_statistics (self->plane), counts[i].count)
                                       : count_of_today (self, counts[i].count);

      g_variant_builder_add (&builder, "{st}", counts[i].name, sum);
    }

  if (g_get_monotonic_time () >= self->kept_at + KEEP_EVERY)
    keep (self);
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static void
nj_bus_statistics_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_take_variant (value, count_now (NJ_BUS_STATISTICS (object)));
}

static void
nj_bus_statistics_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  /* Nobody sets what is counted. */
}

static void
nj_bus_statistics_finalize (GObject *object)
{
  NjBusStatistics *self = NJ_BUS_STATISTICS (object);

  g_clear_handle_id (&self->midnight, g_source_remove);
  nj_day_counts_clear (&self->earlier);
  g_free (self->path);
  G_OBJECT_CLASS (nj_bus_statistics_parent_class)->finalize (object);
}

static void
nj_bus_statistics_class_init (NjBusStatisticsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = nj_bus_statistics_get_property;
  object_class->set_property = nj_bus_statistics_set_property;
  object_class->finalize = nj_bus_statistics_finalize;
  g_object_class_override_property (object_class, PROP_STATISTICS, "statistics");
}

static void
nj_bus_statistics_init (NjBusStatistics *self)
{
}

/**
 * nj_bus_statistics_new:
 * @plane: what is counted; outlives the result
 * @path: (nullable): where today's counts are kept
 *
 * Returns: (transfer full): the root object's interface
 */
NjDBusNightjar1 *
nj_bus_statistics_new (NjPlane *plane, const char *path)
{
  NjBusStatistics *self = g_object_new (NJ_TYPE_BUS_STATISTICS, NULL);
  g_autoptr (GError) error = NULL;

  self->plane = plane;
  self->path = g_strdup (path);
  self->kept_at = g_get_monotonic_time ();
  turn_day (self);
  if (path != NULL && !nj_day_counts_load (&self->earlier, path, &error))
    g_warning ("today's counts begin at nought, their file is damaged: %s", error->message);
  self->kept = self->earlier.counts[NJ_COUNT_REQUESTS];
  wait_for_midnight (self);
  return NJ_DBUS_NIGHTJAR1 (self);
}

/**
 * nj_bus_statistics_keep:
 * @service: the root object's interface
 *
 * Writes today's counts; to be called at the end, when nothing is counted any more.
 */
void
nj_bus_statistics_keep (NjDBusNightjar1 *service)
{
  turn_day (NJ_BUS_STATISTICS (service));
  keep (NJ_BUS_STATISTICS (service));
}

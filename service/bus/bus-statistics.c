/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The root object's interface with the one property that is not kept but counted when somebody reads it:
 * Statistics, since the day began. Nothing wakes up for it but midnight. Main thread.
 */
#include "bus/bus-parts.h"

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
  NjPlane *plane;                         /* borrowed, outlives us */
  guint64  day_began[G_N_ELEMENTS (counts)]; /* what was counted when the day began */
  guint    midnight;                      /* source */
};

enum
{
  PROP_0,
  PROP_STATISTICS
};

G_DEFINE_FINAL_TYPE (NjBusStatistics, nj_bus_statistics, NJ_DBUS_TYPE_NIGHTJAR1_SKELETON)

static void wait_for_midnight (NjBusStatistics *self);

static gboolean
on_midnight (gpointer user_data)
{
  NjBusStatistics *self = user_data;

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    self->day_began[i] = nj_statistics_sum (nj_plane_statistics (self->plane), counts[i].count);
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
  const NjStatistics *statistics = nj_plane_statistics (self->plane);
  GVariantBuilder     builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{st}"));
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      guint64 sum = nj_statistics_sum (statistics, counts[i].count);

      g_variant_builder_add (&builder, "{st}", counts[i].name, counts[i].is_level ? sum : sum - self->day_began[i]);
    }

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
  g_clear_handle_id (&NJ_BUS_STATISTICS (object)->midnight, g_source_remove);
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
 *
 * Returns: (transfer full): the root object's interface
 */
NjDBusNightjar1 *
nj_bus_statistics_new (NjPlane *plane)
{
  NjBusStatistics *self = g_object_new (NJ_TYPE_BUS_STATISTICS, NULL);

  self->plane = plane;
  wait_for_midnight (self);
  return NJ_DBUS_NIGHTJAR1 (self);
}

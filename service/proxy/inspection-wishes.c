/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the user said about looking into HTTPS: browsers or all programs, and which sites and programs
 * always or never. A snapshot that the policy holds; lists are short, for people write them. Any thread.
 */
#include "proxy/inspection-wishes.h"

struct NjInspectionWishes
{
  gatomicrefcount refs;
  gboolean        is_for_all;
  GStrv           sites_always; /* owned, as all of these; in normal form */
  GStrv           sites_never;
  GStrv           programs_always;
  GStrv           programs_never;
};

/**
 * nj_inspection_wishes_new:
 * @config: what the user said
 *
 * Returns: (transfer full): a snapshot of it
 */
NjInspectionWishes *
nj_inspection_wishes_new (const NjInspectionWishesConfig *config)
{
  NjInspectionWishes *self = g_new0 (NjInspectionWishes, 1);

  g_atomic_ref_count_init (&self->refs);
  self->is_for_all = config->is_for_all;
  self->sites_always = g_strdupv ((GStrv) config->sites_always);
  self->sites_never = g_strdupv ((GStrv) config->sites_never);
  self->programs_always = g_strdupv ((GStrv) config->programs_always);
  self->programs_never = g_strdupv ((GStrv) config->programs_never);
  return self;
}

/**
 * nj_inspection_wishes_ref:
 * @wishes: (nullable): wishes
 *
 * Any thread.
 *
 * Returns: (transfer full): @wishes
 */
NjInspectionWishes *
nj_inspection_wishes_ref (NjInspectionWishes *wishes)
{
  if (wishes != NULL)
    g_atomic_ref_count_inc (&wishes->refs);
  return wishes;
}

/**
 * nj_inspection_wishes_unref:
 * @wishes: (transfer full) (nullable): wishes
 *
 * Any thread.
 */
void
nj_inspection_wishes_unref (NjInspectionWishes *wishes)
{
  if (wishes == NULL || !g_atomic_ref_count_dec (&wishes->refs))
    return;

  g_strfreev (wishes->sites_always);
  g_strfreev (wishes->sites_never);
  g_strfreev (wishes->programs_always);
  g_strfreev (wishes->programs_never);
  g_free (wishes);
}

/**
 * nj_inspection_wishes_is_for_all:
 * @wishes: (nullable): wishes; none are those of somebody who said nothing
 *
 * Returns: whether every program is to be looked into, not only browsers
 */
gboolean
nj_inspection_wishes_is_for_all (const NjInspectionWishes *wishes)
{
  return wishes != NULL && wishes->is_for_all;
}

/**
 * nj_inspection_wishes_wants_program:
 * @wishes: (nullable): wishes
 *
 * Returns: whether it matters which program it is
 */
gboolean
nj_inspection_wishes_wants_program (const NjInspectionWishes *wishes)
{
  return !nj_inspection_wishes_is_for_all (wishes) || (wishes->programs_never != NULL && wishes->programs_never[0] != NULL);
}

/* How much of host a list's longest fitting name takes, 0 for none: a name stands for what is below it, too. */
static gsize
fit_of (GStrv list, NjBytes host)
{
  gsize best = 0;

  for (guint i = 0; list != NULL && list[i] != NULL; i++)
    {
      NjBytes name = nj_bytes_from_string (list[i]);

      if (name.len > best && name.len <= host.len && memcmp (host.data + host.len - name.len, name.data, name.len) == 0 &&
          (name.len == host.len || host.data[host.len - name.len - 1] == '.'))
        best = name.len;
    }
  return best;
}

/**
 * nj_inspection_wishes_of_site:
 * @wishes: (nullable): wishes
 * @host: a host in its normal form
 *
 * The nearer name wins; of two that are the same the careful one.
 *
 * Returns: what is wanted of it
 */
NjWish
nj_inspection_wishes_of_site (const NjInspectionWishes *wishes, NjBytes host)
{
  gsize always, never;

  if (wishes == NULL)
    return NJ_WISH_NONE;

  always = fit_of (wishes->sites_always, host);
  never = fit_of (wishes->sites_never, host);
  if (always > never)
    return NJ_WISH_ALWAYS;
  return never > 0 ? NJ_WISH_NEVER : NJ_WISH_NONE;
}

/**
 * nj_inspection_wishes_of_program:
 * @wishes: (nullable): wishes
 * @name: of its executable
 *
 * Returns: what is wanted of it
 */
NjWish
nj_inspection_wishes_of_program (const NjInspectionWishes *wishes, const char *name)
{
  if (wishes == NULL || name[0] == '\0')
    return NJ_WISH_NONE;
  if (wishes->programs_never != NULL && g_strv_contains ((const char *const *) wishes->programs_never, name))
    return NJ_WISH_NEVER;
  if (wishes->programs_always != NULL && g_strv_contains ((const char *const *) wishes->programs_always, name))
    return NJ_WISH_ALWAYS;
  return NJ_WISH_NONE;
}

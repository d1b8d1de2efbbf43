/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/remote.h"

void nj_call_start (NjRemote *remote);
void nj_call_turn (NjRemote *remote, gboolean on);
void nj_call_pause (NjRemote *remote, guint seconds, const char *scope);
void nj_call_extend_pause (NjRemote *remote, guint seconds);
void nj_call_resume (NjRemote *remote);
void nj_call_select_country (NjRemote *remote, const char *code);
void nj_call_select_exit (NjRemote *remote, const char *id);
void nj_call_select_group (NjRemote *remote, const char *name);
void nj_call_set_favourite (NjRemote *remote, const char *place, gboolean is_favourite);
void nj_call_set_level (NjRemote *remote, const char *level);
void nj_call_select_direct (NjRemote *remote);
void nj_call_select_fastest (NjRemote *remote);
void nj_call_test_exit (NjRemote *remote, const char *id);
void nj_call_remove_exit (NjRemote *remote, const char *id);
void nj_call_set_list_enabled (NjRemote *remote, const char *id, gboolean enabled);
void nj_call_set_list_trusted (NjRemote *remote, const char *id, gboolean trusted);
void nj_call_update_lists (NjRemote *remote);
void nj_call_add_list (NjRemote *remote, const char *location);
void nj_call_remove_list (NjRemote *remote, const char *id);
void nj_call_quit (NjRemote *remote, GAsyncReadyCallback callback, gpointer user_data);

void      nj_call_add_exit (NjRemote *remote, const char *uri, const char *country, const char *name,
                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void      nj_call_read_statistics (NjRemote *remote, GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data);
void      nj_call_read_log (NjRemote *remote, guint64 serial, guint max, const char *filter, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data);
void      nj_call_read_changes (NjRemote *remote, guint64 serial, GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data);
void      nj_call_read_own_rules (NjRemote *remote, GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data);
void      nj_call_write_own_rules (NjRemote *remote, const char *text, GAsyncReadyCallback callback,
                                   gpointer user_data);
void      nj_call_check_rules (NjRemote *remote, const char *text, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
GVariant *nj_call_finish (NjRemote *remote, GAsyncResult *result, GError **error);

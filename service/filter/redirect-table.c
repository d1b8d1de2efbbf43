/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The names lists give to what is answered in place of a blocked request. The bodies are files under
 * resources/redirects, compiled in. Any thread.
 */
#include "filter/redirect-table.h"

static const NjRedirectResource resources[] = {
  { "1x1.gif", "image/gif", { "", 0 } },
  { "2x2.png", "image/png", { "", 0 } },
  { "3x2.png", "image/png", { "", 0 } },
  { "32x32.png", "image/png", { "", 0 } },
  { "noop.js", "text/javascript", { "", 0 } },
  { "noop.txt", "text/plain", { "", 0 } },
  { "noop.html", "text/html", { "", 0 } },
  { "noop.css", "text/css", { "", 0 } },
  { "noop.json", "application/json", { "{}", 2 } },
  { "noop-0.1s.mp3", "audio/mpeg", { "", 0 } },
  { "noop-1s.mp4", "video/mp4", { "", 0 } },
  { "empty", "text/plain", { "", 0 } },
};

const NjRedirectName nj_redirect_table_names[] = {
  { "1x1.gif", 0 },
  { "noop.js", 4 },
  { "noopjs", 4 },
  { "abp-resource:blank-js", 4 },
  { "noop.txt", 5 },
  { "nooptext", 5 },
  { "noop-0.1s.mp3", 9 },
  { "noopmp3-0.1s", 9 },
  { "noop-1s.mp4", 10 },
  { "noopmp4-1s", 10 },
  { "empty", 11 },
  { NULL, 0 },
};

/**
 * nj_redirect_table_get:
 * @resource: the number of a resource
 *
 * Any thread.
 *
 * Returns: the resource
 */
const NjRedirectResource *
nj_redirect_table_get (guint resource)
{
  return &resources[resource];
}

// SPDX-License-Identifier: GPL-3.0-or-later
// Names: m3u-prune
// Uses: request
// Takes pieces out of play lists: what an expression over several lines finds, or each piece whose line matches.
(text, url) => {
  if (!text) return;
  const wanted = patternOf(text), isMeant = requestTest(url);
  const byLine = list => {
    const kept = [];
    let isNextGone = false, isAdBreak = false;
    for (const line of list.split(/\r?\n/)) {
      if (isAdBreak) {
        isAdBreak = !/SpliceIn/i.test(line);
        continue;
      }
      const isPiece = line !== '' && !line.startsWith('#');
      if (isNextGone && isPiece) { isNextGone = false; continue; }
      if (!wanted.test(line)) { kept.push(line); continue; }
      if (line.startsWith('#EXTINF')) isNextGone = true;
      else if (/SpliceOut/i.test(line)) isAdBreak = true;
      else if (isPiece) while (kept.length > 0 && /^#(?:EXTINF|EXT-X-DISCONTINUITY)/.test(kept[kept.length - 1])) kept.pop();
    }
    return kept.join('\n');
  };
  const edit = list => {
    if (!/^\s*#EXTM3U/.test(list)) return undefined;
    return wanted.re && wanted.re.flags.includes('m') ? list.replace(wanted.re, '') : byLine(list);
  };
  editFetch(isMeant, edit);
  editXhr(isMeant, edit);
}

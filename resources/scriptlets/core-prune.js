// SPDX-License-Identifier: GPL-3.0-or-later
// Uses: stack
// Paths into what was JSON: "a.b", "[]" for each item of an array, "*" or "{}" for each member, "[-]" and "{-}" for items and
// members that are to go when what follows is in them.
const prunePath = (owner, names, isToGo) => {
  if (!isObject(owner)) return false;
  const [name, ...rest] = names;
  const isEach = name === '*' || name === '{}' || name === '[]' || name === '[-]' || name === '{-}';
  if (isEach && name.startsWith('[') && !Array.isArray(owner)) return false;
  const members = isEach ? keys(owner).reverse() : Object.hasOwn(owner, name) ? [name] : [];
  let isFound = false;
  for (const member of members) {
    const isWhole = rest.length === 0 || name === '[-]' || name === '{-}';
    const isHere = rest.length === 0 || prunePath(owner[member], rest, isToGo && !isWhole);
    isFound = isFound || isHere;
    if (!isHere || !isToGo || !isWhole) continue;
    if (Array.isArray(owner)) owner.splice(member, 1); else delete owner[member];
  }
  return isFound;
};
// value => whether something was taken out of it. Only where all that must be there is.
const pruner = (paths, needed, stack) => {
  const gone = words(paths).map(path => path.split('.')), wanted = words(needed).map(path => path.split('.'));
  return value => {
    if (!isObject(value) || !wanted.every(path => prunePath(value, path, false)) || !stackMatches(stack)) return false;
    return gone.map(path => prunePath(value, path, true)).includes(true);
  };
};
const pruneText = prune => text => {
  const value = quietly(parseJSON, text);
  return prune(value) ? printJSON(value) : undefined;
};

// SPDX-License-Identifier: GPL-3.0-or-later
// Names: edit-inbound-object
// Names: edit-outbound-object
// Trusted: trusted-edit-inbound-object
// Trusted: trusted-edit-outbound-object
// Named.
// Uses: jsonpath pattern property
// The same for what is given to a function, or for what it gives.
(called, path, ...rest) => {
  const isIn = called.endsWith('inbound-object');
  const position = isIn ? Number(rest[0]) : 0;
  const edit = jsonEditor(rest[isIn ? 1 : 0], called.startsWith('trusted-'));
  wrapFunction(path, (target, self, args) => {
    const at = position < 0 ? args.length + position : position;
    if (isIn && isObject(args[at])) {
      args = [...args];
      args[at] = edit(args[at]).value;
    }
    const value = apply(target, self, args);
    return isIn || !isObject(value) ? value : edit(value).value;
  });
}

// SPDX-License-Identifier: GPL-3.0-or-later
// Names: spoof-css
// Uses: pattern property
// Scripts that ask how elements look are told something else.
(selector, ...rest) => {
  if (!selector) return;
  const told = {};
  for (let i = 0; i + 1 < rest.length; i += 2) {
    const dashed = rest[i].trim().replace(/[A-Z]/g, c => '-' + c.toLowerCase());
    told[dashed] = told[dashed.replace(/-([a-z])/g, (_, c) => c.toUpperCase())] = rest[i + 1];
  }
  const isMeant = element => element instanceof Element && quietly(() => element.matches(selector));
  wrapFunction('getComputedStyle', (target, self, args) => {
    const style = apply(target, self, args);
    if (!isMeant(args[0])) return style;
    return new Proxy(style, {
      get(real, name) {
        if (typeof name === 'string' && Object.hasOwn(told, name)) return told[name];
        if (name === 'getPropertyValue') return which => Object.hasOwn(told, which) ? told[which] : real.getPropertyValue(which);
        const value = real[name];
        return typeof value === 'function' ? value.bind(real) : value;
      },
    });
  });
  const pixels = name => Object.hasOwn(told, name) ? parseFloat(told[name]) || 0 : undefined;
  wrapFunction('Element.prototype.getBoundingClientRect', (target, self, args) => {
    const rect = apply(target, self, args);
    if (!isMeant(self)) return rect;
    return new DOMRect(pixels('left') ?? rect.x, pixels('top') ?? rect.y, pixels('width') ?? rect.width, pixels('height') ?? rect.height);
  });
  for (const [name, owner] of [['offsetHeight', HTMLElement], ['offsetWidth', HTMLElement], ['clientHeight', Element], ['clientWidth', Element]]) {
    const value = pixels(name.replace(/^[a-z]+/, '').toLowerCase());
    const before = getOwnPropertyDescriptor(owner.prototype, name);
    if (value === undefined || !before) continue;
    const get = function () { return isMeant(this) ? value : apply(before.get, this, []); };
    defineProperty(owner.prototype, name, assign({}, before, {get: disguise(get, before.get)}));
  }
}

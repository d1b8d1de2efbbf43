// SPDX-License-Identifier: GPL-3.0-or-later
// Names: abort-current-script acs abort-current-inline-script acis
// Uses: abort property pattern
// A script with the text in it ends where it reads or writes the property. The third argument is about its address.
(path, text, context) => {
  if (!path) return;
  const wanted = patternOf(text), source = context ? patternOf(context) : null;
  const self = document.currentScript;
  const codes = new WeakMap();
  // The text of "data:" and "blob:" scripts is in their address.
  const codeOf = script => {
    let code = codes.get(script);
    if (code === undefined) {
      code = script.textContent;
      if (code.trim() === '' && script.src.startsWith('data:')) {
        const [head, body = ''] = script.src.slice(5).split(/,(.*)/s);
        code = quietly(/;base64$/.test(head) ? atob : decodeURIComponent, /;base64$/.test(head) ? decodeURIComponent(body) : body) || '';
      }
      codes.set(script, code);
    }
    return code;
  };
  const check = () => {
    const script = document.currentScript;
    if (!(script instanceof HTMLScriptElement) || script === self) return;
    if (source && !source.test(script.src)) return;
    if (wanted.isAny || wanted.test(codeOf(script))) throw abortion();
  };
  const clean = path.replace(/^(?:window|self|globalThis)\.(?=.)/, '');
  whenOwned(window, clean, (owner, name) => {
    hookProperty(owner, name, value => { check(); return value; }, value => { check(); return value; });
  });
}

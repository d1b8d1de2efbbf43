// SPDX-License-Identifier: GPL-3.0-or-later
// Names: own-frames
// All of it again in frames and windows that no server sends: they are of the page's origin and policy, and a page can reach for what
// nobody has touched in them. Before anything of theirs has run; one that is still to be loaded from a server gets its own from there.
() => {
  const entered = new WeakSet(), toText = Function.prototype.toString;
  const isOurs = frame => /^\s*(?:about:|blob:|javascript:|$)/i.test(frame.getAttribute('src') || '');
  const fill = script => {
    const text = '(' + apply(toText, ours, []) + ')();';
    // Where a page wants texts of a kind of their own it may let them be made.
    try { script.textContent = text; } catch {
      script.textContent = window.trustedTypes.createPolicy('p' + Math.random(), {createScript: it => it}).createScript(text);
    }
  };
  const enter = scope => {
    if (entered.has(scope.Object)) return;
    entered.add(scope.Object);
    const page = scope.document, script = page.createElement('script');
    script.nonce = nonce;
    fill(script);
    page.documentElement.append(script);
  };
  const reach = scope => { if (scope) quietly(enter, scope); };
  const after = (owner, name, kind, then) => {
    const found = owner && getOwnPropertyDescriptor(owner, name);
    if (!found || !found[kind]) return;
    const told = new Proxy(found[kind], {apply: (f, self, args) => { const it = apply(f, self, args); quietly(then, it, self, args); return it; }});
    defineProperty(owner, name, {...found, [kind]: told});
  };
  for (const element of [window.HTMLIFrameElement, window.HTMLFrameElement]) {
    after(element && element.prototype, 'contentWindow', 'get', (it, frame) => { if (isOurs(frame)) reach(it); });
    after(element && element.prototype, 'contentDocument', 'get', (it, frame) => { if (it && isOurs(frame)) reach(it.defaultView); });
  }
  after(window, 'open', 'value', (it, self, args) => { if (!args[0] || /^about:blank/i.test(args[0])) reach(it); });
  const frames = document.getElementsByTagName('iframe');
  const look = () => { for (let i = 0; i < frames.length; i++) if (isOurs(frames[i])) frames[i].contentWindow; };
  new MutationObserver(look).observe(document, {childList: true, subtree: true});
}

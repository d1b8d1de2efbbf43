// SPDX-License-Identifier: GPL-3.0-or-later
// Names: overlay-buster
// Uses: when
// Elements that lie over the whole page are taken away for as long as it loads, and a while after.
seconds => {
  const end = Date.now() + (Number(seconds) || 30) * 1000;
  const look = () => {
    for (let i = 0; i < 4; i++) {
      const element = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
      if (!element || element === document.body || element === document.documentElement) return;
      const {position, zIndex} = getComputedStyle(element);
      const rect = element.getBoundingClientRect();
      const isOver = position === 'fixed' || position === 'absolute' && Number(zIndex) >= 1000;
      if (!isOver || rect.width < innerWidth * 0.8 || rect.height < innerHeight * 0.8) return;
      element.remove();
      for (const it of [document.body, document.documentElement]) if (getComputedStyle(it).overflow === 'hidden') it.style.setProperty('overflow', 'auto', 'important');
    }
  };
  whenReady('interactive', () => {
    look();
    const timer = setInterval(() => { if (Date.now() > end) clearInterval(timer); else look(); }, 200);
  });
}

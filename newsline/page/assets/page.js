// Keeps the page current over server-sent events: each brings the parts that have changed, as HTML made on
// the server. Nodes that are equal stay, and with them focus, selection, open details and scroll position.
"use strict";

const RECONNECT_MS = 5000;
const OLD_MS = 14000; // as in page.css, which turns the page grey

const beat = { wall: Date.now(), steady: performance.now(), clock: "" };

function connect() {
  const stream = new EventSource("/events");
  stream.addEventListener("page", (event) => {
    const { clock, title, condition, parts } = JSON.parse(event.data);
    for (const [id, html] of Object.entries(parts)) update(document.getElementById(id), html);
    document.title = title;
    const icon = document.getElementById("icon");
    const href = `/icon.svg?${condition}`;
    if (icon.getAttribute("href") !== href) icon.setAttribute("href", href);
    fresh(clock);
  });
  stream.addEventListener("error", () => {
    if (stream.readyState === EventSource.CLOSED) setTimeout(connect, RECONNECT_MS);
  });
}

function fresh(clock) {
  Object.assign(beat, { wall: Date.now(), steady: performance.now(), clock });
  document.body.dataset.beat = document.body.dataset.beat === "0" ? "1" : "0";
  delete document.body.dataset.old;
  say(`Not updated since ${clock}`);
}

// The clock may step, and the steady one may stop while the machine sleeps: the longer of both counts.
function age() {
  return Math.max(Date.now() - beat.wall, performance.now() - beat.steady);
}

function watch() {
  if (age() < OLD_MS || "old" in document.body.dataset) return;
  document.body.dataset.old = "";
  document.title = "Not updated: newsline";
  const since = beat.clock ? `since ${beat.clock}` : "";
  say(`Not updated ${since}: the server does not answer, and what is shown is old.`); // read out
}

function say(text) {
  const old = document.getElementById("old");
  if (old.textContent !== text) old.textContent = text;
}

function update(element, html) {
  if (!element) return;
  const next = element.cloneNode(false);
  next.innerHTML = html;
  morph(element, next);
}

const keyOf = (node) => (node.nodeType === 1 && (node.dataset.key || node.id)) || "";
const alike = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && keyOf(a) === keyOf(b);

// Makes the children of `element` those of `next`.
function morph(element, next) {
  const wanted = new Set([...next.childNodes].map(keyOf).filter(Boolean));
  const known = new Map([...element.childNodes].filter(keyOf).map((node) => [keyOf(node), node]));
  let here = element.firstChild;
  for (const node of [...next.childNodes]) {
    while (here && keyOf(here) && !wanted.has(keyOf(here))) here = removed(here);
    const same = keyOf(node) ? known.get(keyOf(node)) : ahead(here, node, wanted);
    if (same && alike(same, node)) {
      while (!keyOf(node) && here !== same) here = removed(here);
      if (same === here) here = here.nextSibling;
      else move(element, same, here);
      become(same, node);
    } else {
      element.insertBefore(node, here);
    }
  }
  while (here) here = removed(here);
}

// The next node without a key that is like `node`, if only nodes that are gone lie between.
function ahead(here, node, wanted) {
  while (here && !alike(here, node) && !wanted.has(keyOf(here))) here = here.nextSibling;
  return here;
}

function removed(node) {
  const following = node.nextSibling;
  node.remove();
  return following;
}

// moveBefore keeps focus and scroll position; older browsers lack it.
function move(parent, node, before) {
  if (parent.moveBefore) parent.moveBefore(node, before);
  else parent.insertBefore(node, before);
}

function become(node, next) {
  if (node.isEqualNode(next)) return;
  if (node.nodeType !== 1) return setText(node, next.data);
  for (const { name } of [...node.attributes]) {
    if (name !== "open" && !next.hasAttribute(name)) node.removeAttribute(name);
  }
  for (const { name, value } of next.attributes) {
    if (name !== "open" && node.getAttribute(name) !== value) node.setAttribute(name, value);
  }
  morph(node, next);
}

function setText(node, text) {
  if (node.data === text) return;
  const selection = document.getSelection();
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
  node.data = text;
  if (anchorNode !== node && focusNode !== node) return;
  const within = (place, offset) => (place === node ? Math.min(offset, text.length) : offset);
  selection.setBaseAndExtent(
    anchorNode, within(anchorNode, anchorOffset), focusNode, within(focusNode, focusOffset));
}

connect();
setInterval(watch, 1000);
document.addEventListener("visibilitychange", watch);
addEventListener("pageshow", watch);

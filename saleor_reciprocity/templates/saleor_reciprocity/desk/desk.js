"use strict";
// The shell: it holds the token, in memory only, and brings the pages in. Every page is made by the server.
(() => {
  const body = document.body, main = document.getElementById("main"), head = document.getElementById("head");
  const menu = document.getElementById("menu"), said = document.getElementById("said");
  const busy = document.getElementById("busy"), signIn = document.getElementById("sign-in");
  const here = location.pathname.replace(/\/$/, ""), path = body.dataset.path;
  const base = (path ? here.slice(0, -path.length - 1) : here) + "/";
  const arrived = new URLSearchParams(location.search);
  const framed = window.parent !== window && arrived.has("id"), app = arrived.getAll("id").pop();
  const panel = framed && path.startsWith("panels/"), grows = panel && !arrived.has("popup");
  let token = "", refused = "", refresh = "", language = "", running = null, address = path + own(arrived);
  let waiting = [], unsent = false;

  // What the page was asked for, without what the Dashboard adds to every address.
  function own(query) {
    const kept = new URLSearchParams(query);
    if (framed) {
      for (const name of [...kept.keys()]) if (/^(domain|saleorApiUrl|theme|featureFlags|locale|id)(\[|$)/.test(name)) kept.delete(name);
      for (const id of query.getAll("id").slice(0, -1)) kept.append("id", id);
    }
    return kept.toString() ? "?" + kept : "";
  }

  // Requests

  async function session(fields) {
    const sent = await fetch(base + "session", { method: "POST", headers: languages(), body: new URLSearchParams(fields) });
    const answer = await sent.json();
    if (sent.ok) { token = answer.token; refresh = answer.refresh || ""; }
    return sent.ok ? "" : answer.message;
  }

  function languages() { return language ? { "Accept-Language": language } : {}; }

  async function ask(where, fields, signal) {
    if (!token) await signedIn();
    const used = token, headers = { Authorization: "JWT " + used, Desk: "fragment", ...languages() };
    const response = await fetch(base + where, fields ? { method: "POST", headers, body: fields, signal } : { headers, signal });
    if (response.headers.get("Desk") === "fragment" && response.status !== 401) return response;
    if (response.status !== 401) throw new Error("A server in between, not the desk.");
    refused = used;
    if (token !== used) return ask(where, fields, signal);
    token = "";
    if (!(refresh && !(await session({ refresh })))) await signedIn();
    return ask(where, fields, signal);
  }

  // Resolves when there is a token: from the form, or in the Dashboard from the Dashboard.
  function signedIn() {
    return new Promise((resolve) => {
      waiting.push(resolve);
      refresh = "";
      if (framed) tell({ type: "notifyReady", payload: { actionId: "ready" } });
      else if (!signIn.open) {
        document.getElementById("sign-in-wrong").textContent = refused ? body.dataset.over : "";
        signIn.showModal();
        document.getElementById("email").focus();
      }
    });
  }

  function haveToken() {
    if (signIn.open) signIn.close();
    const resolved = waiting;
    waiting = [];
    resolved.forEach((resolve) => resolve());
  }

  signIn.addEventListener("cancel", (event) => event.preventDefault());
  signIn.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target, button = form.querySelector("button"), wrong = document.getElementById("sign-in-wrong");
    button.disabled = true;
    refused = "";
    wrong.textContent = await session(Object.fromEntries(new FormData(form))).catch(() => body.dataset.offline);
    button.disabled = false;
    document.getElementById("password").value = "";
    if (!token) return document.getElementById("password").focus();
    haveToken();
    showMenu();
  });
  document.getElementById("sign-out").addEventListener("click", () => location.replace(base));

  // Pages

  async function load(where, { fields = null, scroll = 0, keep = false, push = true } = {}) {
    if (running) running.abort();
    const mine = (running = new AbortController());
    const patience = setTimeout(() => (busy.hidden = false), 300);
    main.setAttribute("aria-busy", "true");
    said.textContent = "";
    let response, text;
    try {
      response = await ask(where, fields, mine.signal);
      text = await response.text();
    } catch (error) {
      if (error.name !== "AbortError") said.textContent = body.dataset.offline;
      return;
    } finally {
      clearTimeout(patience);
      if (running === mine) { busy.hidden = true; main.removeAttribute("aria-busy"); running = null; }
    }
    const now = response.headers.get("Desk-Address") || where;
    if (push && now !== address) {
      history.replaceState({ scroll: window.scrollY }, "");
      history.pushState({}, "", base + now);
    }
    address = now;
    unsent = response.headers.has("Desk-Typed");
    main.lang = response.headers.get("Content-Language") || "";
    show(text, scroll, keep);
  }

  function show(text, scroll, keep) {
    main.innerHTML = text;
    localise(main);
    const title = main.querySelector("h1");
    document.title = (title ? title.textContent + " – " : "") + body.dataset.title;
    const wrong = main.querySelector("[aria-invalid=true], [role=alert]");
    const focus = wrong || main.querySelector("[role=status]") || (keep ? null : title || main);
    for (let open = focus && focus.closest("details"); open; open = open.parentElement.closest("details")) open.open = true;
    const within = wrong || (focus && focus.closest("form"));
    if (!within) window.scrollTo(0, scroll);
    if (focus) { if (!focus.matches("input, select, textarea")) focus.tabIndex = -1; focus.focus({ preventScroll: !within }); }
    mark();
    fit();
  }

  // Moments are shown, and typed, in the reader's own time.
  function localise(part) {
    for (const time of part.querySelectorAll("time[datetime]")) {
      const style = time.dataset.day === undefined ? { dateStyle: "medium", timeStyle: "short" } : { dateStyle: "medium" };
      time.textContent = new Intl.DateTimeFormat(document.documentElement.lang, style).format(new Date(time.dateTime));
    }
    for (const input of part.querySelectorAll("input[data-moment]")) {
      const moment = new Date(input.dataset.moment);
      if (isNaN(moment)) continue;
      input.value = new Date(moment - moment.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
      input.dataset.shown = input.value;
    }
  }

  function typed(form, button) {
    const fields = new FormData(form);
    if (button && button.name) fields.append(button.name, button.value);
    for (const input of form.querySelectorAll("input[type=datetime-local]"))
      if (input.name && input.value) fields.set(input.name, moment(input));
    return new URLSearchParams(fields);
  }

  // What nobody changed goes back to the second, of which the field shows the minute.
  function moment(input) {
    return input.value === input.dataset.shown ? input.dataset.moment : new Date(input.value).toISOString();
  }

  function below(link) {
    const target = new URL(link, location.href);
    return target.origin === location.origin && target.pathname.startsWith(base) ? target.pathname.slice(base.length) + target.search : null;
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || link.target) return;
    const where = link.getAttribute("href").startsWith("#") ? null : below(link.href);
    if (where === null) return;
    event.preventDefault();
    if (link.hasAttribute("data-save")) save(where, link.dataset.save);
    else if (panel && !where.startsWith("panels/")) act("redirect", { to: `/extensions/app/${encodeURIComponent(app)}/${where}` });
    else load(where);
  });

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!main.contains(form)) return;
    event.preventDefault();
    const fields = typed(form, event.submitter), buttons = form.querySelectorAll("button");
    unsent = true;
    if (form.method === "get") {
      for (const [name, value] of [...fields]) if (!value) fields.delete(name);
      return load(address.split("?")[0] + (fields.toString() ? "?" + fields : ""));
    }
    buttons.forEach((button) => (button.disabled = true));
    await load(address, { fields, keep: true });
    buttons.forEach((button) => (button.disabled = false));
  });

  for (const kind of ["input", "change"]) main.addEventListener(kind, () => (unsent = true));

  // What is in a chosen file is put into the field, where it can be read before it is sent.
  main.addEventListener("change", async (event) => {
    const into = event.target.dataset.into, [file] = event.target.files || [];
    if (into && file) document.getElementById(into).value = await file.text();
  });

  // A file: what the page has in its <pre>, kept by the browser.
  async function save(where, name) {
    busy.hidden = false;
    try {
      const response = await ask(where), page = document.createElement("template");
      page.innerHTML = await response.text();
      const content = page.content.querySelector("pre");
      if (!content) return show(page.innerHTML, 0, false);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([content.textContent]));
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    } catch { said.textContent = body.dataset.offline; } finally { busy.hidden = true; }
  }

  // A frame may not reach the clipboard by itself; what is selected it may copy.
  main.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    document.getElementById(button.dataset.copy).select();
    if (document.execCommand("copy")) button.textContent = button.dataset.copied;
  });

  // The Dashboard lets no frame print: the page opens in a window of its own.
  main.addEventListener("click", (event) => {
    if (!event.target.closest("[data-print]")) return;
    if (framed) act("redirect", { to: location.origin + base + address, newContext: true });
    else window.print();
  });

  window.addEventListener("popstate", (event) => {
    load(below(location.href) || "", { push: false, scroll: (event.state && event.state.scroll) || 0 });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || /^(input|textarea|select)$/i.test(event.target.tagName)) return;
    const search = main.querySelector(".search input[type=search]");
    if (search) { event.preventDefault(); search.focus(); }
  });

  {% include "picker.js" %}
  // The menu

  async function showMenu() {
    const response = await ask("menu");
    if (!response.ok) return;
    menu.innerHTML = await response.text();
    head.hidden = false;
    mark();
  }

  function mark() {
    const top = address.split(/[?/]/)[0] || "customers";
    for (const link of menu.querySelectorAll("a")) {
      if (below(link.href).split(/[?/]/)[0] === top) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  // The Dashboard around us

  function tell(message) { window.parent.postMessage(message, "*"); }

  function act(type, payload) { tell({ type, payload: { actionId: crypto.randomUUID(), ...payload } }); }

  // A panel is as high as what is in it, where the Dashboard lets it be: it says of which version it is.
  let known = "", height = 0;
  function fit() {
    const needed = Math.ceil(body.getBoundingClientRect().height);
    if (!grows || needed === height || !since(known, [3, 23, 10])) return;
    height = needed;
    act("widgetResize", { height });
  }

  function since(version, least) {
    const parts = (version || "").replace(/^v/, "").split(/[.-]/).map(Number), at = least.findIndex((part, place) => parts[place] !== part);
    return at < 0 || parts[at] > least[at];
  }

  function dress(theme) {
    if (theme) document.documentElement.dataset.theme = /dark/i.test(theme) ? "dark" : "light";
  }

  // Whether another language is spoken from now on.
  function speak(locale) {
    if (!locale || locale === language) return false;
    try { Intl.getCanonicalLocales(locale); } catch { return false; }
    const shown = language || document.documentElement.lang;
    language = locale;
    document.documentElement.lang = locale;
    return shown.toLowerCase() !== locale.toLowerCase();
  }

  // A page on which something was typed stays: the next one is in the new language.
  function translate() {
    if (!panel) showMenu();
    if (!unsent) load(address, { keep: true, push: false });
  }

  // A token that was refused is not tried again: the Dashboard has another one before it runs out.
  function receive(given) {
    said.textContent = given ? "" : body.dataset.nobody;
    if (!given || given === refused) return;
    token = given;
    haveToken();
    if (head.hidden && !panel) showMenu();
  }

  window.addEventListener("message", (event) => {
    if (!framed || event.source !== window.parent || !event.data) return;
    const { type, payload } = event.data;
    if (!payload) return;
    if (type === "handshake") { known = payload.dashboardVersion; fit(); }
    if (type === "handshake" || type === "tokenRefresh") receive(payload.token);
    if (type === "theme") dress(payload.theme);
    if (type === "localeChanged" && speak(payload.locale) && token) translate();
  });

  body.classList.toggle("panel", panel);
  if (grows) new ResizeObserver(fit).observe(body);
  document.getElementById("sign-out").hidden = framed;
  dress(arrived.get("theme"));
  speak(arrived.get("locale"));
  load(address, { push: false, keep: framed }); // the focus is still somebody else's
})();

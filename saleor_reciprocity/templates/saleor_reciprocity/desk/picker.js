// A picker: what is typed is looked for by name; what is found is chosen with a click or with the keyboard.
  let looking = null;

  async function look(box, text) {
    clearTimeout(looking);
    const found = box.querySelector(".found");
    if (!text.trim()) return found.replaceChildren();
    const response = await ask(below(box.dataset.picker) + "&search=" + encodeURIComponent(text.trim())).catch(() => null);
    if (box.querySelector("input[type=search]").value !== text) return;
    if (response) found.innerHTML = await response.text(); else said.textContent = body.dataset.offline;
  }

  function choose(box, id, text) {
    const picked = box.querySelector(".picked");
    if (!("many" in box.dataset)) picked.replaceChildren();
    let mine = [...picked.querySelectorAll("input[type=checkbox]")].find((one) => one.value === id);
    if (!mine) {
      const label = document.createElement("label"), named = document.createElement("input");
      label.className = "check";
      mine = Object.assign(document.createElement("input"), { type: "checkbox", name: box.dataset.name, value: id });
      Object.assign(named, { type: "hidden", name: "_name." + id, value: text });
      label.append(mine, text, named);
      picked.append(label);
    }
    mine.checked = unsent = true;
    const search = box.querySelector("input[type=search]");
    search.value = "";
    box.querySelector(".found").replaceChildren();
    search.focus();
  }

  main.addEventListener("input", (event) => {
    const box = event.target.type === "search" && event.target.closest("[data-picker]");
    if (!box) return;
    clearTimeout(looking);
    looking = setTimeout(() => look(box, event.target.value), 250);
  });

  main.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-id]");
    if (button) choose(button.closest("[data-picker]"), button.dataset.id, button.dataset.label);
  });

  main.addEventListener("keydown", (event) => {
    const box = event.target.closest("[data-picker]");
    if (!box) return;
    const search = box.querySelector("input[type=search]"), all = [search, ...box.querySelectorAll("button[data-id]")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], at = all.indexOf(event.target);
    if (event.key === "Enter" && event.target === search) { event.preventDefault(); look(box, search.value); }
    if (event.key === "Escape") { search.value = ""; look(box, ""); search.focus(); }
    if (step && at >= 0 && all[at + step]) { event.preventDefault(); all[at + step].focus(); }
  });

// Plays the console's part of the protocol of custom widgets (AWS documentation, "Interactivity in the custom widget"):
// an element <cwdb-action> says what a click on the element before it does. Scripts of a widget are never run.
"use strict";

const theme = () => (document.documentElement.classList.contains("dark") ? "dark" : "light");

function harmless(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  page.querySelectorAll("script, iframe, object, embed, link, meta, base").forEach((each) => each.remove());
  page.querySelectorAll("*").forEach((each) =>
    [...each.attributes].forEach((attribute) => {
      if (/^on/i.test(attribute.name) || /^\s*javascript:/i.test(attribute.value)) each.removeAttribute(attribute.name);
    }));
  return [...page.head.children, ...page.body.childNodes];
}

function typed(widget) {
  return Object.fromEntries([...widget.querySelectorAll("[name]")].map((each) => [each.name, each.value]));
}

async function call(section, endpoint, payload) {
  const place = section.querySelector(".content");
  place.setAttribute("aria-busy", "true");
  const params = JSON.parse(section.dataset.params);
  const widgetContext = {
    dashboardName: "tillgate-local-desk", widgetId: section.id, locale: "en", theme: theme(), params,
    timezone: { label: "UTC", offsetISO: "+00:00", offsetInMinutes: 0 },
    forms: { all: typed(place) }, width: section.clientWidth, height: section.clientHeight,
  };
  const answer = await fetch("/call", { method: "POST", body: JSON.stringify({ endpoint, payload: { ...payload, widgetContext } }) });
  const text = await answer.text();
  place.removeAttribute("aria-busy");
  if (!answer.ok) return place.replaceChildren(text);
  const shown = JSON.parse(text);
  return place.replaceChildren(...harmless(typeof shown === "string" ? shown : `<pre>${text}</pre>`));
}

function clicked(event) {
  const action = event.target.closest("button, a")?.nextElementSibling;
  if (action?.localName !== "cwdb-action") return;
  event.preventDefault();
  const question = action.getAttribute("confirmation");
  if (question && !window.confirm(question)) return;
  const section = action.closest("section");
  section.dataset.last = JSON.stringify([action.getAttribute("endpoint"), JSON.parse(action.textContent)]);
  call(section, ...JSON.parse(section.dataset.last));
}

async function begin() {
  const main = document.getElementById("widgets");
  main.setAttribute("aria-busy", "true");
  const widgets = await (await fetch("/widgets")).json();
  main.replaceChildren(...widgets.map((widget, number) => {
    const section = document.createElement("section");
    section.id = `widget-${number}`;
    section.dataset.params = JSON.stringify(widget.properties.params ?? {});
    section.style.setProperty("--width", widget.width);
    const title = document.createElement("h2");
    title.textContent = widget.properties.title;
    const content = document.createElement("div");
    content.className = "content";
    section.append(title, content);
    section.addEventListener("click", clicked);
    section.addEventListener("submit", (event) => event.preventDefault());
    return section;
  }));
  await Promise.all(widgets.map((widget, number) =>
    call(main.children[number], widget.properties.endpoint, widget.properties.params ?? {})));
  main.removeAttribute("aria-busy");
}

document.getElementById("theme").addEventListener("click", (event) => {
  const dark = document.documentElement.classList.toggle("dark");
  event.target.textContent = dark ? "Light" : "Dark";
  begin();
});
begin();

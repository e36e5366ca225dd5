// What the docs page adds to the renderer: the browser's colours, names for its landmarks, and links into the page.
const reference = document.querySelector("rapi-doc");
const dark = matchMedia("(prefers-color-scheme: dark)");

const LIGHT = {
  "theme": "light", "bg-color": "#ffffff", "text-color": "#1a1a1a", "primary-color": "#0a58ca", "nav-bg-color": "#f5f6f8",
  "nav-text-color": "#1a1a1a", "nav-hover-text-color": "#0a3d91", "nav-accent-color": "#0a58ca",
};
const DARK = {
  "theme": "dark", "bg-color": "#16181d", "text-color": "#e8e8e8", "primary-color": "#8ab4f8", "nav-bg-color": "#1d2027",
  "nav-text-color": "#e8e8e8", "nav-hover-text-color": "#ffffff", "nav-accent-color": "#8ab4f8",
};

function paint() {
  for (const [name, value] of Object.entries(dark.matches ? DARK : LIGHT)) reference.setAttribute(name, value);
}

/** Names landmarks and the fields of the try-out, for whoever does not see what stands beside them. */
function name() {
  const names = ["Calls", "Calls by subject"];
  reference.shadowRoot.querySelectorAll("nav").forEach((each, number) => each.setAttribute("aria-label", names[number] ?? "More"));
  for (const request of reference.shadowRoot.querySelectorAll("api-request")) {
    watch(request.shadowRoot);
    for (const field of request.shadowRoot?.querySelectorAll("textarea, input, select") ?? [])
      field.setAttribute("aria-label", field.dataset.pname || { TEXTAREA: "Body", SELECT: "Choice" }[field.tagName] || "Value");
  }
}

const watched = new WeakSet();

function watch(root) {
  if (!root || watched.has(root)) return;
  watched.add(root);
  new MutationObserver(name).observe(root, { childList: true, subtree: true });
}

/** The renderer takes the hash for one of its own; what is on this page is gone to. */
function go() {
  const id = decodeURIComponent(location.hash.slice(1));
  if (id && !id.startsWith("/")) document.getElementById(id)?.scrollIntoView();
}

paint();
dark.addEventListener("change", paint);
reference.addEventListener("spec-loaded", () => requestAnimationFrame(() => (name(), go())));
watch(reference.shadowRoot);
name(); // the reference may stand already
addEventListener("hashchange", go);

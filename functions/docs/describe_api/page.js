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

// The renderer hides its list of calls on small screens, and scrolls inside of itself.
const small = new CSSStyleSheet();
small.replaceSync(`
#api-info { margin-inline-start: 0; }
@container (max-width: 767px) {
  .body { flex-direction: column; height: auto; overflow: visible; }
  .nav-bar { display: flex; flex: none; height: auto; max-height: 16rem; width: 100%; }
  .main-content { height: auto; overflow: visible; padding-inline: 1rem; }
  div:has(> div > .tooltip) { position: static !important; }
  div:has(> .tooltip) { flex-wrap: wrap; justify-content: start !important; min-width: 0 !important; }
}`);

/** The renderer makes its own of what has one `example`, such as a text of "AAAAAA"; `examples` it shows as they are. */
function showExamples(event) {
  for (const path of Object.values(event.detail.spec.paths))
    for (const { requestBody, responses } of Object.values(path))
      for (const { content } of [requestBody, ...Object.values(responses ?? {})].filter(Boolean))
        for (const media of Object.values(content ?? {}))
          if (media.example) media.examples = { Example: { value: media.example } };
}

function paint() {
  for (const [name, value] of Object.entries(dark.matches ? DARK : LIGHT)) reference.setAttribute(name, value);
}

/** Names landmarks and fields for whoever does not see what stands beside them, and lets keys scroll answers. */
function name() {
  const names = ["Calls", "Calls by subject"];
  reference.shadowRoot.querySelectorAll("nav").forEach((each, number) => each.setAttribute("aria-label", names[number] ?? "More"));
  for (const request of reference.shadowRoot.querySelectorAll("api-request")) {
    watch(request.shadowRoot);
    for (const answer of request.shadowRoot?.querySelectorAll("pre") ?? []) answer.tabIndex = 0;
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

reference.shadowRoot.adoptedStyleSheets.push(small);
paint();
dark.addEventListener("change", paint);
reference.addEventListener("before-render", showExamples);
reference.addEventListener("spec-loaded", () => requestAnimationFrame(() => (name(), go())));
watch(reference.shadowRoot);
name(); // the reference may stand already
addEventListener("hashchange", go);

// The try-out, on a local system alone (ADR 167): gets a token, and sends the renderer's calls with it.
const reference = document.querySelector("rapi-doc");
const form = document.getElementById("try-out");
const said = form.querySelector("output");
const { client_id: client, client_secret: secret } = form.elements;
let bearer = "";

/** Each try is a call of its own: the key of the document's example would repeat the answer to the first. */
function prepare(event) {
  const { headers } = event.detail.request;
  if (headers.has("Idempotency-Key")) headers.set("Idempotency-Key", crypto.randomUUID());
}

async function getToken() {
  said.textContent = "One moment ...";
  const answer = await fetch(form.dataset.url, {
    method: "POST",
    credentials: "omit", // else the browser asks for a password where the answer is 401
    body: new URLSearchParams({ grant_type: "client_credentials", client_id: client.value, client_secret: secret.value }),
  });
  const told = await answer.json();
  bearer = answer.ok ? `Bearer ${told.access_token}` : "";
  const until = new Date(Date.now() + told.expires_in * 1000);
  said.textContent = answer.ok
    ? `Calls are sent as this client until ${until.toLocaleTimeString([], { timeStyle: "short" })}.`
    : `No token: ${told.detail}`;
  apply();
}

/** The renderer takes a token once it has read the document. */
function apply() {
  if (!reference.resolvedSpec) return;
  reference.removeAllSecurityKeys();
  reference.setApiKey("token", bearer);
}

/** `make run` prints a link whose fragment has the demo merchant's client. It leaves the address at once. */
function fill() {
  const given = new URLSearchParams(location.hash.slice(1));
  if (!given.has("client_id")) return;
  client.value = given.get("client_id");
  secret.value = given.get("client_secret");
  history.replaceState(null, "", location.pathname);
  getToken();
}

reference.setAttribute("allow-try", "true");
reference.setAttribute("fetch-credentials", "omit");
reference.addEventListener("before-try", prepare);
reference.addEventListener("spec-loaded", apply);
form.addEventListener("submit", (event) => (event.preventDefault(), getToken()));
addEventListener("hashchange", fill);
fill();

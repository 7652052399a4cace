// What a page of the applications does with the URLs that it was built with. `page` has them.
const env = page.buildArguments;
const violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  violations.push({ directive: event.effectiveDirective, url: event.blockedURI });
});

async function request(url, options) {
  try {
    const response = await fetch(url, options);
    return { url, status: response.status, body: await response.text() };
  } catch (error) {
    return { url, error: error.name };
  }
}

function post(url, body, options) {
  const headers = { "Content-Type": "application/json" };
  return request(url, { method: "POST", headers, body: JSON.stringify(body), ...options });
}

function signIn(path, body) {
  const url = env.NEXT_PUBLIC_AUTH_URL + env.NEXT_PUBLIC_AUTH_PATH + path;
  return post(url, body, { credentials: "include" });
}

async function sendTelemetry() {
  const outcomes = [];
  for (const [signal, envelope] of [
    ["TRACE", "resourceSpans"],
    ["LOG", "resourceLogs"],
    ["METRIC", "resourceMetrics"],
  ]) {
    const url = env[`NEXT_PUBLIC_OTLP_${signal}_EXPORTER_URL`];
    outcomes.push(await post(url, { [envelope]: [] }));
  }
  return outcomes;
}

async function run() {
  const requests = [];
  const returned = new URLSearchParams(location.search).has("returned");
  if (page.provider && !returned) {
    const callbackURL = `${location.origin}${location.pathname}?returned`;
    const answer = await signIn("/sign-in/social", { provider: page.provider, callbackURL });
    if (answer.status === 200) {
      location.href = JSON.parse(answer.body).url;
      return;
    }
    requests.push(answer);
  } else if (!page.provider) {
    requests.push(await signIn("/sign-in/email", { email: "a@example.com", password: "canary" }));
  }
  const session = `${env.NEXT_PUBLIC_API_URL}/v1/session`;
  requests.push(await request(session, { credentials: "include" }));
  requests.push(...(await sendTelemetry()));
  // The event of a violation may come after the error of its request.
  const failed = requests.filter((outcome) => outcome.error).length;
  for (let tries = 0; violations.length < failed && tries < 40; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const report = { ended: location.href, requests, violations };
  const answer = await post(`/report${location.pathname}`, report);
  const next = JSON.parse(answer.body).next;
  if (next) {
    location.href = next;
  }
}

run();

// Questions to the server that served this page, and to no other.

/** What this page calls itself by: pages behind one address take turns. */
const PAGE = Array.from(crypto.getRandomValues(new Uint8Array(10)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export class Fault extends Error {
  constructor(error) {
    super(error.message);
    this.error = error;
  }
}

export async function ask(question, given, signal) {
  const members = Object.fromEntries(Object.entries(given).filter(([, value]) => value));
  const answer = await fetch(`api/v1/${question}`, {
    method: "POST", headers: { "content-type": "application/json", "x-closedform-page": PAGE }, body: JSON.stringify(members), signal,
  });
  return told(answer);
}

export async function table() {
  return told(await fetch("api/v1/functions"));
}

async function told(answer) {
  let found;
  try {
    found = await answer.json();
  } catch {
    throw new Fault({ message: `the server answered ${answer.status}`, span: null, source: null, hint: "" });
  }
  if (found.error) throw new Fault(found.error);
  return found;
}

// Saves a company twice with the official, unchanged TypeScript client of SuperOffice, and tells what its caller was told.
//
// Reads SUPEROFFICE_* variables only; prints one line of JSON.

import { createRequire } from "node:module";

const { ContactAgent } = createRequire(import.meta.url)("@superoffice/webapi");

const PATIENCE = 1000;

const client = () =>
  new ContactAgent({
    baseUrl: process.env.SUPEROFFICE_API_URL,
    axiosConfig: {
      headers: { Authorization: `Bearer ${process.env.SUPEROFFICE_ACCESS_TOKEN}` },
      timeout: PATIENCE,
      signal: AbortSignal.timeout(2 * PATIENCE),
    },
    timezone: "UTC",
  });

/** `answered`, or `failed` where the caller can catch what went wrong. */
async function saved() {
  try {
    await client().saveContactEntityAsync({ contactId: 0, name: "Åse" });
    return "answered";
  } catch {
    return "failed";
  }
}

const first = await saved();
const second = await saved();
console.log(JSON.stringify({ first, second }));

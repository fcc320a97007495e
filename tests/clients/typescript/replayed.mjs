// Lives the life of a company that was recorded by a program in another language (cassettes/company.yaml).
//
// Reads SUPEROFFICE_* variables only; prints one line of JSON; exits with 1 at the first assertion that fails.

import assert from "node:assert/strict";
import { createRequire } from "node:module";

const { ContactAgent, ContactRestApi } = createRequire(import.meta.url)("@superoffice/webapi");

// Nobody is asked who he is: what was recorded is given to anybody.
const options = () => ({ baseUrl: process.env.SUPEROFFICE_URL, axiosConfig: { headers: { Authorization: "Bearer nobody" } } });
const agent = new ContactAgent(options());
const rest = () => new ContactRestApi(options());

const blank = await agent.createDefaultContactEntityAsync();
assert.equal(blank.contactId, 0);
const { contactId, name } = await agent.saveContactEntityAsync({ contactId: 0, name: "Recorded AS" });
assert.equal(name, "Recorded AS");
assert.equal((await agent.getContactEntityAsync(contactId)).department, "");
assert.equal((await rest().getByIdAsync(contactId)).name, "Recorded AS");
const patched = await rest().patchByIdAsync(contactId, [{ op: "replace", path: "/Department", value: "Patched" }]);
assert.equal(patched.department, "Patched");
assert.equal((await agent.getContactEntityAsync(contactId)).department, "Patched");
await rest().deleteByIdAsync(contactId);
assert.equal(await agent.getContactEntityAsync(contactId), null);
await assert.rejects(rest().getByIdAsync(contactId), ({ response }) => response.status === 404);
await assert.rejects(agent.getContactEntityAsync(contactId), ({ response }) => {
  assert.equal(response.status, 421, "it was recorded three times");
  assert.equal(response.data.Operation, "v1ContactAgent_GetContactEntity");
  return true;
});
process.stdout.write(`${JSON.stringify({ contactId })}\n`);

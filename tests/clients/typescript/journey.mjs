// Drives a contact through its whole life with the official, unchanged TypeScript client of SuperOffice:
// once through the agents (remote procedure calls) and once through the REST resource.
//
// Reads SUPEROFFICE_* variables only; prints one line of JSON; exits with 1 at the first assertion that fails.

import assert from "node:assert/strict";
import { createRequire } from "node:module";

// The ES module build of the client imports its own files without an extension, which only a bundler resolves.
const { BLOBAgent, CategoryGroup, ContactAgent, ContactRestApi, DocumentAgent, EFieldRight, ETableRight, UserType, WebApiStatus } =
  createRequire(import.meta.url)("@superoffice/webapi");

const SYNCHRONIZED = new Date("2024-05-06T07:08:09Z");

/** The value of a variable that the journey cannot do without. */
function variable(name) {
  const value = process.env[name];
  assert.ok(value, `the variable ${name} is missing`);
  return value;
}

// Always a new object: the client writes its per-request headers into the one it was given.
const withBearer = () => ({ headers: { Authorization: `Bearer ${variable("SUPEROFFICE_ACCESS_TOKEN")}` } });
const withPassword = () => ({
  auth: { username: variable("SUPEROFFICE_USER"), password: variable("SUPEROFFICE_PASSWORD") },
});
const withTicket = () => ({
  headers: {
    Authorization: `SOTicket ${variable("SUPEROFFICE_TICKET")}`,
    "SO-AppToken": variable("SUPEROFFICE_APP_TOKEN"),
  },
});

/** Client options that ask for dates in UTC. */
const options = (baseUrl, axiosConfig) => ({ baseUrl, axiosConfig, timezone: "UTC" });

/**
 * What becomes of a date that was sent and read back: the client sends an instant ("...Z"), the server answers with
 * the same time in UTC but without a suffix, and the client takes that for a local time.
 */
const echoed = (date) => new Date(date.toISOString().slice(0, 19));

const same = (actual, expected, what) => assert.equal(actual.getTime(), expected.getTime(), what);
const wasEmpty = (date) => date instanceof Date && date.getFullYear() === 1 && date.getMonth() === 0;

function checkDefault(entity) {
  assert.equal(entity.contactId, 0);
  assert.equal(entity.name, "");
  assert.equal(entity.department, "");
  assert.equal(entity.updatedBy, null);
  assert.equal(entity.supportAssociate, null);
  assert.deepEqual(entity.emails, []);
  assert.deepEqual(entity.persons, []);

  // Empty dates are dates too, not null.
  for (const property of ["createdDate", "updatedDate", "dbiLastSyncronized", "dbiLastModified"]) {
    assert.ok(wasEmpty(entity[property]), `${property} is the empty date`);
  }

  // Flags arrive as text with one or more names ("Update, UIHintMandatory") and become a number.
  assert.equal(entity.tableRight.mask, ETableRight.FULL);
  assert.equal(entity.fieldProperties.Name.fieldRight.mask, EFieldRight.Update | EFieldRight.UIHintMandatory);
  assert.equal(entity.fieldProperties.Department.fieldRight.mask & EFieldRight.Update, EFieldRight.Update);
  assert.equal(entity.fieldProperties.Name.fieldType, "System.String");
  assert.equal(entity.fieldProperties.Name.fieldLength, 219);

  // An enumeration arrives as its name; one that the client does not know becomes undefined.
  assert.equal(entity.associate.type, UserType.InternalAssociate);
}

function edit(entity, name) {
  entity.name = name;
  entity.department = "Ærøskøbing";
  entity.orgNr = "NO 123 456";
  entity.description = "First line\nsecond line";
  entity.noMailing = true;
  entity.emails = [{ value: "post@example.com", description: "Office" }];
  entity.phones = [{ value: "+47 22 33 44 55", description: "Switchboard" }, { value: "+47 99 88 77 66" }];
  entity.urls = [{ value: "https://www.example.com" }];
  entity.dbiAgentId = 7;
  entity.dbiKey = "erp-42";
  entity.dbiLastSyncronized = SYNCHRONIZED;
  return entity;
}

function checkCreated(entity, name) {
  assert.ok(Number.isInteger(entity.contactId) && entity.contactId > 0, "the contact got an id");
  assert.equal(entity.name, name);
  assert.equal(entity.department, "Ærøskøbing");
  assert.equal(entity.orgNr, "NO 123 456");
  assert.equal(entity.description, "First line\nsecond line");
  assert.equal(entity.noMailing, true);
  assert.equal(entity.xstop, false);
  assert.deepEqual(
    entity.emails.map(({ value, description }) => [value, description]),
    [["post@example.com", "Office"]],
  );
  assert.deepEqual(
    entity.phones.map(({ value }) => value),
    ["+47 22 33 44 55", "+47 99 88 77 66"],
  );
  assert.deepEqual(
    entity.urls.map(({ value }) => value),
    ["https://www.example.com"],
  );
  assert.equal(entity.dbiAgentId, 7);
  assert.equal(entity.dbiKey, "erp-42");
  same(entity.dbiLastSyncronized, echoed(SYNCHRONIZED), "the date that was sent came back");
  assert.ok(wasEmpty(entity.dbiLastModified), "a date that was sent empty is still empty");
  assert.ok(entity.createdDate instanceof Date && !wasEmpty(entity.createdDate), "the date of creation is filled");
  assert.equal(entity.createdBy.type, UserType.InternalAssociate);
  assert.equal(entity.tableRight.mask, ETableRight.FULL);
  assert.equal(entity.fieldProperties.Name.fieldRight.mask, EFieldRight.Update | EFieldRight.UIHintMandatory);
  assert.ok(
    entity.category === null || Object.values(CategoryGroup).includes(entity.category.categoryGroup),
    "the group of the category is one of the client's names",
  );
}

/** Change a contact that was read before and send it back as a whole, as the client's users do. */
function change(entity, name) {
  entity.name = name;
  entity.department = "";
  entity.noMailing = false;
  entity.emails = [...entity.emails, { value: "sales@example.com", description: "Sales" }];
  entity.phones = [];
  return entity;
}

function checkChanged(entity, id, name, previous) {
  assert.equal(entity.contactId, id);
  assert.equal(entity.name, name);
  assert.equal(entity.department, "");
  assert.equal(entity.noMailing, false);
  assert.deepEqual(
    entity.emails.map(({ value, description }) => [value, description]),
    [
      ["post@example.com", "Office"],
      ["sales@example.com", "Sales"],
    ],
  );
  assert.deepEqual(entity.phones, []);
  assert.equal(entity.orgNr, "NO 123 456");
  assert.equal(entity.dbiKey, "erp-42");
  same(entity.dbiLastSyncronized, echoed(previous.dbiLastSyncronized), "the date that was sent came back");
  assert.ok(wasEmpty(entity.dbiLastModified), "a date that was sent empty is still empty");
  same(entity.createdDate, previous.createdDate, "the date of creation stayed");
  assert.ok(entity.updatedDate instanceof Date, "the date of the update is a date");
}

/** One whole life of a contact. `api` holds the five calls and what a read after the delete must look like. */
async function live(api, prefix) {
  let steps = 0;
  const step = async (work) => {
    const answer = await work;
    steps += 1;
    return answer;
  };

  const kept = await step(api.create(edit(await step(api.preset()), `${prefix} kept`)));
  checkCreated(kept, `${prefix} kept`);

  const blank = await step(api.preset());
  checkDefault(blank);
  const created = await step(api.create(edit(blank, `${prefix} created`)));
  checkCreated(created, `${prefix} created`);
  const { contactId } = created;
  assert.notEqual(contactId, kept.contactId);

  const read = await step(api.read(contactId));
  checkCreated(read, `${prefix} created`);
  assert.equal(read.contactId, contactId);

  const previous = { createdDate: read.createdDate, dbiLastSyncronized: read.dbiLastSyncronized };
  const changed = await step(api.update(contactId, change(read, `${prefix} changed`)));
  checkChanged(changed, contactId, `${prefix} changed`, previous);
  checkChanged(await step(api.read(contactId)), contactId, `${prefix} changed`, previous);

  await step(api.remove(contactId));
  await step(api.checkGone(contactId));
  assert.equal((await step(api.read(kept.contactId))).name, `${prefix} kept`);

  return { kept: kept.contactId, deleted: contactId, steps };
}

/** Runs a call with request options, so that the status and headers of the answer can be seen. */
async function observed(call) {
  let response;
  const result = await call({ responseCallback: (answer) => (response = answer) });
  return { result, status: response.status, headers: response.headers, data: response.data };
}

function throughAgents() {
  // The client adds "/api/v1/Agents/Contact/" to the address of the tenant.
  const agent = new ContactAgent(options(variable("SUPEROFFICE_URL"), withBearer()));
  return live(
    {
      preset: () => agent.createDefaultContactEntityAsync(),
      create: (entity) => agent.saveContactEntityAsync(entity),
      read: (id) => agent.getContactEntityAsync(id),
      update: (_id, entity) => agent.saveContactEntityAsync(entity),
      async remove(id) {
        const { status, data } = await observed((request) => agent.deleteContactEntityAsync(id, request));
        assert.equal(status, 204);
        assert.equal(data, "");
      },
      async checkGone(id) {
        const { result, status, headers } = await observed((request) => agent.getContactEntityAsync(id, request));
        assert.equal(result, null, "an agent answers with null for a contact that is gone");
        assert.equal(status, 200);
        assert.match(headers["content-type"], /^application\/json\b/);
      },
    },
    "Agents",
  );
}

function throughRest() {
  // The address of the API ends in "/api" already, which the client notices.
  const rest = new ContactRestApi(options(variable("SUPEROFFICE_API_URL"), withPassword()));
  return live(
    {
      preset: () => rest.getDefaultAsync(),
      async create(entity) {
        const { result, status } = await observed((request) => rest.postAsync(entity, request));
        assert.equal(status, 200, "a creation is 200, not 201");
        return result;
      },
      async read(id) {
        const { result, data } = await observed((request) => rest.getByIdAsync(id, request));
        assert.equal(typeof data._Links, "object", "REST answers have links");
        return result;
      },
      update: (id, entity) => rest.putByIdAsync(id, entity),
      async remove(id) {
        const { status, data } = await observed((request) => rest.deleteByIdAsync(id, request));
        assert.equal(status, 204);
        assert.equal(data, "");
      },
      async checkGone(id) {
        const request = {};
        await assert.rejects(rest.getByIdAsync(id, request), ({ response }) => {
          assert.equal(response.status, 404);
          assert.deepEqual(response.data, {
            Error: true,
            ErrorType: "SoNotFoundException",
            ErrorMessage: `Contact id ${id} not found`,
            ErrorSource: "SuperOffice.Services.Implementation",
          });
          return true;
        });
        assert.equal(request.requestStatus, WebApiStatus.Failed);
      },
    },
    "REST",
  );
}

/** Each API sees what the other one stored, and a ticket is as good as a token. */
async function acrossBoth(agents, rest) {
  const agent = new ContactAgent(options(variable("SUPEROFFICE_API_URL"), withTicket()));
  const resource = new ContactRestApi(options(variable("SUPEROFFICE_URL"), withTicket()));
  assert.equal((await agent.getContactEntityAsync(rest.kept)).name, "REST kept");
  assert.equal((await resource.getByIdAsync(agents.kept)).name, "Agents kept");
  return { steps: 2 };
}

/** Patches in both kinds, and reads and writes under a condition: REST only. */
async function underConditions() {
  const resource = new ContactRestApi(options(variable("SUPEROFFICE_URL"), withBearer()));
  const made = await resource.postAsync({ ...(await resource.getDefaultAsync()), name: "Patched AS" });
  const patched = await resource.patchByIdAsync(made.contactId, [
    { op: "test", path: "/Name", value: "Patched AS" },
    { op: "replace", path: "Department", value: "Patched" },
    { op: "add", path: "/Emails/-", value: { value: "patch@example.com" } },
  ]);
  assert.equal(patched.department, "Patched");
  assert.ok(patched.emails.some((email) => email.value === "patch@example.com"));
  const merged = await resource.patchByIdAsync(made.contactId, { department: "Merged" });
  assert.equal(merged.department, "Merged");
  assert.equal(merged.name, "Patched AS");
  await assert.rejects(resource.patchByIdAsync(made.contactId, [{ op: "test", path: "/Name", value: "Other" }]), ({ response }) => {
    assert.equal(response.status, 409);
    return true;
  });
  const later = new Date("2099-01-01T00:00:00Z");
  const unchanged = new ContactRestApi(options(variable("SUPEROFFICE_URL"), withBearer()));
  assert.equal(await unchanged.getByIdAsync(made.contactId, { ifModifiedSince: later }), null, "304 is null");
  const stale = new ContactRestApi(options(variable("SUPEROFFICE_URL"), withBearer()));
  const earlier = new Date("2015-01-01T00:00:00Z");
  await assert.rejects(stale.putByIdAsync(made.contactId, merged, { ifUnmodifiedSince: earlier }), ({ response }) => {
    assert.equal(response.status, 412);
    return true;
  });
  await resource.deleteByIdAsync(made.contactId);
  return { steps: 5 };
}

/** Files are asked for as raw bytes; the double keeps none, so they are empty. */
async function files() {
  const blobs = new BLOBAgent(options(variable("SUPEROFFICE_URL"), withBearer()));
  const documents = new DocumentAgent(options(variable("SUPEROFFICE_URL"), withBearer()));
  for (const content of [
    await blobs.getContactImageAsync(1),
    await blobs.getContactImageWithSizeAsync(1, 10, 10),
    await documents.getTemplateStreamAsync("letter.txt", true, "en"),
  ]) {
    assert.ok(content instanceof Uint8Array, "bytes, not text");
    assert.equal(content.byteLength, 0);
  }
  return { steps: 3 };
}

const agents = await throughAgents();
const rest = await throughRest();
const both = await acrossBoth(agents, rest);
const conditions = await underConditions();
const streams = await files();
process.stdout.write(`${JSON.stringify({ agents, rest, both, conditions, streams })}\n`);

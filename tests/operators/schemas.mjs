// Holds Kubernetes objects to the schemas of their kinds. Reads [{where, object}] as JSON, prints a sentence for each fault.
//
// The validators of the package pass fields that they do not know, and a misspelt field is what goes unseen in a cluster. So an
// object is given to them behind proxies that note what is read: a field that its validator never looked at is unknown.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const modules = join(dirname(fileURLToPath(import.meta.url)), "node_modules");

function validatorOf({ apiVersion, kind }) {
  if (apiVersion.startsWith("monitoring.coreos.com/")) {
    const words = apiVersion.split(/[./]/).map((word) => word[0].toUpperCase() + word.slice(1));
    return require(join(modules, "@kubernetes-models/prometheus-operator/_schemas", `${words.join("")}${kind}.js`)).validate;
  }
  const schema = Object.keys(require(`kubernetes-models/${apiVersion}/${kind}`)).find((each) => each !== kind);
  return require(join(modules, "kubernetes-models/_schemas", `${schema}.js`)).validate;
}

function watched(value, path, unread) {
  if (value === null || typeof value !== "object") return value;
  const copy = Array.isArray(value) ? [] : {};
  for (const [key, inner] of Object.entries(value)) {
    copy[key] = watched(inner, `${path}/${key}`, unread);
    if (!Array.isArray(value)) unread.add(`${path}/${key}`);
  }
  return new Proxy(copy, {
    get(target, key) {
      unread.delete(`${path}/${String(key)}`);
      return target[key];
    },
    // A map whose keys are free (labels, limits) is walked whole.
    ownKeys(target) {
      for (const key of Object.keys(target)) unread.delete(`${path}/${key}`);
      return Reflect.ownKeys(target);
    },
  });
}

for (const { where, object } of JSON.parse(readFileSync(0, "utf8"))) {
  const unread = new Set();
  const validate = validatorOf(object);
  if (!validate(watched(object, "", unread))) {
    for (const { instancePath, keyword, params } of validate.errors) {
      console.log(`${where}: ${object.kind}${instancePath}: ${keyword} ${JSON.stringify(params)}`);
    }
  }
  for (const path of unread) console.log(`${where}: ${object.kind}${path}: the schema has no such field`);
}

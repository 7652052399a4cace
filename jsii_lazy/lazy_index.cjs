"use strict";
// Preloaded into the Node process of jsii (see _node.py). In the index file of the npm packages
// that JSII_LAZY_PACKAGES names, and nowhere else, it turns
//   exports.topic = require("./topic");
// into a getter that loads ./topic when it is first asked for. Lines of another form, and so a
// whole file of another form, stay as they are. The number of lines stays the same, so that stack
// traces and source maps stay true.

const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const v8 = require("node:v8");

// Newer compilers wrap the call: exports.topic = __importStar(require("./topic"));
const EAGER_LINE =
  /^exports\.([A-Za-z_$][\w$]*) = ((?:__importStar\()?require\((["'])\.\/[^"'\\\r\n]+\3\)\)?);$/gm;

// What runs often is compiled once more, and V8 holds some 25 MB for that. A process of a few
// seconds hardly gains by it: let it begin three times later. Later versions of V8 count otherwise,
// and complain about an option that they do not know.
if (process.version.startsWith("v20.")) v8.setFlagsFromString("--interrupt-budget=400000");

// The version of cdktf whose addresses are allocated here, and not in Python; see addresses.cjs.
const cdktfVersion = process.env.JSII_LAZY_CDKTF;
const CDKTF_MODULES = {
  "terraform-stack.js": ({ TerraformStack }) => {
    require("./addresses.cjs").install(TerraformStack);
    require("./stand_alone.cjs").installStack(TerraformStack);
  },
  "tfExpression.js": ({ ref }, load) =>
    require("./stand_alone.cjs").installReference(ref, (scope) =>
      load("./terraform-stack").TerraformStack.of(scope),
    ),
  // cdktf takes a stack trace for each token, which only its errors show. It tells of the kernel of
  // jsii and never of the Python line, and takes a tenth of the time of Node.
  "stack-trace.js": (exports) => Object.assign(exports, { captureStackTrace: () => [] }),
};
// Set where file descriptor 3 leads to Python. A process that the kernel starts has none of it.
const announced = process.env.JSII_LAZY_ANNOUNCE === "1";
delete process.env.JSII_LAZY_CDKTF;
delete process.env.JSII_LAZY_ANNOUNCE;

try {
  makeLazy((process.env.JSII_LAZY_PACKAGES || "").split(","));
  if (announced) announce();
} catch (error) {
  say(`nothing is changed: ${error.stack}`);
}

// Python reads this before the greeting of jsii, and so knows what it may leave to this process.
function announce() {
  const abilities = cdktfVersion ? ["ahead", "addresses"] : ["ahead"];
  require("./calls_ahead.cjs").install();
  fs.writeSync(3, Buffer.from(`${JSON.stringify({ jsii_lazy: abilities })}\n`));
}

function makeLazy(npmNames) {
  const wanted = new Set(npmNames);
  const compile = Module.prototype._compile;

  Module.prototype._compile = function (content, filename, ...others) {
    let source = content;
    try {
      source = withGetters(content, filename, wanted);
    } catch (error) {
      say(`${filename} is left as it is: ${error.message}`);
    }
    const result = compile.call(this, source, filename, ...others);
    const install = cdktfVersion && CDKTF_MODULES[path.basename(filename)];
    if (install) changeCdktf(this, filename, install);
    return result;
  };
}

// Python relies on these changes once they were announced: a failure ends the load of cdktf.
function changeCdktf(module, filename, install) {
  const { name, version } = packageOf(filename);
  if (name !== "cdktf") return;
  if (version !== cdktfVersion) {
    throw new Error(`jsii_lazy: cdktf is ${version} and not ${cdktfVersion}; set JSII_LAZY=0`);
  }
  install(module.exports, (request) => module.require(request));
}

function withGetters(content, filename, wanted) {
  // Most files are not an index file: this costs less than to look for their package.json.
  if (path.basename(filename) !== "index.js" || content.search(EAGER_LINE) < 0) return content;
  const owner = packageOf(filename);
  if (!wanted.has(owner.name) || owner.main !== filename) return content;

  let count = 0;
  const source = content.replace(EAGER_LINE, (line, name, load) => {
    count += 1;
    // When it is asked for, the getter makes way for the plain property that it stands for.
    const flags = "enumerable: true, configurable: true";
    const define = `Object.defineProperty(exports, "${name}", { ${flags}`;
    const get = `get() { const value = ${load}; ${define}, writable: true, value }); return value; }`;
    return `${define}, ${get} });`;
  });
  say(`${owner.name}: ${count} modules are loaded when they are used`);
  return source;
}

function packageOf(filename) {
  for (let folder = path.dirname(filename); ; folder = path.dirname(folder)) {
    const manifest = path.join(folder, "package.json");
    if (fs.existsSync(manifest)) {
      const { name, version, main = "index.js" } = JSON.parse(fs.readFileSync(manifest, "utf8"));
      return { name, version, main: path.resolve(folder, main) };
    }
    if (folder === path.dirname(folder)) return {};
  }
}

function say(text) {
  if (process.env.JSII_LAZY === "debug") console.error(`jsii_lazy: ${text}`);
}

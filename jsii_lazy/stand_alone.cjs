"use strict";
// cdktf resolves every element twice: once to find out which values cross from one stack to another,
// for which it adds outputs and remote states, and once to write. A stack that says that it stands
// alone has no such value, so that the first time is left out. A value that crosses nevertheless is
// an error: without the first time, it would be written as if it were of its own stack.

const MARK = "jsii_lazy/stand-alone"; // as in stand_alone.py

class CrossStackReferenceError extends Error {
  name = "CrossStackReferenceError";
}

exports.installStack = function (TerraformStack) {
  const { prepareStack, ensureBackendExists } = TerraformStack.prototype;
  if (typeof prepareStack !== "function" || typeof ensureBackendExists !== "function") {
    throw new Error("jsii_lazy: this cdktf prepares its stacks in another way");
  }
  TerraformStack.prototype.prepareStack = function () {
    if (standsAlone(this)) this.ensureBackendExists();
    else prepareStack.call(this);
  };
};

exports.installReference = function (ref, stackOf) {
  const Reference = Object.getPrototypeOf(ref("probe"));
  const { resolve } = Reference;
  if (typeof resolve !== "function" || !Object.hasOwn(Reference, "resolve")) {
    throw new Error("jsii_lazy: this cdktf resolves references in another way");
  }
  Reference.resolve = function (context) {
    const origin = this.originStack;
    if (origin) {
      const stack = stackOf(context.scope);
      if (origin !== stack && standsAlone(stack)) {
        throw new CrossStackReferenceError(
          `${stack.node.id} refers to ${this.identifier} of ${origin.node.id}: no value crosses ` +
            "stacks; compute it from the settings in both",
        );
      }
    }
    return resolve.call(this, context);
  };
};

function standsAlone(stack) {
  return stack.node.tryGetContext(MARK) === true;
}

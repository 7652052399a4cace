"use strict";
// Answers in Node for the one method of cdktf that is asked for each element of a stack. A call
// into Python would cost three messages for each. The rule is that of Stack._allocate_logical_id in
// Python, which tests compare with this one.

const MARK = "jsii_lazy/addresses"; // as in addresses.py
const taken = new WeakMap(); // the path that has an address, by stack and address

class AddressCollisionError extends Error {
  name = "AddressCollisionError"; // by which Python knows it
}

exports.install = function (TerraformStack) {
  const { allocateLogicalId } = TerraformStack.prototype;
  if (typeof allocateLogicalId !== "function" || allocateLogicalId.length !== 1) {
    throw new Error("jsii_lazy: this cdktf allocates logical ids in another way");
  }
  TerraformStack.prototype.allocateLogicalId = function (elementOrNode) {
    if (this.node.tryGetContext(MARK) !== true) return allocateLogicalId.call(this, elementOrNode);
    return addressOf(this, (elementOrNode.node ?? elementOrNode).path);
  };
};

function addressOf(stack, fullPath) {
  const path = fullPath.includes("/") ? fullPath.slice(fullPath.indexOf("/") + 1) : "";
  const address = path.replace(/[/-]/g, "_");
  if (!taken.has(stack)) taken.set(stack, new Map());
  const paths = taken.get(stack);
  const owner = paths.get(address);
  if (owner === undefined) {
    paths.set(address, path);
  } else if (owner !== path) {
    throw new AddressCollisionError(
      `${stack.node.id}: ${path} and ${owner} both become ${address}; ` +
        "rename one of the constructs",
    );
  }
  return address;
}

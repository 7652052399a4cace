"use strict";
// Lets Python send calls ahead: it does not wait for answers that it knows, and reads them later.
// A call that is sent ahead begins with a space, which JSON allows. Where it fails, what Python sent
// after it must not happen, because in a program that waits it would not have been reached. So all
// calls up to and with the next one that Python waits for are answered here, as skipped.

const fs = require("node:fs");

const TO_PYTHON = 3;
const SPACE = 0x20;
const NEWLINE = 0x0a;
const SKIPPED = Buffer.from('{"skipped":true}\n');
const ERROR = '{"error":';

exports.install = function () {
  const { readSync, writeSync } = fs;
  const received = Buffer.alloc(1024 * 1024);
  let unread = Buffer.alloc(0); // complete and incomplete lines that the kernel has not seen
  let line = Buffer.alloc(0); // the rest of the line that the kernel is reading
  let isAhead = false; // whether that line was sent ahead
  let hasFailed = false;
  const held = []; // answers that are not sent yet

  function nextLine() {
    let end;
    for (let from = 0; (end = unread.indexOf(NEWLINE, from)) < 0; ) {
      from = unread.length;
      const count = readSync(TO_PYTHON, received, 0, received.length, null);
      if (count === 0) return unread.subarray(0, 0);
      unread = Buffer.concat([unread, received.subarray(0, count)]);
    }
    const next = unread.subarray(0, end + 1);
    unread = unread.subarray(end + 1);
    return next;
  }

  fs.readSync = function (fd, ...others) {
    if (fd !== TO_PYTHON) return readSync.call(fs, fd, ...others);
    const [buffer, offset, length] = others; // as the kernel calls it
    while (line.length === 0) {
      line = nextLine();
      if (line.length === 0) return 0;
      isAhead = line[0] === SPACE;
      if (hasFailed) {
        hasFailed = isAhead;
        line = line.subarray(line.length);
        held.push(SKIPPED);
        if (!isAhead) send();
      }
    }
    const count = line.copy(buffer, offset, 0, length);
    line = line.subarray(count);
    return count;
  };

  // Nobody waits for the answer of a call sent ahead: it goes with the next one.
  fs.writeSync = function (fd, ...others) {
    if (fd !== TO_PYTHON) return writeSync.call(fs, fd, ...others);
    const [data, offset = 0] = others; // as the kernel calls it
    held.push(data.subarray(offset));
    hasFailed = isAhead && data.subarray(0, ERROR.length).toString() === ERROR;
    if (!isAhead) send();
    return data.length - offset;
  };

  function send() {
    let rest = Buffer.concat(held);
    held.length = 0;
    while (rest.length > 0) rest = rest.subarray(writeSync(TO_PYTHON, rest));
  }
};
